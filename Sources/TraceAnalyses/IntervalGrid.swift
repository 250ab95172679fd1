/// Intervals of a series, aligned to the clock: number `i` is [i * length, (i + 1) * length).
struct IntervalGrid {
  /// Nanoseconds, at least 1.
  let length: Int64

  init(_ length: Int64) { self.length = max(1, length) }

  /// The number of the interval that a time is in.
  @inline(__always)
  func index(of time: Int64) -> Int64 {
    let quotient = time / length
    return time % length < 0 ? quotient - 1 : quotient
  }

  /// Where an interval begins; the end of time where that is beyond it.
  @inline(__always)
  func start(of index: Int64) -> Int64 {
    let (start, isBeyond) = index.multipliedReportingOverflow(by: length)
    return isBeyond ? (index < 0 ? .min : .max) : start
  }

  /// Spreads [start, start + duration) over the intervals that it touches, in order: its part of the first, the same part (a whole length) of each
  /// of those between as one piece, its part of the last. All parts sum to the duration.
  ///
  /// - Parameter body: takes the number of an interval, how many from there on get the same, and what each gets.
  @inline(__always)
  func spread(_ start: Int64, _ duration: Int64, _ body: (_ interval: Int64, _ count: Int64, _ part: Int64) -> Void) {
    let first = index(of: start)
    // A duration that no clock holds.
    if start.addingReportingOverflow(duration).overflow { return body(first, 1, duration) }
    let room = self.start(of: first &+ 1).subtractingReportingOverflow(start)
    if room.overflow || duration <= room.partialValue { return body(first, 1, duration) }
    body(first, 1, room.partialValue)
    let rest = duration - room.partialValue
    let whole = rest / length
    if whole > 0 { body(first &+ 1, whole, length) }
    if rest % length > 0 { body(first &+ 1 &+ whole, 1, rest % length) }
  }
}
