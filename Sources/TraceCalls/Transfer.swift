import TraceSyntax

/// A read or write on one line that tells nothing but itself: of a known task, over a descriptor that was open before, whose protocol is known
/// or no longer looked for. Nearly all of a log that is not stitched; a quarter of the size of a ``CallEvent``.
public struct Transfer: Sendable, BitwiseCopyable {
  /// The life of the descriptor it is on (index into the process model).
  public let incarnation: Int32
  public let isWrite: Bool
  public let isError: Bool
  /// What it moved.
  public let bytes: Int64
  /// The stamp of its line.
  public let stamp: Int64
  /// What `-T` printed, in nanoseconds, or `LineEvent.unknownDuration`.
  public let duration: Int64

  /// When the call ended.
  @inlinable public var end: Int64 { duration > 0 ? stamp &+ duration : stamp }

  /// What a plain transfer's line never has.
  static var tellingFlags: LineFlags { [.noResult, .unavailable, .amf, .hugeResult, .lateName] }
}

/// Who knows the lives of descriptors, while a log's calls are put together.
public protocol DescriptorFollower {
  /// The life of the descriptor that a transfer's line is on, where the call tells nothing new of it; -1 where it may.
  ///
  /// - Parameters:
  ///   - line: a whole read or write without any of the flags that tell more.
  ///   - thread: the small number of its task, which is in no other call.
  mutating func route(_ line: UnsafePointer<LineEvent>, thread: Int32) -> Int32

  /// Takes events as they are made, before any later line is looked at.
  mutating func follow(_ events: UnsafeMutableBufferPointer<CallEvent>)
}
