/// Nanoseconds of the futex waits of one thread in one interval, by address: a few of them apart, further ones together.
struct FutexWaitTimes: Sendable {
  struct Part: Sendable {
    var key = FutexWaitKey.unknown
    var time: Int64 = 0
  }

  private var parts = InlineArray<8, Part>(repeating: Part())
  private(set) var count = 0

  subscript(place: Int) -> Part { parts[place] }

  @inline(__always)
  mutating func add(_ key: FutexWaitKey, _ time: Int64) {
    for place in 0..<count where parts[place].key == key {
      parts[place].time &+= time
      return
    }
    if count < parts.count {
      parts[count] = Part(key: key, time: time)
      count += 1
    } else {
      parts[count - 1].key = .unknown
      parts[count - 1].time &+= time
    }
  }

  var total: Int64 { (0..<count).reduce(0) { $0 &+ parts[$1].time } }
  /// Where most of it was spent; nil where there is none.
  var longest: FutexWaitKey? {
    (0..<count).max { (parts[$0].time, $1) < (parts[$1].time, $0) }.map { parts[$0].key }
  }
}

/// The same of all of a thread's time, for every thread: which of it was idle is known at the end.
///
/// Memory: one entry for each thread and address that it waited at, ``mostEntries`` of them. What comes on top is taken for what the thread's
/// other waits were.
struct FutexWaitSums {
  private struct Key: Hashable {
    var life: Int32
    var wait: FutexWaitKey
  }
  private struct Sum {
    var time: Int64 = 0
    /// Of the intervals that had no idle left, if waits like this are none.
    var saturated: Int64 = 0
  }

  static let mostEntries = 1 << 18
  private var sums: [Key: Sum] = [:]
  private(set) var isFull = false

  mutating func add(_ life: Int, _ wait: FutexWaitKey, time: Int64 = 0, saturated: Int64 = 0) {
    var key = Key(life: Int32(life), wait: wait)
    if sums.count >= Self.mostEntries, sums[key] == nil {
      isFull = true
      key.wait = .unknown
    }
    sums[key, default: Sum()].time &+= time
    sums[key]?.saturated &+= saturated
  }

  /// What each thread's waits were, by the number of its life.
  func resolved(_ verdicts: FutexVerdicts, lives: Int) -> [FutexShare] {
    var shares = [FutexShare](repeating: FutexShare(), count: lives)
    for (key, sum) in sums {
      switch verdicts.isParked(key.wait) {
      case true?: shares[Int(key.life)].parked &+= sum.time
      case false?:
        shares[Int(key.life)].held &+= sum.time
        shares[Int(key.life)].saturated &+= sum.saturated
      case nil:
        shares[Int(key.life)].unknown &+= sum.time
        shares[Int(key.life)].unknownSaturated &+= sum.saturated
      }
    }
    for life in shares.indices { shares[life].settle() }
    return shares
  }
}

/// What the futex waits of a thread were.
struct FutexShare {
  /// Nanoseconds of those in which it had nothing to do, and of the others.
  var parked: Int64 = 0
  var held: Int64 = 0
  /// Of intervals without idle in which it waited.
  var saturated: Int64 = 0
  fileprivate var unknown: Int64 = 0
  fileprivate var unknownSaturated: Int64 = 0
  /// What is not known is taken for what most of the rest was, and for idle where there is no rest.
  private(set) var isUnknownParked = true

  fileprivate mutating func settle() {
    isUnknownParked = parked >= held
    if isUnknownParked {
      parked &+= unknown
    } else {
      held &+= unknown
      saturated &+= unknownSaturated
    }
  }
}
