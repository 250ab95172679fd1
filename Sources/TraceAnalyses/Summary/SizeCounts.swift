/// How many bytes the successful reads or writes of a row moved.
final class SizeCounts {
  /// Sizes that are counted one by one at a time.
  static let limit = 1024

  private(set) var transfers = 0
  private(set) var bytes: Int64 = 0
  private(set) var smallest = Int64.max
  private(set) var largest: Int64 = 0
  private(set) var empty = 0
  private(set) var ofOneByte = 0
  private(set) var histogram = LogHistogram()
  private var calls: [Int64: Int] = [:]
  /// What may be missing from every count.
  private(set) var missed = 0

  init() {}

  /// Of what was kept.
  init(_ state: Summary.State.Sizes) {
    transfers = state.transfers
    bytes = state.bytes
    smallest = state.smallest
    largest = state.largest
    empty = state.empty
    ofOneByte = state.ofOneByte
    missed = state.missed
    calls = state.calls
    histogram.add(state.buckets)
  }

  deinit { histogram.deallocate() }

  var state: Summary.State.Sizes {
    var state = Summary.State.Sizes()
    state.transfers = transfers
    state.bytes = bytes
    state.smallest = smallest
    state.largest = largest
    state.empty = empty
    state.ofOneByte = ofOneByte
    state.missed = missed
    state.calls = calls
    state.buckets = histogram.numbered
    return state
  }

  func add(_ size: Int64) {
    transfers += 1
    bytes = Summary.sum(bytes, size)
    smallest = min(smallest, size)
    largest = max(largest, size)
    if size == 0 { empty += 1 }
    if size == 1 { ofOneByte += 1 }
    histogram.add(size)
    count(size)
  }

  /// Misra and Gries: where there are more sizes than room, one call is taken off each, so that those stay which are more than one in
  /// 1024 of the calls.
  private func count(_ size: Int64) {
    if let index = calls.index(forKey: size) {
      calls.values[index] += 1
    } else if calls.count < Self.limit {
      calls[size] = 1
    } else {
      missed += 1
      calls = calls.compactMapValues { $0 > 1 ? $0 - 1 : nil }
    }
  }

  func merge(_ other: SizeCounts) {
    transfers += other.transfers
    bytes = Summary.sum(bytes, other.bytes)
    smallest = min(smallest, other.smallest)
    largest = max(largest, other.largest)
    empty += other.empty
    ofOneByte += other.ofOneByte
    histogram.merge(other.histogram)
    calls.merge(other.calls, uniquingKeysWith: +)
    missed += other.missed
  }

  /// The sizes of the most calls, the larger first of equals.
  func top(_ limit: Int) -> [(size: Int64, calls: Int)] {
    calls.sorted { ($0.value, $0.key) > ($1.value, $1.key) }.prefix(limit).map { ($0.key, $0.value) }
  }
}
