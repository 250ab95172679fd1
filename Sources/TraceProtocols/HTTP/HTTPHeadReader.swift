/// Reads the head of one HTTP/1.x message from bytes that may end anywhere.
enum HTTPHeadReader {
  enum Outcome {
    /// No head begins here.
    case no
    /// Right so far. `enough` bytes decide, or nil where only the line's end does.
    case short(enough: Int?)
    /// A request whose line ends with the bytes, inside of its target or version.
    case cutLine(HTTPMessage)
    /// The start line is whole; `headSize` tells whether all fields are.
    case message(HTTPMessage)
  }

  /// Methods of RFC 9110 (section 9), RFC 5789, WebDAV (RFC 4918, 3253, 5323) and what media servers and caches use beside them.
  static let methods: [StaticString] = [
    "GET ", "POST ", "HEAD ", "PUT ", "DELETE ", "OPTIONS ", "PATCH ", "CONNECT ", "TRACE ", "PROPFIND ", "PROPPATCH ", "MKCOL ",
    "COPY ", "MOVE ", "LOCK ", "UNLOCK ", "REPORT ", "SEARCH ", "SOURCE ", "PURGE ",
  ]

  static func read(_ bytes: UnsafeRawBufferPointer) -> Outcome {
    switch bytes.match("HTTP/1.") {
    case .yes: return response(bytes)
    // One byte may be HEAD's.
    case .short where bytes.count > 1: return .short(enough: 13)
    case .short, .no: return request(bytes)
    }
  }

  /// `HTTP-version SP status-code SP [ reason-phrase ]` (RFC 9112, section 4); some servers leave out the last blank.
  private static func response(_ bytes: UnsafeRawBufferPointer) -> Outcome {
    if bytes.count > 7, !bytes[7].isDigit { return .no }
    if bytes.count > 8, bytes[8] != 0x20 { return .no }
    if bytes.count > 9, !(UInt8(ascii: "1")...UInt8(ascii: "5")).contains(bytes[9]) { return .no }
    for i in 10..<12 where i < bytes.count && !bytes[i].isDigit { return .no }
    guard bytes.count >= 13 else { return .short(enough: 13) }
    guard bytes[12] == 0x20 || bytes[12] == 13 || bytes[12] == 10, let status = bytes.decimal(9) else { return .no }
    var message = HTTPMessage(.response(status: status.value))
    message.minorVersion = Int(bytes[7] - UInt8(ascii: "0"))
    if let line = bytes.firstIndex(of: 10, from: 12) { readFields(bytes, line + 1, &message) }
    return .message(message)
  }

  /// `method SP request-target SP HTTP-version` (RFC 9112, section 3).
  private static func request(_ bytes: UnsafeRawBufferPointer) -> Outcome {
    let (method, match) = bytes.match(anyOf: methods)
    guard let method else { return match == .short ? .short(enough: nil) : .no }
    let start = method.utf8CodeUnitCount
    var end = start
    while end < bytes.count, bytes[end].isVisible { end += 1 }
    guard isTarget(bytes, start..<end) else { return .no }
    let name = PayloadText.escaped(bytes, 0..<(start - 1))
    func cutLine() -> Outcome {
      guard end > start else { return .short(enough: nil) }
      var message = HTTPMessage(.request(method: name, target: PayloadText.escaped(bytes, start..<end)))
      message.isTargetCut = end == bytes.count
      message.takeHostFromTarget()
      return .cutLine(message)
    }
    guard end < bytes.count else { return cutLine() }
    guard bytes[end] == 0x20, end > start else { return .no }
    switch bytes.match("HTTP/1.", at: end + 1) {
    case .no: return .no
    case .short: return cutLine()
    case .yes: break
    }
    if end + 8 < bytes.count, !bytes[end + 8].isDigit { return .no }
    if end + 9 < bytes.count, bytes[end + 9] != 13, bytes[end + 9] != 10 { return .no }
    guard end + 9 < bytes.count else { return cutLine() }
    var message = HTTPMessage(.request(method: name, target: PayloadText.escaped(bytes, start..<end)))
    message.minorVersion = Int(bytes[end + 8] - UInt8(ascii: "0"))
    message.takeHostFromTarget()
    if let line = bytes.firstIndex(of: 10, from: end + 9) { readFields(bytes, line + 1, &message) }
    return .message(message)
  }

  /// Whether this can be a target as far as it goes: a path, `*`, a URI, or a host with a port.
  private static func isTarget(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
    guard let first = range.first.map({ bytes[$0] }) else { return true }
    guard
      first == UInt8(ascii: "/") || first == UInt8(ascii: "*") || first == UInt8(ascii: "[") || first.isLetter || first.isDigit
    else { return false }
    // Never in a URI (RFC 3986, appendix A), but for `|` and the like that clients do send.
    return !range.contains { bytes[$0] == UInt8(ascii: "\"") || bytes[$0] == UInt8(ascii: "<") || bytes[$0] == UInt8(ascii: ">") }
  }

  /// `field-line = field-name ":" OWS field-value OWS` (RFC 9112, section 5), up to the empty line.
  private static func readFields(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ message: inout HTTPMessage) {
    var line = start
    while let newline = bytes.firstIndex(of: 10, from: line) {
      let end = newline > line && bytes[newline - 1] == 13 ? newline - 1 : newline
      if end == line {
        message.headSize = newline + 1
        return
      }
      readField(bytes, line..<end, &message)
      line = newline + 1
    }
  }

  private static func readField(_ bytes: UnsafeRawBufferPointer, _ line: Range<Int>, _ message: inout HTTPMessage) {
    func value(of name: StaticString) -> Range<Int>? {
      guard line.count >= name.utf8CodeUnitCount, bytes.match(name, at: line.lowerBound, ignoringCase: true) == .yes else {
        return nil
      }
      var range = (line.lowerBound + name.utf8CodeUnitCount)..<line.upperBound
      while let first = range.first, bytes[first] == 0x20 || bytes[first] == 9 { range = range.dropFirst() }
      while let last = range.last, bytes[last] == 0x20 || bytes[last] == 9 { range = range.dropLast() }
      return range
    }
    if let range = value(of: "host:") {
      message.host = PayloadText.escaped(bytes, range)
    } else if let range = value(of: "content-length:") {
      if let number = bytes.decimal(range.lowerBound), number.end >= range.upperBound { message.contentLength = number.value }
    } else if let range = value(of: "expect:") {
      message.expectsContinue = bytes.match("100-continue", at: range.lowerBound, ignoringCase: true) == .yes
    } else if let range = value(of: "transfer-encoding:") {
      let chunked: StaticString = "chunked"
      let start = range.upperBound - chunked.utf8CodeUnitCount
      message.isChunked = start >= range.lowerBound && bytes.match(chunked, at: start, ignoringCase: true) == .yes
    }
  }
}
