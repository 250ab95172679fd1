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
    case .short(let enough): return enough.map { payload.needMore($0) } ?? needLine(payload)
    case .cutLine(let message): return judge(payload, cut: message)
    case .message(let message):
      return .yes(
        ProtocolFinding(
          writer: message.status == nil ? .client : .server, .http(message),
          sufficient: message.headSize == nil ? payload.sufficientForAll : nil))
    }
  }

  /// A request line without its end.
  private static func judge(_ payload: Payload, cut message: HTTPMessage) -> ProtocolVerdict {
    guard payload.isCut || payload.count >= Payload.limit, payload.transport == .stream,
      let target = message.target, target.hasPrefix("/") || target.hasPrefix("http://")
    else { return needLine(payload) }
    guard payload.count >= enoughOfLine else {
      return payload.canHold(enoughOfLine + 1) ? payload.needMore(enoughOfLine) : needLine(payload)
    }
    return .yes(
      ProtocolFinding(writer: .client, .http(message), evidence: .cut, sufficient: payload.sufficientForAll))
  }

  private static func needLine(_ payload: Payload) -> ProtocolVerdict { payload.needAtMost(Payload.limit) }
}
