/// PostgreSQL: a startup packet, or a message whose tag, length and content agree.
enum PostgreSQLSniffer {
  private static let severities: [StaticString] = ["FATAL\0", "ERROR\0", "PANIC\0"]
  private static let mechanisms: [StaticString] = ["SCRAM-SHA-256\0", "SCRAM-SHA-256-PLUS\0"]

  static func judge(_ payload: Payload) -> ProtocolVerdict {
    guard payload.transport != .datagram else { return .no }
    guard let tag = payload[0] else { return payload.needMore(16) }
    switch tag {
    case 0: return startup(payload)
    case UInt8(ascii: "R"): return authentication(payload)
    case UInt8(ascii: "E"): return error(payload)
    case UInt8(ascii: "Q"): return query(payload)
    case UInt8(ascii: "P"): return parse(payload)
    case UInt8(ascii: "p"): return password(payload)
    case UInt8(ascii: "Z"): return ready(payload)
    case UInt8(ascii: "X"): return whole(payload, "X\0\0\0\u{4}", .client, .terminate)
    default: return .no
    }
  }

  /// Length, then the version 3.0 with names and values, or a code in its place.
  private static func startup(_ payload: Payload) -> ProtocolVerdict {
    // MAX_STARTUP_PACKET_LENGTH is 10000.
    guard payload[1] ?? 0 == 0, payload[2] ?? 0 <= 39 else { return .no }
    guard let length = payload.uint32(0) else { return payload.needMore(16) }
    guard payload.canBe(length) else { return .no }
    switch length {
    case 8:
      guard payload.count >= 8 else { return codes(payload, length) == .no ? .no : payload.needMore(8) }
      return codes(payload, length)
    case 16:
      let verdict = codes(payload, length)
      if verdict != .no { return payload.count >= 8 ? verdict : payload.needMore(16) }
    default: break
    }
    // 3.0, and 3.2 of PostgreSQL 18; "user" is always there.
    guard length >= 17, length <= 10_000 else { return .no }
    guard payload[4] ?? 0 == 0, payload[5] ?? 3 == 3, payload[6] ?? 0 == 0, payload[7] ?? 0 <= 2 else { return .no }
    for i in 8..<12 where !(payload[i] ?? 0x61).isLowercaseLetter && payload[i] != UInt8(ascii: "_") { return .no }
    guard payload.count >= 12 else { return payload.needMore(12) }
    var user: String?
    var database: String?
    var position = 8
    while let key = PayloadText.zeroTerminated(payload.shown, position), !key.text.isEmpty,
      let value = PayloadText.zeroTerminated(payload.shown, key.end)
    {
      if key.text == "user" { user = value.text }
      if key.text == "database" { database = value.text }
      position = value.end
    }
    return .yes(
      ProtocolFinding(
        writer: .client, .postgresql(.startup(user: user, database: database)), sufficient: payload.sufficient(length)))
  }

  /// SSLRequest, GSSENCRequest, CancelRequest: 1234 in the upper half, 5679, 5680, 5678 in the lower.
  private static func codes(_ payload: Payload, _ length: Int) -> ProtocolVerdict {
    guard payload[4] ?? 4 == 4, payload[5] ?? 0xd2 == 0xd2, payload[6] ?? 0x16 == 0x16 else { return .no }
    switch (length, payload[7] ?? (length == 8 ? 0x2f : 0x2e)) {
    case (8, 0x2f): return .yes(ProtocolFinding(writer: .client, .postgresql(.sslRequest)))
    case (8, 0x30): return .yes(ProtocolFinding(writer: .client, .postgresql(.gssEncRequest)))
    case (16, 0x2e): return .yes(ProtocolFinding(writer: .client, .postgresql(.cancelRequest)))
    default: return .no
    }
  }

  private static func authentication(_ payload: Payload) -> ProtocolVerdict {
    guard payload[1] ?? 0 == 0, payload[2] ?? 0 == 0, payload[5] ?? 0 == 0, payload[6] ?? 0 == 0, payload[7] ?? 0 == 0 else {
      return .no
    }
    guard let length = payload.uint32(1), let code = payload[8] else { return payload.needMore(9) }
    guard let kind = PostgreSQLMessage.Authentication(rawValue: Int(code)), payload.canHold(1 + length) else { return .no }
    switch kind {
    case .ok, .kerberosV5, .cleartextPassword, .scm, .gss, .sspi: guard length == 8 else { return .no }
    case .crypt: guard length == 10 else { return .no }
    case .md5Password: guard length == 12 else { return .no }
    case .sasl, .saslContinue, .saslFinal, .gssContinue: guard length > 9 else { return .no }
    }
    return .yes(ProtocolFinding(writer: .server, .postgresql(.authentication(kind))))
  }

