/// Names of settings, headers and environment variables whose values are nobody's business.
enum SecretKeys {
  /// Anywhere in a name.
  private static let words = [
    "password", "passwd", "passphrase", "secret", "token", "authoriz", "cookie", "session", "signature", "credential", "apikey",
    "accesskey", "privatekey", "streamname", "streamid", "playpath",
  ]
  /// At the end of a part of a name: `api_key`, `X-Auth`, `dbpwd`; `keyint` and `author` are none.
  private static let endings = ["key", "pwd", "auth", "pass", "sig", "psk", "jwt", "bearer"]
  private static let hosts = ["host", "hostname", "server", "addr", "address", "peer", "domain"]
  /// Last parts of file names that look like those of hosts.
  static let fileExtensions: Set<String> = [
    "log", "conf", "cfg", "json", "txt", "xml", "yaml", "yml", "ini", "so", "jar", "class", "html", "htm", "css", "js", "py",
    "sh",
    "pl", "rb", "go", "java", "swift", "service", "socket", "pid", "sock", "lock", "tmp", "bak", "gz", "xz", "zst", "zip", "tar",
    "deb", "rpm", "png", "jpg", "svg", "db", "sql", "csv", "tsv", "dat", "bin", "exe", "out", "err", "pem", "crt", "cnf",
  ]

  static func isSecret(_ key: some Collection<UInt8>) -> Bool {
    guard key.count > 2 else { return false }
    let name = lowered(key)
    let letters = String(name.filter { $0 != "-" && $0 != "_" && $0 != "." })
    if words.contains(where: letters.contains) { return true }
    return parts(name).contains { part in endings.contains(where: part.hasSuffix) }
  }

  static func isHost(_ key: some Collection<UInt8>) -> Bool {
    key.count > 3 && parts(lowered(key)).contains { part in hosts.contains { part.hasSuffix($0) } }
  }

  private static func lowered(_ key: some Collection<UInt8>) -> String {
    String(decoding: key.map { $0 &- 65 < 26 ? $0 | 0x20 : $0 }, as: UTF8.self)
  }

  private static func parts(_ name: String) -> [Substring] { name.split(whereSeparator: { !$0.isLetter }) }
}
