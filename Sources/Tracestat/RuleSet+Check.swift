import TraceRules

extension RuleSet {
  /// How logs are checked.
  public struct CheckOptions: Sendable {
    /// For each log; its workers are shared by the logs that are read at a time.
    public var log = TraceLog.Options()
    /// Figures of an earlier run, for rules that compare with them.
    public var baseline: Baseline?
    /// Whether rules that cannot be measured, and lines that are not understood, fail.
    public var isStrict = false
    /// Whether logs after one that failed are checked.
    public var keepsGoing = true
    /// What hides names of a log in the evidence.
    public var redaction: @Sendable (TraceLog) throws -> Redaction = { _ in .none }
    public init() {}
  }

  /// Checks logs, several at a time: as many as there are workers. What is wrong with one is told of it alone.
  ///
  /// ```swift
  /// let rules = try RuleSet("rules: [p99(write) < 50ms]", path: "rules.yaml")
  /// let report = rules.check(LogCollection.find(["logs/"]).logs)
  /// for log in report.logs { print(log.name, report.status(of: log)) }
  /// ```
  ///
  /// - Parameters:
  ///   - logs: which, in the order of the report.
  ///   - options: how they are read and judged.
  ///   - progress: called with the number of logs that are done, on the caller's thread.
  public func check(
    _ logs: [LogCollection.Log], _ options: CheckOptions = CheckOptions(), progress: (Int) -> Void = { _ in }
  ) -> CheckReport {
    let jobs = max(1, options.log.workers)
    let atATime = max(1, min(jobs, logs.count))
    var each = options
    each.log.workers = max(1, jobs / atATime)
    each.log.input.decoderThreads = max(1, min(options.log.input.decoderThreads, each.log.workers))
    each.log.input.threadMemory = options.log.input.threadMemory / UInt64(atATime)
    let settled = each
    var reports: [CheckedLogReport] = []
    var isOver = false
    let tasks = OrderedTasks(logs.count, jobs: options.keepsGoing ? atATime : 1) { index in self.check(logs[index], settled) }
    tasks.run(
      while: { !isOver },
      take: { index, report in
        reports.append(report)
        progress(index + 1)
        let status = CheckReport(set: self, logs: [report], isStrict: options.isStrict).status
        if !options.keepsGoing, status > .partial { isOver = true }
      })
    reports += logs[reports.count...].map { CheckedLogReport(name: $0.name, outcome: .notRun) }
    return CheckReport(set: self, logs: reports, isStrict: options.isStrict)
  }

  private func check(_ log: LogCollection.Log, _ options: CheckOptions) -> CheckedLogReport {
    if let failure = log.failure { return CheckedLogReport(name: log.name, outcome: .unreadable(failure)) }
    let trace = TraceLog(log.paths, options: options.log)
    do {
      let result = try trace.analyze(RuleCheck(self, log: log.name, baseline: options.baseline?.values(for: log.name)))
      let redaction = try options.redaction(trace)
      let isUnclear = options.isStrict && (trace.report?.ledger.notUnderstood ?? 0) > 0
      return CheckedLogReport(
        name: log.name, outcome: .checked(result.redacted(redaction)), damages: trace.report?.damages ?? [],
        isPartial: trace.report?.isPartial == true || isUnclear)
    } catch let error as InputError {
      return CheckedLogReport(name: log.name, outcome: .unreadable(error.reason))
    } catch {
      return CheckedLogReport(name: log.name, outcome: .unreadable("\(error)"))
    }
  }
}
