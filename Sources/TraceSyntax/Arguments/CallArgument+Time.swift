/// The two times of `setitimer` and `timerfd_settime`, in nanoseconds.
public struct TimerSetting: Sendable, Hashable {
  /// Between expirations; 0 means once.
  public var interval: Int64
  /// To the first expiration; 0 disarms.
  public var value: Int64
}

extension CallArgument {
  /// A `timespec` in nanoseconds: `{tv_sec=1, tv_nsec=500000000}`, `{1, 500000000}` (before 4.15). What does not fit is the nearest
  /// that does. nil where it is no time: `NULL` (forever, in most calls), `UTIME_NOW`.
  public var timespec: Int64? { time(1) }

  /// A `timeval` in nanoseconds: `{tv_sec=1, tv_usec=500000}`, `{1, 500000}`.
  public var timeval: Int64? { time(1000) }

  /// `{it_interval={...}, it_value={...}}` of `timespec`s.
  public var itimerspec: TimerSetting? { timer(1) }
  /// `{it_interval={...}, it_value={...}}` of `timeval`s.
  public var itimerval: TimerSetting? { timer(1000) }

  /// A name tells the unit of the fraction; `unit` is that of a structure without names, in nanoseconds.
  private func time(_ unit: Int64) -> Int64? {
    var seconds: Int64?
    var fraction: Int64?
    for (place, field) in fields.enumerated() {
      if field.nameCount == 0 {
        if place == 0 { seconds = field.number }
        if place == 1 { fraction = field.number.map { Self.product($0, unit) } }
      } else if field.isNamed("tv_sec") {
        seconds = field.number
      } else if field.isNamed("tv_nsec") {
        fraction = field.number
      } else if field.isNamed("tv_usec") {
        fraction = field.number.map { Self.product($0, 1000) }
      }
      if place > 1 { return nil }
    }
    guard let seconds, let fraction else { return nil }
    let whole = Self.product(seconds, 1_000_000_000)
    let (sum, isOver) = whole.addingReportingOverflow(fraction)
    return isOver ? (fraction < 0 ? .min : .max) : sum
  }

  private func timer(_ unit: Int64) -> TimerSetting? {
    guard let interval = field("it_interval", at: 0).time(unit), let value = field("it_value", at: 1).time(unit) else {
      return nil
    }
    return TimerSetting(interval: interval, value: value)
  }

  private static func product(_ a: Int64, _ b: Int64) -> Int64 {
    let (product, isOver) = a.multipliedReportingOverflow(by: b)
    return isOver ? (a < 0 ? .min : .max) : product
  }
}
