import TraceSyntax

/// A slow and obvious parser of one line, written from the rules of strace's text output (R1 ... R30 of the format notes): left
/// to right, a String for every piece. The fast parser must find the same.
public struct ReferenceParser {
  private var cursor: ReferenceCursor
  private var facts = LineFacts(kind: .other)
  private var hasPrefix: Bool { facts.tid != 0 || facts.stampKind != .none }

  public static func facts(line: String) -> LineFacts { facts(Array(line.utf8)) }

  public static func facts(_ line: [UInt8]) -> LineFacts {
    var line = line
    if line.last == 13 { line.removeLast() }
    if line.isEmpty { return LineFacts(kind: .blank) }
    var parser = ReferenceParser(cursor: ReferenceCursor(line))
    parser.prefix()
    parser.body()
    return parser.facts
  }

  // MARK: Prefix (section 2, R2)

  private mutating func prefix() {
    let separator = pid()
    while bracketed() {}
    if !absolute() { relative(separator) } else { _ = parenthesised() }
    while bracketed() {}
  }

  /// The blanks that belong to the pid column; 0 where there is none.
  private mutating func pid() -> Int {
    let saved = cursor
    if cursor.take("[pid ") {
      _ = cursor.blanks()
      if let tid = Int32(cursor.digits()), comm(), cursor.take("]"), cursor.next == 32 {
        facts.tid = tid
        facts.flags.insert(.bracketedPid)
        return 1
      }
      cursor = saved
      return 0
    }
    let digits = cursor.digits()
    if (1...7).contains(digits.utf8.count), let tid = Int32(digits), tid < 4_194_304 {
      let isPlain = cursor.next == 32
      if comm(), cursor.next == 32 {
        facts.tid = tid
        return isPlain ? max(0, 5 - digits.utf8.count) + 1 : 1
      }
    }
    cursor = saved
    return 0
  }

  /// `<name of the task>`, with `<` and `>` escaped inside; true also where there is none.
  private mutating func comm() -> Bool {
    guard cursor.take("<") else { return true }
    let name = cursor.takeWhile { $0 != UInt8(ascii: ">") }
    return name.utf8.count <= 60 && cursor.take(">")
  }

  /// `[unconfined_t] `, `[  59] `, `[00007f514d7eb000] `, `[????] `.
  private mutating func bracketed() -> Bool {
    let saved = cursor
    _ = cursor.blanks()
    if cursor.take("[") {
      _ = cursor.blanks()
      let content = cursor.takeWhile { $0 != UInt8(ascii: "]") && $0 != 32 }
      if !content.isEmpty, cursor.take("]"), cursor.next == 32 { return true }
    }
    cursor = saved
    return false
  }

  /// `07:48:00.361629 ` or `1795247280.271356 `.
  private mutating func absolute() -> Bool {
    let saved = cursor
    _ = cursor.blanks()
    let first = cursor.digits()
    if first.utf8.count == 2, cursor.take(":") {
      let minutes = cursor.digits()
      if minutes.utf8.count == 2, cursor.take(":"), ReferenceCursor.isDigit(cursor.byte(cursor.at + 1) ?? 0),
        let seconds = cursor.seconds(), cursor.next == 32, let hours = Int64(first), let minutes = Int64(minutes)
      {
        facts.stampKind = .timeOfDay
        facts.stamp = (hours * 3600 + minutes * 60) * 1_000_000_000 + seconds.nanoseconds
        if seconds.isFine { facts.flags.insert(.fineStamp) }
        return true
      }
    } else if (9...11).contains(first.utf8.count) {
      cursor.at -= first.utf8.count
      if let seconds = cursor.seconds(), cursor.next == 32 {
        facts.stampKind = .epoch
        facts.stamp = seconds.nanoseconds
        if seconds.isFine { facts.flags.insert(.fineStamp) }
        return true
      }
    }
    cursor = saved
    return false
  }

