import TraceSyntax

/// Which samples are folded, and how their frames are named.
public struct FoldOptions: Sendable {
  public var naming = FrameNaming()
  /// Only samples of this event, as perf prints it (`cycles:u`). Without it the event of the first sample: periods of cycles and of
  /// page faults cannot be summed.
  public var event: String?
  /// Counts samples instead of summing their periods.
  public var countsSamples = false
  public var from: ProfileTime?
  /// Up to, not including, this time.
  public var to: ProfileTime?
  public init() {}
}

/// A moment in a profile.
public enum ProfileTime: Sendable, Equatable {
  /// Nanoseconds of perf's clock, by default since the machine started.
  case stamp(Int64)
  /// Nanoseconds since the log's first sample.
  case elapsed(Int64)

  /// `3207.250016` as perf prints it, or `@90`, seconds since the first sample; nil for any other text.
  public init?(_ text: String) {
    let isElapsed = text.hasPrefix("@")
    guard let nanoseconds = TimePoint.seconds(isElapsed ? text.dropFirst() : text[...]) else { return nil }
    self = isElapsed ? .elapsed(nanoseconds) : .stamp(nanoseconds)
  }

  func resolved(first: Int64) -> Int64 {
    switch self {
    case .stamp(let time): time
    case .elapsed(let time): first.addingCapped(time)
    }
  }
}
