/// Durations of one cell of a series, for its percentiles: exact up to ``exactLimit`` calls, a log-scaled histogram (at most 0.1 % above) beyond.
/// Reused from cell to cell; whoever holds it deallocates it.
///
/// Invariant: `count <= capacity`; both are 0 while the histogram counts instead, so that ``add(_:)`` has one thing to ask.
struct DurationSamples {
  static let exactLimit = 4096
  private var exact: UnsafeMutableBufferPointer<Int64>
  private var capacity = 0
  private var count = 0
  private var histogram = LogHistogram()
  /// Of what the histogram counts.
  private var longest: Int64 = 0
  private var isSpilled = false

  init() { exact = .init(start: nil, count: 0) }

  func deallocate() {
    exact.deallocate()
    histogram.deallocate()
  }

  @inline(__always)
  mutating func add(_ duration: Int64) {
    if count == capacity { makeRoom() }
    if isSpilled {
      record(duration)
    } else {
      exact[count] = duration
      count &+= 1
    }
  }

  @inline(never)
  private mutating func record(_ duration: Int64) {
    histogram.add(duration)
    if duration > longest { longest = duration }
  }

  @inline(never)
  private mutating func makeRoom() {
    if isSpilled { return }
    if count == Self.exactLimit { return spill() }
    if count == exact.count {
      let bigger = UnsafeMutableBufferPointer<Int64>.allocate(capacity: max(32, count * 2))
      _ = bigger.update(fromContentsOf: exact)
      exact.deallocate()
      exact = bigger
    }
    capacity = exact.count
  }

  private mutating func spill() {
    for duration in exact[..<count] { record(duration) }
    capacity = 0
    count = 0
    isSpilled = true
  }

  /// Nearest-rank percentiles 50 and 99; nil without samples. Reorders the samples.
  mutating func percentiles() -> (p50: Int64, p99: Int64)? {
    if isSpilled {
      let buckets = histogram.buckets
      guard let middle = buckets.percentile(500), let high = buckets.percentile(990) else { return nil }
      return (min(longest, middle), min(longest, high))
    }
    guard count > 0 else { return nil }
    let samples = UnsafeMutableBufferPointer(rebasing: exact[..<count])
    let (middle, high) = (Self.rank(50, count), Self.rank(99, count))
    samples.select(middle, from: 0)
    // Of less than a hundred it is the longest.
    if high == count - 1 { return (samples[middle], samples[middle...].max() ?? samples[middle]) }
    samples.select(high, from: middle)
    return (samples[middle], samples[high])
  }

  private static func rank(_ percent: Int, _ count: Int) -> Int { max(0, (count * percent + 99) / 100 - 1) }

  mutating func removeAll() {
    count = 0
    capacity = exact.count
    if isSpilled {
      histogram.removeAll()
      longest = 0
    }
    isSpilled = false
  }
}

extension UnsafeMutableBufferPointer<Int64> {
  /// Puts the element that sorting [start, count) would put at `rank` there, nothing greater before it, nothing smaller behind it: Hoare's
  /// FIND, some three comparisons an element where sorting takes a dozen.
  func select(_ rank: Int, from start: Int) {
    guard let values = baseAddress else { return }
    var (low, high) = (start, count)
    var turns = 0
    while high - low > 1 {
      turns += 1
      // Halving takes 12 turns of 4096; an order made to defeat the pivots is sorted instead.
      if high - low < 12 || turns > 48 {
        var rest = UnsafeMutableBufferPointer(start: values + low, count: high - low)
        rest.sort()
        return
      }
      let (first, middle, last) = (values[low], values[low + (high - low) / 2], values[high - 1])
      let pivot = Swift.max(Swift.min(first, middle), Swift.min(Swift.max(first, middle), last))
      let smaller = Self.partition(values, low, high) { $0 < pivot }
      if rank < smaller {
        high = smaller
        continue
      }
      // Durations repeat: what equals the pivot lies together.
      let equal = Self.partition(values, smaller, high) { $0 == pivot }
      if rank < equal { return }
      low = equal
    }
  }

  /// Moves what belongs there to the front of [low, high) and says where it ends. No branch depends on a value: half of them would be foreseen
  /// wrongly.
  @inline(__always)
  private static func partition(_ values: UnsafeMutablePointer<Int64>, _ low: Int, _ high: Int, _ belongs: (Int64) -> Bool) -> Int
  {
    var end = low
    var index = low
    while index < high {
      let value = values[index]
      values[index] = values[end]
      values[end] = value
      end &+= belongs(value) ? 1 : 0
      index &+= 1
    }
    return end
  }
}
