import TraceCalls
import TraceSyntax

/// A line of a log that shows what was measured.
public struct RuleEvidence: Sendable {
  public let line: Int
  /// A system call's name, which may be any text of the log.
  public internal(set) var syscall: String?
  /// A word of tracestat's: what kind of stall, wait ...
  public let what: String?
  public let fd: Int32?
  public let tid: Int32?
  /// Nanoseconds.
  public let duration: Int64?
  public let errno: String?

  init(
    line: Int, syscall: String? = nil, what: String? = nil, fd: Int32? = nil, tid: Int32? = nil, duration: Int64? = nil,
    errno: String? = nil
  ) {
    self.line = line
    self.syscall = syscall
    self.what = what
    self.fd = fd
    self.tid = tid
    self.duration = duration
    self.errno = errno
  }
}

/// A measure's figure in one log.
public struct Measured: Sendable {
  /// In the base unit of its quantity; nil where the log cannot tell.
  public let value: Double?
  /// Why it cannot.
  public let reason: String?
  /// The worst or first, a few.
  public internal(set) var evidence: [RuleEvidence]

  init(_ value: Double, _ evidence: [RuleEvidence] = []) {
    self.value = value
    reason = nil
    self.evidence = evidence
  }

  init(unknown reason: String) {
    value = nil
    self.reason = reason
    evidence = []
  }
}

/// What came of a rule in one log.
public struct RuleOutcome: Sendable {
  public enum Verdict: String, Sendable, CaseIterable {
    case kept
    case breached
    case notMeasured = "not measured"
  }

  /// Index into the rules of the set.
  public let rule: Int
  public let verdict: Verdict
  /// The left side.
  public let measured: Double?
  /// The right side.
  public let budget: Double?
  /// Why it was not measured.
  public let reason: String?
  public internal(set) var evidence: [RuleEvidence]
}

/// What came of the rules in one log.
public struct CheckResult: Sendable {
  /// Of the rules that are for this log, in their order.
  public internal(set) var outcomes: [RuleOutcome]
  /// The values of the rules' left sides by their text, where they could be measured: what a later run's baseline is.
  public let values: [BaselineValue]
  public let ledger: Ledger

  /// With names hidden that the log's owner may not want to show.
  public func redacted(_ redaction: Redaction) -> CheckResult {
    guard redaction.isActive else { return self }
    var result = self
    for outcome in result.outcomes.indices {
      for evidence in result.outcomes[outcome].evidence.indices {
        let name = result.outcomes[outcome].evidence[evidence].syscall
        result.outcomes[outcome].evidence[evidence].syscall = name.map { redaction.redact($0, as: .syscall) }
      }
    }
    return result
  }
}
