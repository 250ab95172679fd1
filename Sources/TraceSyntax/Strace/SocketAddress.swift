/// A socket address as strace prints it in arguments.
public enum SocketAddress {
  /// `{sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("1.2.3.4")}` -> `1.2.3.4:80`; IPv6 in brackets; UNIX paths as
  /// they are, `@name` for abstract ones. nil where there is none, or it is unnamed.
  public static func text(in arguments: UnsafeRawBufferPointer) -> String? {
    if let port = number(after: "_port=htons(", in: arguments) {
      if let host = quoted(after: "inet_addr(\"", in: arguments) { return "\(host):\(port)" }
      // IPv6: inet_pton(AF_INET6, "::1", &sin6_addr)
      if let host = quoted(after: "inet_pton(AF_INET6, \"", in: arguments) { return "[\(host)]:\(port)" }
      return nil
    }
    for key in ["sun_path=@\"", "path=@\""] as [StaticString] {
      if let name = quoted(after: key, in: arguments) { return "@\(name)" }
    }
    for key in ["sun_path=\"", "path=\""] as [StaticString] {
      if let name = quoted(after: key, in: arguments) { return name }
    }
    return nil
  }

  /// The family of a `socket()` call or an address: `AF_INET` -> `INET`.
  public static func family(in arguments: UnsafeRawBufferPointer) -> String? {
    guard let at = find("AF_", in: arguments) else { return nil }
    return word(arguments, at + 3)
  }

  static func number(after key: StaticString, in text: UnsafeRawBufferPointer) -> Int? {
    guard let at = find(key, in: text) else { return nil }
    return Int(word(text, at + key.utf8CodeUnitCount))
  }

  static func quoted(after key: StaticString, in text: UnsafeRawBufferPointer) -> String? {
    guard let at = find(key, in: text) else { return nil }
    var bytes: [UInt8] = []
    guard StraceString.next(in: text, from: at + key.utf8CodeUnitCount - 1, into: &bytes) != nil else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func word(_ text: UnsafeRawBufferPointer, _ start: Int) -> String {
    var end = start
    while end < text.count, isNameByte(text[end]) { end += 1 }
    return String(decoding: text[start..<end], as: UTF8.self)
  }

  private static func find(_ key: StaticString, in text: UnsafeRawBufferPointer) -> Int? {
    Arguments.find(key, in: text)
  }
}
