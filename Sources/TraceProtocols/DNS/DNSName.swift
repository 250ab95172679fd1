/// Domain names: labels of a length and up to 63 bytes, closed by a zero, or by a pointer to an earlier name (RFC 1035, sections 3.1
/// and 4.1.4).
enum DNSName {
  enum Outcome: Equatable {
    /// The text, and the place behind the name.
    case name(String, end: Int)
    /// The bytes end inside of the name.
    case cut(String)
    case invalid
  }

  /// The longest name, lengths and the closing zero included (section 2.3.4).
  static let longest = 255

  static func read(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Outcome {
    var text = ""
    var position = start
    var end: Int?
    // Pointers may only go back, so the walk ends.
    var lowest = start
    var size = 1
    while true {
      guard position < bytes.count else { return end == nil ? .cut(text) : .invalid }
      let length = Int(bytes[position])
      switch length {
      case 0: return .name(text.isEmpty ? "." : text, end: end ?? position + 1)
      case 1...63:
        size += length + 1
        guard size <= longest else { return .invalid }
        if !text.isEmpty { text += "." }
        let stop = min(position + 1 + length, bytes.count)
        append(bytes, (position + 1)..<stop, to: &text)
        position += 1 + length
      case 0xc0...0xff:
        guard let pointer = bytes.uint16(position) else { return .cut(text) }
        let target = pointer & 0x3fff
        guard target < lowest else { return .invalid }
        end = end ?? position + 2
        lowest = target
        position = target
      default: return .invalid
      }
    }
  }

  /// The place behind a name, where it lies within the bytes.
  static func skip(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Int? {
    var position = start
    while position < bytes.count {
      switch bytes[position] {
      case 0: return position + 1
      case 1...63: position += 1 + Int(bytes[position])
      case 0xc0...0xff: return position + 2
      default: return nil
      }
      guard position - start <= longest else { return nil }
    }
    return nil
  }

  /// A dot or a backslash of a label bears a backslash, other bytes than printable ASCII are `\DDD`, decimal (section 5.1).
  private static func append(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, to text: inout String) {
    for byte in bytes[range] {
      if byte == UInt8(ascii: ".") || byte == UInt8(ascii: "\\") {
        text += "\\"
        text.unicodeScalars.append(Unicode.Scalar(byte))
      } else if byte.isVisible {
        text.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let digits = String(byte)
        text += "\\" + String(repeating: "0", count: 3 - digits.utf8.count) + digits
      }
    }
  }
}
