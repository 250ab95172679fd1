/// A place in a rules file, both numbers from 1; columns count Unicode scalars.
public struct RulePlace: Sendable, Hashable, Comparable {
  public let line: Int
  public let column: Int

  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  public static func < (a: Self, b: Self) -> Bool { (a.line, a.column) < (b.line, b.column) }
}

/// What is wrong with a rules file at one place.
public struct RuleProblem: Sendable, Hashable {
  public let place: RulePlace
  /// What was found, and what was expected.
  public let message: String

  public init(_ place: RulePlace, _ message: String) {
    self.place = place
    self.message = message
  }
}

/// All that is wrong with a rules file.
public struct RuleFileError: Error, CustomStringConvertible, Sendable {
  public let path: String
  /// In the order of their places; never empty.
  public let problems: [RuleProblem]

  public init(path: String, problems: [RuleProblem]) {
    self.path = path
    self.problems = problems
  }

  /// A line for each, `rules.yaml:3:9: unknown measure ...`.
  public var lines: [String] { problems.map { "\(path):\($0.place.line):\($0.place.column): \($0.message)" } }
  public var description: String { lines.joined(separator: "\n") }
}
