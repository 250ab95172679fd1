/// What people and programs put around the lines of an strace log: colours (`--color=always` since 7.0, or a terminal recorded by
/// `script`), the marks of a quoted mail, indentation, the entities of a web page.
public struct StraceWrapping: Sendable, Equatable {
  /// What every line begins with: `> `, a tab.
  var prefix: [UInt8] = []
  /// Whether `<`, `>`, `&` and quotes are written as HTML entities.
  var isHTML = false

  /// How a line is wrapped; nil for a line that is none of strace's, or is one as it stands.
  ///
  /// - Parameter isCall: whether a line is a call of strace's or a half of one.
  init?(_ line: UnsafeRawBufferPointer, isCall: (UnsafeRawBufferPointer) -> Bool) {
    isHTML = Self.isHTML(line)
    let hasEscapes = line.contains(0x1b)
    if !isHTML, !hasEscapes, isCall(line) { return nil }
    prefix = Self.prefix(of: line)
    guard isHTML || hasEscapes || !prefix.isEmpty else { return nil }
    if !withUnwrapped(line, isCall) { return nil }
  }

  /// Gives lines without their wrapping to `look`.
  func withUnwrapped<T>(_ lines: UnsafeRawBufferPointer, _ look: (UnsafeRawBufferPointer) -> T) -> T {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: lines.count + 1) { clean in
      guard let base = clean.baseAddress else { return look(lines) }
      return look(UnsafeRawBufferPointer(start: base, count: unwrap(lines: lines, into: base)))
    }
  }

  /// Writes lines without their wrapping, a line for a line, and tells how many bytes that made.
  func unwrap(lines: UnsafeRawBufferPointer, into base: UnsafeMutablePointer<UInt8>) -> Int {
    var out = base
    for line in TextLines(lines) {
      unwrap(line, into: &out)
      out[0] = UInt8(ascii: "\n")
      out += 1
    }
    // A last line without a newline stays one.
    if lines.last != UInt8(ascii: "\n"), out > base { out -= 1 }
    return out - base
  }

  /// Writes a line without its wrapping; it never gets longer.
  private func unwrap(_ line: UnsafeRawBufferPointer, into out: inout UnsafeMutablePointer<UInt8>) {
    var i = line.starts(with: prefix) ? prefix.count : 0
    while i < line.count {
      switch line[i] {
      case 0x1b:
        i = Self.afterEscape(line, i)
      case UInt8(ascii: "&") where isHTML:
        let (byte, next) = Self.entity(line, i)
        out[0] = byte
        out += 1
        i = next
      case let byte:
        out[0] = byte
        out += 1
        i += 1
      }
    }
  }

  /// The marks up to the last `>` and the blank after it; else the indentation.
  private static func prefix(of line: UnsafeRawBufferPointer) -> [UInt8] {
    let marks = line.prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: ">") }
    guard let last = marks.lastIndex(of: UInt8(ascii: ">")) else { return Array(marks) }
    let end = last + 1 < marks.count && marks[last + 1] == UInt8(ascii: " ") ? last + 2 : last + 1
    return Array(marks[..<end])
  }

  /// strace's own quotes and angles would stand there as they are.
  private static func isHTML(_ line: UnsafeRawBufferPointer) -> Bool {
    guard line.contains(UInt8(ascii: "&")), !line.contains(where: { "\"<>".utf8.contains($0) }) else { return false }
    return line.indices.contains { line[$0] == UInt8(ascii: "&") && entity(line, $0).next > $0 + 1 }
  }

  private static let entities: [(text: StaticString, byte: UInt8)] = [
    ("&lt;", UInt8(ascii: "<")), ("&gt;", UInt8(ascii: ">")), ("&amp;", UInt8(ascii: "&")), ("&quot;", UInt8(ascii: "\"")),
    ("&#34;", UInt8(ascii: "\"")), ("&#39;", UInt8(ascii: "'")), ("&#x27;", UInt8(ascii: "'")), ("&nbsp;", UInt8(ascii: " ")),
  ]

  /// The byte that an entity at `at` stands for, and what is after it; the `&` itself where it is none.
  private static func entity(_ line: UnsafeRawBufferPointer, _ at: Int) -> (byte: UInt8, next: Int) {
    for (text, byte) in entities {
      let name = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
      if line.count - at >= name.count, line[at..<(at + name.count)].elementsEqual(name) { return (byte, at + name.count) }
    }
    return (line[at], at + 1)
  }

  /// Past a control sequence: `ESC [ ... letter`, `ESC ] ... BEL`, or the two bytes of another (ECMA-48).
  private static func afterEscape(_ line: UnsafeRawBufferPointer, _ at: Int) -> Int {
    var i = at + 1
    guard i < line.count else { return i }
    switch line[i] {
    case UInt8(ascii: "["):
      i += 1
      while i < line.count, !(0x40...0x7e).contains(line[i]) { i += 1 }
    case UInt8(ascii: "]"):
      while i < line.count, line[i] != 7 { i += 1 }
    default: break
    }
    return min(i + 1, line.count)
  }
}

/// Parses the lines of a wrapped log: unwraps a chunk into the buffer's side text, a line for a line.
struct StraceWrappedParser {
  func parse(
    _ bytes: UnsafePointer<UInt8>, count: Int, _ wrapping: StraceWrapping, with parser: StraceChunkParser,
    into events: LineEventBuffer
  ) {
    let text = UnsafeRawBufferPointer(start: bytes, count: count)
    let side = events.side
    side.count = 0
    side.reserve(count + 1)
    side.count = wrapping.unwrap(lines: text, into: side.base)
    side.base[side.count] = 0
    parser.parse(side.base, count: side.count, into: events)
  }
}
