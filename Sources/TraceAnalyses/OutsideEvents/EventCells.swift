/// The cells of a line of an events file.
enum EventCells {
  /// How lines are divided.
  enum Form {
    case tabs, commas
    /// A JSON object a line; its names are the columns.
    case objects
    /// A time, and behind a blank whatever it says.
    case words
  }

  static func form(of line: Substring) -> Form {
    let line = line.trimmed
    if line.hasPrefix("{") || line.hasPrefix("[") && line.dropFirst().trimmed.hasPrefix("{") || line == "[" { return .objects }
    if line.contains("\t") { return .tabs }
    return line.contains(",") ? .commas : .words
  }

  /// RFC 4180 within a line.
  static func commas(_ line: Substring) -> [String] {
    var cells: [String] = []
    var cell = ""
    var isQuoted = false
    var rest = line
    while let character = rest.popFirst() {
      switch character {
      case "\"" where isQuoted && rest.first == "\"":
        cell.append("\"")
        rest.removeFirst()
      case "\"": isQuoted.toggle()
      case "," where !isQuoted:
        cells.append(cell)
        cell = ""
      default: cell.append(character)
      }
    }
    return cells + [cell]
  }

  /// The names and values of a flat JSON object; nil where it is none. Values within values are passed over.
  static func object(_ line: Substring) -> [String: String]? {
    var rest = line.trimmed
    while rest.first == "[" || rest.first == "," { rest = rest.dropFirst().trimmed }
    guard rest.popFirst() == "{" else { return nil }
    var values: [String: String] = [:]
    while true {
      rest = rest.trimmed
      if rest.first == "}" { return values }
      guard rest.first == "\"", let name = string(&rest) else { return nil }
      rest = rest.trimmed
      guard rest.popFirst() == ":" else { return nil }
      rest = rest.trimmed
      if rest.first == "\"" {
        guard let value = string(&rest) else { return nil }
        values[name] = value
      } else if rest.first == "{" || rest.first == "[" {
        guard skip(&rest) else { return nil }
      } else {
        let word = rest.prefix { $0 != "," && $0 != "}" }
        rest = rest[word.endIndex...]
        if word.trimmed != "null" { values[name] = String(word.trimmed) }
      }
      rest = rest.trimmed
      if rest.first == "," { rest.removeFirst() } else if rest.first != "}" { return nil }
    }
  }

  private static func string(_ rest: inout Substring) -> String? {
    guard rest.popFirst() == "\"" else { return nil }
    var text = ""
    while let character = rest.popFirst() {
      switch character {
      case "\"": return text
      case "\\":
        guard let escaped = rest.popFirst() else { return nil }
        switch escaped {
        case "n": text.append("\n")
        case "t": text.append("\t")
        case "r", "b", "f": break
        case "u":
          let hex = rest.prefix(4)
          guard hex.count == 4, let value = UInt32(hex, radix: 16) else { return nil }
          text.unicodeScalars.append(Unicode.Scalar(value) ?? "\u{fffd}")
          rest = rest.dropFirst(4)
        default: text.append(escaped)
        }
      default: text.append(character)
      }
    }
    return nil
  }

  /// Past an object or a list.
  private static func skip(_ rest: inout Substring) -> Bool {
    var depth = 0
    while let character = rest.first {
      if character == "\"" {
        guard string(&rest) != nil else { return false }
        continue
      }
      rest.removeFirst()
      if character == "{" || character == "[" { depth += 1 }
      if character == "}" || character == "]" { depth -= 1 }
      if depth == 0 { return true }
    }
    return false
  }
}
