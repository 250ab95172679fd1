/// Reads AMF0 values from a buffer that may end anywhere. Every method leaves the position alone when it returns nothing.
struct AMF0Reader {
  let bytes: [UInt8]
  var position: Int
  /// Whether more bytes existed than were printed.
  let truncated: Bool

  private func byte(_ offset: Int = 0) -> UInt8? {
    position + offset < bytes.count ? bytes[position + offset] : nil
  }

  /// Marker 0 and eight bytes, big endian.
  mutating func number() -> Double? {
    guard byte() == 0, position + 9 <= bytes.count else { return nil }
    var bits: UInt64 = 0
    for i in 1...8 { bits = bits << 8 | UInt64(bytes[position + i]) }
    position += 9
    let value = Double(bitPattern: bits)
    return value.isFinite ? value : nil
  }

  mutating func null() -> Bool {
    guard byte() == 5 || byte() == 6 else { return false }
    position += 1
    return true
  }

  mutating func objectStart() -> Bool {
    guard byte() == 3 else { return false }
    position += 1
    return true
  }

  /// A property name: 16-bit length and bytes; nil at the object's end or the buffer's.
  mutating func key() -> String? {
    guard let high = byte(), let low = byte(1) else { return nil }
    let length = Int(high) << 8 | Int(low)
    guard length > 0, position + 2 + length <= bytes.count else { return nil }
    let name = String(decoding: bytes[(position + 2)..<(position + 2 + length)], as: UTF8.self)
    position += 2 + length
    return name
  }

  /// Marker 2, 16-bit length and bytes; a string that -s cut is returned as far as it goes, and said to be cut.
  mutating func string() -> (String?, Bool)? {
    guard byte() == 2, let high = byte(1), let low = byte(2) else { return nil }
    let length = Int(high) << 8 | Int(low)
    let start = position + 3
    let end = min(bytes.count, start + length)
    guard end == start + length || (truncated && end > start) else { return nil }
    position = end
    return (String(decoding: bytes[start..<end], as: UTF8.self), end < start + length)
  }

  /// A value of any scalar type.
  mutating func skipValue() -> Bool {
    switch byte() {
    case 0: return number() != nil
    case 1:
      guard position + 2 <= bytes.count else { return false }
      position += 2
      return true
    case 2: return string() != nil
    case 5, 6:
      position += 1
      return true
    default: return false
    }
  }
}
