import Testing
import TraceProtocols

@Suite("Messages that several calls moved")
struct StitchedTests {
  /// The verdict where the calls so far moved the first `size` bytes, and all are shown.
  static func judge(_ message: RecordedMessage, moved size: Int, transport: Payload.Transport = .stream) -> ProtocolVerdict {
    message.bytes.withUnsafeBytes { ApplicationProtocol.judge(Payload($0, size: size, transport: transport)) }
  }

  @Test(
    "a header that is read by a call of its own needs the next one",
    arguments: [("tls", 1, 5), ("mysql", 1, 4), ("fastcgi", 1, 8), ("dns-tcp", 1, 2), ("http2", 1, 9), ("postgresql", 2, 1)])
  func header(file: String, connection: Int, size: Int) throws {
    let message = try RecordedMessage.find(file, connection, 1)
    guard case .needMore(let bytes) = Self.judge(message, moved: size) else {
      Issue.record("\(Self.judge(message, moved: size)) after \(size) bytes")
      return
    }
    #expect(bytes > size)
    guard case .yes(let finding) = Self.judge(message, moved: message.bytes.count == message.size ? message.size : bytes) else {
      Issue.record("\(file) is not recognised")
      return
    }
    #expect(finding.name == message.name)
  }

  @Test("however many bytes were moved so far, no wrong name", arguments: RecordedMessage.all.filter { $0.transport == .stream })
  func pieces(message: RecordedMessage) {
    for size in 1...message.bytes.count {
      for transport in [Payload.Transport.stream, .unknown] {
        if case .yes(let finding) = Self.judge(message, moved: size, transport: transport), finding.name != message.name {
          Issue.record("\(finding.name) after \(size) bytes")
        }
      }
    }
  }

  @Test("a PostgreSQL message whose statement ends in its name waits for nothing") func emptyStatement() {
    let bytes: [UInt8] = [0x50, 0, 0, 0, 66] + [UInt8](repeating: 0x42, count: 61) + [0, 0x20]
    bytes.withUnsafeBytes { #expect(ApplicationProtocol.postgresql.judge(Payload($0, size: 67, isCut: false)) == .no) }
  }

  @Test("bytes of a write that were not moved are no evidence") func partialWrite() throws {
    let message = try RecordedMessage.find("http", 1, 1)
    #expect(Self.judge(message, moved: 3) == .needMore(bytes: Payload.limit))
    #expect(Self.judge(message, moved: 0) == .no)
  }
}
