import TraceCalls
import TraceInput

/// What came of one log of a check.
public struct CheckedLogReport: Sendable {
  public enum Outcome: Sendable {
    /// It was read, as far as it could be.
    case checked(CheckResult)
    /// Nothing could be read.
    case unreadable(String)
    /// It was not looked at, since a log before it failed.
    case notRun
  }

  /// As it was named.
  public let name: String
  public let outcome: Outcome
  /// Places where the input could not be read on, and what was ignored.
  public let damages: [InputDamage]
  /// Whether a part of the input could not be read, or a line not be understood where that was to fail.
  public let isPartial: Bool

  public init(name: String, outcome: Outcome, damages: [InputDamage] = [], isPartial: Bool = false) {
    self.name = name
    self.outcome = outcome
    self.damages = damages
    self.isPartial = isPartial
  }

  /// That of its rules, in their order; empty where it was not read.
  public var outcomes: [RuleOutcome] { if case .checked(let result) = outcome { result.outcomes } else { [] } }
  public var lines: Int? { if case .checked(let result) = outcome { result.ledger.lines } else { nil } }
}

/// What came of rules in one log or many.
public struct CheckReport: Sendable {
  /// What a check may end with; the largest of all logs counts.
  public enum Status: Int32, Sendable, Comparable {
    case kept = 0
    /// The answer is partial: damaged input, or under ``CheckReport/isStrict`` a rule that was not measured.
    case partial = 1
    case unreadable = 2
    case breached = 3

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
  }

  public let set: RuleSet
  /// In the order in which they were named.
  public let logs: [CheckedLogReport]
  /// Whether a rule that could not be measured fails.
  public let isStrict: Bool

  public init(set: RuleSet, logs: [CheckedLogReport], isStrict: Bool = false) {
    self.set = set
    self.logs = logs
    self.isStrict = isStrict
  }

  public func status(of log: CheckedLogReport) -> Status {
    switch log.outcome {
    case .unreadable: return .unreadable
    case .notRun: return .kept
    case .checked: break
    }
    var status: Status = log.isPartial ? .partial : .kept
    for outcome in log.outcomes { status = max(status, self.status(of: outcome)) }
    return status
  }

  /// What a rule contributes: one of severity `warning` fails nothing.
  public func status(of outcome: RuleOutcome) -> Status {
    guard set.rules[outcome.rule].severity == .error else { return .kept }
    return switch outcome.verdict {
    case .kept: .kept
    case .breached: .breached
    case .notMeasured: isStrict ? .partial : .kept
    }
  }

  public var status: Status { logs.map(status).max() ?? .kept }

  /// What each log's left sides were, for ``Baseline``.
  public var baseline: Baseline {
    Baseline(
      logs: logs.compactMap { log in
        guard case .checked(let result) = log.outcome, !result.values.isEmpty else { return nil }
        return Baseline.Log(name: Baseline.shortName(log.name), values: result.values)
      })
  }
}
