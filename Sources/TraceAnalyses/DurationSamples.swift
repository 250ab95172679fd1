import Histogram

/// Durations of one cell of a series, for its percentiles: exact up to ``exactLimit`` calls, a histogram of three significant
/// digits (0.1 %) beyond. Reused from cell to cell.
struct DurationSamples {
  static let exactLimit = 4096
  private var exact: [Int64] = []
  private var histogram: Histogram<UInt32>?
  private var isSpilled = false

  var isEmpty: Bool { exact.isEmpty && !isSpilled }

  @inline(__always)
  mutating func add(_ duration: Int64) {
    if isSpilled {
      histogram?.record(UInt64(min(duration, 1 << 50)))
    } else {
      exact.append(duration)
      if exact.count > Self.exactLimit { spill() }
    }
  }

  private mutating func spill() {
    var fresh = histogram ?? Histogram<UInt32>(numberOfSignificantValueDigits: .three)
    for duration in exact { fresh.record(UInt64(min(duration, 1 << 50))) }
    histogram = fresh
    exact.removeAll(keepingCapacity: true)
    isSpilled = true
  }

  /// Nearest-rank percentiles 50 and 99; nil without samples.
  mutating func percentiles() -> (p50: Int64, p99: Int64)? {
    if isSpilled, let histogram {
      return (Int64(clamping: histogram.valueAtPercentile(50)), Int64(clamping: histogram.valueAtPercentile(99)))
    }
    guard !exact.isEmpty else { return nil }
    exact.sort()
    return (exact[Self.rank(50, exact.count)], exact[Self.rank(99, exact.count)])
  }

  private static func rank(_ percent: Int, _ count: Int) -> Int { max(0, (count * percent + 99) / 100 - 1) }

  mutating func removeAll() {
    exact.removeAll(keepingCapacity: true)
    if isSpilled { histogram?.reset() }
    isSpilled = false
  }
}
