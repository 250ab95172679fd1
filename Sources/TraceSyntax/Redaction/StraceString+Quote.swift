extension StraceString {
  /// Appends bytes as strace would print them between quotes; the inverse of ``next(in:from:into:)``.
  static func quote(_ bytes: [UInt8], into text: inout [UInt8]) {
    for (i, byte) in bytes.enumerated() {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += [UInt8(ascii: "\\"), byte]
      case 10: text += "\\n".utf8
      case 9: text += "\\t".utf8
      case 13: text += "\\r".utf8
      case 12: text += "\\f".utf8
      case 11: text += "\\v".utf8
      case 0x20...0x7e: text.append(byte)
      default:
        // Octal of minimal length, three digits where another follows.
        let octal = String(byte, radix: 8)
        let isNextDigit = i + 1 < bytes.count && isDigit(bytes[i + 1])
        text.append(UInt8(ascii: "\\"))
        if isNextDigit { text += [UInt8](repeating: 48, count: 3 - octal.utf8.count) }
        text += octal.utf8
      }
    }
  }
}
