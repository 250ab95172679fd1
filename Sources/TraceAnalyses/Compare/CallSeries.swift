import TraceCalls
import TraceSyntax

/// What is counted of the calls of one name on one class of connections, by slices of the log. One thread at a time.
final class CallSeries {
  struct Slice {
    var calls = 0
    var errors = 0
    var timed = 0
    var time: Int64 = 0
    var times = LogHistogram()

    mutating func take(_ other: Slice) {
      calls += other.calls
      errors += other.errors
      timed += other.timed
      time = Summary.sum(time, other.time)
      times.merge(other.times)
      other.times.deallocate()
    }
  }

  struct ErrorCount {
    let errno: Errno
    let firstLine: Int
    var counts = [Int](repeating: 0, count: SliceClock.limit)
  }

  private let slices = UnsafeMutablePointer<Slice>.allocate(capacity: SliceClock.limit)
  private(set) var errors: [ErrorCount] = []
  private(set) var firstLine = 0
  private(set) var longest: Int64 = -1
  private(set) var longestLine = 0
  private(set) var derived = 0

  init() { slices.initialize(repeating: Slice(), count: SliceClock.limit) }

  deinit {
    for index in 0..<SliceClock.limit { slices[index].times.deallocate() }
    slices.deallocate()
  }

  @inline(__always)
  func add(_ call: SeenCall) {
    let slice = slices + Int(call.slice)
    slice.pointee.calls &+= 1
    if firstLine == 0 { firstLine = call.line }
    if call.errno != .none { addError(call) }
    guard call.duration >= 0 else { return }
    if call.isDerived { derived &+= 1 }
    slice.pointee.timed &+= 1
    slice.pointee.time = Summary.sum(slice.pointee.time, call.duration)
    slice.pointee.times.add(call.duration)
    if call.duration > longest {
      longest = call.duration
      longestLine = call.line
    }
  }

  /// Errors there are: a log cannot make up more numbers than 65536, and few happen to one call.
  private func addError(_ call: SeenCall) {
    slices[Int(call.slice)].errors &+= 1
    if let index = errors.firstIndex(where: { $0.errno == call.errno }) {
      errors[index].counts[Int(call.slice)] &+= 1
    } else if errors.count < 256 {
      var count = ErrorCount(errno: call.errno, firstLine: call.line)
      count.counts[Int(call.slice)] = 1
      errors.append(count)
    }
  }

  /// Pairs of slices become one.
  func join() {
    for index in 0..<(SliceClock.limit / 2) {
      var pair = slices[2 * index]
      pair.take(slices[2 * index + 1])
      slices[index] = pair
    }
    for index in (SliceClock.limit / 2)..<SliceClock.limit { slices[index] = Slice() }
    for index in errors.indices {
      var counts = [Int](repeating: 0, count: SliceClock.limit)
      for slice in 0..<SliceClock.limit { counts[slice / 2] += errors[index].counts[slice] }
      errors[index].counts = counts
    }
  }

  /// What was counted in so many slices; this series is empty afterwards.
  func result(_ count: Int) -> SlicedCalls {
    var result = SlicedCalls(count: count)
    result.firstLine = firstLine
    result.longest = longest
    result.longestLine = longestLine
    result.derived = derived
    for index in 0..<min(count, SliceClock.limit) {
      result.calls[index] = slices[index].calls
      result.errors[index] = slices[index].errors
      result.timed[index] = slices[index].timed
      result.time = Summary.sum(result.time, slices[index].time)
      result.times[index] = slices[index].times.buckets
      slices[index].times.deallocate()
      slices[index] = Slice()
    }
    for error in errors {
      result.errnos[error.errno] = .init(counts: Array(error.counts.prefix(count)), firstLine: error.firstLine)
    }
    return result
  }
}

/// Of a call, what a comparison looks at.
struct SeenCall {
  let syscall: SyscallID
  let errno: Errno
  var slice: UInt8
  let isDerived: Bool
  let line: Int
  /// Nanoseconds; negative where it is not known.
  let duration: Int64
}

/// The calls of one name, by slices of a log.
struct SlicedCalls: Sendable {
  struct Errors: Sendable {
    var counts: [Int]
    var firstLine: Int
  }

  var calls: [Int]
  var errors: [Int]
  var timed: [Int]
  var times: [[LogHistogram.Bucket]]
  var time: Int64 = 0
  var errnos: [Errno: Errors] = [:]
  var firstLine = 0
  var longest: Int64 = -1
  var longestLine = 0
  /// Durations that are differences of stamps.
  var derived = 0

  init(count: Int) {
    calls = .init(repeating: 0, count: count)
    errors = calls
    timed = calls
    times = .init(repeating: [], count: count)
  }

  /// Takes in calls of the same slices.
  mutating func take(_ other: SlicedCalls) {
    for index in calls.indices {
      calls[index] += other.calls[index]
      errors[index] += other.errors[index]
      timed[index] += other.timed[index]
      times[index] = times[index].merged(other.times[index])
    }
    time = Summary.sum(time, other.time)
    for (errno, more) in other.errnos {
      guard var mine = errnos[errno] else {
        errnos[errno] = more
        continue
      }
      for index in mine.counts.indices { mine.counts[index] += more.counts[index] }
      mine.firstLine = min(mine.firstLine, more.firstLine)
      errnos[errno] = mine
    }
    firstLine = firstLine == 0 ? other.firstLine : other.firstLine == 0 ? firstLine : min(firstLine, other.firstLine)
    if other.longest > longest { (longest, longestLine) = (other.longest, other.longestLine) }
    derived += other.derived
  }
}

extension [LogHistogram.Bucket] {
  /// The buckets of both, each once, in order.
  func merged(_ other: [LogHistogram.Bucket]) -> [LogHistogram.Bucket] {
    if other.isEmpty { return self }
    if isEmpty { return other }
    var result: [LogHistogram.Bucket] = []
    result.reserveCapacity(count + other.count)
    var (mine, theirs) = (0, 0)
    while mine < count || theirs < other.count {
      if theirs == other.count || (mine < count && self[mine].upper < other[theirs].upper) {
        result.append(self[mine])
        mine += 1
      } else if mine == count || other[theirs].upper < self[mine].upper {
        result.append(other[theirs])
        theirs += 1
      } else {
        result.append(.init(upper: self[mine].upper, count: self[mine].count + other[theirs].count))
        mine += 1
        theirs += 1
      }
    }
    return result
  }
}
