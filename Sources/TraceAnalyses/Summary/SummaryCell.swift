import TraceCalls
import TraceProcesses
import TraceSyntax

/// What is counted of the calls of one name about one thing.
struct SummaryCell {
  /// The thing's number, and the call's.
  let key: Int32
  let syscall: UInt16
  var calls = 0
  var errors = 0
  var time: Int64 = 0
  /// Calls whose duration is known.
  var timed = 0
  var shortest = Int64.max
  var longest = Int64.min
  var inFlight = 0
  var times = LogHistogram()
  /// Kept where the options ask for it.
  var timeBuckets: PowerBuckets?
  var sizes: SizeCounts?
  /// The interval of the last call, and what was counted in it.
  var interval = Int64.min
  var intervalCalls = 0
  var intervalErrors = 0

  init(key: Int32, syscall: UInt16) {
    self.key = key
    self.syscall = syscall
  }

  /// Counts a completed call.
  @inline(__always)
  mutating func count(_ event: UnsafePointer<CallEvent>) {
    calls &+= 1
    if event.pointee.errno != .none { errors &+= 1 }
    let duration = event.pointee.duration
    guard duration >= 0 else { return }
    timed &+= 1
    time = Summary.sum(time, duration)
    if duration < shortest { shortest = duration }
    if duration > longest { longest = duration }
    times.add(duration)
  }

  mutating func merge(_ other: SummaryCell) {
    calls += other.calls
    errors += other.errors
    time = Summary.sum(time, other.time)
    timed += other.timed
    shortest = min(shortest, other.shortest)
    longest = max(longest, other.longest)
    inFlight += other.inFlight
    times.merge(other.times)
    if let more = other.timeBuckets {
      timeBuckets = timeBuckets ?? PowerBuckets()
      timeBuckets?.merge(more)
    }
    if let more = other.sizes {
      let sizes = sizes ?? SizeCounts()
      sizes.merge(more)
      self.sizes = sizes
    }
  }

  func deallocate() { times.deallocate() }

  /// Takes over what was kept.
  mutating func take(_ state: Summary.State.Counts) {
    calls = state.calls
    errors = state.errors
    time = state.time
    timed = state.timed
    shortest = state.shortest
    longest = state.longest
    inFlight = state.inFlight
    times.add(state.durations)
    timeBuckets = state.microseconds
    sizes = state.sizes.map { SizeCounts($0) }
  }

  func state(_ thing: Int, _ name: String) -> Summary.State.Counts {
    var state = Summary.State.Counts(thing: thing, syscall: name)
    state.calls = calls
    state.errors = errors
    state.time = time
    state.timed = timed
    state.shortest = shortest
    state.longest = longest
    state.inFlight = inFlight
    state.durations = times.numbered
    state.microseconds = timeBuckets
    state.sizes = sizes?.state
    return state
  }
}

/// Counts by powers of two: bucket 0 is of 0 and 1, bucket n of 2^n to 2^(n+1) - 1.
public struct PowerBuckets: Sendable {
  public internal(set) var counts: [Int] = []

  init() {}

  /// Of counts that were kept; nil where there are more than powers of two.
  package init?(counts: [Int]) {
    guard counts.count <= 63 else { return nil }
    self.counts = counts
  }

  @inline(__always)
  mutating func add(_ number: Int64, _ count: Int = 1) {
    let bucket = number < 2 ? 0 : 63 - number.leadingZeroBitCount
    if bucket >= counts.count { counts.append(contentsOf: repeatElement(0, count: bucket + 1 - counts.count)) }
    counts[bucket] += count
  }

  mutating func merge(_ other: PowerBuckets) {
    if other.counts.count > counts.count {
      counts.append(contentsOf: repeatElement(0, count: other.counts.count - counts.count))
    }
    for (bucket, count) in other.counts.enumerated() { counts[bucket] = Summary.sum(counts[bucket], count) }
  }

  /// The numbers that a bucket counts.
  public static func range(_ bucket: Int) -> ClosedRange<Int64> {
    bucket == 0 ? 0...1 : (1 << Int64(bucket))...(bucket >= 62 ? .max : (1 << Int64(bucket + 1)) - 1)
  }
}

/// The cells of a summary, found by thing and call. Raw memory: every call passes here, and an array would be asked each time whether
/// somebody else holds it too. One thread at a time.
final class SummaryCells {
  /// The thing that stands for all calls where nothing else is asked for, and else for those that there was no room for.
  static let rest: Int32 = 0

  private(set) var base = UnsafeMutablePointer<SummaryCell>.allocate(capacity: 256)
  private(set) var count = 0
  private var capacity = 256
  private let limit: Int
  /// By number of the call: the cell of the rest, or -1.
  private let ofRest = UnsafeMutablePointer<Int32>.allocate(capacity: 1 << 16)
  private var places = NumberIndex()

  init(limit: Int) {
    self.limit = limit
    ofRest.initialize(repeating: -1, count: 1 << 16)
  }

  deinit {
    for index in 0..<count { base[index].deallocate() }
    base.deinitialize(count: count)
    base.deallocate()
    ofRest.deallocate()
  }

  /// Whether things may still be added.
  var hasRoom: Bool { count < limit }

  /// The cell of all calls of a name; valid until another cell is added.
  @inline(__always)
  func cell(_ syscall: UInt16) -> UnsafeMutablePointer<SummaryCell> {
    let index = ofRest[Int(syscall)]
    return index >= 0 ? base + Int(index) : addRest(syscall)
  }

  /// The cell of a thing's calls of a name; that of the rest where there is no room for one more.
  @inline(__always)
  func cell(_ key: Int32, _ syscall: UInt16) -> UnsafeMutablePointer<SummaryCell> {
    if key == Self.rest { return cell(syscall) }
    let number = UInt64(UInt32(bitPattern: key)) << 16 | UInt64(syscall)
    if let index = places[number] { return base + Int(index) }
    guard hasRoom else { return cell(syscall) }
    places.insert(number, Int32(count))
    return append(key, syscall)
  }

  @inline(never)
  private func addRest(_ syscall: UInt16) -> UnsafeMutablePointer<SummaryCell> {
    ofRest[Int(syscall)] = Int32(count)
    return append(Self.rest, syscall)
  }

  @inline(never)
  private func append(_ key: Int32, _ syscall: UInt16) -> UnsafeMutablePointer<SummaryCell> {
    if count == capacity {
      let bigger = UnsafeMutablePointer<SummaryCell>.allocate(capacity: capacity * 2)
      bigger.moveInitialize(from: base, count: count)
      base.deallocate()
      base = bigger
      capacity *= 2
    }
    (base + count).initialize(to: SummaryCell(key: key, syscall: syscall))
    count += 1
    return base + (count - 1)
  }
}
