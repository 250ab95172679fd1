/// FastCGI: a record's header of eight bytes, and content that its type asks for.
enum FastCGISniffer {
  static func judge(_ payload: Payload) -> ProtocolVerdict {
    guard payload.transport != .datagram else { return .no }
    guard let version = payload[0] else { return payload.needMore(16) }
    guard version == 1 else { return .no }
    guard let number = payload[1] else { return payload.needMore(16) }
    guard let type = FastCGIRecord.RecordType(rawValue: Int(number)), payload[7] ?? 0 == 0 else { return .no }
    switch type {
    case .beginRequest, .endRequest: return fixed(payload, type)
    case .stdout: return output(payload)
    default: return .no
    }
  }

  /// `FCGI_BeginRequestBody` (role, flags, five reserved) and `FCGI_EndRequestBody` (two statuses, three reserved): eight bytes each.
  private static func fixed(_ payload: Payload, _ type: FastCGIRecord.RecordType) -> ProtocolVerdict {
    let isBegin = type == .beginRequest
    guard payload[4] ?? 0 == 0, payload[5] ?? 8 == 8, payload[6] ?? 0 <= 8 else { return .no }
    if isBegin {
      guard payload[8] ?? 0 == 0, (1...3).contains(payload[9] ?? 1), payload[10] ?? 0 <= 1 else { return .no }
      for i in 11..<16 where payload[i] ?? 0 != 0 { return .no }
    } else {
      guard payload[12] ?? 0 <= 3 else { return .no }
    }
    guard payload.count >= 16, let id = payload.uint16(2) else { return payload.needMore(16) }
    guard id > 0 else { return .no }
    var record = FastCGIRecord(type: type, requestID: id)
    guard isBegin else { return .yes(ProtocolFinding(writer: .server, .fastcgi(record))) }
    record.role = FastCGIRecord.Role(rawValue: Int(payload.shown[9]))
    let isWhole = FastCGIParameterReader.read(payload.shown, 16 + Int(payload.shown[6]), into: &record)
    return .yes(ProtocolFinding(writer: .client, .fastcgi(record), sufficient: isWhole ? nil : payload.sufficientForAll))
  }

  /// The head of a CGI response (RFC 3875, section 6): a field's name and a colon.
  private static func output(_ payload: Payload) -> ProtocolVerdict {
    guard let id = payload.uint16(2), let length = payload.uint16(4), payload.count > 8 else { return payload.needMore(8 + 32) }
    guard id > 0, length >= 8, payload.canHold(8 + length) || payload.transport != .unknown else { return .no }
    var end = 8
    while end < payload.count, end < 8 + 32, payload.shown[end].isLetter || payload.shown[end] == UInt8(ascii: "-") { end += 1 }
    guard end < payload.count else { return payload.needMore(8 + 33) }
    guard end > 8 + 2, payload.shown[end] == UInt8(ascii: ":") else { return .no }
    var record = FastCGIRecord(type: .stdout, requestID: id)
    if payload.shown.match("status:", at: 8, ignoringCase: true) == .yes {
      record.status = payload.shown.decimal(payload[15] == 0x20 ? 16 : 15)?.value
    }
    return .yes(ProtocolFinding(writer: .server, .fastcgi(record)))
  }
}
