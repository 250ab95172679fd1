import Yams

/// The text of a rules file, to find places of scalars in.
struct RuleSource {
  private let lines: [[Unicode.Scalar]]

  init(_ text: String) {
    var lines: [[Unicode.Scalar]] = [[]]
    for scalar in text.unicodeScalars {
      if scalar == "\n" { lines.append([]) } else if scalar != "\r" { lines[lines.count - 1].append(scalar) }
    }
    self.lines = lines
  }

  /// Where a scalar's text stands, so many Unicode scalars after its beginning.
  ///
  /// The value is followed through the source: quotes, escapes, line ends and indentation that are not of it are passed over.
  func place(of scalar: Node.Scalar, offset: Int = 0) -> RulePlace {
    guard let mark = scalar.mark, mark.line >= 1, mark.line <= lines.count else { return RulePlace(line: 1, column: 1) }
    var (line, column) = (mark.line - 1, max(0, mark.column - 1))
    switch scalar.style {
    case .singleQuoted, .doubleQuoted: column += 1
    case .literal, .folded: (line, column) = (line + 1, 0)
    default: break
    }
    var place = firstText(line, column)
    for (index, wanted) in scalar.string.unicodeScalars.enumerated() {
      guard let found = self.place(of: wanted, from: place) else { break }
      place = found
      if index == offset { return RulePlace(line: place.line + 1, column: place.column + 1) }
      place.column += 1
    }
    // Behind the text, or where it could not be followed any further.
    return RulePlace(line: place.line + 1, column: place.column + 1)
  }

  private func firstText(_ line: Int, _ column: Int) -> (line: Int, column: Int) {
    var (line, column) = (line, column)
    while line < lines.count {
      while column < lines[line].count, lines[line][column] == " " { column += 1 }
      if column < lines[line].count { return (line, column) }
      (line, column) = (line + 1, 0)
    }
    return (max(0, lines.count - 1), lines.last?.count ?? 0)
  }

  /// Where the next scalar of a value stands, from a place of the source on.
  private func place(of wanted: Unicode.Scalar, from start: (line: Int, column: Int)) -> (line: Int, column: Int)? {
    var (line, column) = start
    while line < lines.count {
      // A line end within a scalar is a blank of its value, or one that is folded.
      if column >= lines[line].count {
        if wanted == " " || wanted == "\n" { return (line, lines[line].count) }
        // What an escape stands for is nowhere.
        if line == lines.count - 1 { return nil }
        (line, column) = firstText(line + 1, 0)
        continue
      }
      if lines[line][column] == wanted { return (line, column) }
      // An escape, or indentation.
      column += 1
    }
    return nil
  }
}
