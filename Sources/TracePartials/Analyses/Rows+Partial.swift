import TraceAnalyses
import TraceReports
import TraceSyntax

// Analyses whose rows are of one log each.

extension Fds: PartialAnalysis {
  public var statement: PartialStatement { .init("fds", options.filter.stated) }
  public func contents(of result: Result, redaction: Redaction) throws -> PartialContents {
    try .rows { try result.write(to: $0, $1, redaction: redaction) }
  }
}

extension FdLeaks: PartialAnalysis {
  public var statement: PartialStatement {
    .init("fds --leaks", options.filter.stated + (options.isByThread ? [PartialOption("--by-thread")] : []))
  }
  public func contents(of result: Result, redaction: Redaction) throws -> PartialContents {
    try .rows { try result.write(to: $0, $1, redaction: redaction) }
  }
}

extension Connections: PartialAnalysis {
  public var statement: PartialStatement { .init("connections", options.filter.stated) }
  public func contents(of result: Result, redaction: Redaction) throws -> PartialContents {
    try .rows { try result.write(to: $0, $1, redaction: redaction) }
  }
  public func notes(of result: Result) -> [String] { result.notes }
}

extension Http: PartialAnalysis {
  public var statement: PartialStatement { .init("http", options.filter.stated) }
  public func contents(of result: Result, redaction: Redaction) throws -> PartialContents {
    try .rows { try result.write(to: $0, $1, redaction: redaction) }
  }
}

extension Dns: PartialAnalysis {
  public var statement: PartialStatement { .init("dns", options.filter.stated) }
  public func contents(of result: Result, redaction: Redaction) throws -> PartialContents {
    try .rows { try result.write(to: $0, $1, redaction: redaction) }
  }
  public func notes(of result: Result) -> [String] { result.notes }
}

extension Rtmp: PartialAnalysis {
  public var statement: PartialStatement { .init("rtmp", options.filter.stated) }
  public func contents(of result: Result, redaction: Redaction) throws -> PartialContents {
    try .rows { try result.write(to: $0, $1, redaction: redaction) }
  }
}

extension RtmpSessions: PartialAnalysis {
  /// Of the sessions; ``statement(_:)`` is of the other views.
  public var statement: PartialStatement { statement("--sessions") }

  /// - Parameter view: `--sessions`, `--fan-out` or `--freezes`.
  public func statement(_ view: String) -> PartialStatement {
    let threshold = view == "--freezes" ? [PartialOption("--threshold", nanoseconds: options.threshold)] : []
    return .init("rtmp \(view)", options.filter.stated + threshold)
  }

  public func contents(of result: Result, redaction: Redaction) throws -> PartialContents {
    try .rows { try result.writeSessions(to: $0, $1, redaction: redaction) }
  }
}

extension Stalls: PartialAnalysis {
  public var statement: PartialStatement {
    .init("stalls", options.filter.stated + [PartialOption("--min", nanoseconds: options.minimum)])
  }
  public func contents(of result: Result, redaction: Redaction) throws -> PartialContents {
    try .rows { try result.write(to: $0, $1, redaction: redaction) }
  }
  public func notes(of result: Result) -> [String] { result.notes }
}

extension Futex: PartialAnalysis {
  /// Of the rows of addresses; ``statement(_:)`` is of the other views.
  public var statement: PartialStatement { statement(nil) }

  /// - Parameter view: `--blame`, `--timeline`, or nil for the rows of addresses.
  public func statement(_ view: String?) -> PartialStatement {
    let interval = view == "--timeline" ? [PartialOption("--interval", nanoseconds: options.interval ?? 0)] : []
    return .init(view.map { "futex \($0)" } ?? "futex", options.filter.stated + interval)
  }

  public func contents(of result: Result, redaction: Redaction) throws -> PartialContents {
    try .rows { sink, format in
      try format == .table
        ? result.writeTable(to: sink, redaction: redaction) : result.write(to: sink, format, redaction: redaction)
    }
  }
  public func notes(of result: Result) -> [String] { result.notes }
}
