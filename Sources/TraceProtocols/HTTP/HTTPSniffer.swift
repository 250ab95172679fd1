/// HTTP/1.x (RFC 9112): a start line.
enum HTTPSniffer {
  /// The bytes of a request line that are enough on a stream where strace cut it before its version: log text has such beginnings too,
  /// so never elsewhere.
  private static let enoughOfLine = 16

  static func judge(_ payload: Payload) -> ProtocolVerdict {
    // HTTP over UDP (SSDP) is another protocol; QUIC does not look like this.
    guard payload.transport != .datagram else { return .no }
    switch HTTPHeadReader.read(payload.shown) {
    case .no: return .no
    case .short(let missing):
      let length = payload.count + max(1, missing)
      return payload.canHold(length) ? payload.needMore(length) : payload.needDelimiter(within: Payload.limit)
    case .cutLine(let message):
      guard payload.isCut || payload.count >= Payload.limit, payload.transport == .stream, payload.count >= enoughOfLine,
        message.target?.hasPrefix("/") ?? false
      else {
        let early =
          payload.isCut && payload.transport == .stream && payload.count < enoughOfLine && payload.canHold(enoughOfLine + 1)
        return early && message.target?.hasPrefix("/") ?? false
          ? payload.needMore(enoughOfLine) : payload.needDelimiter(within: Payload.limit)
      }
      return .yes(ProtocolFinding(writer: .client, .http(message), sufficient: payload.sufficientForAll))
    case .message(let message):
      return .yes(
        ProtocolFinding(
          writer: message.status == nil ? .client : .server, .http(message),
          sufficient: message.headSize == nil ? payload.sufficientForAll : nil))
    }
  }
}
