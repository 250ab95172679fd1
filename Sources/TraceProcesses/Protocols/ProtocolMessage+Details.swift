import TraceProtocols

// What a report says of a message, beside its protocol's name.
extension ProtocolMessage {
  /// The host that a client asks for.
  var host: String? {
    switch self {
    case .http(let message): message.host
    case .tls(let record): record.serverName
    default: nil
    }
  }

  /// A few words; nothing that is a secret by its place (a query string, a key, a value).
  var detail: String? {
    switch self {
    case .http(let message):
      if let method = message.method { method + " " + (message.path ?? "") + (message.isTargetCut ? "..." : "") } else { nil }
    case .http2: nil
    case .tls(let record):
      switch record.handshakeType {
      case .serverHello: ([record.versionName] + record.applicationProtocols).joined(separator: " ")
      default: record.alert.map { "alert \($0)" }
      }
    case .dns(let message): message.name.isEmpty ? nil : message.name + (message.isNameCut ? "..." : "")
    case .redis(.command(let name)): name
    case .redis: nil
    case .postgresql(let message): Self.detail(message)
    case .mysql(let packet): Self.detail(packet)
    case .memcached(.command(let name)): name
    case .memcached: nil
    case .fastcgi(let record):
      record.method.map { "\($0) \(record.scriptName ?? record.requestURI.map { String($0.prefix { $0 != "?" }) } ?? "")" }
    case .ssh(let line): line.software + (line.isSoftwareCut ? "..." : "")
    case .syslog(let message): message.application
    case .statsd(let metric): metric.name
    case .flv(let header): (header.hasAudio ? ["audio"] : []).appending(header.hasVideo ? "video" : nil)
    case .rtmp: nil
    }
  }

  private static func detail(_ message: PostgreSQLMessage) -> String? {
    switch message {
    case .startup(let user, let database):
      [user.map { "user=\($0)" }, database.map { "database=\($0)" }].compactMap { $0 }.joined(separator: " ")
    case .errorResponse(let severity, let code): severity + (code.map { " \($0)" } ?? "")
    case .query(let verb), .parse(let verb): verb
    default: nil
    }
  }

  private static func detail(_ packet: MySQLPacket) -> String? {
    switch packet {
    case .handshake(let version, let isCut): version + (isCut ? "..." : "")
    case .handshakeResponse(let user): user.map { "user=\($0)" }
    case .error(let code, let state): "error \(code) \(state)"
    case .query(let verb), .prepare(let verb): verb
    case .sslRequest: nil
    }
  }
}

extension [String] {
  fileprivate func appending(_ word: String?) -> String? {
    let words = self + [word].compactMap { $0 }
    return words.isEmpty ? nil : words.joined(separator: " ")
  }
}
