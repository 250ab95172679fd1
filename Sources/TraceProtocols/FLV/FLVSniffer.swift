/// The header of an FLV file or stream (Adobe Flash Video File Format 10.1, annex E.2).
public struct FLVHeader: Sendable, Equatable {
  public let hasAudio: Bool
  public let hasVideo: Bool
}

/// FLV: `FLV`, version 1, flags, the header's size 9.
enum FLVSniffer {
  static func judge(_ payload: Payload) -> ProtocolVerdict {
    switch payload.shown.match("FLV\u{1}") {
    case .no: return .no
    case .short: return payload.needMore(9)
    case .yes: break
    }
    // TypeFlagsReserved are zero: 4 is audio, 1 is video.
    guard (payload[4] ?? 0) & ~5 == 0 else { return .no }
    for i in 5..<8 where payload[i] ?? 0 != 0 { return .no }
    guard payload[8] ?? 9 == 9 else { return .no }
    guard let flags = payload[4], payload.count >= 9 else { return payload.needMore(9) }
    return .yes(ProtocolFinding(writer: .unknown, .flv(FLVHeader(hasAudio: flags & 4 != 0, hasVideo: flags & 1 != 0))))
  }
}
