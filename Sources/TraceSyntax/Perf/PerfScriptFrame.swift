/// A line of a call chain of `perf script`:
///
/// ```
///             27bd std::thread::_M_run+0x13 (/srv/hot)
///     7f51a0020410  (/lib/x86_64-linux-gnu/libc-2.31.so)
///             2376 media::alpha (inlined)
///             11c9 main+0x9 (/srv/my app/server (deleted))
/// ```
/// The module is the last group in parentheses, nested ones included; -F may leave it out, and the symbol too.
struct PerfScriptFrame {
  typealias Text = UnsafeBufferPointer<UInt8>
  var address: Text
  /// Without the offset; may be empty.
  var symbol: Text
  /// Without parentheses; empty where there is none.
  var module: Text

  /// nil where the line is none.
  @inline(__always)
  init?(_ start: Pointer, _ lineEnd: Pointer) {
    var p = start
    while p < lineEnd, PerfScriptHeader.isBlank(p[0]) { p += 1 }
    let addressStart = p
    while p < lineEnd, Self.isHex(p[0]) { p += 1 }
    let addressEnd = p
    guard addressEnd > addressStart, addressEnd - addressStart <= 16, p == lineEnd || PerfScriptHeader.isBlank(p[0]) else {
      return nil
    }
    var end = lineEnd
    while end > p, PerfScriptHeader.isBlank(end[-1]) { end -= 1 }
    while p < end, PerfScriptHeader.isBlank(p[0]) { p += 1 }
    address = Text(start: addressStart, count: addressEnd - addressStart)
    var symbolEnd = end
    module = Text(start: nil, count: 0)
    if p < end, end[-1] == UInt8(ascii: ")"), let open = Self.moduleStart(p, end) {
      module = Text(start: open + 1, count: end - open - 2)
      symbolEnd = open
      while symbolEnd > p, PerfScriptHeader.isBlank(symbolEnd[-1]) { symbolEnd -= 1 }
    }
    symbol = Text(start: p, count: Self.withoutOffset(p, symbolEnd) - p)
  }

  @inline(__always)
  static func isHex(_ byte: UInt8) -> Bool { byte &- 48 < 10 || (byte | 0x20) &- 97 < 6 }

  /// Where the parenthesis that matches the last one opens, with a blank before it or at the start; else the last ` (`.
  @inline(__always)
  private static func moduleStart(_ start: Pointer, _ end: Pointer) -> Pointer? {
    var depth = 0
    var p = end - 1
    while p >= start {
      if p[0] == UInt8(ascii: ")") {
        depth += 1
      } else if p[0] == UInt8(ascii: "(") {
        depth -= 1
        if depth == 0 {
          if p == start || PerfScriptHeader.isBlank(p[-1]) { return p }
          break
        }
      }
      p -= 1
    }
    p = end - 1
    while p > start {
      if p[0] == UInt8(ascii: "("), PerfScriptHeader.isBlank(p[-1]) { return p }
      p -= 1
    }
    return nil
  }

  /// Takes `+0x13` off the end.
  @inline(__always)
  static func withoutOffset(_ start: Pointer, _ end: Pointer) -> Pointer {
    var p = end
    while p > start, isHex(p[-1]) { p -= 1 }
    if p < end, p - start >= 3, p[-1] == UInt8(ascii: "x"), p[-2] == UInt8(ascii: "0"), p[-3] == UInt8(ascii: "+") {
      return p - 3
    }
    return end
  }
}
