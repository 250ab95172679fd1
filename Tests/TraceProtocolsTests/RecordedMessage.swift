import Foundation
import Testing
import TraceProtocols
import TraceTestSupport

/// A message of `Tests/Fixtures/protocols`, which Scripts/capture-protocols recorded.
struct RecordedMessage: Sendable, CustomTestStringConvertible {
  let file: String
  let connection: Int
  /// Its place among the messages of its connection.
  let index: Int
  let transport: Payload.Transport
  let port: UInt16?
  let writer: ProtocolRole
  let size: Int
  /// The first bytes, all of a short message.
  let bytes: [UInt8]

  var testDescription: String { "\(file) \(connection).\(index) \(writer)" }

  /// What the file is a recording of: the part of its name before a dash.
  var name: ApplicationProtocol? { ApplicationProtocol(rawValue: String(file.prefix { $0 != "-" })) }

  static let files = [
    "dns-tcp", "dns-udp", "fastcgi", "flv", "http", "http2", "memcached", "mysql", "postgresql", "redis", "rtmp", "ssh", "statsd",
    "syslog-local", "syslog-udp", "tls",
  ]

  static let all: [RecordedMessage] = files.flatMap { (try? read($0)) ?? [] }

  static func read(_ file: String) throws -> [RecordedMessage] {
    var messages: [RecordedMessage] = []
    var transport = Payload.Transport.unknown
    var port: UInt16?
    var connection = 0
    var index = 0
    for line in try Fixture.text("Fixtures/protocols/\(file).txt").split(separator: "\n") {
      let words = line.split(separator: " ")
      switch words[0] {
      case "transport": transport = words[1] == "stream" ? .stream : .datagram
      case "port": port = UInt16(words[1])
      case "connection":
        connection += 1
        index = 0
      case "client", "server":
        index += 1
        messages.append(
          RecordedMessage(
            file: file, connection: connection, index: index, transport: transport, port: port,
            writer: words[0] == "client" ? .client : .server, size: try #require(Int(words[1])), bytes: bytes(words[2])))
      default: break
      }
    }
    return messages
  }

  private static func bytes(_ hexadecimal: Substring) -> [UInt8] {
    let digits = hexadecimal.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }

  static func find(_ file: String, _ connection: Int, _ index: Int) throws -> RecordedMessage {
    try #require(all.first { $0.file == file && $0.connection == connection && $0.index == index })
  }

  /// The payload as strace shows it under `-s shown`.
  func with<Result>(
    shown: Int? = nil, hasPorts: Bool = true, transport: Payload.Transport? = nil, _ body: (Payload) throws -> Result
  ) rethrows -> Result {
    let server = hasPorts ? port : nil
    return try bytes.withUnsafeBytes { all in
      try body(
        Payload(
          UnsafeRawBufferPointer(rebasing: all.prefix(shown ?? all.count)), size: size, transport: transport ?? self.transport,
          from: writer == .server ? server : nil, to: writer == .client ? server : nil))
    }
  }

  func judge(shown: Int? = nil, hasPorts: Bool = true, transport: Payload.Transport? = nil) -> ProtocolVerdict {
    with(shown: shown, hasPorts: hasPorts, transport: transport) { ApplicationProtocol.judge($0) }
  }

  /// What the message says, where it is recognised.
  func finding(shown: Int? = nil, hasPorts: Bool = true) -> ProtocolFinding? {
    if case .yes(let finding) = judge(shown: shown, hasPorts: hasPorts) { finding } else { nil }
  }
}
