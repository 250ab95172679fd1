/// Text of a payload that is safe to print: no control character, no broken UTF-8.
enum PayloadText {
  /// Every byte outside of printable ASCII, and the backslash, in three octal digits as strace spells them.
  static func escaped(_ bytes: UnsafeRawBufferPointer) -> String {
    var text = ""
    text.reserveCapacity(bytes.count)
    for byte in bytes {
      if byte >= 0x20, byte < 0x7f, byte != UInt8(ascii: "\\") {
        text.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        text += "\\"
        for shift in [6, 3, 0] { text.unicodeScalars.append(Unicode.Scalar(UInt8(ascii: "0") + (byte >> UInt8(shift)) & 7)) }
      }
    }
    return text
  }

  static func escaped(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> String {
    escaped(UnsafeRawBufferPointer(rebasing: bytes[range.clamped(to: 0..<bytes.count)]))
  }

  /// Up to the zero byte that ends it; nil where none is shown.
  static func zeroTerminated(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> (text: String, end: Int)? {
    guard start <= bytes.count, let zero = bytes.firstIndex(of: 0, from: start) else { return nil }
    return (escaped(bytes, start..<zero), zero + 1)
  }
}
