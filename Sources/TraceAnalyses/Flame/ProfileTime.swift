import TraceCalls

/// A moment in a profile.
public enum ProfileTime: Sendable, Equatable {
  /// Nanoseconds of perf's clock, by default since the machine started, or of the log's own.
  case stamp(Int64)
  /// Nanoseconds since the log's first sample.
  case elapsed(Int64)
  /// In logs that have dates or times of day.
  case point(TimePoint)

  /// `3207.250016` as perf prints it, `@90`, seconds since the first sample, or what ``TimePoint`` reads; nil for any other text.
  public init?(_ text: String) {
    let isElapsed = text.hasPrefix("@")
    if let nanoseconds = TimePoint.seconds(isElapsed ? text.dropFirst() : text[...]) {
      self = isElapsed ? .elapsed(nanoseconds) : .stamp(nanoseconds)
    } else if let point = TimePoint(text) {
      self = .point(point)
    } else {
      return nil
    }
  }

  /// On the clock of a profile whose first sample was at `first`; times of day are of its first day.
  func resolved(first: Int64) -> Int64 {
    switch self {
    case .stamp(let time), .point(.epoch(let time)): return time
    case .elapsed(let time), .point(.elapsed(let time)): return first.addingCapped(time)
    case .point(.clock(let time)):
      let day: Int64 = 86_400_000_000_000
      return (first - (first % day + day) % day).addingCapped(time)
    }
  }

  /// On the clock of a log of calls.
  func resolved(_ clock: TraceClock) -> Int64 {
    switch self {
    case .point(let point): point.resolved(clock, origin: clock.first ?? 0)
    case .stamp, .elapsed: resolved(first: clock.first ?? 0)
    }
  }
}
