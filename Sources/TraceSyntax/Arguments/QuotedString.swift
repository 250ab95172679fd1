/// A string literal of strace, decoded byte by byte: `"\3\0\0\0\377"...`, `"\x03\x00"` (-x, -xx), `@"abstract"`.
///
/// Escapes per `string_quote()` of strace: `\n \t \r \f \v \" \\`, octal of minimal length, `\xHH`.
public struct QuotedString: Sequence, CustomStringConvertible, Sendable {
  private let argument: CallArgument
  /// Where the opening quote is.
  private let quote: Int

  init?(_ argument: CallArgument) {
    let start: Int? = argument.read { text in
      var walk = ArgumentWalk(text)
      while !walk.isAtEnd {
        switch text[walk.at] {
        case UInt8(ascii: "\""): return walk.at
        case UInt8(ascii: "/") where ArgumentWalk.startsComment(text, walk.at): _ = walk.step()
        case UInt8(ascii: " "), UInt8(ascii: "@"): walk.at += 1
        default: return nil
        }
      }
      return nil
    }
    guard let start else { return nil }
    self.argument = argument
    quote = start
  }

  public func makeIterator() -> Iterator { Iterator(decoder: Decoder(argument.unsafeBytes, at: quote), owner: argument.owner) }

  public struct Iterator: IteratorProtocol {
    var decoder: Decoder
    let owner: ArgumentStorage?

    public mutating func next() -> UInt8? { withExtendedLifetime(owner) { decoder.next() } }
  }

  /// How many bytes are printed; decodes none of them into memory.
  public var byteCount: Int { reduce(0) { count, _ in count + 1 } }
  public var bytes: [UInt8] { Array(self) }

  /// Decodes into `bytes`, which is cleared first and keeps its memory.
  public func bytes(into bytes: inout [UInt8]) {
    argument.read { _ = StraceString.next(in: $0, from: quote, into: &bytes) }
  }

  /// As text; bytes that are no UTF-8 are replaced. Nothing marks a truncated one.
  public var description: String { String(decoding: bytes, as: UTF8.self) }

  /// Whether bytes are missing: `...` follows the closing quote (`-s`), or the line was cut.
  public var isTruncated: Bool {
    argument.read { text in
      var decoder = Decoder(text, at: quote)
      while decoder.next() != nil {}
      return decoder.at >= text.count || Decoder.isTruncated(text, after: decoder.at + 1)
    }
  }

  /// `@"name"`: a UNIX socket name that is in no file system.
  public var isAbstract: Bool { argument.read { text in quote > 0 && text[quote - 1] == UInt8(ascii: "@") } }

  /// The bytes of one literal, from its opening quote on.
  struct Decoder: IteratorProtocol {
    private let text: UnsafeRawBufferPointer
    private(set) var at: Int

    init(_ text: UnsafeRawBufferPointer, at quote: Int) {
      self.text = text
      at = quote + 1
    }

    /// nil at the closing quote, where `at` stays, or at the end.
    @inline(__always)
    mutating func next() -> UInt8? {
      guard at < text.count else { return nil }
      let c = text[at]
      if c == UInt8(ascii: "\"") { return nil }
      at += 1
      return c == UInt8(ascii: "\\") && at < text.count ? escape() : c
    }

    private mutating func escape() -> UInt8 {
      let c = text[at]
      at += 1
      switch c {
      case UInt8(ascii: "n"): return 10
      case UInt8(ascii: "t"): return 9
      case UInt8(ascii: "r"): return 13
      case UInt8(ascii: "f"): return 12
      case UInt8(ascii: "v"): return 11
      case UInt8(ascii: "a"): return 7
      case UInt8(ascii: "b"): return 8
      case UInt8(ascii: "x"):
        var value: UInt8 = 0
        var digits = 0
        while digits < 2, at < text.count, let digit = Self.hexDigit(text[at]) {
          value = value << 4 | digit
          at += 1
          digits += 1
        }
        return value
      case 48...55:
        var value = UInt16(c &- 48)
        var digits = 1
        while digits < 3, at < text.count, text[at] >= 48, text[at] <= 55 {
          value = value << 3 | UInt16(text[at] &- 48)
          at += 1
          digits += 1
        }
        return UInt8(truncatingIfNeeded: value)
      default: return c
      }
    }

    static func isTruncated(_ text: UnsafeRawBufferPointer, after end: Int) -> Bool {
      end + 2 < text.count && text[end] == UInt8(ascii: ".") && text[end + 1] == UInt8(ascii: ".")
        && text[end + 2] == UInt8(ascii: ".")
    }

    private static func hexDigit(_ c: UInt8) -> UInt8? {
      switch c {
      case 48...57: c &- 48
      case 65...70: c &- 55
      case 97...102: c &- 87
      default: nil
      }
    }
  }
}

extension CallArgument {
  /// The string literal, decoded as it is asked for; `/* bytes 0..7 */` before it is skipped. nil where the value is none: a
  /// pointer of a call that failed, a structure.
  public var string: QuotedString? { QuotedString(self) }
}

/// Walks over the literals of a whole argument list, wherever they stand.
public enum StraceString {
  /// One literal of an argument list.
  public struct Literal {
    /// Whether `...` follows the closing quote: `-s` cut the string.
    public var truncated: Bool
    /// Where scanning goes on, relative to the text.
    public var end: Int
  }

  /// Decodes the first literal at or after `from` into `bytes` (cleared first). nil where none is left.
  public static func next(in text: UnsafeRawBufferPointer, from: Int, into bytes: inout [UInt8]) -> Literal? {
    bytes.removeAll(keepingCapacity: true)
    var i = from
    while i < text.count, text[i] != UInt8(ascii: "\"") { i += 1 }
    guard i < text.count else { return nil }
    var decoder = QuotedString.Decoder(text, at: i)
    while let byte = decoder.next() { bytes.append(byte) }
    // No closing quote: the line was cut.
    guard decoder.at < text.count else { return Literal(truncated: true, end: text.count) }
    let end = decoder.at + 1
    let truncated = QuotedString.Decoder.isTruncated(text, after: end)
    return Literal(truncated: truncated, end: truncated ? end + 3 : end)
  }
}
