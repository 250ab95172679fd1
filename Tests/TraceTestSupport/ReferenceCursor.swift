/// A place in a line, moved from left to right.
struct ReferenceCursor {
  let bytes: [UInt8]
  var at = 0

  init(_ bytes: [UInt8], at: Int = 0) {
    self.bytes = bytes
    self.at = at
  }

  var isAtEnd: Bool { at >= bytes.count }
  var next: UInt8? { at < bytes.count ? bytes[at] : nil }
  func byte(_ index: Int) -> UInt8? { bytes.indices.contains(index) ? bytes[index] : nil }
  func text(from start: Int) -> String { String(decoding: bytes[start..<at], as: UTF8.self) }

  func starts(_ word: String) -> Bool {
    var index = at
    for byte in word.utf8 {
      guard index < bytes.count, bytes[index] == byte else { return false }
      index += 1
    }
    return true
  }

  mutating func take(_ word: String) -> Bool {
    guard starts(word) else { return false }
    at += word.utf8.count
    return true
  }

  mutating func takeWhile(_ belongs: (UInt8) -> Bool) -> String {
    let start = at
    while let byte = next, belongs(byte) { at += 1 }
    return text(from: start)
  }

  mutating func digits() -> String { takeWhile(Self.isDigit) }
  /// How many blanks there were.
  mutating func blanks() -> Int { takeWhile { $0 == 32 }.utf8.count }

  static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
  static func isHex(_ byte: UInt8) -> Bool { isDigit(byte) || (97...102).contains(byte) || (65...70).contains(byte) }
  static func isName(_ byte: UInt8) -> Bool {
    isDigit(byte) || (97...122).contains(byte) || (65...90).contains(byte) || byte == UInt8(ascii: "_")
  }

  /// `123`, or `123.4567` with up to nine digits: nanoseconds, and whether there was a fraction.
  mutating func seconds() -> (nanoseconds: Int64, isFine: Bool)? {
    guard let whole = Int64(digits()) else { return nil }
    guard next == UInt8(ascii: ".") else { return (whole * 1_000_000_000, false) }
    at += 1
    let fraction = digits()
    guard !fraction.isEmpty, fraction.utf8.count <= 9, whole < 9_000_000_000 else { return nil }
    let padded = fraction + String(repeating: "0", count: 9 - fraction.utf8.count)
    return (whole * 1_000_000_000 + Int64(padded)!, true)
  }
}
