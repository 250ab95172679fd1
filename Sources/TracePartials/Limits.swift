/// What numbers of a partial may be, so that no sum or product of a report overflows: files come from anywhere.
enum Limits {
  /// Nanoseconds of a clock: the differences of two, and intervals behind them, are numbers, too.
  static func isTime(_ time: Int64) -> Bool { time > -(1 << 61) && time < 1 << 62 - 1 << 50 }
  /// Calls, lines, bytes.
  static func isCount(_ count: Int64) -> Bool { count >= 0 && count < 1 << 48 }
  static func isCount(_ count: UInt64) -> Bool { count < 1 << 48 }
  /// Lengths of intervals, from a microsecond to a day times a thousand, as options take them.
  static func isInterval(_ interval: UInt64) -> Bool { (1000...86_400_000_000_000_000).contains(interval) }
  /// Whether an interval and the one after it begin at times of a clock.
  static func isInterval(_ index: Int64, of length: Int64) -> Bool {
    guard index < .max else { return false }
    let (start, isBeyond) = index.multipliedReportingOverflow(by: length)
    let (end, isFurther) = (index + 1).multipliedReportingOverflow(by: length)
    return !isBeyond && !isFurther && isTime(start) && isTime(end)
  }
}
