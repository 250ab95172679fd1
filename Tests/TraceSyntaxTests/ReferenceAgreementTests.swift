import Testing
import TraceTestSupport

@testable import TraceSyntax

@Suite("The fast parser agrees with the reference parser")
struct ReferenceAgreementTests {
  /// Compares line by line; names the first few that differ.
  static func compare(_ bytes: [UInt8]) {
    let fast = FastParser().facts(bytes)
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    #expect(fast.count == lines.count)
    var differences = 0
    for (found, line) in zip(fast, lines) {
      let expected = ReferenceParser.facts(Array(line))
      if found != expected, differences < 5 {
        differences += 1
        Issue.record("\(String(decoding: line, as: UTF8.self))\nfast:      \(found)\nreference: \(expected)")
      }
    }
  }

  @Test("on every line of the captures", arguments: Capture.all)
  func captures(capture: Capture) throws { Self.compare(try capture.bytes()) }

  @Test("on the first lines of the samples", arguments: ["jvm-relay", "nginx-rtmp"])
  func samples(name: String) throws { Self.compare(try Fixture.samplePrefix(name, bytes: 2_000_000)) }

  /// The fast parser remembers pids' fields, stamps, error texts and decorations of the lines before; the reference remembers nothing.
  @Test("on lines of all captures in any order", arguments: 1...4) func shuffled(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var lines: [ArraySlice<UInt8>] = []
    for capture in Capture.all {
      lines += try capture.bytes().split(separator: UInt8(ascii: "\n")).shuffled(using: &random).prefix(200)
    }
    // Runs of one log between the changes, so that there is something to remember.
    var mixed: [UInt8] = []
    for line in lines.shuffled(using: &random) {
      for _ in 0..<Int.random(in: 1...3, using: &random) { mixed += line + [UInt8(ascii: "\n")] }
    }
    Self.compare(mixed)
  }

  /// What is between the parentheses, split by both; names and values put together again.
  static func compareArguments(_ bytes: [UInt8]) -> Int {
    var compared = 0
    var differences = 0
    FastParser().forEach(bytes) { event, bytes in
      guard [.whole, .resumed, .unfinished, .detached].contains(event.kind) else { return }
      let text = Array(bytes[Int(event.argumentsStart)..<Int(event.argumentsEnd)])
      guard let expected = ReferenceArguments.split(text) else { return }
      compared += 1
      let found = owned(text).map { argument in (argument.name == nil ? "" : argument.printedName) + argument.text }
      if found != expected, differences < 5 {
        differences += 1
        Issue.record("\(String(decoding: text, as: UTF8.self))\nfound:     \(found)\nreference: \(expected)")
      }
    }
    return compared
  }

  @Test("on where arguments part, in every call of the captures", arguments: Capture.all)
  func argumentsOfCaptures(capture: Capture) throws { _ = Self.compareArguments(try capture.bytes()) }

  @Test("on where arguments part, in the samples", arguments: ["jvm-relay", "nginx-rtmp"])
  func argumentsOfSamples(name: String) throws {
    #expect(Self.compareArguments(try Fixture.samplePrefix(name, bytes: 1_000_000)) > 1000)
  }

  @Test("wherever chunks are cut and however they lie in memory", arguments: ["everything", "stderr-mixed", "f-tt-k"])
  func cuts(name: String) throws {
    let bytes = try Capture.named(name).bytes()
    let whole = FastParser().facts(bytes)
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast().map { Array($0) + [10] }
    for perChunk in [1, 2, 7, 64, 200] {
      var pieces: [LineFacts] = []
      for start in stride(from: 0, to: lines.count, by: perChunk) {
        pieces += FastParser().facts(lines[start..<min(lines.count, start + perChunk)].joined())
      }
      #expect(firstDifference(pieces, whole) == nil, "\(perChunk) lines a chunk")
    }
    // Blank lines before shift every 64-byte step of the newline scan.
    for shift in [1, 13, 63] {
      let shifted = FastParser().facts([UInt8](repeating: 10, count: shift) + bytes)
      #expect(firstDifference(Array(shifted.dropFirst(shift)), whole) == nil)
    }
    // The last line may lack its newline.
    #expect(firstDifference(FastParser().facts(bytes.dropLast()), whole) == nil)
  }

  @Test("AMF0 headers in payloads are never missed", arguments: ["nginx-rtmp"])
  func payloads(name: String) throws {
    var hits = 0
    func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }
    FastParser().forEach(try Fixture.samplePrefix(name, bytes: 300_000)) { event, bytes in
      guard event.kind == .whole || event.kind == .resumed || event.kind == .unfinished else { return }
      let name = LineFacts(event, in: bytes).syscall ?? ""
      guard ["read", "recv", "recvfrom", "write", "send", "sendto", "writev", "sendmsg", "recvmsg"].contains(name) else { return }
      let text = UnsafeRawBufferPointer(
        rebasing: UnsafeRawBufferPointer(bytes)[Int(event.argumentsStart)..<Int(event.argumentsEnd)])
      var payload: [UInt8] = []
      var position = 0
      while let literal = StraceString.next(in: text, from: position, into: &payload) {
        position = literal.end
        // Marker 2, a length below 32 (no name that matters is longer), and the beginning of a name, or nothing more.
        let places = payload.indices.dropLast(2).filter { payload[$0] == 2 && payload[$0 + 1] == 0 && payload[$0 + 2] < 32 }
        if places.contains(where: { $0 + 3 == payload.count || "_@|".utf8.contains(payload[$0 + 3]) || isLetter(payload[$0 + 3]) }
        ) {
          hits += 1
          #expect(event.flags.contains(.amf))
        }
      }
    }
    #expect(hits > 10)
  }
}

extension CallArgument {
  /// `name=` as it stands before the value.
  fileprivate var printedName: String {
    guard let start = unsafeBytes.baseAddress else { return "" }
    return withUnsafeBytes { _ in
      String(decoding: UnsafeRawBufferPointer(start: start - nameCount, count: nameCount), as: UTF8.self)
    }
  }
}
