/// Something that happened outside of the log, on the log's clock: a stream was published, a deploy, a picture froze on another machine.
public struct OutsideEvent: Sendable, Equatable {
  /// Nanoseconds of the log's clock.
  public let time: Int64
  /// Where it lasted: its end.
  public let until: Int64?
  public let what: String

  public init(time: Int64, until: Int64? = nil, what: String) {
    self.time = time
    self.until = until
    self.what = what
  }

  /// Whether [start, end] comes closer than `distance` to it; nanoseconds.
  public func isNear(_ start: Int64, _ end: Int64, within distance: Int64) -> Bool {
    let (first, last) = (min(time, until ?? time), max(time, until ?? time))
    return start &- last <= distance && first &- end <= distance
  }
}