  /// `     0.000123 `: with a fraction, or padded to width 6 (R2).
  private mutating func relative(_ separator: Int) {
    let saved = cursor
    if parenthesised() { return }
    let blanks = cursor.blanks()
    let digits = cursor.digits()
    cursor.at -= digits.utf8.count
    guard !digits.isEmpty, digits.utf8.count < 9, let seconds = cursor.seconds(), cursor.next == 32,
      seconds.isFine || blanks - separator + digits.utf8.count >= 6
    else {
      cursor = saved
      return
    }
    facts.stampKind = .relative
    facts.stamp = seconds.nanoseconds
    if seconds.isFine { facts.flags.insert(.fineStamp) }
  }

  /// `(+     0.000123) `: what -r prints beside an absolute stamp, which wins.
  private mutating func parenthesised() -> Bool {
    let saved = cursor
    _ = cursor.blanks()
    if cursor.take("(+") {
      _ = cursor.blanks()
      if let seconds = cursor.seconds(), cursor.take(")"), cursor.next == 32 {
        if facts.stampKind == .none {
          facts.stampKind = .relative
          facts.stamp = seconds.nanoseconds
          if seconds.isFine { facts.flags.insert(.fineStamp) }
        }
        return true
      }
    }
    cursor = saved
    return false
  }

  // MARK: Body (section 1)

  private mutating func body() {
    if hasPrefix || cursor.at > 0 {
      _ = cursor.blanks()
    } else if unprefixed() {
      return
    }
    if cursor.take("--- ") {
      facts.kind = .signal
    } else if cursor.take("+++ ") {
      facts.kind = .exit
      if cursor.take("superseded by execve in pid ") {
        facts.kind = .superseded
        facts.result = Int64(cursor.digits()) ?? 0
      }
    } else if cursor.starts("[ Process PID=") {
      facts.kind = .note
    } else if cursor.take("<... ") {
      resumed()
    } else {
      call()
    }
  }

  /// Lines that never have a prefix.
  private mutating func unprefixed() -> Bool {
    let text = String(decoding: cursor.bytes, as: UTF8.self)
    if text.hasPrefix(" > ") {
      facts.kind = .stack
    } else if text.hasPrefix(" | ") {
      facts.kind = .dump
    } else if text.hasPrefix(" * ") || text.hasPrefix(" = ") {
      facts.kind = text.contains(" in buffer ") || text.contains(" in vector ") ? .dump : .other
    } else if text.hasPrefix(")") || text.hasPrefix(",") || text.hasPrefix(" <unfinished ...>") {
      facts.kind = .fragment
    } else if isNote(text) {
      facts.kind = .note
    } else {
      return false
    }
    return true
  }

  /// R16.
  private func isNote(_ text: String) -> Bool {
    if text.hasPrefix("strace: ") { return true }
    if text.hasPrefix("/"), let colon = text.range(of: ": "), text[..<colon.lowerBound].hasSuffix("/strace") { return true }
    let words = text.split(separator: " ")
    guard words.count >= 3, words[0] == "Process", Int(words[1]) != nil else { return false }
    return ["attached", "detached", "resumed", "suspended"].contains(words[2])
  }

  // MARK: Calls (sections 3 and 4)

  private mutating func name() -> String? {
    let start = cursor.at
    if cursor.starts("???") {
      _ = cursor.takeWhile { $0 == UInt8(ascii: "?") }
      return cursor.text(from: start)
    }
    guard !cursor.takeWhile(ReferenceCursor.isName).isEmpty else { return nil }
    // `readv#64`, and `64:readv` of before 4.23: x32.
    if cursor.take("#") || cursor.take(":") { _ = cursor.takeWhile(ReferenceCursor.isName) }
    return cursor.text(from: start)
  }

  private mutating func call() {
    guard let name = name(), cursor.take("(") else { return }
    facts.syscall = name
    firstNumber()
    facts.kind = rest(complete: .whole)
  }

