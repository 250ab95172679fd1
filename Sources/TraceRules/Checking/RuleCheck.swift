import TraceAnalyses
import TraceCalls
import TraceProcesses
import TraceSyntax

/// Checks a log against rules, in one pass: only the analyses that the rules ask for run.
public struct RuleCheck: Analysis {
  private let set: RuleSet
  /// Indices of the rules that are for this log.
  private let chosen: [Int]
  private let baseline: [BaselineValue]?
  /// Indices of the measures that they name.
  private let wanted: [Int]
  /// Those of calls, in the order of the tallies' selections.
  private let ofCalls: [Int]
  private let tiesCalls: Bool
  /// A measure is a part of all calls, whose tally is the last.
  private let asksForAll: Bool
  private var tallies: CallTallies
  private var analyses: CheckAnalyses

  /// - Parameters:
  ///   - set: the rules.
  ///   - path: of the log, for rules that are only for some; nil for a log that all are for.
  ///   - baseline: what measures were in an earlier run on the same log.
  public init(_ set: RuleSet, log path: String? = nil, baseline: [BaselineValue]? = nil) {
    self.set = set
    self.baseline = baseline
    chosen = set.rules.indices.filter { index in path.map { set.rules[index].isFor($0) } ?? true }
    let named = Set(chosen.flatMap { set.rules[$0].comparison.measures })
    wanted = named.sorted()
    ofCalls = wanted.filter { set.measures[$0].measure.population == .calls }
    let selections = ofCalls.map { set.measures[$0].selection }
    asksForAll = ofCalls.contains { [.timeShare, .callShare].contains(set.measures[$0].measure.figure) }
    tallies = CallTallies(selections + (asksForAll ? [CallSelection()] : []))
    tiesCalls = CallTallies.tiesEveryCall(selections)
    analyses = CheckAnalyses(wanted.map { set.measures[$0] })
  }

  public static var needsWatches: Bool { Stalls.needsWatches }
  public var tiesEveryCall: Bool { tiesCalls }

  public mutating func consume(_ batch: CallBatch, _ context: TraceContext) {
    if !ofCalls.isEmpty { tallies.consume(batch, context) }
    analyses.consume(batch, context)
  }

  public mutating func finish(_ context: TraceContext) -> CheckResult {
    analyses.finish(context)
    let counted = tallies.finish(context, roles: analyses.roles, threads: analyses.threadNames)
    let log = CheckedLog(context)
    var measured = [Measured?](repeating: nil, count: set.measures.count)
    for (place, index) in ofCalls.enumerated() {
      measured[index] = CallFigures(log: log, all: asksForAll ? counted.last : nil).figure(set.measures[index], counted[place])
    }
    for index in wanted where measured[index] == nil { measured[index] = analyses.figure(set.measures[index], log) }
    let judge = RuleJudge(set: set, measured: measured, baseline: baseline)
    return CheckResult(
      outcomes: chosen.map(judge.outcome), values: judge.values(of: chosen), ledger: context.reader.ledger)
  }
}

/// What measures need to know of a log besides its calls.
struct CheckedLog {
  let ledger: Ledger
  let clock: TraceClock
  let names: SyscallNames
  /// Places where the input could not be read on.
  let damages: Int

  init(_ context: TraceContext) {
    ledger = context.reader.ledger
    clock = context.reader.clock
    names = context.reader.names
    damages = context.reader.damages.count { $0.severity == .partial }
  }

  /// Nanoseconds from the first stamp to the last; nil without a clock.
  var duration: Int64? {
    guard clock.kind != .none, let first = clock.first else { return nil }
    let (length, isBeyond) = clock.last.subtractingReportingOverflow(first)
    return isBeyond ? nil : length
  }

  /// The log is a tracer's own table, without calls.
  var isTableOnly: Bool { ledger.calls == 0 && ledger.inFlight == 0 && ledger[.summaryTable].lines > 0 }

  // Why a log cannot tell.
  static let noCalls = "the log is a summary table (strace -c): it has no calls"
  static let noStamps = "the log has no time stamps (record with strace -tt)"
  static let noDurations = "the log has no durations (record with strace -T)"
  static let noTime = "the log's stamps span no time"
}
