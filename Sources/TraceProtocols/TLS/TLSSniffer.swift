/// TLS over a stream (RFC 8446; RFC 5246 for the messages that TLS 1.3 encrypts): a record whose header and content agree.
enum TLSSniffer {
  static func judge(_ payload: Payload) -> ProtocolVerdict {
    guard payload.transport != .datagram else { return .no }
    guard let type = payload[0] else { return payload.needMore(11) }
    guard let contentType = TLSRecord.ContentType(rawValue: Int(type)), payload[1] ?? 3 == 3, payload[2] ?? 3 <= 4 else {
      return .no
    }
    guard let length = payload.uint16(3) else {
      // Of application data the next record's header decides.
      return contentType == .applicationData
        ? payload.needAtMost(Payload.limit) : payload.needMore(contentType == .handshake ? 11 : 7)
    }
    let record = TLSRecord(contentType: contentType, version: 0x0300 + Int(payload.shown[2]))
    switch contentType {
    case .handshake: return handshake(payload, length, record)
    case .alert: return alert(payload, length, record)
    case .changeCipherSpec:
      guard length == 1, payload[5] ?? 1 == 1 else { return .no }
      return payload.count > 5 ? .yes(ProtocolFinding(writer: .unknown, .tls(record))) : payload.needMore(6)
    case .applicationData: return applicationData(payload, length, record)
    }
  }

  /// HandshakeType, its length in 24 bits, and of a hello the version (section 4).
  private static func handshake(_ payload: Payload, _ length: Int, _ record: TLSRecord) -> ProtocolVerdict {
    guard length >= 4, length <= 1 << 14 else { return .no }
    guard let first = payload[5] else { return payload.needMore(11) }
    guard let type = TLSRecord.HandshakeType(rawValue: Int(first)), payload[6] ?? 0 == 0 else { return .no }
    guard let size = payload.uint24(6) else { return payload.needMore(11) }
    var record = record
    record.handshakeType = type
    switch type {
    case .clientHello, .serverHello:
      // Version, random, session identifier, then two bytes of cipher suites and one of compression at least.
      guard size >= 38, type == .clientHello || size + 4 <= length else { return .no }
      guard payload[9] ?? 3 == 3, payload[10] ?? 3 <= 3 else { return .no }
      guard payload.count >= 11 else { return payload.needMore(11) }
      var reader = TLSHelloReader(payload.shown, start: 9, length: size)
      let isWhole = reader.read(into: &record)
      return .yes(
        ProtocolFinding(
          writer: type == .clientHello ? .client : .server, .tls(record), sufficient: isWhole ? nil : payload.sufficient(9 + size)
        ))
    case .serverHelloDone:
      guard size == 0, length == 4 else { return .no }
      return .yes(ProtocolFinding(writer: .server, .tls(record)))
    case .clientKeyExchange:
      // Alone in its record.
      guard size + 4 == length, size > 1 else { return .no }
      return .yes(ProtocolFinding(writer: .client, .tls(record)))
    case .certificate, .serverKeyExchange, .certificateRequest:
      guard size + 4 <= length, size > 2 else { return .no }
      return .yes(ProtocolFinding(writer: type == .certificate ? .unknown : .server, .tls(record)))
    case .newSessionTicket:
      // Lifetime, and a ticket with its length (RFC 5077, section 3.3).
      guard size + 4 <= length, size >= 6 else { return .no }
      return .yes(ProtocolFinding(writer: .server, .tls(record)))
    }
  }

  /// Level and description (section 6), or both encrypted, with what the cipher adds: one record and no more.
  private static func alert(_ payload: Payload, _ length: Int, _ record: TLSRecord) -> ProtocolVerdict {
    guard payload.canBe(5 + length) || payload.size == 5 else { return .no }
    if (18...64).contains(length) {
      return payload.size == 5 + length ? .yes(ProtocolFinding(writer: .unknown, .tls(record))) : .no
    }
    guard length == 2, payload[5] ?? 1 == 1 || payload[5] == 2 else { return .no }
    guard let description = payload[6] else { return payload.needMore(7) }
    guard description <= 120 else { return .no }
    var record = record
    record.alert = Int(description)
    return .yes(ProtocolFinding(writer: .unknown, .tls(record)))
  }

  /// Nothing of it can be read, so the lengths must fit: the header alone, one record, or records back to back.
  private static func applicationData(_ payload: Payload, _ length: Int, _ record: TLSRecord) -> ProtocolVerdict {
    // The shortest is a tag of 16 bytes and the inner type, the longest 2^14 + 256 (section 5.2) or + 2048 (RFC 5246, section 6.2.3).
    guard length >= 17, length <= 1 << 14 + 2048, payload.shown[2] >= 1, payload.shown[2] <= 3, let size = payload.size else {
      return .no
    }
    let yes = ProtocolVerdict.yes(ProtocolFinding(writer: .unknown, .tls(record)))
    if size == 5 || size == 5 + length { return yes }
    guard size > 5 + length else { return .no }
    let next = 5 + length
    guard next < payload.count else { return next + 3 <= Payload.limit ? payload.needMore(next + 3) : .no }
    guard (20...23).contains(payload.shown[next]), payload[next + 1] ?? 3 == 3 else { return .no }
    guard let minor = payload[next + 2] else { return payload.needMore(next + 3) }
    return minor == payload.shown[2] ? yes : .no
  }
}
