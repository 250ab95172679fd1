import TracePartials
import TraceProcesses
import TraceReports
import TraceSyntax

extension TraceLog {
  /// What an analysis finds, in one pass, to be kept in a file and merged with that of other logs.
  ///
  /// ```swift
  /// try TraceLog("web1.log").partial(Summary()).write(to: "web1.partial")
  /// ```
  ///
  /// - Parameters:
  ///   - analysis: what is asked.
  ///   - redaction: what is hidden in it, of this log; see ``redaction(_:salt:)``.
  /// - Returns: the partial, of this log alone.
  /// - Throws: `InputError` as ``analyze(_:)`` does.
  public func partial<A: PartialAnalysis>(_ analysis: A, redaction: Redaction = .none) throws -> Partial {
    let result = try analyze(analysis.keeping)
    return try partial(
      analysis.statement, analysis.contents(of: result, redaction: redaction), notes: analysis.notes(of: result),
      redaction: redaction)
  }

  /// What was found in the last pass.
  ///
  /// - Parameters:
  ///   - statement: the analysis and its options.
  ///   - contents: what it found.
  ///   - notes: what is approximated in it, for people.
  ///   - redaction: what is hidden in the contents.
  /// - Returns: the partial, of this log alone.
  /// - Throws: `InputError` before the first pass.
  public func partial(
    _ statement: PartialStatement, _ contents: PartialContents, notes: [String] = [], redaction: Redaction = .none
  ) throws -> Partial {
    guard let report, let head else {
      throw InputError(path: paths.first ?? "-", reason: "was not read yet: there is nothing to keep in a partial")
    }
    var stated = statement.with(redaction)
    if options.processes.grouping != ProcessOptions().grouping {
      stated = PartialStatement(
        stated.analysis, stated.options + [PartialOption("--processes", options.processes.grouping.rawValue)])
    }
    let log = PartialLog(
      name: paths.first.flatMap { $0 == "-" ? nil : $0 } ?? "standard input", moreFiles: max(0, paths.count - 1),
      bytes: report.bytes, head: head, clock: report.clock, ledger: report.ledger, damages: report.damages,
      notes: notes + report.notes, tables: report.tableChecks.map { $0.verdict(redaction: redaction) })
    return Partial(stated, of: log, contents)
  }
}

extension StackLog {
  /// Stacks to be kept in a file and merged with those of other profiles.
  ///
  /// - Parameters:
  ///   - stacks: what ``fold(_:onDamage:)`` made of these logs.
  ///   - options: what they were folded with.
  ///   - damages: what could not be read.
  /// - Returns: the partial, of these logs as one.
  public func partial(_ stacks: FoldedStacks, _ options: FoldOptions, damages: [InputDamage] = []) -> Partial {
    let log = PartialLog(
      name: paths.first.flatMap { $0 == "-" ? nil : $0 } ?? "standard input", moreFiles: max(0, paths.count - 1),
      stacks: stacks, damages: damages)
    return Partial(PartialStatement("flame fold", options.stated(stacks.events.first?.name)), of: log, .stacks(stacks))
  }
}
