/// Recognises RTMP without a command: connections that were there before the log began show media only.
enum RTMPSniffer {
  enum Verdict {
    case no, needMore
    case yes(RTMPSession.Evidence)
  }

  /// - Parameters:
  ///   - head: the first bytes of a transfer, as far as -s printed them.
  ///   - size: the bytes transferred.
  static func judge(_ head: [UInt8], size: Int64) -> Verdict {
    guard head.count >= 8 else { return .needMore }
    // C0+C1 or S0+S1(+S2): version 3, 1536 bytes each (RTMP 1.0, section 5.2).
    if head[0] == 3, size == 1537 || size == 3073 { return .yes(.handshake) }
    // A chunk's header (section 5.3.1): format in the top two bits, stream 3 to 63 in the rest, timestamp or delta in 24 bits,
    // length in 24, type; format 0 adds the message stream id, little endian.
    let format = head[0] >> 6
    let chunkStream = head[0] & 0x3f
    guard chunkStream >= 3, format <= 1 else { return .no }
    let time = Int(head[1]) << 16 | Int(head[2]) << 8 | Int(head[3])
    let length = Int(head[4]) << 16 | Int(head[5]) << 8 | Int(head[6])
    let type = head[7]
    guard length > 0, length < 8 << 20, type == 8 || type == 9 || (type == 18 && format == 0) || (type == 20 && format == 0)
    else { return .no }
    if format == 1 { return time <= 10_000 ? .yes(.chunkHeader) : .no }
    guard head.count >= 12, head[9] == 0, head[10] == 0, head[11] == 0, head[8] < 64 else { return .no }
    return .yes(.chunkHeader)
  }
}
