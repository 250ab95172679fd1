import TraceCalls
import TraceSyntax

/// When a wait should have ended by itself.
struct WaitTimeout {
  private enum Form {
    /// Milliseconds, a timespec or a timeval in the argument of this number.
    case milliseconds(Int)
    case timespec(Int)
    case timeval(Int)
    /// clock_nanosleep: the second argument may make it a point in time.
    case clock
    /// Relative or absolute, by the operation.
    case futex
  }

  private static let forms: [SyscallID: Form] = {
    let table: [(String, Form)] = [
      ("epoll_wait", .milliseconds(3)), ("epoll_pwait", .milliseconds(3)), ("poll", .milliseconds(2)),
      ("epoll_pwait2", .timespec(3)), ("ppoll", .timespec(2)), ("ppoll_time64", .timespec(2)), ("select", .timeval(4)),
      ("pselect6", .timespec(4)), ("nanosleep", .timespec(0)), ("clock_nanosleep", .clock),
      ("clock_nanosleep_time64", .clock), ("futex", .futex), ("futex_time64", .futex),
    ]
    return Dictionary(
      uniqueKeysWithValues: table.compactMap { name, form in SyscallCatalog.shared.id(of: name).map { ($0, form) } })
  }()
  private static let timedOut = Errno(rawValue: 110)

  /// What CLOCK_MONOTONIC lags behind the log's clock, learned from waits that timed out; no less than the truth.
  private var monotonic: Int64?

  /// The time at which a completed wait was due to end; nil where it had no end, or none that is known.
  mutating func due(_ event: CallEvent, _ arguments: Arguments, isEpoch: Bool) -> Int64? {
    guard let form = Self.forms[event.syscall] else { return nil }
    let start = event.busyStart
    switch form {
    case .milliseconds(let place):
      guard let time = arguments.number(place), time >= 0, time < 1 << 40 else { return nil }
      return Self.sum(start, time * 1_000_000)
    case .timespec(let place): return arguments[place].timespec.flatMap { Self.sum(start, $0) }
    case .timeval(let place): return arguments[place].before.timeval.flatMap { Self.sum(start, $0) }
    case .clock:
      // 1 is TIMER_ABSTIME of time.h.
      if arguments[1].contains("TIMER_ABSTIME", 1) { return nil }
      return arguments[2].timespec.flatMap { Self.sum(start, $0) }
    case .futex: return futex(event, arguments, start, isEpoch: isEpoch)
    }
  }

  private mutating func futex(_ event: CallEvent, _ arguments: Arguments, _ start: Int64, isEpoch: Bool) -> Int64? {
    guard let operation = arguments[1].futexOperation, let time = arguments[3].timespec else { return nil }
    switch operation.command {
    case .wait: return Self.sum(start, time)
    case .waitBitset:
      if operation.usesRealtimeClock { return isEpoch ? time : nil }
      if event.errno == Self.timedOut {
        let lag = event.end &- time
        monotonic = min(monotonic ?? lag, lag)
      }
      return monotonic.flatMap { Self.sum(time, $0) }
    default: return nil
    }
  }

  private static func sum(_ a: Int64, _ b: Int64) -> Int64? {
    let (sum, isOver) = a.addingReportingOverflow(b)
    return isOver ? nil : sum
  }
}
