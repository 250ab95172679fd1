@testable import TraceProcesses
@testable import TraceProtocols

/// What recognises RTMP in a buffer that may be anything and may end anywhere.
enum RTMPTarget {
  static func run(_ input: UnsafeRawBufferPointer) {
    let bytes = Array(input)
    var whole: [RTMPCommand] = []
    RTMPCommand.scan(bytes, truncated: false, into: &whole)
    demand(whole.allSatisfy { $0.isComplete && !$0.isValueCut }, "nothing is cut in a buffer that is whole: \(whole)")
    var cut: [RTMPCommand] = []
    RTMPCommand.scan(bytes, truncated: true, into: &cut)
    demand(cut.count >= whole.count, "a cut buffer shows no fewer commands")
    var session = RTMPSession(evidence: .chunkHeader, line: 1)
    for command in whole + cut {
      demand(RTMPCommand.names.contains(command.name), "a known name")
      demand((command.stream?.utf8.count ?? 0) <= 3 * bytes.count, "a stream name from the buffer")
      session.learn(command, line: 2, isRead: command.isComplete)
    }
    for size in [-1, 0, 1537, 3073, bytes.count, .max] { _ = RTMPSniffer.judge(Payload(input, size: size)) }
    readValues(bytes)
  }

  /// Every reader leaves its position inside, and where it was when it gives nothing; the first byte says where they begin.
  private static func readValues(_ bytes: [UInt8]) {
    guard let first = bytes.first else { return }
    let start = Int(first) % bytes.count
    for truncated in [false, true] {
      check(bytes, start, truncated) { $0.number() != nil }
      check(bytes, start, truncated) { $0.null() }
      check(bytes, start, truncated) { $0.objectStart() }
      check(bytes, start, truncated) { $0.key() != nil }
      check(bytes, start, truncated) { $0.string() != nil }
      check(bytes, start, truncated) { $0.skipValue() }
    }
  }

  private static func check(_ bytes: [UInt8], _ start: Int, _ truncated: Bool, _ read: (inout AMF0Reader) -> Bool) {
    var reader = AMF0Reader(bytes: bytes, position: start, truncated: truncated)
    let gave = read(&reader)
    demand(reader.position <= bytes.count, "a place in the buffer")
    // A number that is none (infinite) is stepped over.
    demand(gave ? reader.position > start : reader.position == start || bytes[start] == 0, "no value, no step")
  }
}
