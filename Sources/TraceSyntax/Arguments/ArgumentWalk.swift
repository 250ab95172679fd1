/// A place in argument text that moves over string literals, comments and decorations as wholes, since they may hold any byte.
///
/// Linear in the text: a decoration that is never closed is looked for once, not at every `<`.
struct ArgumentWalk {
  let text: UnsafeRawBufferPointer
  var at: Int
  /// Some `<` has no end: the text was cut, or an old strace left a path raw. No later one is believed.
  private var isUnclosed = false

  init(_ text: UnsafeRawBufferPointer, at: Int = 0) {
    self.text = text
    self.at = at
  }

  var isAtEnd: Bool { at >= text.count }

  /// Moves past what begins here; its first byte is returned. There must be one.
  @inline(__always)
  mutating func step() -> UInt8 {
    let byte = text[at]
    switch byte {
    case UInt8(ascii: "\""): at = Self.afterLiteral(text, at)
    case UInt8(ascii: "/") where Self.startsComment(text, at): at = Self.afterComment(text, at)
    case UInt8(ascii: "<"): at = afterDecoration() ?? at + 1
    default: at += 1
    }
    return byte
  }

  mutating func skipBlanks() {
    while at < text.count, text[at] == UInt8(ascii: " ") { at += 1 }
  }

  /// The bytes below 128 at which something begins or ends, a bit for each: `"` `(` `)` `,` `/` `<`, and `[` `]` `{` `}`.
  private static var lowMarks: UInt64 { 1 << 0x22 | 1 << 0x28 | 1 << 0x29 | 1 << 0x2c | 1 << 0x2f | 1 << 0x3c }
  private static var highMarks: UInt64 { 1 << 0x1b | 1 << 0x1d | 1 << 0x3b | 1 << 0x3d }

  /// Moves over bytes that mean nothing here, most of any text.
  @inline(__always)
  private mutating func skipPlain() {
    while at < text.count {
      let byte = text[at]
      let marks = byte < 64 ? Self.lowMarks : Self.highMarks
      if byte < 128, marks &>> UInt64(byte & 63) & 1 != 0 { return }
      at &+= 1
    }
  }

  /// Moves to the `,` that ends the item here, or, when the item is inside brackets, to the one that closes them, or to the end.
  mutating func moveToItemEnd(nested: Bool) {
    var depth = 0
    while true {
      skipPlain()
      guard at < text.count else { return }
      let here = at
      switch step() {
      case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
        if depth > 0 {
          depth -= 1
        } else if nested {
          at = here
          return
        }
      case UInt8(ascii: ",") where depth == 0:
        at = here
        return
      default: break
      }
    }
  }

  /// Moves to the next `byte` that is in no brackets, or to the end.
  mutating func moveTo(_ byte: UInt8) {
    var depth = 0
    while at < text.count {
      let here = at
      switch step() {
      case byte where depth == 0:
        at = here
        return
      case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth = max(0, depth - 1)
      default: break
      }
    }
  }

  /// Past the decoration at a `<` here, if it is one: it is glued to a number, to `AT_FDCWD`, or to the comment that -X verbose
  /// puts between (`-100 /* AT_FDCWD */</tmp>`). `1<<3` is none.
  mutating func afterDecoration() -> Int? {
    guard !isUnclosed, at > 0, at + 1 < text.count, text[at + 1] != UInt8(ascii: "<") else { return nil }
    let before = text[at - 1]
    guard isNameByte(before) || (before == UInt8(ascii: "/") && at > 1 && text[at - 2] == UInt8(ascii: "*")) else { return nil }
    guard let base = text.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return nil }
    guard let after = StraceLineParser.afterDecoration(base + at, base + text.count) else {
      isUnclosed = true
      return nil
    }
    return min(after - base, text.count)
  }

  /// Past the literal whose opening quote is at `quote`, or the end where it is cut.
  static func afterLiteral(_ text: UnsafeRawBufferPointer, _ quote: Int) -> Int {
    var i = quote + 1
    while i < text.count {
      if text[i] == UInt8(ascii: "\\") { i += 1 } else if text[i] == UInt8(ascii: "\"") { return i + 1 }
      i += 1
    }
    return text.count
  }

  static func startsComment(_ text: UnsafeRawBufferPointer, _ i: Int) -> Bool {
    i + 2 < text.count && text[i] == UInt8(ascii: "/") && text[i + 1] == UInt8(ascii: "*") && text[i + 2] == UInt8(ascii: " ")
  }

  /// Past the comment at `start`; it may quote a string.
  static func afterComment(_ text: UnsafeRawBufferPointer, _ start: Int) -> Int {
    var i = start + 2
    while i < text.count {
      switch text[i] {
      case UInt8(ascii: "\""): i = afterLiteral(text, i)
      case UInt8(ascii: "*") where i + 1 < text.count && text[i + 1] == UInt8(ascii: "/"): return i + 2
      default: i += 1
      }
    }
    return text.count
  }
}
