import Testing

@testable import TraceAnalyses

@Suite("Percentiles of a cell")
struct DurationSamplesTests {
  @Test(
    "are those of the sorted samples", arguments: [1, 2, 3, 11, 12, 13, 50, 99, 100, 101, 1000, 4096], [1, 3, 10, 1_000_000])
  func exact(count: Int, distinct: Int64) {
    var samples = DurationSamples()
    defer { samples.deallocate() }
    for _ in 0..<20 {
      let durations = (0..<count).map { _ in Int64.random(in: 0..<distinct) * 1000 }
      for duration in durations { samples.add(duration) }
      let sorted = durations.sorted()
      let percentiles = samples.percentiles()
      #expect(percentiles?.p50 == sorted[(count * 50 + 99) / 100 - 1])
      #expect(percentiles?.p99 == sorted[(count * 99 + 99) / 100 - 1])
      samples.removeAll()
    }
    #expect(samples.percentiles() == nil)
  }

  @Test("in orders that defeat pivots", arguments: 0..<4) func orders(order: Int) {
    let count: Int64 = 4096
    var samples = DurationSamples()
    defer { samples.deallocate() }
    for index in 0..<count {
      switch order {
      case 0: samples.add(index)
      case 1: samples.add(count - index)
      case 2: samples.add(index % 2 == 0 ? index : count - index)
      default: samples.add(min(index, count - index))
      }
    }
    let percentiles = samples.percentiles()
    #expect((percentiles?.p50 ?? 0) <= (percentiles?.p99 ?? -1))
    if order < 2 { #expect(percentiles?.p50 == (order == 0 ? 2047 : 2048)) }
  }

  @Test("beyond the limit a histogram counts, within 0.1 %") func spilled() {
    var samples = DurationSamples()
    defer { samples.deallocate() }
    for round in 0..<2 {
      for index in 1...Int64(10_000) { samples.add(index * 1000) }
      let percentiles = samples.percentiles()
      #expect((5_000_000...5_005_000).contains(percentiles?.p50 ?? 0), "round \(round)")
      #expect((9_900_000...9_909_900).contains(percentiles?.p99 ?? 0))
      samples.removeAll()
      // None is above the longest.
      for _ in 0..<10_000 { samples.add(4_000_001) }
      #expect(samples.percentiles()?.p99 == 4_000_001)
      samples.removeAll()
      // Empty again, it counts exactly.
      samples.add(7)
      #expect(samples.percentiles()?.p99 == 7)
      samples.removeAll()
    }
  }
}
