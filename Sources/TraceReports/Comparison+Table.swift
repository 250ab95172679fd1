import TraceAnalyses
import TraceSyntax

extension Comparison {
  /// Findings that a table shows unless it is told otherwise.
  public static let defaultLimit = 25

  private static let tableColumns: [Column] = [
    Column("time/s"), Column("what", .text(.path)), Column("change", .text(.plain)), Column("95 % sure", .text(.plain)),
    Column("longer"), Column("line", .text(.plain)),
  ]

  /// The findings in words.
  public func writeTable(
    to sink: OutputSink, limit: Int = defaultLimit, redaction: Redaction = .none
  ) throws(OutputError) {
    try sink.write("before: \(text(before)); after: \(text(after))\n")
    guard !findings.isEmpty else {
      try sink.write("no difference that is more than chance, and large enough to matter\n")
      return try sink.flush()
    }
    let writer = try RecordWriter(sink, format: .table, columns: Self.tableColumns, redaction: redaction)
    for finding in findings.prefix(limit) {
      try writer.number(finding.effect.flatMap(Self.effect))
      try write(finding, writer)
      try writer.word(words(finding))
      try writer.word(Self.interval(finding.ratio))
      try writer.number(finding.superiority.map { "\(Int64(clamping: $0.value * 100)) %" })
      try writer.word(finding.evidence.map(line))
      try writer.endRow()
    }
    try writer.finish()
    if findings.count > limit { try sink.write("and \(findings.count - limit) more (--top, --format csv)\n") }
    try sink.flush()
  }

  private func text(_ side: Side) -> String {
    let runs = side.runs > 1 ? "\(side.runs) runs, " : ""
    return runs + (side.span.map { "\(Duration.text($0)), " } ?? "") + "\(side.calls) calls"
  }

  /// `+310ms`: of calls, for each second of log.
  private static func effect(_ effect: Double) -> String? {
    let whole = Int64(clamping: abs(effect))
    return whole > 0 ? (effect < 0 ? "-" : "+") + Duration.text(whole) : nil
  }

  private func write(_ finding: Finding, _ writer: RecordWriter) throws(OutputError) {
    let subject = finding.subject
    switch subject.level {
    case .load: try writer.word("all calls")
    case .call: try writer.texts([subject.syscall], separator: "", as: .syscall)
    case .connection:
      let indent = finding.parent == nil ? subject.syscall + " on " : "  on "
      try writer.texts([indent + subject.connectionClass], separator: "", as: .plain)
    case .errno: try writer.texts([subject.syscall, subject.errno].filter { !$0.isEmpty }, separator: " ", as: .syscall)
    case .path: try writer.text(subject.name)
    case .peer: try writer.texts([subject.name], separator: "", as: .address)
    }
  }

  private func words(_ finding: Finding) -> String {
    let (before, after) = (finding.before, finding.after)
    switch finding.change {
    case .slower, .faster:
      let word = finding.change.rawValue
      guard let quantile = finding.quantile, let old = before.quantile(quantile), let new = after.quantile(quantile) else {
        guard let old = before.mean, let new = after.mean else { return word }
        return "\(word): mean \(Self.duration(old)) -> \(Self.duration(new))\(Self.times(finding))"
      }
      return "\(word): p\(Int64(clamping: quantile * 100)) \(Duration.text(old)) -> \(Duration.text(new))\(Self.times(finding))"
    case .moreOften, .lessOften:
      let word = finding.change == .moreOften ? "more often" : "less often"
      if let old = before.rate, let new = after.rate {
        return "\(word): \(Decimal.short(old))/s -> \(Decimal.short(new))/s\(Self.times(finding))"
      }
      return
        "\(word): \(Self.share(before.calls, self.before.calls)) -> \(Self.share(after.calls, self.after.calls)) of all calls"
    case .moreErrors, .fewerErrors:
      let word = finding.change == .moreErrors ? "fails more often" : "fails less often"
      return "\(word): \(Self.share(before.errors, before.calls)) -> \(Self.share(after.errors, after.calls))"
    case .new: return "new" + Self.extent(finding, after, self.after)
    case .moved: return "moved: \(before.calls) and \(after.calls) calls"
    case .vanished: return "vanished" + Self.extent(finding, before, self.before)
    }
  }

  private static func extent(_ finding: Finding, _ figures: Figures, _ side: Side) -> String {
    let calls = figures.calls == 1 ? "1 call" : "\(figures.calls) calls"
    switch finding.subject.level {
    case .errno: return " error: \(figures.errors) of \(calls)"
    case .path: return " path" + (figures.calls > 0 ? ": \(calls)" : "")
    case .peer: return " peer (\(finding.subject.connectionClass)): \(calls)"
    default: return ": \(calls)"
    }
  }

  private static func share(_ part: Int, _ whole: Int) -> String {
    whole > 0 ? "\(Decimal.short(Double(part) * 100 / Double(whole))) %" : "?"
  }

  private static func duration(_ nanoseconds: Double) -> String { Duration.text(Int64(clamping: nanoseconds)) }

  private static func times(_ finding: Finding) -> String { finding.ratio.map { ", \(Decimal.short($0.value))x" } ?? "" }

  private static func interval(_ effect: Effect?) -> String? {
    guard let effect, effect.low.isFinite, effect.high.isFinite else { return nil }
    return "\(Decimal.short(effect.low))x to \(Decimal.short(effect.high))x"
  }

  /// `after:1234`, `after 2:1234` of the second run.
  private func line(_ evidence: Evidence) -> String {
    let side = evidence.isAfter ? after : before
    return "\(evidence.isAfter ? "after" : "before")\(side.runs > 1 ? " \(evidence.run + 1)" : ""):\(evidence.line)"
  }
}

extension Comparison.Figures {
  fileprivate func quantile(_ share: Double) -> Int64? { share == 0.5 ? p50 : share == 0.9 ? p90 : p99 }
}
