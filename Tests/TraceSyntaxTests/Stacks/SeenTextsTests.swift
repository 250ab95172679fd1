import Testing
import TraceTestSupport

@testable import TraceSyntax

@Suite("Texts met before")
struct SeenTextsTests {
  /// Texts with other bytes behind them each time: they must not count.
  private final class Texts {
    private let texts: SeenTexts

    init(mostTexts: Int = 1 << 18) { texts = SeenTexts(mostTexts: mostTexts) }

    private static func padded(_ text: [UInt8]) -> [UInt8] { text + (0..<32).map { _ in UInt8.random(in: 0...255) } }

    func number(_ text: [UInt8]) -> Int32? {
      Self.padded(text).withUnsafeBufferPointer { texts.number(of: $0.baseAddress!, text.count) }
    }

    func remember(_ text: [UInt8], _ number: Int32) {
      Self.padded(text).withUnsafeBufferPointer { texts.remember($0.baseAddress!, text.count, number) }
    }
  }

  @Test("texts of every length, and those that differ in one byte or in their length") func known() {
    let texts = Texts()
    for count in 1...100 {
      let text = (0..<count).map { UInt8($0) }
      #expect(texts.number(text) == nil)
      texts.remember(text, Int32(count))
      for place in 0..<count {
        var other = text
        other[place] ^= 0x80
        #expect(texts.number(other) == nil)
      }
    }
    for count in 1...100 { #expect(texts.number((0..<count).map { UInt8($0) }) == Int32(count)) }
  }

  @Test("many texts are known by the number they were given, or not at all") func many() {
    let texts = Texts()
    for i in 0..<50_000 { texts.remember(Array("frame \(i)+0x\(i % 7)".utf8), Int32(i)) }
    var known = 0
    for i in 0..<50_000 {
      guard let found = texts.number(Array("frame \(i)+0x\(i % 7)".utf8)) else { continue }
      #expect(found == i)
      known += 1
    }
    #expect(known > 49_900)
    #expect(texts.number(Array("frame 50000".utf8)) == nil)
  }

  @Test("what is full is emptied, and goes on") func full() {
    let texts = Texts(mostTexts: 8)
    for i in 0..<8 { texts.remember([UInt8(i)], Int32(i)) }
    for i in 0..<8 { #expect(texts.number([UInt8(i)]) == Int32(i)) }
    texts.remember([8], 80)
    #expect(texts.number([8]) == 80)
    for i in 0..<8 { #expect(texts.number([UInt8(i)]) == nil) }
    // 40 MB of texts where 16 are kept.
    let bytes = Texts()
    for i in 0..<80_000 { bytes.remember(Array("\(i) ".utf8) + [UInt8](repeating: 7, count: 500), Int32(i)) }
    #expect(bytes.number(Array("79999 ".utf8) + [UInt8](repeating: 7, count: 500)) == 79_999)
    #expect(bytes.number(Array("0 ".utf8) + [UInt8](repeating: 7, count: 500)) == nil)
  }

  @Test("neither empty texts nor long ones are kept") func lengths() {
    let texts = Texts()
    for count in [0, 513, 20_000] {
      texts.remember([UInt8](repeating: 1, count: count), 1)
      #expect(texts.number([UInt8](repeating: 1, count: count)) == nil)
    }
    texts.remember([UInt8](repeating: 1, count: 512), 2)
    #expect(texts.number([UInt8](repeating: 1, count: 512)) == 2)
  }
}
