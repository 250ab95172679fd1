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
}
