/// What an inflater says after a step.
enum InflateOutcome {
  case more
  /// The member is whole, its checksum right.
  case endOfMember
  case refused(String)
}

/// Inflates one gzip member (RFC 1952) after the other, header and checksum included.
protocol Inflater: AnyObject {
  /// The next bytes begin a member.
  func begin()
  /// Inflates as far as the input at hand and the buffer allow.
  func inflate(
    _ input: CompressedBuffer, into buffer: UnsafeMutableRawBufferPointer
  ) -> (count: Int, outcome: InflateOutcome)
}
