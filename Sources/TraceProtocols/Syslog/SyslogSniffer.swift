/// syslog: a priority in angle brackets and a time, over datagrams or a stream, there also with the length in front (RFC 6587).
enum SyslogSniffer {
  /// Length, PRI and the longest time with a blank behind.
  private static let enough = 6 + 5 + 36
  private static let months: [StaticString] = [
    "Jan ", "Feb ", "Mar ", "Apr ", "May ", "Jun ", "Jul ", "Aug ", "Sep ", "Oct ", "Nov ", "Dec ",
  ]

  static func judge(_ payload: Payload) -> ProtocolVerdict {
    var start = 0
    if payload.transport != .datagram, (payload[0] ?? 0).isDigit {
      while start < min(payload.count, 5), payload.shown[start].isDigit { start += 1 }
      guard start < payload.count else { return more(payload) }
      guard payload.shown[start] == 0x20 else { return .no }
      start += 1
    }
    guard payload[start] ?? UInt8(ascii: "<") == UInt8(ascii: "<") else { return .no }
    guard let first = payload[start + 1] else { return more(payload) }
    guard first.isDigit, let priority = payload.shown.decimal(start + 1), priority.value <= 191, priority.end - start <= 4 else {
      return .no
    }
    guard let close = payload[priority.end] else { return more(payload) }
    // No zero in front (RFC 5424, section 6.2.1).
    guard close == UInt8(ascii: ">"), first != UInt8(ascii: "0") || priority.value == 0 && priority.end == start + 2 else {
      return .no
    }
    let time = priority.end + 1
    guard let digit = payload[time] else { return more(payload) }
    if digit == UInt8(ascii: "1") { return rfc5424(payload, time, priority.value) }
    return rfc3164(payload, time, priority.value)
  }

  /// `VERSION SP TIMESTAMP SP HOSTNAME SP APP-NAME`.
  private static func rfc5424(_ payload: Payload, _ start: Int, _ priority: Int) -> ProtocolVerdict {
    guard payload[start + 1] ?? 0x20 == 0x20 else { return .no }
    guard let first = payload[start + 2] else { return more(payload) }
    if first == UInt8(ascii: "-") {
      guard let blank = payload[start + 3] else { return more(payload) }
      guard blank == 0x20 else { return .no }
      return yes(payload, .rfc5424, priority, start + 4)
    }
    switch shape("0000-00-00T00:00:00", payload, start + 2) {
    case .no: return .no
    case .short: return more(payload)
    case .yes: break
    }
    var end = start + 21
    while end < payload.count, end < start + 40, payload.shown[end].isVisible { end += 1 }
    return yes(payload, .rfc5424, priority, end + 1)
  }

  /// `Mmm dd hh:mm:ss` and a blank; a day below 10 has a blank in place of its first digit.
  private static func rfc3164(_ payload: Payload, _ start: Int, _ priority: Int) -> ProtocolVerdict {
    let (month, match) = payload.shown.match(anyOf: months, at: start)
    guard month != nil else { return match == .short ? more(payload) : .no }
    let isShortDay = payload[start + 4] == 0x20
    switch shape(isShortDay ? " 0 00:00:00 " : "00 00:00:00 ", payload, start + 4) {
    case .no: return .no
    case .short: return more(payload)
    case .yes: return yes(payload, .rfc3164, priority, start + 16)
    }
  }

  private static func more(_ payload: Payload) -> ProtocolVerdict { payload.needAtMost(enough) }

  /// - Parameter host: where the host's name begins, of which syslog(3) has none.
  private static func yes(_ payload: Payload, _ format: SyslogMessage.Format, _ priority: Int, _ host: Int) -> ProtocolVerdict {
    var message = SyslogMessage(format: format, facility: priority >> 3, severity: priority & 7)
    var (word, end) = self.word(payload, host)
    if format == .rfc5424 {
      (word, end) = self.word(payload, end + 1)
      message.application = word.flatMap { PayloadText.escaped(payload.shown, $0) }
      if message.application == "-" { message.application = nil }
    } else {
      if let first = word, !first.contains(where: { isTagEnd(payload.shown[$0]) }) { (word, end) = self.word(payload, end + 1) }
      // TAG ends before `[` or `:`.
      if let range = word, let stop = range.first(where: { isTagEnd(payload.shown[$0]) }), stop > range.lowerBound {
        message.application = PayloadText.escaped(payload.shown, range.lowerBound..<stop)
      }
    }
    let isShown = message.application != nil || word != nil
    return .yes(ProtocolFinding(writer: .client, .syslog(message), sufficient: isShown ? nil : payload.sufficientForAll))
  }

  private static func isTagEnd(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "[") || byte == UInt8(ascii: ":") }

  /// The bytes up to a blank, if one is shown or the message ends there, and the place behind.
  private static func word(_ payload: Payload, _ start: Int) -> (Range<Int>?, Int) {
    var end = start
    while end < payload.count, payload.shown[end] > 0x20 { end += 1 }
    guard start < payload.count, end < payload.count || !payload.isCut else { return (nil, max(start, end)) }
    return (start..<end, end)
  }

  /// Compares with a pattern in which 0 stands for any digit.
  private static func shape(_ pattern: StaticString, _ payload: Payload, _ start: Int) -> WordMatch {
    for i in 0..<pattern.utf8CodeUnitCount {
      guard let byte = payload[start + i] else { return .short }
      let wanted = pattern.utf8Start[i]
      guard wanted == UInt8(ascii: "0") ? byte.isDigit : byte == wanted else { return .no }
    }
    return .yes
  }
}
