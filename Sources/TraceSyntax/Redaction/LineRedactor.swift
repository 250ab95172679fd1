import CTraceScan

/// Hides what a line of a log should not show, so that it still reads as the same line: task, call, result, time and descriptor stay.
///
/// A line that is none of strace's, or perf's, is replaced as a whole: nobody knows what it holds.
public final class LineRedactor {
  let redaction: Redaction
  private let parser = StraceChunkParser()

  public init(_ redaction: Redaction) { self.redaction = redaction }

  /// The line, without its end, as it may be shown.
  public func redact(_ line: [UInt8]) -> [UInt8] {
    guard redaction.isActive else { return line }
    if let call = PerfLine.call(in: line) { return perf(line, call.name, call.arguments) }
    let event = parse(line)
    let body = Int(event.bodyStart)
    switch event.kind {
    case .blank: return line
    case .whole, .unfinished, .resumed, .detached: return call(line, event)
    case .partial: return partial(line, event)
    case .fragment: return fragment(line)
    case .signal: return signal(line, body)
    case .exit, .superseded: return ending(line, body)
    case .stack: return stack(line)
    case .dump: return dump(line)
    case .note: return TextRedactor.redact(line, redaction, .argument)
    case .event, .other: return other(line)
    }
  }

  /// The parser wants readable bytes after the line.
  private func parse(_ line: [UInt8]) -> LineEvent {
    let padded = line + [UInt8](repeating: 0, count: StraceChunkParser.padding)
    return padded.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return LineEvent() }
      return parser.parseLine(base, count: line.count)
    }
  }

  // MARK: Calls

  /// Prefix, `name(` or `<... name resumed>`, arguments, result.
  private func call(_ line: [UInt8], _ event: LineEvent) -> [UInt8] {
    var (walker, isKnown) = head(line, event)
    if isKnown {
      walker.arguments(upTo: event.kind == .resumed ? Int(event.argumentsEnd) : ownEnd(line, event))
      walker.blank(upTo: Int(event.argumentsEnd))
    } else {
      walker.firstNumber()
      walker.blank(upTo: Int(event.argumentsEnd))
    }
    walker.rest()
    return walker.output
  }

  /// Where the arguments end, or what the call itself wrote to the terminal that strace writes to begins:
  /// `write(2, "half a line", 13half a line)  = 13`.
  private func ownEnd(_ line: [UInt8], _ event: LineEvent) -> Int {
    let start = Int(event.argumentsStart)
    let end = Int(event.argumentsEnd)
    guard Int(event.syscall.rawValue) < SyscallCatalog.shared.count,
      SyscallCatalog.shared.roles[Int(event.syscall.rawValue)] == .write
    else { return end }
    var i = line[start..<end].withUnsafeBytes { text -> Int in
      let count = Arguments(text)[2]
      guard let base = text.baseAddress, let at = count.unsafeBytes.baseAddress else { return end }
      return start + (at - base)
    }
    // Numbers, flags, an address in braces: what may follow the buffer.
    let beginning = i
    while i < end, isNameByte(line[i]) || "=|, ".utf8.contains(line[i]) { i += 1 }
    let tail = line[beginning..<i]
    let isOwn = tail.split(separator: UInt8(ascii: ",")).prefix(4).allSatisfy { argument in
      var value = argument.drop { $0 == 32 }
      // -N names it: `count=13`.
      if let sign = value.firstIndex(of: UInt8(ascii: "=")) { value = value[(sign + 1)...] }
      if value.allSatisfy(isDigit) { return true }
      if value.starts(with: "0x".utf8) { return value.dropFirst(2).allSatisfy(TextRedactor.isHexDigit) }
      return value.allSatisfy { $0 &- 65 < 26 || isDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "|") }
        && !isDigit(value[value.startIndex])
    }
    if isOwn, i == end || "{[/".utf8.contains(line[i]) { return end }
    i = beginning
    while i < end, isDigit(line[i]) { i += 1 }
    return i
  }

  /// The prefix and the name, and whether it is a system call's; the walker stands where the arguments begin.
  private func head(_ line: [UInt8], _ event: LineEvent) -> (SyntaxWalker, isKnown: Bool) {
    let start = Int(event.bodyStart)
    let arguments = Int(event.argumentsStart)
    var end = start
    while end < arguments, isNameByte(line[end]) || "#:?".utf8.contains(line[end]) { end += 1 }
    let name = line[start..<end]
    var use = LiteralUse.of(name)
    // A second half does not tell which of the literals it begins with.
    if start > 0, line[start - 1] == UInt8(ascii: " "), line[end...].starts(with: " resumed>".utf8), case .names(let count) = use,
      count < .max
    {
      use = .payload
    }
    var walker = SyntaxWalker(line, from: arguments, redaction, use)
    let shown = redaction.syscall(Array(name))
    walker.output = TextRedactor.redact(Array(line[..<start]), redaction, .syntax) + shown + line[end..<arguments]
    return (walker, shown.elementsEqual(name))
  }

  /// A line without its end: foreign output may stand anywhere after the first argument.
  private func partial(_ line: [UInt8], _ event: LineEvent) -> [UInt8] {
    var (walker, _) = head(line, event)
    walker.firstNumber()
    walker.blank(upTo: line.count)
    return walker.output
  }

  /// `)    = 0 <0.000044>`, `, child_tidptr=0x7fab7607fa10) = 8232`; where no result ends it, it may be anyone's.
  private func fragment(_ line: [UInt8]) -> [UInt8] {
    let probe = parse(Array("close(0".utf8) + line)
    guard probe.kind == .whole || line.starts(with: " <unfinished".utf8) else {
      return line.prefix(1) + Self.placeholder(line.count - 1)
    }
    var walker = SyntaxWalker(line, from: 0, redaction, .payload)
    walker.rest()
    return walker.output
  }

  // MARK: Other lines

  private func signal(_ line: [UInt8], _ body: Int) -> [UInt8] {
    guard line.withoutCR.hasSuffix(" ---") else {
      return line[..<body] + Array("--- ".utf8) + Self.placeholder(line.count - body - 4)
    }
    var walker = SyntaxWalker(line, from: body, redaction, .payload)
    walker.output = Array(line[..<body])
    walker.rest()
    return walker.output
  }

  /// `+++ exited with 3 +++`, `+++ killed by SIGSEGV (core dumped) +++`, `+++ superseded by execve in pid 7 +++`.
  private func ending(_ line: [UInt8], _ body: Int) -> [UInt8] {
    let text = line[body...]
    let isKnown = ["+++ exited ", "+++ killed by ", "+++ superseded by execve in pid "].contains { text.starts(with: $0.utf8) }
    if isKnown, text.count < 64, line.withoutCR.hasSuffix("+++") { return line }
    return line[..<body] + Array("+++ ".utf8) + Self.placeholder(text.count - 4)
  }

  /// ` > /lib/libc.so.6(__open64+0x51) [0xf8011]`; with -kk a file and a line number follow.
  private func stack(_ line: [UInt8]) -> [UInt8] {
    guard let bracket = line.lastIndex(of: UInt8(ascii: "[")), line[bracket...].starts(with: "[0x".utf8),
      line.contains(UInt8(ascii: "]"))
    else { return Array(" > ".utf8) + Self.placeholder(line.count - 3) }
    return TextRedactor.redact(line, redaction, .path)
  }

  /// A row of `-e read=`: the offset and the shape of the columns stay. ` * 3 bytes in buffer 0` stays as it is.
  private func dump(_ line: [UInt8]) -> [UInt8] {
    let mark = Array(line.prefix(3))
    if mark != Array(" | ".utf8) {
      let words = line.withoutCR.split(separator: UInt8(ascii: " ")).dropFirst().map { String(decoding: $0, as: UTF8.self) }
      let known: Set<String> = ["bytes", "buffers", "in", "buffer", "vector"]
      if words.allSatisfy({ known.contains($0) || $0.utf8.allSatisfy(isDigit) }) { return line }
      return Self.placeholder(line.count)
    }
    let offset = line.dropFirst(3).prefix { TextRedactor.isHexDigit($0) }
    guard offset.count >= 5, line[offset.endIndex...].starts(with: "  ".utf8) else {
      return mark + Self.placeholder(line.count - 3)
    }
    // Sixteen bytes as `6f 63 ... 20 00`, a blank more in the middle, two after them, then the same as characters.
    let hexStart = offset.endIndex + 2
    let textStart = min(line.count, hexStart + 50)
    let end = max(textStart, line.count - 2)
    return Array(line[..<hexStart])
      + line[hexStart..<textStart].map { $0 == UInt8(ascii: " ") ? $0 : UInt8(ascii: ".") }
      + [UInt8](repeating: UInt8(ascii: "."), count: end - textStart) + (end < line.count ? Array(" |".utf8) : [])
  }

  /// strace's own summary stays; anything else is somebody's text.
  private func other(_ line: [UInt8]) -> [UInt8] { SummaryLine.isOne(line) ? line : Self.placeholder(line.count) }

  /// A call as perf trace prints it, with the same literals.
  private func perf(_ line: [UInt8], _ name: Range<Int>, _ arguments: Int) -> [UInt8] {
    var walker = SyntaxWalker(line, from: arguments, redaction, LiteralUse.of(line[name]))
    let shown = redaction.syscall(Array(line[name]))
    walker.output =
      TextRedactor.redact(Array(line[..<name.lowerBound]), redaction, .syntax) + shown + line[name.upperBound..<arguments]
    if !shown.elementsEqual(line[name]) { walker.blank(upTo: line.count) }
    walker.rest()
    return walker.output
  }

  /// `[redacted 57 bytes]`.
  static func placeholder(_ count: Int) -> [UInt8] { count > 0 ? Array("[redacted \(count) bytes]".utf8) : [] }
}

