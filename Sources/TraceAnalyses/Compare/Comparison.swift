import TraceCalls

/// What differs between two sides, each of one log or of several runs of the same.
///
/// ```swift
/// let before = try TraceLog("monday.xz").analyze(Behaviour())
/// let after = try TraceLog("tuesday.xz").analyze(Behaviour())
/// for finding in Comparison(before: [before], after: [after]).findings { print(finding.change, finding.subject.syscall) }
/// ```
public struct Comparison: Sendable {
  /// What is compared.
  public struct Subject: Sendable, Hashable {
    public enum Level: String, Sendable {
      /// Calls of a name; those on a class of connections; those that ended with an error.
      case call, connection, errno
      case path, peer
      /// All calls together.
      case load
    }
    public let level: Level
    /// Empty for paths, peers and the load.
    public var syscall = ""
    /// As `connections` names protocol and role.
    public var connectionClass = ""
    public var errno = ""
    /// A path or peer, with `*` for what changes from run to run; of a moved directory both names, `/srv/v1 -> /srv/v2`.
    public var name = ""
  }

  /// How it differs.
  public enum Change: String, Sendable {
    case slower, faster
    /// Calls for each second (or for all calls, in a log without stamps).
    case moreOften = "more_often"
    case lessOften = "less_often"
    /// Errors for each call.
    case moreErrors = "more_errors"
    case fewerErrors = "fewer_errors"
    case new, vanished
    /// The same paths in a directory of another name.
    case moved
  }

  /// One side's figures of a subject.
  public struct Figures: Sendable {
    public var calls = 0
    public var errors = 0
    /// Calls a second of log; nil without stamps.
    public var rate: Double?
    /// Nanoseconds.
    public var time: Int64 = 0
    public var mean: Double?
    public var p50: Int64?
    public var p90: Int64?
    public var p99: Int64?
    /// Share of calls that ended with the error in question, or with any.
    public var errorShare: Double? { calls > 0 ? Double(errors) / Double(calls) : nil }
  }

  /// An effect with its interval of 95 %.
  public struct Effect: Sendable {
    public let value: Double
    public let low: Double
    public let high: Double
  }

  /// What supports a finding.
  public struct Evidence: Sendable {
    /// Which side, and which of its logs.
    public let isAfter: Bool
    public let run: Int
    public let line: Int
  }

  public struct Finding: Sendable {
    public let subject: Subject
    public let change: Change
    /// Nanoseconds of calls for each second of log that it adds or takes away; nil where durations or stamps are missing.
    public internal(set) var effect: Double?
    /// Whether the calls wait (for readiness, for the far end, at locks, for time to pass): what they take is not the program's own.
    public internal(set) var isWait = false
    public internal(set) var before = Figures()
    public internal(set) var after = Figures()
    /// Of what the change is of, after / before: a quantile of durations, the rate, or the share of errors.
    public internal(set) var ratio: Effect?
    /// 0.5, 0.9 or 0.99 where `ratio` is of a quantile.
    public internal(set) var quantile: Double?
    /// The probability that a call of after takes longer than one of before.
    public internal(set) var superiority: Effect?
    /// Before the correction for how much is compared.
    public internal(set) var pValue: Double?
    public internal(set) var evidence: Evidence?
    /// Index of the finding on the call that this one, on a class of its connections, is a part of.
    public internal(set) var parent: Int?
  }

  /// What was compared, whether it differs or not.
  public struct Row: Sendable {
    public let subject: Subject
    public let before: Figures
    public let after: Figures
    public let shift: (superiority: Effect, quantiles: [(share: Double, ratio: Effect)])?
  }

  /// One side as a whole.
  public struct Side: Sendable {
    public let runs: Int
    public let calls: Int
    /// Nanoseconds of log, of all runs together; nil where one of them has no stamps.
    public let span: Int64?
    /// Nanoseconds: the median of the cheapest kind of call, what the tracer itself takes of each.
    public let floor: Int64?
  }

  /// Those that matter most first; parts of a finding follow it.
  public let findings: [Finding]
  public let rows: [Row]
  public let before: Side
  public let after: Side
  /// What cannot be compared, and what to know about the rest.
  public let notes: [String]
  /// Durations of the busiest calls that differ, or of the busiest at all, to draw.
  let distributions: [Distribution]

  /// Both sides' durations of a subject.
  struct Distribution: Sendable {
    let subject: Subject
    let before: DurationCounts
    let after: DurationCounts
  }

  /// Compares runs of before with runs of after.
  public init(before: [Behaviour.Result], after: [Behaviour.Result]) {
    var comparer = Comparer(before: before, after: after)
    self = comparer.comparison()
  }

  init(
    findings: [Finding], rows: [Row], before: Side, after: Side, notes: [String], distributions: [Distribution]
  ) {
    self.findings = findings
    self.rows = rows
    self.before = before
    self.after = after
    self.notes = notes
    self.distributions = distributions
  }
}
