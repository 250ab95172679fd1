/// DNS, over UDP and, with the length in front, over TCP (RFC 1035, section 4.2). The header has no magic: its counts and flags must make
/// sense, and a question must follow that fits into the message; where that is cut off, port 53 has to speak for it.
enum DNSSniffer {
  /// A header, the longest name, type and class.
  private static let enough = 12 + DNSName.longest + 4

  static func judge(_ payload: Payload) -> ProtocolVerdict {
    let datagram = payload.transport == .stream ? .no : judge(payload, at: 0, size: payload.size)
    if payload.transport == .datagram { return datagram }
    switch (datagram, stream(payload)) {
    case (.yes, _): return datagram
    case (.needMore(let one), .needMore(let other)): return .needMore(bytes: max(one, other))
    case (.needMore, .no): return datagram
    case (_, let verdict): return verdict
    }
  }

  private static func stream(_ payload: Payload) -> ProtocolVerdict {
    guard let length = payload.uint16(0) else { return payload.needAtMost(2 + enough) }
    // The smallest query: the root's name, type and class.
    guard length >= 17, payload.size.map({ $0 == 2 || $0 >= 2 + length }) ?? true else { return .no }
    return judge(payload, at: 2, size: length)
  }

  private static func judge(_ payload: Payload, at start: Int, size: Int?) -> ProtocolVerdict {
    if let size, size < 17 { return .no }
    guard isHeader(payload, start, size) else { return .no }
    guard payload.count > start + 12 else { return payload.needAtMost(start + min(enough, size ?? enough)) }
    let message = UnsafeRawBufferPointer(rebasing: payload.shown.dropFirst(start))
    guard let end = question(message, 12) else {
      // Cut inside of the question: as long as it fits.
      guard isQuestionBeginning(message) else { return .no }
      if isKnown(payload, message) { return yes(payload, message, evidence: .cut) }
      return payload.needAtMost(start + min(enough, size ?? enough))
    }
    guard let type = message.uint16(end), let questionClass = message.uint16(end + 2) else {
      if isKnown(payload, message) { return yes(payload, message, evidence: .cut) }
      return payload.needMore(start + end + 4)
    }
    // The top bit of the class is multicast DNS's (RFC 6762, section 5.4).
    guard DNSMessage.types[type] != nil || type >= 0xff00, isClass(questionClass & 0x7fff) else {
      return .no
    }
    guard let additional = message.uint16(10), let answers = message.uint16(6), let authorities = message.uint16(8) else {
      return .no
    }
    if let size {
      // Every record has a name of one byte and ten more at least; without records the message ends here.
      let rest = size - (end + 4)
      let records = answers + authorities + additional
      guard records == 0 ? rest == 0 : rest >= 11 * records else { return .no }
    }
    return yes(payload, message)
  }

  /// IN, CH, HS, NONE, ANY.
  private static func isClass(_ number: Int) -> Bool {
    number == 1 || number == 3 || number == 4 || number == 254 || number == 255
  }

  /// Whether a port (of DNS, multicast DNS, LLMNR) speaks for a message that -s cut: a header and some of a name.
  private static func isKnown(_ payload: Payload, _ message: UnsafeRawBufferPointer) -> Bool {
    payload.isCut && message.count >= 16 && (payload.hasPort(53) || payload.hasPort(5353) || payload.hasPort(5355))
  }

  private static func yes(
    _ payload: Payload, _ message: UnsafeRawBufferPointer, evidence: ProtocolFinding.Evidence = .whole
  ) -> ProtocolVerdict {
    guard let message = DNSMessage(message) else { return .no }
    let isPart = message.questionClass == nil || (message.answerCount > 0 && payload.isCut)
    return .yes(
      ProtocolFinding(
        writer: message.isResponse ? .server : .client, .dns(message), evidence: evidence,
        sufficient: isPart ? payload.sufficientForAll : nil))
  }

  /// Flags and counts (section 4.1.1), as far as they are shown.
  private static func isHeader(_ payload: Payload, _ start: Int, _ size: Int?) -> Bool {
    guard let high = payload[start + 2] else { return true }
    let isResponse = high & 0x80 != 0
    let opcode = high >> 3 & 15
    guard opcode == 0 || opcode == 4 || opcode == 5 else { return false }
    if let low = payload[start + 3] {
      // Z is zero (RFC 2535, section 6.1 gave its neighbours to AD and CD); a query has no RCODE.
      guard low & 0x40 == 0, isResponse || low & 0x8f == 0 else { return false }
    }
    guard payload[start + 4] ?? 0 == 0, payload[start + 5] ?? 1 == 1 else { return false }
    if isResponse || opcode != 0 {
      let most = (size ?? 0xffff) / 11
      for count in stride(from: 6, through: 10, by: 2) where payload.uint16(start + count) ?? 0 > most { return false }
      return true
    }
    // A query has no answers, at most one authority (IXFR, RFC 1995) and OPT, TSIG or SIG(0) behind.
    return payload.uint16(start + 6) ?? 0 == 0 && payload.uint16(start + 8) ?? 0 <= 1 && payload.uint16(start + 10) ?? 0 <= 2
  }

  /// The place behind a name of printable labels that is shown whole.
  private static func question(_ message: UnsafeRawBufferPointer, _ start: Int) -> Int? {
    var position = start
    while position < message.count, position - start < DNSName.longest {
      let length = Int(message[position])
      if length == 0 { return position + 1 }
      guard length <= 63, position + length < message.count else { return nil }
      for i in 1...length where !message[position + i].isVisible { return nil }
      position += 1 + length
    }
    return nil
  }

  /// Whether the bytes end in the middle of such a name.
  private static func isQuestionBeginning(_ message: UnsafeRawBufferPointer) -> Bool {
    var position = 12
    while position < message.count {
      let length = Int(message[position])
      guard length > 0, length <= 63, position - 12 + length < DNSName.longest else { return false }
      for i in (position + 1)..<max(position + 1, min(position + 1 + length, message.count)) where !message[i].isVisible {
        return false
      }
      position += 1 + length
    }
    return position - 12 < DNSName.longest
  }
}
