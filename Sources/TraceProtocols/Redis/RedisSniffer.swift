/// A message of the Redis serialization protocol, RESP2 or RESP3 (redis.io, "Redis serialization protocol specification").
public enum RedisMessage: Sendable, Equatable {
  /// The command's name in capitals; its arguments may be secrets and are not kept.
  case command(String)
  case reply(RESPType)
  /// An array of bulk strings whose first is no command known here: either side may have written it.
  case array

  public enum RESPType: UInt8, Sendable {
    case simpleString = 0x2b  // +
    case simpleError = 0x2d  // -
    case integer = 0x3a  // :
    case bulkString = 0x24  // $
    case array = 0x2a  // *
    case map = 0x25  // %
    case set = 0x7e  // ~
    case push = 0x3e  // >
  }
}

/// Redis: an array of bulk strings, which commands are, or a reply whose length fits. Short replies such as `+OK` need the port.
enum RedisSniffer {
  static let port: UInt16 = 6379

  /// Two counts of ten digits with a sign, and a command's name.
  private static let most = 64

  /// Errors that no other protocol with `-` in front has; `-ERR` is also POP3's.
  private static let errors: [StaticString] = [
    "-NOAUTH ", "-WRONGPASS ", "-WRONGTYPE ", "-MOVED ", "-ASK ", "-LOADING ", "-NOSCRIPT ", "-READONLY ", "-EXECABORT ",
    "-BUSYGROUP ",
    "-CLUSTERDOWN ", "-NOPERM ", "-MISCONF ", "-OOM ",
  ]

  static func judge(_ payload: Payload) -> ProtocolVerdict {
    guard payload.transport != .datagram else { return .no }
    guard let first = payload[0] else { return payload.needAtMost(most) }
    guard let type = RedisMessage.RESPType(rawValue: first) else { return .no }
    switch type {
    case .array, .map, .set, .push: return aggregate(payload, type)
    case .bulkString: return bulkString(payload)
    case .simpleError: return simpleError(payload)
    case .simpleString, .integer: return line(payload, type)
    }
  }

  /// `*2\r\n$3\r\nGET\r\n...`: a count, then elements with a type of their own.
  private static func aggregate(_ payload: Payload, _ type: RedisMessage.RESPType) -> ProtocolVerdict {
    let (count, end, verdict) = header(payload, 0)
    guard let count, count >= 0 else { return verdict }
    if count == 0 { return reply(payload, type, isSure: false) }
    guard let element = payload[end] else { return payload.needAtMost(most) }
    guard element == UInt8(ascii: "$") || element == UInt8(ascii: "*") || element == UInt8(ascii: ":") else {
      return reply(payload, type, isSure: false)
    }
    let (length, start, inner) = header(payload, end)
    guard let length else { return inner }
    guard type == .array, element == UInt8(ascii: "$"), (1...24).contains(length) else {
      return reply(payload, type, isSure: true)
    }
    // The first word is the command's name, if it is one.
    for i in start..<min(start + length, payload.count) where !isNameByte(payload.shown[i]) {
      return .yes(ProtocolFinding(writer: payload.role(serverPort: port), .redis(.array)))
    }
    guard payload.count >= start + length else { return payload.needMore(start + length) }
    let isKnown = commands.contains {
      $0.utf8CodeUnitCount == length && payload.shown.match($0, at: start, ignoringCase: true) == .yes
    }
    guard isKnown else { return .yes(ProtocolFinding(writer: payload.role(serverPort: port), .redis(.array))) }
    guard payload.from != port else { return .yes(ProtocolFinding(writer: .server, .redis(.array))) }
    let name = PayloadText.escaped(payload.shown, start..<(start + length)).uppercased()
    return .yes(ProtocolFinding(writer: .client, .redis(.command(name))))
  }

  /// `$5\r\nhello\r\n`: sure where it fills what was written.
  private static func bulkString(_ payload: Payload) -> ProtocolVerdict {
    let (length, start, verdict) = header(payload, 0)
    guard let length else { return verdict }
    guard length >= 0 else { return reply(payload, .bulkString, isSure: false) }
    let end = start + length
    guard let size = payload.size, size >= end + 2 else { return reply(payload, .bulkString, isSure: false) }
    return reply(payload, .bulkString, isSure: size == end + 2)
  }

  private static func simpleError(_ payload: Payload) -> ProtocolVerdict {
    if payload.hasPort(port) { return line(payload, .simpleError) }
    switch payload.shown.match(anyOf: errors).1 {
    case .yes: return reply(payload, .simpleError, isSure: true)
    case .short: return payload.needMore(14)
    case .no: return .no
    }
  }

  /// A line of text or a number: where the port speaks for it; `+PONG` is Redis's anywhere.
  private static func line(_ payload: Payload, _ type: RedisMessage.RESPType) -> ProtocolVerdict {
    guard payload.hasPort(port) else {
      guard type == .simpleString, payload.canBe(7) || (payload.size ?? 7) < 7 else { return .no }
      switch payload.shown.match("+PONG\r\n") {
      case .yes: return reply(payload, type, isSure: true)
      case .short: return payload.needMore(7)
      case .no: return .no
      }
    }
    for i in 1..<3 {
      guard let byte = payload[i] else { return payload.needMore(3) }
      if type == .integer {
        guard byte.isDigit || (i == 1 && byte == UInt8(ascii: "-")) || (i == 2 && byte == 13) else { return .no }
      } else if !byte.isLetter {
        return .no
      }
    }
    return reply(payload, type, isSure: false)
  }

  private static func reply(_ payload: Payload, _ type: RedisMessage.RESPType, isSure: Bool) -> ProtocolVerdict {
    isSure || payload.hasPort(port) ? .yes(ProtocolFinding(writer: .server, .redis(.reply(type)))) : .no
  }

  /// The number behind the type at `offset` with its CR LF, `-1` included, and the place behind; without it, the verdict.
  private static func header(_ payload: Payload, _ offset: Int) -> (Int?, Int, ProtocolVerdict) {
    let isNegative = payload[offset + 1] == UInt8(ascii: "-")
    let start = offset + (isNegative ? 2 : 1)
    var end = start
    // 512 MB is the most of a string, 2^32 - 1 of elements: ten digits.
    while end < payload.count, end - start < 10, payload.shown[end].isDigit { end += 1 }
    guard end == payload.count || end > start else { return (nil, end, .no) }
    guard payload[end] ?? 13 == 13, payload[end + 1] ?? 10 == 10 else { return (nil, end, .no) }
    guard end + 1 < payload.count else { return (nil, end, payload.needAtMost(most)) }
    return (payload.shown.decimal(start).map { isNegative ? -$0.value : $0.value }, end + 2, .no)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    byte.isLetter || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte.isDigit
  }
}