  private mutating func resumed() {
    guard let name = name(), cursor.take(" resumed>") else { return }
    facts.syscall = name
    // The space of before 5.0 (R8).
    _ = cursor.take(" ")
    let kind = rest(complete: .resumed)
    if kind == .unfinished {
      facts.kind = .resumed
      facts.flags.insert(.stillOpen)
    } else {
      facts.kind = kind
    }
  }

  /// The first argument as a 32-bit number, decimal or hex (-e raw=), decorated or not.
  private mutating func firstNumber() {
    let saved = cursor
    defer { cursor = saved }
    let isNegative = cursor.take("-")
    let value: Int64?
    if cursor.take("0x") {
      let digits = cursor.takeWhile(ReferenceCursor.isHex)
      value = digits.utf8.count <= 8 ? Int64(digits, radix: 16) : nil
    } else {
      let digits = cursor.digits()
      value = digits.utf8.count <= 10 ? Int64(digits) : nil
    }
    guard let value, value < 1 << 32 else { return }
    let isDecorated = cursor.next == UInt8(ascii: "<")
    guard isDecorated || [UInt8(ascii: ","), UInt8(ascii: ")"), 32].contains(cursor.next) else { return }
    if isDecorated { facts.flags.insert(.decorated) }
    let number = Int32(truncatingIfNeeded: value)
    facts.descriptor = isNegative ? -number : number
  }

  /// From the first argument to the end of the line.
  private mutating func rest(complete: LineKind) -> LineKind {
    let start = cursor.at
    var tokens = ReferenceArguments(cursor)
    if let end = tokens.end() {
      if let kind = afterArguments(start, end, complete) { return kind }
    }
    // R6: unbalanced text; the last `) = ` after which the rest of the line is a result.
    for index in cursor.bytes.indices.reversed() where index >= start && cursor.bytes[index] == UInt8(ascii: ")") {
      cursor.at = index
      if let kind = afterArguments(start, index, complete), kind == complete { return kind }
    }
    facts.arguments = String(decoding: cursor.bytes[start...], as: UTF8.self)
    return .partial
  }

  /// `end` is at `)`, or at the blanks and the `<` of a cut call.
  private mutating func afterArguments(_ start: Int, _ end: Int, _ complete: LineKind) -> LineKind? {
    cursor.at = end
    func arguments(upTo end: Int) -> String { String(decoding: cursor.bytes[start..<end], as: UTF8.self) }
    if cursor.take(")") {
      guard cursor.blanks() > 0, cursor.take("= "), let result = ReferenceResult(cursor) else { return nil }
      facts.arguments = arguments(upTo: end)
      result.apply(to: &facts)
      return complete
    }
    _ = cursor.blanks()
    guard cursor.take("<") else { return nil }
    let word = cursor.takeWhile { $0 != UInt8(ascii: ">") }
    guard cursor.take(">") else { return nil }
    let isCut =
      word.hasPrefix("unfinished ...") || word.hasPrefix("pid changed to ") || word.hasPrefix("Cannot restart pid ")
    guard isCut || word == "detached ..." else { return nil }
    let after = cursor
    facts.arguments = arguments(upTo: end)
    if isCut, cursor.take(")"), cursor.blanks() > 0, cursor.take("= "), let result = ReferenceResult(cursor) {
      // R12: `<unfinished ...>) = ?`.
      result.apply(to: &facts)
      return complete
    }
    cursor = after
    _ = cursor.blanks()
    guard cursor.isAtEnd else { return nil }
    return isCut ? .unfinished : .detached
  }
}

extension String {
  fileprivate func range(of needle: String) -> Range<String.Index>? {
    indices.first { self[$0...].hasPrefix(needle) }.map { $0..<index($0, offsetBy: needle.count) }
  }
  fileprivate func contains(_ needle: String) -> Bool { range(of: needle) != nil }
}
