import Tracestat

extension LineEvent {
  /// Whether it says what `other` says, whose chunk began `shift` bytes earlier.
  public func isSame(as other: LineEvent, shift: Int) -> Bool {
    let places =
      Int(offset) + shift == other.offset && Int(bodyStart) + shift == other.bodyStart
      && Int(argumentsStart) + shift == other.argumentsStart && Int(argumentsEnd) + shift == other.argumentsEnd
      && length == other.length
    let what =
      kind == other.kind && stampKind == other.stampKind && flags == other.flags && syscall == other.syscall
      && errno == other.errno
    let numbers =
      tid == other.tid && descriptor == other.descriptor && stamp == other.stamp && duration == other.duration
      && result == other.result
    return places && what && numbers
  }

  /// Offsets in order and inside the line, no negative times.
  public var keepsInvariants: Bool {
    let end = offset + length
    return offset <= bodyStart && bodyStart <= end && offset <= argumentsStart && argumentsStart <= argumentsEnd
      && argumentsEnd <= end && duration >= LineEvent.unknownDuration && stamp >= 0 && tid >= 0
  }
}
