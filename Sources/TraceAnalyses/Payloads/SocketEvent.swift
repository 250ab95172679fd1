import TraceProcesses

/// What a call did to a socket, as far as somebody on the wire would have noticed.
public struct SocketEvent {
  public enum Kind {
    /// `size` bytes were moved; `shown` are those that the log shows, from the first on, valid during the call only.
    case transfer(size: Int, shown: UnsafeRawBufferPointer)
    /// The direction ended: a read returned nothing, or this end shut down its own.
    case end
    /// This end closed its last descriptor.
    case close
    /// The other side broke the connection off (ECONNRESET).
    case reset
  }

  public let kind: Kind
  /// From the other side to this one.
  public let isRead: Bool
  /// The open description: an index that stays the same.
  public let description: Int
  public let descriptorKind: DescriptorKind
  public let local: String?
  /// The other side, or whom the message itself names.
  public let peer: String?
  /// Whether our side accepted the connection; nil where the log does not show it being made.
  public let isAccepted: Bool?
  public let process: String
  public let descriptor: Int32
  /// When the call ended, in nanoseconds of the log's clock; a close takes effect when it begins.
  public let time: Int64
  public let line: Int
  public let tid: Int32
}
