import Testing
import TraceTestSupport

@testable import TraceInput

@Suite("Chunks of whole lines")
struct LineChunkReaderTests {
  static let text = Array("one\ntwo\n\nthree and more\nfour\n".utf8)

  @Test("any capacity and any size of read", arguments: [1, 2, 3, 5, 8, 16, 31, 1000], [1, 3, 1000])
  func capacities(capacity: Int, step: Int) {
    let reader = LineChunkReader(MemorySource(Self.text, step: step))
    let all = chunks(reader, capacity: capacity)
    #expect(all.flatMap(\.bytes) == Self.text)
    #expect(all.allSatisfy { $0.bytes.last == UInt8(ascii: "\n") && $0.skipped == 0 })
    #expect(reader.bytesRead == Int64(Self.text.count))
    #expect(reader.damages.isEmpty)
  }

  @Test("the last line may lack its newline", arguments: [1, 4, 1000])
  func noNewline(capacity: Int) {
    let text = Array("one\ntwo".utf8)
    #expect(chunks(LineChunkReader(MemorySource(text)), capacity: capacity).flatMap(\.bytes) == text)
  }

  @Test("a chunk is followed by zeroed padding") func padding() {
    let chunk = LineChunk(capacity: 64)
    let reader = LineChunkReader(MemorySource([UInt8](repeating: 0x31, count: 40) + [10] + Array("2\n".utf8)))
    while reader.next(into: chunk) {
      #expect((0..<LineChunk.padding).allSatisfy { chunk.bytes[chunk.count + $0] == 0 })
    }
  }

  @Test("nothing gives no chunk") func nothing() {
    #expect(chunks(LineChunkReader(MemorySource([])), capacity: 10).isEmpty)
  }

  /// Lines of which the second and fourth are longer than the limit of 1024.
  static func long(_ sizes: [Int]) -> (text: [UInt8], lines: [[UInt8]]) {
    let lines = sizes.enumerated().map { [UInt8](repeating: UInt8(0x61 + $0), count: $1) + [10] }
    return (lines.flatMap(\.self), lines)
  }

  @Test("over-long lines are cut, skipped and counted", arguments: [64, 700, 1024, 4096, 100_000], [1, 100, 1_000_000])
  func overlong(capacity: Int, step: Int) {
    let (text, lines) = Self.long([10, 5000, 20, 1025, 1000, 300_000, 3])
    let reader = LineChunkReader(MemorySource(text, step: step), longestLine: 1024)
    let all = chunks(reader, capacity: capacity)
    #expect(reader.bytesRead == Int64(text.count))
    // A chunk of one cut line may lack the newline, which counts as neither.
    let kept = all.flatMap { $0.bytes.split(separator: 10).map(Array.init) }
    #expect(kept.count == lines.count)
    let skipped = all.reduce(0) { $0 + $1.skipped }
    #expect(kept.reduce(0) { $0 + $1.count + 1 } + Int(skipped) == text.count)
    let isRight = zip(kept, lines).allSatisfy { $1.starts(with: $0) && $0.count >= min($1.count - 1, 1024) }
    #expect(isRight)
  }

  @Test("the longest line allowed is kept whole") func longestAllowed() {
    let (text, _) = Self.long([10, 1023, 5])
    let all = chunks(LineChunkReader(MemorySource(text), longestLine: 1024), capacity: 64)
    #expect(all.flatMap(\.bytes) == text)
    #expect(all.allSatisfy { $0.skipped == 0 })
  }

  @Test("an over-long last line without newline") func overlongLast() {
    let text = Array("short\n".utf8) + [UInt8](repeating: 0x78, count: 9000)
    let all = chunks(LineChunkReader(MemorySource(text, step: 100), longestLine: 1024), capacity: 64)
    #expect(all.flatMap(\.bytes).count + Int(all.reduce(0) { $0 + $1.skipped }) == text.count)
  }

  @Test("damage ends the log, after all that came before it", arguments: [16, 4096])
  func damage(capacity: Int) throws {
    let reader = LineChunkReader(try openSource(Fixture.path("Fixtures/packed/truncated.gz"), InputOptions()).source)
    let bytes = chunks(reader, capacity: capacity).flatMap(\.bytes)
    #expect(bytes == (try Reading(packed: "truncated.gz").bytes))
    #expect(reader.damages.count == 1)
  }

  @Test("CRLF stays, it is the parser's to strip") func crlf() throws {
    let reader = LineChunkReader(try openSource(Fixture.path("Fixtures/packed/crlf.log"), InputOptions()).source)
    let bytes = chunks(reader, capacity: 100).flatMap(\.bytes)
    #expect(bytes.filter { $0 != 13 } == CodecTests.plain)
  }
}
