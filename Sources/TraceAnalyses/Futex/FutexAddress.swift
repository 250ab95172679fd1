import TraceCalls
import TraceSyntax

/// What is counted of one address of one process.
struct FutexAddress {
  let process: Int32
  let address: UInt64
  let firstLine: Int
  var waits = 0
  var woken = 0
  var eagain = 0
  var timeouts = 0
  var interrupted = 0
  var otherErrors = 0
  /// Waits whose duration is known, and the sum.
  var timed = 0
  var time: Int64 = 0
  var longest: Int64 = -1
  var wakes = 0
  var threadsWoken = 0
  var inFlight = 0
  var inFlightTime: Int64 = 0
  /// Durations of waits, and of hand-offs: from the return of the waker's call to that of the waiter's.
  var samples = DurationSamples()
  var handOffs = DurationSamples()
  var longestHandOff: Int64 = -1
  var waiters = TaskTallies()
  /// Who woke, by threads woken.
  var wakers = TaskTallies()
  /// Who ended waits here, as far as that could be told.
  var enders = TaskTallies()

  // Evidence of what it is for.

  /// Waits in the way of a mutex: without a timeout, for a word that said 2, or on a lock with priority inheritance.
  var mutexWaits = 0
  var timedWaits = 0
  /// Wakes that woke threads, and those of them that woke several or were meant for all.
  var effectiveWakes = 0
  var broadcasts = 0
  /// Waits that ended by a wake, without a timeout: all of them, and those of a thread that had just been woken and did nothing since.
  var released = WaitSum()
  var pressed = WaitSum()
  /// Of the pressed ones, those of a thread that another had woken.
  var pressedByWake = 0
  /// Who returned last from a wait that ended by a wake: the owner, where it is a lock. 0 for nobody.
  var lastIn: Int32 = 0
  /// The longest waits, longest first; and the longest of the pressed ones.
  var top: [LongWait] = []
  var topPressed: [LongWait] = []
  static let mostTop = 3

  init(process: Int32, address: UInt64, firstLine: Int) {
    self.process = process
    self.address = address
    self.firstLine = firstLine
  }
}

/// Number, sum, maximum and sum of squares of waits.
struct WaitSum {
  var count = 0
  var time: Int64 = 0
  var longest: Int64 = -1
  /// Seconds squared: what ranks locks. A thread stopped for a second is worse than a thousand stopped for a millisecond each.
  var squares = 0.0

  @inline(__always)
  mutating func add(_ duration: Int64) {
    count &+= 1
    guard duration >= 0 else { return }
    time = time.addingReportingOverflow(duration).overflow ? .max : time &+ duration
    longest = max(longest, duration)
    let seconds = Double(duration) / 1e9
    squares += seconds * seconds
  }

  mutating func merge(_ other: WaitSum) {
    count &+= other.count
    time = time.addingReportingOverflow(other.time).overflow ? .max : time &+ other.time
    longest = max(longest, other.longest)
    squares += other.squares
  }
}

/// A wait as it ended, and what its waker did meanwhile.
struct LongWait {
  var wait: EndedWait
  var outcome: FutexOutcome
  var waker: Int32?
  var wakeLine: Int?
  var steps: [BlameStep] = []
}

/// A wait that returned.
struct EndedWait {
  var row: Int32
  var thread: Int32
  var tid: Int32
  var startLine: Int
  var endLine: Int
  /// Of the busy span, nanoseconds on the log's clock.
  var start: Int64
  var end: Int64
  /// Nanoseconds, negative where unknown.
  var duration: Int64
  var isTimed: Bool
  /// Its thread had been woken before, by another or by its timer, and did nothing since: it was not idle.
  var isPressed: Bool
  var isFromTimer: Bool
}

/// How a wait ended.
public enum FutexOutcome: String, Sendable {
  case woken
  /// The word had changed already: no wait at all.
  case changed = "EAGAIN"
  case timeout = "ETIMEDOUT"
  case interrupted
  case error
  /// It had not ended when the log did.
  case inFlight = "in flight"

  init(_ errno: Errno) {
    switch errno.rawValue {
    case 0: self = .woken
    case 11: self = .changed
    case 110: self = .timeout
    // EINTR, and what strace prints where the kernel will restart the call.
    case 4, 85, 512, 513, 514, 516: self = .interrupted
    default: self = .error
    }
  }
}
