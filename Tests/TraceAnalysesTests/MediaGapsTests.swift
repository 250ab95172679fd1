import Testing

@testable import TraceAnalyses

@Suite("Rhythms and gaps")
struct MediaGapsTests {
  static let second: Int64 = 1_000_000_000
  static let threshold = 3 * second

  /// Moves at these times, in milliseconds.
  static func gaps(_ times: [Int64]) -> MediaGaps {
    var gaps = MediaGaps()
    for (index, time) in times.enumerated() { gaps.move(at: time * 1_000_000, line: index + 1, took: 0, threshold: threshold) }
    return gaps
  }

  @Test("a steady stream that stops once") func steady() throws {
    let gaps = Self.gaps((0..<100).map { $0 * 40 } + (0..<100).map { 14_000 + $0 * 40 })
    // 40 ms is in the octave up to 64 ms.
    #expect(gaps.rhythm == 64_000_000)
    let gap = try #require(gaps.long.first)
    #expect(gaps.long.count == 1 && gap.start == 3_960_000_000 && gap.length == 10_040_000_000)
    #expect(gap.lineBefore == 100 && gap.lineAfter == 101)
  }

  @Test("bursts every five seconds are a rhythm, however many moves are in one", arguments: [20, 2000])
  func bursts(size: Int64) {
    let gaps = Self.gaps((0..<12).flatMap { burst in (0..<size).map { burst * 5000 + $0 / 10 } })
    #expect(gaps.long.count == 11)
    #expect(gaps.rhythm == 8_192_000_000)
  }

  @Test("too few moves have no rhythm") func few() { #expect(Self.gaps((0..<16).map { $0 * 40 }).rhythm == nil) }

  @Test("silence up to the end, unless it is short") func end() throws {
    var gaps = Self.gaps((0..<100).map { $0 * 40 })
    gaps.conclude(at: 5 * Self.second, threshold: Self.threshold)
    #expect(gaps.long.isEmpty)
    gaps.conclude(at: 9 * Self.second, threshold: Self.threshold)
    let gap = try #require(gaps.long.first)
    #expect(gap.lineAfter == 0 && gap.lineBefore == 100 && gap.end == 9 * Self.second)
  }

  @Test("full sockets: a refused call, and one that took most of the gap") func blocked() {
    var gaps = Self.gaps([0, 40])
    gaps.refuse(line: 50)
    gaps.refuse(line: 51)
    gaps.move(at: 9 * Self.second, line: 60, took: 0, threshold: Self.threshold)
    gaps.move(at: 20 * Self.second, line: 70, took: 10 * Self.second, threshold: Self.threshold)
    gaps.move(at: 40 * Self.second, line: 80, took: Self.second, threshold: Self.threshold)
    #expect(gaps.long.map(\.blockedLine) == [50, 70, 0])
  }

  @Test("a thousand gaps: the longest are kept") func many() {
    let gaps = Self.gaps((0..<1000).map { $0 * 4000 + ($0 > 500 ? 100_000 : 0) })
    #expect(gaps.long.count <= 64 && gaps.long.contains { $0.length == 104_000_000_000 })
  }

  @Test("what is settled keeps its rhythm and its gaps") func settled() {
    var gaps = Self.gaps((0..<100).map { $0 * 40 } + [20_000])
    let (rhythm, long) = (gaps.rhythm, gaps.long.count)
    gaps.settle()
    gaps.move(at: 20 * Self.second, line: 200, took: 0, threshold: Self.threshold)
    #expect(rhythm == 64_000_000 && gaps.rhythm == rhythm && gaps.long.count == long)
  }

  @Test("hostile clocks") func clocks() {
    var gaps = MediaGaps()
    for time in [Int64.max, .min, 0, .max, -1, .min] { gaps.move(at: time, line: 1, took: .max, threshold: 1) }
    gaps.conclude(at: .min, threshold: 1)
    #expect(gaps.rhythm == nil)
  }
}
