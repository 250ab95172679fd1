import TraceAnalyses

/// A rule, as its file has it.
public struct Rule: Sendable {
  public enum Severity: String, Sendable, CaseIterable {
    /// A breach fails the check.
    case error
    /// A breach is told, and fails nothing.
    case warning
  }

  /// What the file calls it, or its text.
  public let name: String
  public let comparison: RuleComparison
  /// Why it is there, for whoever reads of a breach.
  public let why: String?
  public let severity: Severity
  /// Patterns of the logs that it is for; empty for all.
  public let only: [Glob]
  /// Of the rule's text.
  public let place: RulePlace

  /// Whether it is for a log of this path: each of a pattern's folders is compared with one of the path's, from the end on.
  public func isFor(_ path: String) -> Bool {
    only.isEmpty
      || only.contains { glob in
        let parts = glob.pattern.split(separator: "/")
        let names = path.split(separator: "/").suffix(parts.count)
        return parts.count == names.count && zip(parts, names).allSatisfy { Glob(String($0)).matches(String($1)) }
      }
  }
}

/// The rules of a file, and what has to be measured for them.
public struct RuleSet: Sendable {
  /// Where they are from, for messages.
  public let path: String
  public let rules: [Rule]
  /// What the rules name, each once.
  public let measures: [MeasureCall]

  /// Whether a rule compares with an earlier run.
  public var usesBaseline: Bool { rules.contains { $0.comparison.usesBaseline } }

  init(path: String, rules: [Rule], measures: [MeasureCall]) {
    self.path = path
    self.rules = rules
    self.measures = measures
  }
}
