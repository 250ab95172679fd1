import TraceAnalyses
import TraceSyntax

// Analyses over time: pictures can be drawn of their partials.

extension FdTimeline: PartialAnalysis {
  public var statement: PartialStatement {
    .init(
      "fd-timeline",
      options.filter.stated + [
        PartialOption("--interval", nanoseconds: options.interval), PartialOption("--attribute", options.attribution.rawValue),
      ])
  }

  /// All descriptors: which are the busiest of all logs shows when these are merged.
  public var keeping: FdTimeline {
    var options = options
    options.top = nil
    return FdTimeline(options)
  }

  public func contents(of result: Result, redaction: Redaction) -> PartialContents { .timeline(result, redaction: redaction) }
  public func notes(of result: Result) -> [String] { result.notes }
}

extension Threads: PartialAnalysis {
  public var statement: PartialStatement {
    options.isTimeline
      ? .init("threads --timeline", options.filter.stated + [PartialOption("--interval", nanoseconds: options.interval)])
      : .init("threads", options.filter.stated)
  }
  public func contents(of result: Result, redaction: Redaction) -> PartialContents { .threads(result) }
  public func notes(of result: Result) -> [String] { result.notes }
}

extension FdGrowth: PartialAnalysis {
  public var statement: PartialStatement {
    .init("fds --growth", options.filter.stated + [PartialOption("--interval", nanoseconds: options.interval)])
  }
  public func contents(of result: Result, redaction: Redaction) -> PartialContents { .growth(result) }
}
