/// strace's string literals: `"\3\0\0\0\377"...`, `"\x03\x00"` (-x, -xx).
public enum StraceString {
  /// One literal of an argument list.
  public struct Literal {
    /// Whether `...` follows the closing quote: `-s` cut the string.
    public var truncated: Bool
    /// Where scanning goes on, relative to the text.
    public var end: Int
  }

  /// Decodes the first literal at or after `from` into `bytes` (cleared first). nil where none is left.
  ///
  /// Escapes per `string_quote()` of strace: `\n \t \r \f \v \" \\`, octal of minimal length, `\xHH`.
  public static func next(
    in text: UnsafeRawBufferPointer, from: Int, into bytes: inout [UInt8]
  ) -> Literal? {
    bytes.removeAll(keepingCapacity: true)
    var i = from
    while i < text.count, text[i] != UInt8(ascii: "\"") { i += 1 }
    guard i < text.count else { return nil }
    i += 1
    while i < text.count {
      let c = text[i]
      if c == UInt8(ascii: "\"") {
        let truncated = i + 3 < text.count && text[i + 1] == 46 && text[i + 2] == 46 && text[i + 3] == 46
        return Literal(truncated: truncated, end: truncated ? i + 4 : i + 1)
      }
      guard c == UInt8(ascii: "\\"), i + 1 < text.count else {
        bytes.append(c)
        i += 1
        continue
      }
      let e = text[i + 1]
      i += 2
      switch e {
      case UInt8(ascii: "n"): bytes.append(10)
      case UInt8(ascii: "t"): bytes.append(9)
      case UInt8(ascii: "r"): bytes.append(13)
      case UInt8(ascii: "f"): bytes.append(12)
      case UInt8(ascii: "v"): bytes.append(11)
      case UInt8(ascii: "a"): bytes.append(7)
      case UInt8(ascii: "b"): bytes.append(8)
      case UInt8(ascii: "x"):
        var value: UInt8 = 0
        var digits = 0
        while digits < 2, i < text.count, let digit = hexDigit(text[i]) {
          value = value << 4 | digit
          i += 1
          digits += 1
        }
        bytes.append(value)
      case 48...55:
        var value = UInt16(e - 48)
        var digits = 1
        while digits < 3, i < text.count, text[i] >= 48, text[i] <= 55 {
          value = value << 3 | UInt16(text[i] - 48)
          i += 1
          digits += 1
        }
        bytes.append(UInt8(truncatingIfNeeded: value))
      default: bytes.append(e)
      }
    }
    // No closing quote: the line was cut.
    return Literal(truncated: true, end: text.count)
  }

  private static func hexDigit(_ c: UInt8) -> UInt8? {
    switch c {
    case 48...57: c - 48
    case 65...70: c - 55
    case 97...102: c - 87
    default: nil
    }
  }
}
