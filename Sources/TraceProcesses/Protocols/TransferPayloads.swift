import TraceProtocols
import TraceSyntax

/// Takes what a transfer moved out of its arguments: one payload of a plain buffer or of a vector, one of each message of `sendmmsg` and
/// `recvmmsg`.
public struct TransferPayloads: Sendable {
  /// The bytes shown, `Payload.limit` of them at most; the bytes moved, nil where they are not told; the address given with them.
  public typealias Body = (_ bytes: UnsafeRawBufferPointer, _ size: Int?, _ address: SocketAddress?) -> Void

  private var buffer: [UInt8] = []

  public init() {}

  /// - Parameters:
  ///   - arguments: of a whole or stitched call, from its first argument on.
  ///   - result: what it returned, above 0.
  ///   - role: whether it moves one message or several.
  ///   - body: called for each payload that is printed as a string, an empty one (`-s 0`) included; the bytes are valid during the call.
  public mutating func read(_ arguments: Arguments, _ role: SyscallRole, result: Int64, _ body: Body) {
    let data = arguments[1]
    switch role {
    case .readMessages, .writeMessages:
      for message in data.messages.prefix(Int(clamping: result)) {
        read(message.header, size: message.length.map { Int(clamping: $0) }, body)
      }
    default:
      let size = Int(clamping: result)
      if let text = data.string {
        buffer.removeAll(keepingCapacity: true)
        append(text, size)
        // The address of sendto and recvfrom.
        buffer.withUnsafeBytes { body($0, size, arguments[4].socketAddress) }
      } else if data.isStructure {
        if let header = data.messageHeader { read(header, size: size, body) }
      } else if data.isArray {
        if gather(data.ioVectors, size) { buffer.withUnsafeBytes { body($0, size, nil) } }
      }
    }
  }

  private mutating func read(_ header: MessageHeader, size: Int?, _ body: Body) {
    if gather(header.vectors, size ?? .max) { buffer.withUnsafeBytes { body($0, size, header.name) } }
  }

  /// The buffers one after the other, up to the first that strace cut; false where none is a string.
  private mutating func gather(_ vectors: [IOVector], _ size: Int) -> Bool {
    buffer.removeAll(keepingCapacity: true)
    var isString = false
    for vector in vectors where buffer.count < min(size, Payload.limit) {
      guard let text = vector.base.string else { return isString }
      isString = true
      let before = buffer.count
      append(text, size)
      if buffer.count - before < min(Int(clamping: vector.length), size - before) { break }
    }
    return isString
  }

  private mutating func append(_ text: QuotedString, _ size: Int) {
    let most = min(size, Payload.limit)
    var bytes = text.makeIterator()
    while buffer.count < most, let byte = bytes.next() { buffer.append(byte) }
  }
}
