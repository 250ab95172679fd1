import TraceSyntax

/// `result := value [decoration] [error] aux* [time]` (section 3), to the end of the line.
struct ReferenceResult {
  private var value: Int64 = 0
  private var errno: String?
  private var duration: Int64?
  private var flags = LineFlags()

  func apply(to facts: inout LineFacts) {
    facts.result = value
    facts.errno = errno
    facts.duration = duration
    facts.flags.formUnion(flags)
  }

  /// nil where what follows the cursor is no result.
  init?(_ start: ReferenceCursor) {
    var cursor = start
    guard readValue(&cursor) else { return nil }
    if cursor.next == UInt8(ascii: "<") {
      var arguments = ReferenceArguments(cursor)
      guard arguments.decoration() else { return nil }
      cursor.at = arguments.position
      flags.insert(.decoratedResult)
    }
    // --pidns-translation (R27): the number of strace's namespace, which prefixes have too.
    if cursor.take(" /* ") {
      guard let number = Int64(cursor.digits()), cursor.take(" in strace's PID NS */") else { return nil }
      value = number
    }
    while !cursor.isAtEnd {
      guard cursor.take(" ") else { return nil }
      if cursor.isAtEnd { break }
      guard readError(&cursor) || readAux(&cursor) || readTime(&cursor) else { return nil }
    }
    if errno != nil { flags.remove(.noResult) }
  }

  private mutating func readValue(_ cursor: inout ReferenceCursor) -> Bool {
    if cursor.take("?") {
      flags.insert(.noResult)
      return true
    }
    let isNegative = cursor.take("-")
    let digits: String
    let radix: Int
    if cursor.take("0x") {
      digits = cursor.takeWhile(ReferenceCursor.isHex)
      radix = 16
    } else {
      digits = cursor.digits()
      radix = digits.utf8.first == UInt8(ascii: "0") ? 8 : 10
    }
    guard !digits.isEmpty else { return false }
    // More than 64 bits are clamped; strace of before 4.10 sign-extends 32-bit addresses.
    guard let magnitude = digits.allSatisfy({ $0.isHexDigit }) ? UInt64(digits, radix: radix) ?? .max : nil else { return false }
    if magnitude > UInt64(Int64.max) { flags.insert(.hugeResult) }
    value = isNegative ? 0 &- Int64(bitPattern: magnitude) : Int64(bitPattern: magnitude)
    return true
  }

  private mutating func readError(_ cursor: inout ReferenceCursor) -> Bool {
    let saved = cursor
    guard errno == nil else { return false }
    if cursor.take("(errno ") {
      let number = cursor.digits()
      if let value = UInt16(number), cursor.take(")") {
        errno = Errno(rawValue: value).name
        return true
      }
    } else if cursor.next == UInt8(ascii: "E") {
      let name = cursor.takeWhile(ReferenceCursor.isName)
      if name.utf8.count > 2, cursor.isAtEnd || cursor.next == 32 {
        errno = Self.known.contains(name) ? name : Errno.unnamed.name
        return true
      }
    }
    cursor = saved
    return false
  }

  private static let known: Set<String> = Set((1...600).map { Errno(rawValue: $0).name })

  /// ` (anything, brackets balanced or not)`: the last one ends before the time or the line.
  private mutating func readAux(_ cursor: inout ReferenceCursor) -> Bool {
    if cursor.take("<unavailable>") {
      flags.remove(.noResult)
      flags.insert(.unavailable)
      return true
    }
    guard cursor.next == UInt8(ascii: "(") else { return false }
    // The time, if any, is the last word; all before it up to its bracket is text.
    var end = cursor.bytes.count
    while end > cursor.at, cursor.bytes[end - 1] == 32 { end -= 1 }
    if cursor.bytes[end - 1] == UInt8(ascii: ">"), let open = cursor.bytes[..<end].lastIndex(of: UInt8(ascii: "<")), open > 0,
      cursor.bytes[(open + 1)..<(end - 1)].allSatisfy({ ReferenceCursor.isDigit($0) || $0 == UInt8(ascii: ".") })
    {
      end = open - 1
    }
    guard end > cursor.at, cursor.bytes[end - 1] == UInt8(ascii: ")") else { return false }
    cursor.at = end
    return true
  }

  private mutating func readTime(_ cursor: inout ReferenceCursor) -> Bool {
    let saved = cursor
    if cursor.take("<"), let seconds = cursor.seconds(), cursor.take(">"),
      cursor.bytes[cursor.at...].allSatisfy({ $0 == 32 })
    {
      duration = seconds.nanoseconds
      cursor.at = cursor.bytes.count
      return true
    }
    cursor = saved
    return false
  }
}
