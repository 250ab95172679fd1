/// What shows RTMP on a connection, other than a command's name (`RTMPCommand`).
public enum RTMPOpening: Sendable, Equatable {
  /// C0 and C1 or S0 and S1, S2 too (Adobe's RTMP specification 1.0, section 5.2).
  case handshake
  /// The header of a chunk (section 5.3.1) of audio (8), video (9), data (18) or a command (20).
  case chunkHeader(messageType: Int)
}

/// RTMP without a command: connections that were there before the log began show media only.
enum RTMPSniffer {
  static func judge(_ payload: Payload) -> ProtocolVerdict {
    guard payload.transport != .datagram else { return .no }
    guard let first = payload[0] else { return payload.needMore(12) }
    // Format in the top two bits, chunk stream 3 to 63 in the rest: C0 and S0, the version, look the same.
    let format = first >> 6
    guard first & 0x3f >= 3, format <= 1 else { return .no }
    guard payload.count >= 8 else { return payload.needMore(12) }
    // Version 3, and 1536 bytes each.
    if first == 3, payload.size == 1537 || payload.size == 3073 {
      return .yes(ProtocolFinding(writer: payload.size == 3073 ? .server : .unknown, .rtmp(.handshake)))
    }
    // Timestamp or delta in 24 bits, length in 24, type; format 0 adds the message stream id, little endian.
    guard let time = payload.uint24(1), let length = payload.uint24(4) else { return .no }
    let type = Int(payload.shown[7])
    guard length > 0, length < 8 << 20, type == 8 || type == 9 || (type == 18 && format == 0) || (type == 20 && format == 0)
    else { return .no }
    if format == 1 { return time <= 10_000 ? yes(type) : .no }
    for i in 9..<12 where payload[i] ?? 0 != 0 { return .no }
    guard payload[8] ?? 0 < 64 else { return .no }
    return payload.count >= 12 ? yes(type) : payload.needMore(12)
  }

  private static func yes(_ type: Int) -> ProtocolVerdict {
    .yes(ProtocolFinding(writer: .unknown, .rtmp(.chunkHeader(messageType: type))))
  }
}
