/// A pattern for a whole text, as shells have them (`man 7 glob`): `*` is any text, `?` one character, `[a-f0-9]` one of a set, `[!...]` one of
/// the others. `*` takes `/` too; case counts.
public struct Glob: Sendable, Hashable {
  public let pattern: String
  private let parts: [Part]

  private enum Part: Sendable, Hashable {
    case one(UInt8)
    case anyOne
    case anyText
    case set([ClosedRange<UInt8>], isNegated: Bool)
  }

  /// Every text is a pattern: a `[` without its end stands for itself.
  public init(_ pattern: String) {
    self.pattern = pattern
    var parts: [Part] = []
    var rest = Array(pattern.utf8)[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "*"): if parts.last != .anyText { parts.append(.anyText) }
      case UInt8(ascii: "?"): parts.append(.anyOne)
      case UInt8(ascii: "["):
        if let (set, end) = Self.set(rest) {
          parts.append(set)
          rest = rest[end...]
        } else {
          parts.append(.one(byte))
        }
      default: parts.append(.one(byte))
      }
    }
    self.parts = parts
  }

  /// Whether it has anything but a text to be found as it stands.
  public static func isPattern(_ text: String) -> Bool { text.utf8.contains { $0 == 0x2a || $0 == 0x3f || $0 == 0x5b } }

  private static func set(_ bytes: ArraySlice<UInt8>) -> (Part, end: Int)? {
    var index = bytes.startIndex
    var isNegated = false
    if index < bytes.endIndex, bytes[index] == UInt8(ascii: "!") || bytes[index] == UInt8(ascii: "^") {
      isNegated = true
      index += 1
    }
    var ranges: [ClosedRange<UInt8>] = []
    let first = index
    while index < bytes.endIndex {
      let low = bytes[index]
      // `[]a]`: the first one is of the set.
      if low == UInt8(ascii: "]"), index > first { return (.set(ranges, isNegated: isNegated), index + 1) }
      if index + 2 < bytes.endIndex, bytes[index + 1] == UInt8(ascii: "-"), bytes[index + 2] != UInt8(ascii: "]") {
        let high = bytes[index + 2]
        if low <= high { ranges.append(low...high) }
        index += 3
      } else {
        ranges.append(low...low)
        index += 1
      }
    }
    return nil
  }

  public func matches(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { matches(UnsafeRawBufferPointer($0)) }
  }

  /// At most as many steps as pattern times text: a `*` that did not do is tried again one byte on, those before it are not.
  public func matches(_ text: UnsafeRawBufferPointer) -> Bool {
    var (part, byte) = (0, 0)
    var retry: (part: Int, byte: Int)?
    while byte < text.count {
      if part < parts.count {
        if parts[part] == .anyText {
          part += 1
          retry = (part, byte)
          continue
        }
        if let length = Self.length(of: parts[part], at: byte, text) {
          part += 1
          byte += length
          continue
        }
      }
      guard let last = retry else { return false }
      byte = last.byte + 1
      part = last.part
      retry = (part, byte)
    }
    return parts[part...].allSatisfy { $0 == .anyText }
  }

  /// How many bytes of the text a part takes there; nil where it does not fit. A character of several bytes is one for `?` and `[!...]`.
  private static func length(of part: Part, at place: Int, _ text: UnsafeRawBufferPointer) -> Int? {
    let byte = text[place]
    switch part {
    case .one(let wanted): return byte == wanted ? 1 : nil
    case .anyOne: break
    case .set(let ranges, let isNegated): if ranges.contains(where: { $0.contains(byte) }) == isNegated { return nil }
    case .anyText: return nil
    }
    var length = 1
    while byte >= 0xc0, place + length < text.count, length < 4, text[place + length] & 0xc0 == 0x80 { length += 1 }
    return length
  }
}
