/// A piece of a rule, with where it stands.
struct RuleToken {
  enum Kind: Equatable {
    /// Letters, digits and underscores; in arguments patterns too.
    case word(String)
    /// In quotes, which are not of it.
    case text(String)
    /// With the letters (or %) that follow it immediately.
    case number(Double, suffix: String)
    case symbol(String)
    case end
  }

  let kind: Kind
  /// Unicode scalars of the rule.
  let range: Range<Int>

  /// As messages name it.
  var name: String {
    switch kind {
    case .word(let word): "'\(word)'"
    case .text(let text): "\"\(text)\""
    case .number(let value, let suffix): "'\(RuleText.number(value))\(suffix)'"
    case .symbol(let symbol): "'\(symbol)'"
    case .end: "the end of the rule"
    }
  }
}

/// An error at a place within a rule, in Unicode scalars.
struct RuleSyntaxError: Error {
  let offset: Int
  let message: String
}

/// Takes a rule apart, piece by piece, as the parser asks for them: what `*` and `/` are depends on where it is.
struct RuleScanner {
  /// Where the next piece stands.
  enum Place {
    /// Between measures: `*` and `/` are operators.
    case expression
    /// In the parentheses of a measure: `epoll*` is a pattern of names.
    case arguments
    /// What a text is compared with: `10.0.0.1:80` and `/var/log/*` need no quotes.
    case value
  }

  let scalars: [Unicode.Scalar]
  private(set) var position = 0

  init(_ text: String) { scalars = Array(text.unicodeScalars) }

  /// The text of a range, runs of blanks as one.
  func text(_ range: Range<Int>) -> String {
    var text = String.UnicodeScalarView()
    for scalar in scalars[range] {
      if !Self.isBlank(scalar) {
        text.append(scalar)
      } else if let last = text.last, last != " " {
        text.append(" ")
      }
    }
    while text.last == " " { text.removeLast() }
    return String(text)
  }

  /// The next piece, which stays the next one until ``take(_:)``.
  func peek(_ place: Place) throws(RuleSyntaxError) -> RuleToken {
    var start = position
    while start < scalars.count, Self.isBlank(scalars[start]) { start += 1 }
    // What is missing at the end is missing behind the last piece, and not behind the blanks there.
    guard start < scalars.count else { return RuleToken(kind: .end, range: position..<position) }
    let first = scalars[start]
    if first == "\"" || first == "'" { return try quoted(start) }
    if place == .value { return bare(start) }
    if Self.isDigit(first) { return try number(start) }
    if Self.isLetter(first) || (place == .arguments && Self.isOfPattern(first)) {
      let end = self.end(start + 1) { Self.isLetter($0) || Self.isDigit($0) || (place == .arguments && Self.isOfPattern($0)) }
      return RuleToken(kind: .word(String(String.UnicodeScalarView(scalars[start..<end]))), range: start..<end)
    }
    return try symbol(start)
  }

  mutating func take(_ token: RuleToken) { position = token.range.upperBound }

  // MARK: Pieces

  private func quoted(_ start: Int) throws(RuleSyntaxError) -> RuleToken {
    let end = self.end(start + 1) { $0 != scalars[start] }
    guard end < scalars.count else { throw RuleSyntaxError(offset: start, message: "a quote without its end") }
    let text = String(String.UnicodeScalarView(scalars[(start + 1)..<end]))
    return RuleToken(kind: .text(text), range: start..<(end + 1))
  }

  /// Up to a blank, a comma, or the parenthesis that ends the arguments.
  private func bare(_ start: Int) -> RuleToken {
    let end = self.end(start) { !Self.isBlank($0) && $0 != "," && $0 != "(" && $0 != ")" }
    if end == start { return RuleToken(kind: .symbol(String(scalars[start])), range: start..<(start + 1)) }
    return RuleToken(kind: .word(String(String.UnicodeScalarView(scalars[start..<end]))), range: start..<end)
  }

  private func number(_ start: Int) throws(RuleSyntaxError) -> RuleToken {
    let end = self.end(start) { Self.isDigit($0) || $0 == "." || $0 == "_" }
    let digits = String(String.UnicodeScalarView(scalars[start..<end].filter { $0 != "_" }))
    guard let value = Double(digits), value.isFinite else {
      throw RuleSyntaxError(offset: start, message: "'\(digits)' is no number")
    }
    let isPercent = end < scalars.count && scalars[end] == "%"
    let suffixEnd = isPercent ? end + 1 : self.end(end) { Self.isLetter($0) || Self.isDigit($0) }
    let suffix = String(String.UnicodeScalarView(scalars[end..<suffixEnd]))
    return RuleToken(kind: .number(value, suffix: suffix), range: start..<suffixEnd)
  }

  private func symbol(_ start: Int) throws(RuleSyntaxError) -> RuleToken {
    for symbol in ["==", "!=", "<=", ">=", "!~", "<", ">", "~", "+", "-", "*", "/", "(", ")", ","] {
      let wanted = Array(symbol.unicodeScalars)
      if scalars[start...].starts(with: wanted) {
        return RuleToken(kind: .symbol(symbol), range: start..<(start + wanted.count))
      }
    }
    let found = String(scalars[start])
    let hint =
      switch found {
      case "=": "'==' compares"
      case "&": "write 'and'"
      case "|": "write 'or', or a comma between names"
      case "!": "write 'not', '!=' or '!~'"
      default: "expected a measure, a number or an operator"
      }
    throw RuleSyntaxError(offset: start, message: "unexpected '\(found)': \(hint)")
  }

  private func end(_ start: Int, while isOfIt: (Unicode.Scalar) -> Bool) -> Int {
    var end = start
    while end < scalars.count, isOfIt(scalars[end]) { end += 1 }
    return end
  }

  // MARK: Characters

  private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r"
  }
  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_" || scalar == "\u{b5}" || scalar == "\u{3bc}"
  }
  private static func isOfPattern(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "*" || scalar == "?" || scalar == "[" || scalar == "]"
  }
}

enum RuleText {
  /// Digits without a fraction that is zero.
  static func number(_ value: Double) -> String {
    value.magnitude < 1e15 && value == value.rounded() ? String(Int64(value)) : String(value)
  }
}