extension Redaction {
  /// A line of a log as it may be shown. For many lines keep a ``LineRedactor``.
  public func apply(to line: String) -> String {
    isActive ? String(decoding: LineRedactor(self).redact(Array(line.utf8)), as: UTF8.self) : line
  }
}

extension [UInt8] {
  fileprivate var withoutCR: ArraySlice<UInt8> { last == UInt8(ascii: "\r") ? dropLast() : self[...] }
}

extension ArraySlice<UInt8> {
  fileprivate func hasSuffix(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    return self.count >= count && suffix(count).elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: count))
  }
}

/// Lines of strace's `-c` table, told one by one: figures and a known call's name say nothing of anyone.
enum SummaryLine {
  private static let headings: Set<String> = [
    "%", "time", "seconds", "usecs/call", "calls", "errors", "syscall", "name", "shortest", "longest", "total-time", "min-time",
    "max-time", "avg-time", "wall-total", "wall-min", "wall-max", "wall-avg", "total",
  ]

  static func isOne(_ line: [UInt8]) -> Bool {
    let words = line.split(whereSeparator: { $0 == 32 || $0 == 13 })
    guard words.count > 1 else { return false }
    if words.allSatisfy({ $0.allSatisfy { $0 == UInt8(ascii: "-") } }) { return true }
    let text = words.map { String(decoding: $0, as: UTF8.self) }
    if text.starts(with: ["System", "call", "usage", "summary", "for"]) {
      return text.count <= 9 && text.last == "mode:" && text.dropFirst(5).allSatisfy { $0.utf8.count <= 5 }
    }
    if text.allSatisfy(headings.contains) { return true }
    var names = 0
    for (word, bytes) in zip(text, words) {
      let isFigure =
        bytes.count <= 20 && bytes.allSatisfy { isDigit($0) || ".,-na".utf8.contains($0) } && bytes.contains(where: isDigit)
      if isFigure || word == "-nan" { continue }
      guard word == "total" || SyscallCatalog.shared.id(of: word) != nil else { return false }
      names += 1
    }
    return names == 1 && words.count > 2
  }
}

