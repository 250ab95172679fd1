import Testing

@testable import TraceSyntax

@Suite("Numbers of texts")
struct TextTableTests {
  private func number(_ table: inout TextTable, _ text: [UInt8]) -> Int32 {
    (text + [UInt8](repeating: 0xaa, count: 8)).withUnsafeBufferPointer { table.number($0.baseAddress!, text.count).number }
  }

  @Test("each text once, in the order of first sight, whatever follows it") func numbers() {
    var table = TextTable()
    let texts = (0..<5000).map { Array("text \($0 % 2500)".utf8) } + [[], [0], [0, 0], Array("text 1".utf8)]
    let numbers = texts.map { number(&table, $0) }
    #expect(numbers == (0..<5000).map { Int32($0 % 2500) } + [2500, 2501, 2502, 1])
    #expect(table.count == 2503)
    for (text, number) in zip(texts, numbers) { #expect(Array(table.text(number)) == text) }
    #expect(table.text(-1).isEmpty && table.text(2503).isEmpty)
  }

  @Test("long texts are cut") func cut() {
    var table = TextTable()
    let long = [UInt8](repeating: 65, count: 20_000)
    #expect(number(&table, long) == number(&table, long + [66]))
    #expect(table.text(0).count == 16_384)
  }

  @Test("places are those of the sorted bytes") func places() {
    var table = TextTable()
    let pieces = ["", "a", "b", "foo", "foo-bar", "!", ";", "\0", "\u{e9}", "same beginning "].map { Array($0.utf8) }
    for a in pieces { for b in pieces { for c in pieces.suffix(4) { _ = number(&table, c + a + b) } } }
    let texts = (0..<Int32(table.count)).map { Array(table.text($0)) }
    func sorted(_ keys: [[UInt8]]) -> [[UInt8]] { keys.sorted { $0.lexicographicallyPrecedes($1) } }
    let places = table.places()
    var found = texts
    for (i, place) in places.enumerated() { found[Int(place)] = texts[i] }
    #expect(found == sorted(texts))
    let keys = texts.flatMap { [$0, $0 + [UInt8(ascii: ";")]] }
    var both = keys
    for (i, place) in table.places(endingOrBefore: UInt8(ascii: ";")).enumerated() { both[Int(place)] = keys[i] }
    #expect(both == sorted(keys))
  }

  @Test("texts are added to others") func append() {
    var table = TextTable()
    for text in ["", "abc", "d"] { _ = number(&table, Array(text.utf8)) }
    var line = Array("x".utf8)
    for i: Int32 in [1, 0, 2, 3, -1, 1] { table.append(i, to: &line) }
    #expect(line == Array("xabcdabc".utf8))
  }
}
