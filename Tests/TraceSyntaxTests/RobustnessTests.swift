import Testing
import TraceSyntax
import TraceTestSupport

@Suite("No line can break the parser")
struct RobustnessTests {
  static let lines: [[UInt8]] = {
    var seen = Set<[UInt8]>()
    var shapes = Set<String>()
    for capture in Capture.all {
      for line in ((try? capture.bytes()) ?? []).split(separator: UInt8(ascii: "\n")) {
        // One line of each shape per capture: digits do not matter here.
        let shape = String(decoding: line.map { $0 >= 48 && $0 <= 57 ? 48 : $0 }, as: UTF8.self)
        if shapes.insert(shape).inserted { seen.insert(Array(line)) }
      }
    }
    return seen.sorted { $0.lexicographicallyPrecedes($1) }
  }()

  /// What every event keeps to, whatever the line was.
  static func holds(_ event: LineEvent, count: Int) -> Bool {
    let end = Int(event.offset) + Int(event.length)
    if event.kind == .blank { return event.length == 0 && end <= count }
    guard end <= count, event.bodyStart >= event.offset, Int(event.bodyStart) <= end else { return false }
    guard event.argumentsStart >= event.offset, event.argumentsStart <= event.argumentsEnd, Int(event.argumentsEnd) <= end
    else { return false }
    guard event.duration >= LineEvent.unknownDuration, event.stamp >= 0, event.tid >= 0 else { return false }
    if event.flags.contains(.noResult), event.errno != .none { return false }
    if event.flags.contains(.noResult), event.flags.contains(.unavailable) { return false }
    if event.stampKind == .none, event.stamp != 0 { return false }
    return true
  }

  static func check(_ text: [UInt8], _ parser: FastParser) {
    parser.forEach(text) { event, bytes in
      if !holds(event, count: bytes.count) {
        Issue.record("\(event) of \(String(decoding: text, as: UTF8.self))")
      }
    }
  }

  @Test("cut at every byte") func cuts() {
    let parser = FastParser()
    #expect(Self.lines.count > 2000)
    for line in Self.lines where line.count < 400 {
      // All prefixes of a line as one chunk: each is a line.
      var text: [UInt8] = []
      text.reserveCapacity(line.count * line.count / 2)
      for end in 1...line.count {
        text += line[..<end]
        text.append(10)
      }
      Self.check(text, parser)
    }
  }

  @Test("without their first bytes") func tails() {
    let parser = FastParser()
    for line in Self.lines where line.count < 200 {
      var text: [UInt8] = []
      for start in 0..<line.count {
        text += line[start...]
        text.append(10)
      }
      Self.check(text, parser)
    }
  }

  @Test("with bytes flipped, doubled and dropped") func flips() {
    let parser = FastParser()
    var random = SeededRandom(seed: 20_261_121)
    for line in Self.lines {
      for _ in 0..<6 {
        var damaged = line
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          let at = Int.random(in: 0..<damaged.count, using: &random)
          switch Int.random(in: 0..<4, using: &random) {
          case 0: damaged[at] ^= UInt8(1) << UInt8.random(in: 0..<8, using: &random)
          case 1: damaged[at] = Array(" <>()[]\"\\=?.:,-+0x\n\r\0".utf8).randomElement(using: &random)!
          case 2: damaged.insert(damaged[at], at: at)
          default: if damaged.count > 1 { damaged.remove(at: at) }
          }
        }
        Self.check(damaged, parser)
      }
    }
  }

  @Test("of nothing but one byte, of any length") func monotone() {
    let parser = FastParser()
    for byte in Array(" <>()[]{}\"\\=?.:,-+09ax\r\0\u{7f}E".utf8) {
      for count in [1, 2, 3, 8, 16, 63, 64, 65, 300] { Self.check([UInt8](repeating: byte, count: count), parser) }
    }
  }

  @Test("a blank line keeps the invariant of offsets too") func blank() {
    FastParser().forEach("close(3) = 0\n\n".utf8) { event, _ in
      guard event.kind == .blank else { return }
      #expect(event.offset <= event.argumentsStart && event.argumentsEnd <= event.offset + event.length)
    }
  }

  @Test("of random bytes") func noise() {
    let parser = FastParser()
    var random = SeededRandom(seed: 7)
    for _ in 0..<2000 {
      let count = Int.random(in: 1...200, using: &random)
      Self.check((0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }, parser)
    }
  }
}