  /// Fields of a letter and a string; the severity comes first.
  private static func error(_ payload: Payload) -> ProtocolVerdict {
    guard payload[1] ?? 0 == 0, payload[5] ?? UInt8(ascii: "S") == UInt8(ascii: "S") else { return .no }
    guard let length = payload.uint32(1), payload.count > 6 else { return payload.needMore(12) }
    guard length >= 12, payload.canHold(1 + length) else { return .no }
    let (word, match) = payload.shown.match(anyOf: severities, at: 6)
    guard let word else { return match == .short ? payload.needMore(12) : .no }
    var code: String?
    var position = 6 + word.utf8CodeUnitCount
    while let field = payload[position], field != 0, let value = PayloadText.zeroTerminated(payload.shown, position + 1) {
      if field == UInt8(ascii: "C") { code = value.text }
      position = value.end
    }
    return .yes(
      ProtocolFinding(
        writer: .server, .postgresql(.errorResponse(severity: PayloadText.escaped(payload.shown, 6..<11), code: code)),
        sufficient: code == nil ? payload.sufficient(1 + length) : nil))
  }

  /// A text that fills the message.
  private static func query(_ payload: Payload) -> ProtocolVerdict {
    guard payload[1] ?? 0 < 64 else { return .no }
    guard let length = payload.uint32(1) else { return payload.needAtMost(5 + SQLVerb.longest) }
    guard length >= 6, payload.canBe(1 + length) else { return .no }
    return statement(payload, 5, 1 + length) { .query($0) }
  }

  /// The statement's name, then its text.
  private static func parse(_ payload: Payload) -> ProtocolVerdict {
    guard payload[1] ?? 0 < 64 else { return .no }
    guard let length = payload.uint32(1) else { return payload.needAtMost(70 + SQLVerb.longest) }
    guard length >= 8, payload.canHold(1 + length) else { return .no }
    // NAMEDATALEN is 64.
    var name = 5
    while name < payload.count, name < 69, payload.shown[name] != 0 {
      guard payload.shown[name].isVisible else { return .no }
      name += 1
    }
    guard name < payload.count else { return payload.needAtMost(min(69 + SQLVerb.longest, 1 + length)) }
    guard payload.shown[name] == 0 else { return .no }
    return statement(payload, name + 1, 1 + length) { .parse($0) }
  }

  private static func statement(
    _ payload: Payload, _ start: Int, _ end: Int, _ message: (String) -> PostgreSQLMessage
  ) -> ProtocolVerdict {
    switch SQLVerb.read(payload.shown, start) {
    case .verb(let verb): return .yes(ProtocolFinding(writer: .client, .postgresql(message(verb))))
    case .short: return payload.needMore(min(start + SQLVerb.longest, end))
    case .no: return .no
    }
  }

  /// SASLInitialResponse names its mechanism; a password alone has no signature.
  private static func password(_ payload: Payload) -> ProtocolVerdict {
    guard payload[1] ?? 0 == 0, payload[2] ?? 0 == 0 else { return .no }
    guard let length = payload.uint32(1) else { return payload.needMore(24) }
    guard payload.canBe(1 + length) else { return .no }
    let (word, match) = payload.shown.match(anyOf: mechanisms, at: 5)
    guard word != nil else { return match == .short && length >= 24 ? payload.needMore(24) : .no }
    return .yes(ProtocolFinding(writer: .client, .postgresql(.passwordMessage)))
  }

  private static func ready(_ payload: Payload) -> ProtocolVerdict {
    // Idle, in a transaction, in a failed one.
    guard let status = payload[5] else {
      return payload.shown.match("Z\0\0\0\u{5}") != .no && payload.canBe(6) ? payload.needMore(6) : .no
    }
    guard status == UInt8(ascii: "I") || status == UInt8(ascii: "T") || status == UInt8(ascii: "E") else { return .no }
    guard payload.shown.match("Z\0\0\0\u{5}") == .yes, payload.canBe(6) else { return .no }
    return .yes(ProtocolFinding(writer: .server, .postgresql(.readyForQuery)))
  }

  private static func whole(
    _ payload: Payload, _ bytes: StaticString, _ writer: ProtocolRole, _ message: PostgreSQLMessage
  ) -> ProtocolVerdict {
    guard payload.canBe(bytes.utf8CodeUnitCount) else { return .no }
    switch payload.shown.match(bytes) {
    case .yes: return .yes(ProtocolFinding(writer: writer, .postgresql(message)))
    case .short: return payload.needMore(bytes.utf8CodeUnitCount)
    case .no: return .no
    }
  }
}
