/// A message of memcached's text or binary protocol (protocol.txt and protocol-binary.txt of memcached).
public enum MemcachedMessage: Sendable, Equatable {
  /// The first word of a text command. Its key is not kept.
  case command(String)
  /// The first word of a text reply.
  case reply(String)
  /// An opcode of the binary protocol, of a request or of a response with its status.
  case binaryRequest(opcode: Int)
  case binaryResponse(opcode: Int, status: Int?)
}

/// memcached. Commands of one word and a key look like many protocols' (Redis has the same inline): they need the port.
enum MemcachedSniffer {
  static let port: UInt16 = 11211
  private static let longestKey = 250
  /// A command, a key and numbers.
  private static let longestLine = 8 + longestKey + 96

  /// `<command> <key> <flags> <exptime> <bytes> [<cas unique>] [noreply]`.
  private static let storage: [StaticString] = ["set ", "add ", "replace ", "append ", "prepend ", "cas "]
  private static let commands: [StaticString] = [
    "get ", "gets ", "gat ", "gats ", "delete ", "incr ", "decr ", "touch ", "mg ", "ms ", "md ", "ma ", "me ", "mn\r\n",
    "stats\r\n",
    "stats ", "version\r\n", "flush_all\r\n", "flush_all ", "verbosity ", "quit\r\n",
  ]
  private static let replies: [StaticString] = [
    "STORED\r\n", "NOT_STORED\r\n", "EXISTS\r\n", "NOT_FOUND\r\n", "DELETED\r\n", "TOUCHED\r\n", "OK\r\n", "END\r\n", "ERROR\r\n",
    "CLIENT_ERROR ", "SERVER_ERROR ", "VERSION ", "HD\r\n", "EN\r\n", "MN\r\n",
  ]

  private static let values: [StaticString] = ["VALUE ", "STAT "]
  private static let lineEnds: [StaticString] = [" noreply\r\n", "\r\n"]

  static func judge(_ payload: Payload) -> ProtocolVerdict {
    guard let first = payload[0] else { return payload.needAtMost(longestLine) }
    if first == 0x80 || first == 0x81 { return binary(payload, isRequest: first == 0x80) }
    // Over UDP a frame header stands in front, which is not read.
    guard payload.transport != .datagram, first.isLetter else { return .no }
    let (word, match) = payload.shown.match(anyOf: storage)
    if let word { return store(payload, word.utf8CodeUnitCount) }
    if payload.hasPort(port) {
      let (command, likeCommand) = payload.shown.match(anyOf: commands)
      if command != nil { return oneWord(payload, .client) }
      let (reply, likeReply) = payload.shown.match(anyOf: replies)
      if reply != nil { return oneWord(payload, .server) }
      if likeCommand == .short || likeReply == .short { return payload.needAtMost(longestLine) }
    }
    let (named, reply) = payload.shown.match(anyOf: values)
    if named != nil { return value(payload) }
    return match == .short || reply == .short ? payload.needAtMost(longestLine) : .no
  }

  private static func oneWord(_ payload: Payload, _ role: ProtocolRole) -> ProtocolVerdict {
    var end = 0
    while end < payload.count, payload.shown[end] > 0x20 { end += 1 }
    let text = PayloadText.escaped(payload.shown, 0..<end)
    return .yes(ProtocolFinding(writer: role, .memcached(role == .client ? .command(text) : .reply(text))))
  }

  /// A key, then numbers to the end of the line: three, and one more of `cas`.
  private static func store(_ payload: Payload, _ start: Int) -> ProtocolVerdict {
    var end = start
    while end < payload.count, payload.shown[end].isVisible { end += 1 }
    guard end - start <= longestKey else { return .no }
    guard end < payload.count else { return payload.needAtMost(longestLine) }
    guard end > start else { return .no }
    var numbers = 0
    while payload[end] == 0x20, numbers < 4 {
      guard let byte = payload[end + 1] else { return payload.needAtMost(longestLine) }
      // exptime may be negative: at once.
      let digits = end + (byte == UInt8(ascii: "-") ? 2 : 1)
      guard digits < payload.count else { return payload.needAtMost(longestLine) }
      guard let number = payload.shown.decimal(digits) else { break }
      numbers += 1
      end = number.end
    }
    guard end < payload.count else { return payload.needAtMost(longestLine) }
    let (_, noreply) = payload.shown.match(anyOf: lineEnds, at: end)
    guard numbers == (payload.shown[0] == UInt8(ascii: "c") ? 4 : 3), noreply != .no else { return .no }
    guard noreply == .yes else { return payload.needAtMost(longestLine) }
    return .yes(
      ProtocolFinding(writer: .client, .memcached(.command(PayloadText.escaped(payload.shown, 0..<(start - 1))))))
  }

  /// `VALUE <key> <flags> <bytes> [<cas unique>]` and `STAT <name> <value>`.
  private static func value(_ payload: Payload) -> ProtocolVerdict {
    let isValue = payload.shown[0] == UInt8(ascii: "V")
    let start = isValue ? 6 : 5
    var end = start
    while end < payload.count, payload.shown[end].isVisible { end += 1 }
    guard end - start <= longestKey else { return .no }
    guard end < payload.count else { return payload.needAtMost(longestLine) }
    guard end > start, payload.shown[end] == 0x20 else { return .no }
    var numbers = 0
    if isValue {
      while payload[end] == 0x20, numbers < 3 {
        guard end + 1 < payload.count else { return payload.needAtMost(longestLine) }
        guard let number = payload.shown.decimal(end + 1) else { return .no }
        numbers += 1
        end = number.end
      }
    } else {
      end += 1
      while end < payload.count, payload.shown[end].isVisible { end += 1 }
      numbers = 2
    }
    guard end <= longestLine else { return .no }
    guard payload[end] ?? 13 == 13, payload[end + 1] ?? 10 == 10 else { return .no }
    guard end + 1 < payload.count else { return payload.needAtMost(longestLine) }
    guard numbers >= 2 else { return .no }
    return .yes(ProtocolFinding(writer: .server, .memcached(.reply(isValue ? "VALUE" : "STAT"))))
  }

  /// Magic, opcode, key length, extras length, data type 0, vbucket or status, body length: the body fills the message.
  private static func binary(_ payload: Payload, isRequest: Bool) -> ProtocolVerdict {
    guard payload[1] ?? 0 <= 0x49, payload[4] ?? 0 <= 20, payload[5] ?? 0 == 0 else { return .no }
    if let status = payload.uint16(6), !isRequest, status > 0x86 { return .no }
    guard let key = payload.uint16(2), let body = payload.uint32(8) else { return payload.needMore(12) }
    let opcode = Int(payload.shown[1])
    guard key <= longestKey, Int(payload.shown[4]) + key <= body, payload.canBe(24 + body) else { return .no }
    return .yes(
      ProtocolFinding(
        writer: isRequest ? .client : .server,
        .memcached(
          isRequest ? .binaryRequest(opcode: opcode) : .binaryResponse(opcode: opcode, status: payload.uint16(6)))))
  }
}
