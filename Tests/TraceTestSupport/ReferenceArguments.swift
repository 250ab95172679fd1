/// Finds the end of a call's arguments (R6): left to right with string state, brackets balanced, comments and decorations
/// skipped whole.
public struct ReferenceArguments {
  private var cursor: ReferenceCursor
  private let start: Int

  init(_ cursor: ReferenceCursor) {
    self.cursor = cursor
    start = cursor.at
  }

  /// The index of the unmatched `)`, or where ` <unfinished ...>` and its kin begin, blanks included; nil where the line ends
  /// before.
  mutating func end() -> Int? {
    var depth = 0
    while let byte = cursor.next {
      switch byte {
      case UInt8(ascii: "\""): guard string() else { return nil }
      case UInt8(ascii: "/") where cursor.starts("/* "): guard comment() else { return nil }
      case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
        depth += 1
        cursor.at += 1
      case UInt8(ascii: ")") where depth == 0: return cursor.at
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
        // A second half may close what the first opened.
        depth = max(0, depth - 1)
        cursor.at += 1
      case UInt8(ascii: "<") where isCut: return beforeBlanks
      case UInt8(ascii: "<") where cursor.starts("<... "): _ = cursor.takeWhile { $0 != UInt8(ascii: ">") }
      case UInt8(ascii: "<") where followsDescriptor: guard decoration() else { return nil }
      default: cursor.at += 1
      }
    }
    return nil
  }

  /// The texts between top-level commas, blanks around them dropped; nil where something in them is not closed.
  public static func split(_ text: [UInt8]) -> [String]? {
    var arguments = ReferenceArguments(ReferenceCursor(text))
    var parts: [String] = []
    var start = 0
    var depth = 0
    while let byte = arguments.cursor.next {
      switch byte {
      case UInt8(ascii: "\""): guard arguments.string() else { return nil }
      case UInt8(ascii: "/") where arguments.cursor.starts("/* "): guard arguments.comment() else { return nil }
      case UInt8(ascii: "<") where arguments.followsDescriptor: guard arguments.decoration() else { return nil }
      case UInt8(ascii: ",") where depth == 0:
        parts.append(trimmed(text[start..<arguments.cursor.at]))
        arguments.cursor.at += 1
        start = arguments.cursor.at
      default:
        if "([{".utf8.contains(byte) { depth += 1 }
        if ")]}".utf8.contains(byte) { depth = max(0, depth - 1) }
        arguments.cursor.at += 1
      }
    }
    let last = trimmed(text[start...])
    return last.isEmpty ? parts : parts + [last]
  }

  private static func trimmed(_ text: ArraySlice<UInt8>) -> String {
    let start = text.firstIndex { $0 != 32 } ?? text.endIndex
    let end = text.lastIndex { $0 != 32 }.map { $0 + 1 } ?? start
    return String(decoding: text[start..<end], as: UTF8.self)
  }

  private var isCut: Bool {
    ["<unfinished ...", "<detached ...>", "<pid changed to ", "<Cannot restart pid "].contains { cursor.starts($0) }
  }

  private var beforeBlanks: Int {
    var index = cursor.at
    while index > start, cursor.byte(index - 1) == 32 { index -= 1 }
    return index
  }

  /// A decoration is glued to a number or to AT_FDCWD (R21); `1<<3` is none.
  private var followsDescriptor: Bool {
    guard let before = cursor.byte(cursor.at - 1), cursor.byte(cursor.at + 1) != UInt8(ascii: "<") else { return false }
    // With -X verbose a comment stands between (`-100 /* AT_FDCWD */</tmp>`).
    return ReferenceCursor.isDigit(before) || before == UInt8(ascii: "D")
      || (before == UInt8(ascii: "/") && cursor.byte(cursor.at - 2) == UInt8(ascii: "*"))
  }

  private mutating func string() -> Bool {
    cursor.at += 1
    while let byte = cursor.next {
      cursor.at += byte == UInt8(ascii: "\\") ? 2 : 1
      if byte == UInt8(ascii: "\"") { return true }
    }
    return false
  }

  /// ` /* ... */`; it may quote a string.
  private mutating func comment() -> Bool {
    cursor.at += 2
    while let byte = cursor.next {
      if cursor.take("*/") { return true }
      if byte == UInt8(ascii: "\"") {
        guard string() else { return false }
      } else {
        cursor.at += 1
      }
    }
    return false
  }

  /// `<...>` with what R21 to R23 allow inside; the cursor is left after it and after `(deleted)`.
  mutating func decoration() -> Bool {
    guard cursor.take("<") else { return false }
    var depth = 1
    while let byte = cursor.next {
      switch byte {
      // Escaped as in strings (R21), and a UNIX name is one (R23).
      case UInt8(ascii: "\\"): cursor.at += 2
      case UInt8(ascii: "\""): guard string() else { return false }
      case UInt8(ascii: "<"):
        depth += 1
        cursor.at += 1
      case UInt8(ascii: ">") where cursor.byte(cursor.at - 1) != UInt8(ascii: "-"):
        depth -= 1
        cursor.at += 1
        if depth == 0 {
          _ = cursor.take("(deleted)")
          return true
        }
      default: cursor.at += 1
      }
    }
    return false
  }

  var position: Int { cursor.at }
}
