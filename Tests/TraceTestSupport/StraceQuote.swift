/// Bytes as strace prints them.
public enum StraceQuote {
  /// `string_quote()` of strace, as R20 describes it; `limit` as -s.
  public static func quote(_ bytes: [UInt8], limit: Int = .max) -> String {
    var text = "\""
    let shown = bytes.prefix(limit)
    for (i, byte) in shown.enumerated() {
      switch byte {
      case 34: text += "\\\""
      case 92: text += "\\\\"
      case 10: text += "\\n"
      case 9: text += "\\t"
      case 13: text += "\\r"
      case 12: text += "\\f"
      case 11: text += "\\v"
      case 0x20...0x7e: text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let octal = String(byte, radix: 8)
        let isNextDigit = i + 1 < shown.count && (48...55).contains(shown[i + 1])
        text += "\\" + (isNextDigit ? String(repeating: "0", count: 3 - octal.count) : "") + octal
      }
    }
    return text + "\"" + (bytes.count > limit ? "..." : "")
  }
}
