import TraceSyntax

/// Turns stamps as printed into one rising count of nanoseconds.
///
/// `-ttt` counts from 1970, `-t` and `-tt` from the midnight before the log's first line (they have no date: a step back of more
/// than half a day is a new day), `-r` from the first line. perf trace counts from its first event, or with `-T` from the machine's start.
public struct TraceClock: Sendable {
  /// The kind of the log's stamps: that of the first line that has one.
  public private(set) var kind = StampKind.none
  /// Whether stamps carry fractions of seconds.
  public private(set) var isFine = false
  /// The first stamp of the log.
  public private(set) var first: Int64?
  /// The line of that stamp; what comes before has no time. `Int.max` as long as none was met.
  public internal(set) var firstLine = Int.max
  /// The largest stamp of the log.
  public private(set) var last: Int64 = 0
  /// Steps back that are no midnight: clock adjustments, or a log ordered by the end of calls.
  public private(set) var stepsBack = 0
  /// Lines whose stamp is of another kind than the log's first: logs pasted together.
  public private(set) var otherKinds = 0

  private var day: Int64 = 0
  /// The stamp of the line before, where the same stamp again means the same time: stamps of `-t` repeat for thousands of lines.
  private var repeated: Int64?
  private var previous: Int64 = 0
  private static let dayLength: Int64 = 86_400_000_000_000
  /// No log has more midnights; what claims to would overflow.
  private static let lastDay = Int64.max / 2

  init() {}

  /// The clock of a log that was read before, as far as reports need it.
  public init(kind: StampKind, isFine: Bool, first: Int64?, last: Int64) {
    self.kind = kind
    self.isFine = isFine
    self.first = first
    self.last = last
    firstLine = first == nil ? .max : 1
  }

  @inline(__always)
  mutating func absolute(_ kind: StampKind, _ stamp: Int64, fine: Bool) -> Int64 {
    if stamp == repeated, kind == self.kind { return last }
    return move(kind, stamp, fine: fine)
  }

  @inline(never)
  private mutating func move(_ kind: StampKind, _ stamp: Int64, fine: Bool) -> Int64 {
    repeated = nil
    var time = stamp
    switch kind {
    case .none: return last
    case .epoch, .sinceStart: break
    case .timeOfDay:
      if first != nil {
        if stamp < previous - Self.dayLength / 2, day < Self.lastDay {
          day += Self.dayLength
          previous = stamp
        } else if stamp > previous + Self.dayLength / 2, day > 0 {
          // A line of before midnight, printed after the first of the new day.
          return stamp + day - Self.dayLength
        }
      }
      previous = stamp
      time += day
    case .relative:
      previous &+= stamp
      time = previous
    }
    if first == nil { begin(kind, time, fine) }
    if kind != self.kind { otherKinds += 1 }
    if time < last {
      stepsBack += 1
    } else {
      last = time
      if kind == self.kind, kind != .relative { repeated = stamp }
    }
    return time
  }

  private mutating func begin(_ kind: StampKind, _ time: Int64, _ fine: Bool) {
    self.kind = kind
    isFine = fine
    first = time
    last = time
  }
}
