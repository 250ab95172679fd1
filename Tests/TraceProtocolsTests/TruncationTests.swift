import Testing
import TraceProtocols
import TraceTestSupport

@Suite("Recorded messages, cut at every byte")
struct TruncationTests {
  @Test("every file was read") func read() {
    for file in RecordedMessage.files { #expect(RecordedMessage.all.contains { $0.file == file }, "\(file)") }
  }

  @Test("the first message of each side is recognised", arguments: RecordedMessage.all.filter { $0.index == 1 })
  func first(message: RecordedMessage) throws {
    let finding = try #require(message.finding())
    #expect(finding.name == message.name)
    #expect(finding.writer == message.writer || finding.writer == .unknown)
  }

  @Test("a verdict stands: yes and no are final, and need more says what is enough", arguments: RecordedMessage.all)
  func monotone(message: RecordedMessage) {
    for hasPorts in [true, false] {
      for transport in [message.transport, .unknown] {
        let verdicts = (0...message.bytes.count).map { message.judge(shown: $0, hasPorts: hasPorts, transport: transport) }
        check(verdicts, message)
      }
    }
  }

  private func check(_ verdicts: [ProtocolVerdict], _ message: RecordedMessage) {
    var settled: ProtocolVerdict?
    for (shown, verdict) in verdicts.enumerated() {
      switch (verdict, settled) {
      case (.needMore, .some(let before)): Issue.record("\(shown) bytes: need more after \(before)")
      case (.needMore(let bytes), nil):
        #expect(bytes > shown && bytes <= Payload.limit, "\(shown) bytes need \(bytes)")
        if bytes < verdicts.count, case .needMore(let more) = verdicts[bytes] {
          Issue.record("\(shown) bytes need \(bytes), which need \(more)")
        }
      case (.yes(let finding), .some(.no)): Issue.record("\(shown) bytes: yes to \(finding.name) after no")
      case (.no, .some(.yes)): Issue.record("\(shown) bytes: no after yes")
      default: settled = verdict
      }
      if case .yes(let finding) = verdict {
        #expect(finding.name == message.name, "\(shown) bytes")
        #expect(finding.writer == message.writer || finding.writer == .unknown, "\(shown) bytes")
        if let sufficient = finding.sufficient { #expect(sufficient > shown && sufficient <= message.size) }
      }
    }
  }

  @Test("no other sniffer says yes, however much is shown", arguments: RecordedMessage.all)
  func alone(message: RecordedMessage) {
    for other in ApplicationProtocol.allCases where other != message.name {
      for shown in 0...message.bytes.count {
        for transport in [message.transport, .unknown] {
          let verdict = message.with(shown: shown, transport: transport) { other.judge($0) }
          if case .yes = verdict { Issue.record("\(other) at \(shown) bytes") }
        }
      }
    }
  }

  @Test("what -s 32 shows is enough for the first messages of these", arguments: RecordedMessage.all.filter { $0.index == 1 })
  func defaultLimit(message: RecordedMessage) {
    #expect(message.finding(shown: min(32, message.bytes.count))?.name == message.name)
  }
}