/// A line of `perf trace`: `  0.045 ( 0.013 ms): comm/tid call(name: value, ...) = n`, `  4.017 (         ): comm/tid ... [continued]: call()) = 0`.
enum PerfLine {
  static func call(in line: [UInt8]) -> (name: Range<Int>, arguments: Int)? {
    var i = 0
    func skip(_ fits: (UInt8) -> Bool) { while i < line.count, fits(line[i]) { i += 1 } }
    func take(_ text: StaticString) -> Bool {
      guard line[i...].starts(with: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)) else {
        return false
      }
      i += text.utf8CodeUnitCount
      return true
    }
    skip { $0 == 32 }
    let stamp = i
    skip { isDigit($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "?") }
    guard i > stamp, take(" (") else { return nil }
    skip { isDigit($0) || " .ms".utf8.contains($0) }
    guard take("): ") else { return nil }
    // The name is what stands before the first parenthesis that a name byte comes before.
    while i < line.count, line[i] != UInt8(ascii: "(") || !isNameByte(line[i - 1]) {
      if line[i] == UInt8(ascii: "\"") { return nil }
      i += 1
    }
    guard i < line.count else { return nil }
    var start = i
    while start > 0, isNameByte(line[start - 1]) { start -= 1 }
    return (start..<i, i + 1)
  }
}
