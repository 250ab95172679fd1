extension CallArgument {
  /// The number: decimal, `0x` hex or `0` octal, with what -X verbose and -y put behind it (`0x80 /* FUTEX_WAIT_PRIVATE */`,
  /// `3</etc/hosts>`), alone or behind a pointer (`[16]`). Hex is a machine word: 0xffffffffffffffff is -1. nil where it is
  /// something else, or does not fit.
  public var number: Int64? {
    guard let (bits, isNegative, isHex) = integer else { return nil }
    if isNegative { return bits <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- bits) : nil }
    return isHex ? Int64(bitPattern: bits) : Int64(exactly: bits)
  }

  /// The same as a machine word: `rlim_max=18446744073709551615` fits, -1 is all ones.
  public var unsigned: UInt64? {
    guard let (bits, isNegative, _) = integer else { return nil }
    return isNegative ? 0 &- bits : bits
  }

  /// The descriptor, however it is spelled: `3`, `3</etc/hosts>`, `0x3`; `AT_FDCWD`, `-100`, `0xffffff9c` and `4294967196` are -100.
  public var descriptor: Int32? {
    if hasPrefix("AT_FDCWD") { return -100 }
    guard let (bits, isNegative, _) = integer else { return nil }
    let word = Int64(bitPattern: isNegative ? 0 &- bits : bits)
    if let exact = Int32(exactly: word) { return exact }
    return word > 0 && word <= Int64(UInt32.max) ? Int32(truncatingIfNeeded: word) : nil
  }

  private var integer: (bits: UInt64, isNegative: Bool, isHex: Bool)? {
    read { text in
      var start = 0
      if text.first == UInt8(ascii: "[") { start = 1 }
      guard let (bits, isNegative, isHex, end) = Self.integer(text, from: start) else { return nil }
      guard end < text.count else { return start == 0 ? (bits, isNegative, isHex) : nil }
      return isTail(text, from: end, closes: start == 1) ? (bits, isNegative, isHex) : nil
    }
  }

  /// Whether nothing but decorations and comments follow, up to the bracket that closes the number's.
  private func isTail(_ text: UnsafeRawBufferPointer, from end: Int, closes: Bool) -> Bool {
    var walk = ArgumentWalk(text, at: end)
    while !walk.isAtEnd {
      let start = walk.at
      switch walk.step() {
      case UInt8(ascii: " "):
        // A security context (--secontext) ends the value: `3</x> [tmp_t]`.
        if !walk.isAtEnd, text[walk.at] == UInt8(ascii: "["), text[start - 1] == UInt8(ascii: ">") { return true }
      case UInt8(ascii: "<"), UInt8(ascii: "/"): if walk.at == start + 1 { return false }
      case UInt8(ascii: "]"): return closes && walk.isAtEnd
      default: return false
      }
    }
    return !closes
  }

  /// The number at `start`, and where it ends.
  @inline(__always)
  private static func integer(
    _ text: UnsafeRawBufferPointer, from start: Int
  ) -> (bits: UInt64, isNegative: Bool, isHex: Bool, end: Int)? {
    var i = start
    let isNegative = i < text.count && text[i] == UInt8(ascii: "-")
    if isNegative { i += 1 }
    var radix: UInt64 = 10
    if i + 1 < text.count, text[i] == UInt8(ascii: "0") {
      if text[i + 1] == UInt8(ascii: "x") {
        radix = 16
        i += 2
      } else if isDigit(text[i + 1]) {
        radix = 8
      }
    }
    let first = i
    var bits: UInt64 = 0
    while i < text.count {
      let c = text[i]
      let digit: UInt64
      if isDigit(c) {
        digit = UInt64(c &- 48)
      } else if radix == 16, (c | 0x20) &- 97 < 6 {
        digit = UInt64((c | 0x20) &- 87)
      } else {
        break
      }
      guard digit < radix else { return nil }
      let (product, isOver) = bits.multipliedReportingOverflow(by: radix)
      let (sum, isCarried) = product.addingReportingOverflow(digit)
      if isOver || isCarried { return nil }
      bits = sum
      i += 1
    }
    return i > first ? (bits, isNegative, radix == 16, i) : nil
  }
}
