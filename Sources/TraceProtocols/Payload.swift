/// The first bytes that one end of a connection wrote, in one call or stitched from several, and what is known around them.
///
/// strace shows at most `-s` bytes of a buffer (32 if not told), so the bytes may be fewer than those moved.
public struct Payload {
  /// How the bytes travel: a datagram holds whole messages, a stream goes on in the next call.
  public enum Transport: Sendable {
    case stream, datagram, unknown
  }

  /// The bytes shown, `Payload.limit` of them at most.
  public let shown: UnsafeRawBufferPointer
  /// The bytes moved; nil where the call's result is not known.
  public let size: Int?
  /// Whether bytes were moved that are not shown.
  public let isCut: Bool
  public let transport: Transport
  /// The ports of the writing and of the reading end, where known. A port is a hint for protocols with a weak signature: by itself
  /// it is no evidence.
  public let from: UInt16?
  public let to: UInt16?

  /// The bytes of a payload that are looked at.
  @inlinable public static var limit: Int { 4096 }

  /// - Parameters:
  ///   - bytes: what strace showed, unescaped. Of a write that moved less than it was given, what was not moved is left out.
  ///   - size: the bytes moved (the call's result), the sum of stitched calls.
  ///   - isCut: whether `...` stood behind the string; a size above the bytes shown says the same.
  ///   - transport: that of the socket, as far as it is known.
  ///   - from: the port of the end that wrote.
  ///   - to: the port of the end that reads.
  public init(
    _ bytes: UnsafeRawBufferPointer, size: Int? = nil, isCut: Bool = false, transport: Transport = .unknown, from: UInt16? = nil,
    to: UInt16? = nil
  ) {
    let size = size.map { max(0, $0) }
    let count = min(bytes.count, size ?? bytes.count)
    shown = UnsafeRawBufferPointer(rebasing: bytes.prefix(min(count, Self.limit)))
    self.size = size ?? (isCut ? nil : count)
    self.isCut = size.map { $0 > count } ?? isCut
    self.transport = transport
    self.from = from
    self.to = to
  }
}

// What the sniffers read. Offsets come from the sniffers' own arithmetic and are checked against the bytes shown; a read behind them
// gives nil.
extension Payload {
  var count: Int { shown.count }

  subscript(_ offset: Int) -> UInt8? { offset >= 0 && offset < shown.count ? shown[offset] : nil }

  /// Network byte order.
  func uint16(_ offset: Int) -> Int? { shown.uint16(offset) }
  func uint24(_ offset: Int) -> Int? { shown.uint24(offset) }
  func uint32(_ offset: Int) -> Int? { shown.uint32(offset) }

  /// Whether either end has this port.
  func hasPort(_ port: UInt16) -> Bool { from == port || to == port }

  /// The writer by the port that a server of the protocol listens on.
  func role(serverPort port: UInt16) -> ProtocolRole {
    if from == port, to != port { return .server }
    return to == port && from != port ? .client : .unknown
  }

  /// Whether the bytes moved can be exactly `length`: a whole message was written at once.
  func canBe(_ length: Int) -> Bool { size.map { $0 == length } ?? (length > count) }

  /// Whether at least `length` bytes can have been moved.
  func canHold(_ length: Int) -> Bool { size.map { $0 >= length } ?? true }

  /// Whether the bytes are all, of a datagram: no more will come.
  var isFinal: Bool { transport == .datagram && !isCut }

  /// The verdict where the message is right so far and `length` bytes of it would decide.
  func needMore(_ length: Int) -> ProtocolVerdict {
    // Where they are shown and did not decide, nothing will.
    guard count < min(length, Self.limit), !isFinal, transport != .datagram || canHold(length) else { return .no }
    return .needMore(bytes: min(length, Self.limit))
  }

  /// The same where `length` bytes are the most that it can take, as where a delimiter is awaited: all that the call moved may be enough.
  func needAtMost(_ length: Int) -> ProtocolVerdict {
    guard count < length, !isFinal else { return .no }
    return needMore(isCut ? min(length, size ?? length) : length)
  }

  /// What `-s` would have shown the first `length` bytes, if they are not all shown and there were more.
  func sufficient(_ length: Int) -> Int? {
    guard isCut, count < Self.limit, length > count else { return nil }
    return min(length, size ?? length, Self.limit)
  }

  /// What `-s` would have shown all, as far as it is looked at.
  var sufficientForAll: Int? { sufficient(Self.limit) }
}
