/// How an HTTP/2 connection begins (RFC 9113, section 3.4).
public enum HTTP2Opening: Sendable, Equatable {
  /// The client's 24 bytes `PRI * HTTP/2.0 ...`.
  case preface
  /// The server's preface, a SETTINGS frame (section 6.5).
  case settings(maxConcurrentStreams: Int?, initialWindowSize: Int?)
}

/// HTTP/2 without TLS (RFC 9113).
enum HTTP2Sniffer {
  static func judge(_ payload: Payload) -> ProtocolVerdict {
    guard payload.transport != .datagram else { return .no }
    switch payload.shown.match("PRI * HTTP/2.0\r\n") {
    case .yes: return .yes(ProtocolFinding(writer: .client, .http2(.preface)))
    case .short where payload.count > 0: return payload.needMore(16)
    default: return settings(payload)
    }
  }

  /// Frame header: length in 24 bits, type 4, no flags, stream 0 (section 4.1); entries of 16-bit identifier and 32-bit value.
  private static func settings(_ payload: Payload) -> ProtocolVerdict {
    guard payload.count > 0 else { return payload.needMore(16) }
    guard payload[0] == 0, payload[1] ?? 0 == 0 else { return .no }
    // All settings known there are, and then some; an empty frame is nine bytes of which eight are zero: too little to tell.
    let length = Int(payload[2] ?? 6)
    guard length > 0, length <= 96, length % 6 == 0, payload.canHold(9), payload[3] ?? 4 == 4 else { return .no }
    for i in 4..<9 where payload[i] ?? 0 != 0 { return .no }
    var streams: Int?
    var window: Int?
    for entry in 0..<(length / 6) {
      let offset = 9 + 6 * entry
      guard let identifier = payload.uint16(offset) else { break }
      // Section 6.5.2; 8 is RFC 8441's, 9 RFC 9218's, 10 and more are extensions.
      // The first one decides.
      if entry == 0, identifier == 0 || identifier > 9 { return .no }
      guard let value = payload.uint32(offset + 2) else { break }
      if entry == 0, !isPossible(value, of: identifier) { return .no }
      switch identifier {
      case 3: streams = value
      case 4: window = value
      default: break
      }
    }
    guard payload.count >= 15 else { return payload.needMore(15) }
    return .yes(
      ProtocolFinding(
        writer: .server, .http2(.settings(maxConcurrentStreams: streams, initialWindowSize: window)),
        sufficient: payload.sufficient(9 + length)))
  }

  private static func isPossible(_ value: Int, of identifier: Int) -> Bool {
    switch identifier {
    case 2, 8, 9: value <= 1
    case 4: value <= 0x7fff_ffff
    case 5: value >= 1 << 14 && value < 1 << 24
    default: true
    }
  }
}
