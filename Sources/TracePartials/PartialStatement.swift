import TraceAnalyses
import TraceReports
import TraceSyntax

/// What a partial is of: an analysis in the words of its command, and the options that change what it counts.
public struct PartialStatement: Sendable, Equatable {
  public let analysis: String
  public let options: [PartialOption]

  public init(_ analysis: String, _ options: [PartialOption] = []) {
    self.analysis = analysis
    self.options = options
  }

  /// With one more option; what is shown of a log is one that changes it.
  public func with(_ redaction: Redaction) -> PartialStatement {
    guard let scope = redaction.scope else { return self }
    return PartialStatement(analysis, options + [PartialOption("--redact", scope.rawValue)])
  }

  /// The columns that rows of several logs are put in order by. Rows of other analyses are no events: they stand log by log.
  static let timeColumns = [
    "fd-timeline": "time", "fds --growth": "time", "rtmp": "time", "http": "time", "dns": "time", "stalls": "start",
    "threads --timeline": "time", "futex --timeline": "time", "futex --blame": "time", "rtmp --freezes": "start_time",
  ]
}

/// What an analysis found in one log, in the form that is kept.
public struct PartialContents: Sendable {
  let state: any PartialState

  private init(_ state: any PartialState) { self.state = state }

  /// Rows.
  /// - Parameter body: writes the report, once as data and once for people, hidden as it should be.
  public static func rows(_ body: (OutputSink, RecordFormat) throws -> Void) throws -> PartialContents {
    PartialContents(try ReportsState(recording: body))
  }

  /// Counts, of a summary that keeps its state.
  public static func summary(_ result: Summary.Result, redaction: Redaction = .none) throws(PartialError) -> PartialContents {
    PartialContents(try SummaryState(result, redaction: redaction))
  }

  /// Series of descriptors.
  public static func timeline(_ result: FdTimelineResult, redaction: Redaction = .none) -> PartialContents {
    PartialContents(TimelinesState(result, redaction: redaction))
  }

  public static func threads(_ result: ThreadsResult) -> PartialContents { PartialContents(ThreadsState([result])) }
  public static func growth(_ result: FdGrowth.Result) -> PartialContents { PartialContents(GrowthsState([result])) }
  public static func stacks(_ result: FoldedStacks) -> PartialContents { PartialContents(StacksState(result)) }
  /// The ledger of the log itself.
  public static var ledger: PartialContents { PartialContents(LedgersState()) }
}

/// An analysis whose result can be kept in a partial.
public protocol PartialAnalysis: Analysis {
  var statement: PartialStatement { get }
  /// The analysis to run: one that keeps what its contents need.
  var keeping: Self { get }
  func contents(of result: Result, redaction: Redaction) throws -> PartialContents
  /// What is approximated, for people.
  func notes(of result: Result) -> [String]
}

extension PartialAnalysis {
  public var keeping: Self { self }
  public func notes(of result: Result) -> [String] { [] }
}
