// Integers and words out of bytes that may end anywhere: nil behind the end.
extension UnsafeRawBufferPointer {
  func uint16(_ offset: Int) -> Int? {
    guard offset >= 0, offset <= count - 2 else { return nil }
    return Int(self[offset]) << 8 | Int(self[offset + 1])
  }

  func uint24(_ offset: Int) -> Int? {
    guard offset >= 0, offset <= count - 3 else { return nil }
    return Int(self[offset]) << 16 | Int(self[offset + 1]) << 8 | Int(self[offset + 2])
  }

  func uint32(_ offset: Int) -> Int? {
    guard offset >= 0, offset <= count - 4 else { return nil }
    return Int(self[offset]) << 24 | Int(self[offset + 1]) << 16 | Int(self[offset + 2]) << 8 | Int(self[offset + 3])
  }

  /// The place of a byte in `from..<end`.
  func firstIndex(of byte: UInt8, from: Int, before end: Int? = nil) -> Int? {
    var i = Swift.max(0, from)
    let end = Swift.min(end ?? count, count)
    while i < end {
      if self[i] == byte { return i }
      i += 1
    }
    return nil
  }

  /// How a word lies at `offset`: there, not there, or right as far as the bytes go.
  func match(_ word: StaticString, at offset: Int = 0, ignoringCase: Bool = false) -> WordMatch {
    let start = word.utf8Start
    for i in 0..<word.utf8CodeUnitCount {
      guard offset + i < count else { return .short }
      let byte = self[offset + i]
      guard byte == start[i] || (ignoringCase && byte.lowercased == start[i].lowercased) else { return .no }
    }
    return .yes
  }

  /// The words of which the bytes at `offset` are one, or the beginning of one.
  func match(anyOf words: [StaticString], at offset: Int = 0, ignoringCase: Bool = false) -> (StaticString?, WordMatch) {
    var result = WordMatch.no
    for word in words {
      switch match(word, at: offset, ignoringCase: ignoringCase) {
      case .yes: return (word, .yes)
      case .short: result = .short
      case .no: break
      }
    }
    return (nil, result)
  }

  /// A decimal number without a sign, and the place behind it; nil without a digit or above 18 digits.
  func decimal(_ offset: Int) -> (value: Int, end: Int)? {
    var value = 0
    var i = offset
    while i < count, self[i].isDigit {
      guard i - offset < 18 else { return nil }
      value = value * 10 + Int(self[i] - UInt8(ascii: "0"))
      i += 1
    }
    return i > offset ? (value, i) : nil
  }
}

enum WordMatch {
  case yes, no, short
}

extension UInt8 {
  var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }
  var isLetter: Bool { (self | 0x20) &- UInt8(ascii: "a") < 26 }
  var isLowercaseLetter: Bool { self &- UInt8(ascii: "a") < 26 }
  /// Printable ASCII, no blank: VCHAR of RFC 5234, appendix B.1.
  var isVisible: Bool { self > 0x20 && self < 0x7f }
  /// What text in a line may hold, in any encoding that keeps ASCII: a blank, a tab, VCHAR, the upper half.
  var isText: Bool { self >= 0x20 && self != 0x7f || self == 9 }
  var lowercased: UInt8 { self &- UInt8(ascii: "A") < 26 ? self | 0x20 : self }
  /// `tchar` of RFC 9110, section 5.6.2.
  var isTokenCharacter: Bool {
    if isLetter || isDigit { return true }
    switch self {
    case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: "'"),
      UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "_"),
      UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
      return true
    default: return false
    }
  }
}
