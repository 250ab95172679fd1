/// MySQL: a packet has its length in 24 bits, little endian, and a sequence number in front; it fills the call that wrote it.
enum MySQLSniffer {
  static func judge(_ payload: Payload) -> ProtocolVerdict {
    guard payload.transport != .datagram else { return .no }
    guard payload.count >= 5 else {
      // The sequence number is 0 of greetings and commands, 1 or 2 of the client's answers.
      return payload[3] ?? 0 <= 2 ? payload.needAtMost(36) : .no
    }
    let length = Int(payload.shown[0]) | Int(payload.shown[1]) << 8 | Int(payload.shown[2]) << 16
    guard payload.canBe(4 + length) else { return .no }
    switch (payload.shown[3], payload.shown[4]) {
    case (0, 10): return handshake(payload, length)
    case (0, 3): return statement(payload, length) { .query($0) }
    case (0, 22): return statement(payload, length) { .prepare($0) }
    case (_, 0xff): return error(payload, length)
    case (1, _), (2, _): return response(payload, length)
    default: return .no
    }
  }

  /// Protocol version 10, a version such as `8.0.36` or `5.5.5-10.11.6-MariaDB`, closed by a zero.
  private static func handshake(_ payload: Payload, _ length: Int) -> ProtocolVerdict {
    guard length >= 20, length < 1024 else { return .no }
    // A number, a dot and a digit decide.
    var end = 5
    while end < min(payload.count, 7), payload.shown[end].isDigit { end += 1 }
    guard end > 5 || payload.count == 5, payload[end] ?? UInt8(ascii: ".") == UInt8(ascii: "."), payload[end + 1]?.isDigit ?? true
    else {
      return .no
    }
    guard end + 1 < payload.count else { return payload.needMore(9) }
    while end < payload.count, payload.shown[end].isVisible { end += 1 }
    let isCut = end == payload.count
    return .yes(
      ProtocolFinding(
        writer: .server,
        .mysql(.handshake(serverVersion: PayloadText.escaped(payload.shown, 5..<end), isVersionCut: isCut)),
        sufficient: isCut ? payload.sufficient(4 + length) : nil))
  }

  /// Capabilities, the longest packet, the character set, and zeros: 32 bytes; then the user's name (or, in clear, TLS begins).
  private static func response(_ payload: Payload, _ length: Int) -> ProtocolVerdict {
    guard length >= 32, length < 1 << 16 else { return .no }
    // CLIENT_PROTOCOL_41 is 0x200.
    guard payload[5] ?? 2 & 2 != 0 else { return .no }
    // MariaDB keeps four bytes of capabilities of its own at the end of the 23 that are reserved.
    for i in 13..<32 where payload[i] ?? 0 != 0 { return .no }
    guard payload.count >= 32 else { return payload.needMore(32) }
    if length == 32 {
      // CLIENT_SSL is 0x800.
      return payload.shown[5] & 8 != 0 ? .yes(ProtocolFinding(writer: .client, .mysql(.sslRequest))) : .no
    }
    let user = PayloadText.zeroTerminated(payload.shown, 36)?.text
    return .yes(
      ProtocolFinding(
        writer: .client, .mysql(.handshakeResponse(user: user)), sufficient: user == nil ? payload.sufficient(4 + length) : nil))
  }

  /// The error's number, little endian, `#` and five letters or digits of SQLSTATE, a text.
  private static func error(_ payload: Payload, _ length: Int) -> ProtocolVerdict {
    guard length >= 9, payload[7] ?? UInt8(ascii: "#") == UInt8(ascii: "#") else { return .no }
    for i in 8..<13 where !(payload[i] ?? 0x30).isLetter && !(payload[i] ?? 0x30).isDigit { return .no }
    guard payload.count >= 13 else { return payload.needMore(13) }
    return .yes(
      ProtocolFinding(
        writer: .server,
        .mysql(
          .error(
            code: Int(payload.shown[5]) | Int(payload.shown[6]) << 8, sqlState: PayloadText.escaped(payload.shown, 8..<13)))))
  }

  private static func statement(_ payload: Payload, _ length: Int, _ message: (String) -> MySQLPacket) -> ProtocolVerdict {
    guard length >= 6 else { return .no }
    // With CLIENT_QUERY_ATTRIBUTES two numbers stand before the text: no parameters, one set.
    let start = payload[5] == 0 && payload[6] ?? 1 == 1 ? 7 : 5
    switch SQLVerb.read(payload.shown, start) {
    case .verb(let verb): return .yes(ProtocolFinding(writer: .client, .mysql(message(verb))))
    case .short: return payload.needMore(min(7 + SQLVerb.longest, 4 + length))
    case .no: return .no
    }
  }
}
