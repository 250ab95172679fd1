/// The messages of one direction of a DNS connection over TCP: each has its length in two bytes in front (RFC 1035, section 4.2.2), which
/// many programs read or write by a call of its own.
public struct DNSStreamReader: Sendable {
  /// The message under way, its length included, as far as it was shown; no more than `Payload.limit`.
  private var bytes: [UInt8] = []
  /// Whether bytes of it were moved that were not shown.
  private var hasGap = false
  /// The bytes of the message under way that were moved.
  private var moved = 0
  /// Whether a length itself was not shown: nothing after it can be told apart.
  public private(set) var isLost = false
  /// Whether the next byte is the first of a length: a new reader does as well.
  public var isBetweenMessages: Bool { moved == 0 && !isLost }

  public init() {}

  /// Takes the bytes of one call, and hands out every message that ends in it. Of one that -s cut, what was shown is read.
  public mutating func read(_ payload: Payload, _ found: (DNSMessage) -> Void) {
    guard !isLost else { return }
    let size = payload.size ?? payload.count
    var position = 0
    while position < size {
      if moved < 2 {
        guard position < payload.count else {
          isLost = true
          return
        }
        bytes.append(payload.shown[position])
        position += 1
        moved += 1
        continue
      }
      let length = 2 + Int(bytes[0]) << 8 + Int(bytes[1])
      let step = min(length - moved, size - position)
      let shown = max(0, min(step, payload.count - position, Payload.limit - bytes.count))
      if shown > 0, !hasGap { bytes += payload.shown[position..<(position + shown)] }
      if shown < step { hasGap = true }
      position += step
      moved += step
      guard moved == length else { continue }
      bytes.withUnsafeBytes { if let message = DNSMessage(UnsafeRawBufferPointer(rebasing: $0.dropFirst(2))) { found(message) } }
      bytes.removeAll(keepingCapacity: true)
      hasGap = false
      moved = 0
    }
  }
}
