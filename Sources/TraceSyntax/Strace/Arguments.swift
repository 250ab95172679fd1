import CTraceScan

/// A call's argument text, looked into on demand: nothing is copied until asked for.
///
/// The text is what stands between the parentheses; for a stitched call the two halves are joined first.
public struct Arguments {
  public let text: UnsafeRawBufferPointer

  @inline(__always)
  public init(_ text: UnsafeRawBufferPointer) { self.text = text }

  /// Whether the bytes occur outside string literals.
  public func mentions(_ word: StaticString) -> Bool { firstMention(word) != nil }

  /// Where the bytes occur first outside string literals.
  public func firstMention(_ word: StaticString) -> Int? {
    var start = 0
    var i = 0
    while i <= text.count {
      if i == text.count || text[i] == UInt8(ascii: "\"") {
        if let at = Self.find(word, in: UnsafeRawBufferPointer(rebasing: text[start..<i])) { return start + at }
        guard i < text.count else { return nil }
        i = Self.afterString(text, i)
        start = i
      } else {
        i += 1
      }
    }
    return nil
  }

  /// Where the bytes occur first, string literals included.
  public static func find(_ word: StaticString, in text: UnsafeRawBufferPointer) -> Int? {
    guard let base = text.baseAddress?.assumingMemoryBound(to: UInt8.self),
      let at = trace_find(base, UInt64(text.count), word.utf8Start, UInt64(word.utf8CodeUnitCount))
    else { return nil }
    return at - base
  }

  /// The n-th top-level argument (0 first), quote and bracket aware; empty where there is none.
  public subscript(index: Int) -> UnsafeRawBufferPointer {
    var i = 0
    for _ in 0..<index {
      i = Self.afterArgument(text, i)
      guard i < text.count else { return UnsafeRawBufferPointer(rebasing: text[text.count...]) }
      i += 1
    }
    while i < text.count, text[i] == UInt8(ascii: " ") { i += 1 }
    let end = Self.afterArgument(text, i)
    return UnsafeRawBufferPointer(rebasing: text[min(i, end)..<end])
  }

  /// The n-th argument as a number: decimal, hex or octal, with or without a decoration.
  public func number(_ index: Int) -> Int64? { Self.number(self[index]) }

  /// The decoration of the n-th argument, without its angle brackets: `3</etc/hosts>` -> `/etc/hosts`.
  public func decoration(_ index: Int) -> UnsafeRawBufferPointer? { Self.decoration(self[index]) }

  public static func number(_ text: UnsafeRawBufferPointer) -> Int64? {
    var i = 0
    let negative = !text.isEmpty && text[0] == UInt8(ascii: "-")
    if negative { i = 1 }
    var radix: Int64 = 10
    if i + 1 < text.count, text[i] == 48, text[i + 1] == UInt8(ascii: "x") {
      radix = 16
      i += 2
    } else if i + 1 < text.count, text[i] == 48, isDigit(text[i + 1]) {
      radix = 8
    }
    var value: Int64 = 0
    var any = false
    while i < text.count {
      let c = text[i]
      let digit: Int64
      if c >= 48, c <= 57 {
        digit = Int64(c - 48)
      } else if radix == 16, (c | 0x20) >= 97, (c | 0x20) <= 102 {
        digit = Int64((c | 0x20) - 87)
      } else {
        break
      }
      value = value.multipliedReportingOverflow(by: radix).partialValue &+ digit
      any = true
      i += 1
    }
    return any ? (negative ? 0 &- value : value) : nil
  }

  public static func decoration(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    guard let open = text.firstIndex(of: UInt8(ascii: "<")), let base = text.baseAddress else { return nil }
    for i in 0..<open where !(isDigit(text[i]) || text[i] == UInt8(ascii: "-") || isNameByte(text[i])) { return nil }
    let bytes = base.assumingMemoryBound(to: UInt8.self)
    guard let after = StraceLineParser.afterDecoration(bytes + open, bytes + text.count) else { return nil }
    var close = after - bytes
    while close > open, text[close - 1] != UInt8(ascii: ">") { close -= 1 }
    return UnsafeRawBufferPointer(rebasing: text[(open + 1)..<max(open + 1, close - 1)])
  }

  /// Past the string literal whose opening quote is at `i`.
  static func afterString(_ text: UnsafeRawBufferPointer, _ i: Int) -> Int {
    var p = i + 1
    while p < text.count {
      if text[p] == UInt8(ascii: "\\") { p += 1 } else if text[p] == UInt8(ascii: "\"") { return p + 1 }
      p += 1
    }
    return text.count
  }

  /// The index of the comma that ends the argument at `i`, or the end.
  private static func afterArgument(_ text: UnsafeRawBufferPointer, _ start: Int) -> Int {
    var i = start
    var depth = 0
    while i < text.count {
      switch text[i] {
      case UInt8(ascii: "\""):
        i = afterString(text, i)
        continue
      case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
      case UInt8(ascii: "<"):
        // A decoration may hold commas; `1<<3` is none.
        if i > start, isNameByte(text[i - 1]), i + 1 < text.count, text[i + 1] != UInt8(ascii: "<"),
          text[i - 1] != UInt8(ascii: "<"), let base = text.baseAddress?.assumingMemoryBound(to: UInt8.self),
          let after = StraceLineParser.afterDecoration(base + i, base + text.count)
        {
          i = after - base
          continue
        }
      case UInt8(ascii: ",") where depth <= 0: return i
      default: break
      }
      i += 1
    }
    return text.count
  }
}
