import TraceRules

extension CheckReport {
  /// What came of the rules: of one log all, of several those that were not kept, and a line for each log.
  public func writeTable(to sink: OutputSink) throws(OutputError) {
    let isOne = logs.count == 1
    let shown = logs.flatMap { log in log.outcomes.filter { isOne || $0.verdict != .kept }.map { (log, $0) } }
    if !shown.isEmpty {
      let columns =
        [Column("outcome", .text(.plain)), Column("measured"), Column("budget", .text(.plain)), Column("rule", .text(.plain))]
        + (isOne ? [] : [Column("log", .text(.plain))])
      let writer = try RecordWriter(sink, format: .table, columns: columns, redaction: .none)
      for (log, outcome) in shown {
        let comparison = set.rules[outcome.rule].comparison
        var texts: (String?, String?) = (outcome.measured.map { RuleValue.text($0, comparison.quantity) }, nil)
        if let measured = outcome.measured, let budget = outcome.budget {
          let (x, y) = RuleValue.texts(measured, budget, comparison.quantity)
          texts = (x, "\(comparison.relation.rawValue) \(y)")
        }
        try writer.word(word(outcome))
        try writer.number(texts.0)
        try writer.word(texts.1)
        try writer.word(set.rules[outcome.rule].name)
        if !isOne { try writer.word(log.name) }
        try writer.endRow()
      }
      try writer.finish()
    }
    // Of many logs, what none could tell would hide what some told.
    for (log, outcome) in shown where outcome.verdict == .breached || (isOne && outcome.verdict == .notMeasured) {
      try writeFinding(outcome, of: log, to: sink)
    }
    if !isOne {
      if !shown.isEmpty { try sink.write("\n") }
      try writeLogs(to: sink)
    } else if let log = logs.first, let message = message(log) {
      try sink.write("\(reading(log)): \(log.name.terminalSafe): \(message.terminalSafe)\n")
    }
    try sink.flush()
  }

  /// Where the rule stands, what was found, and the lines that show it.
  private func writeFinding(_ outcome: RuleOutcome, of log: CheckedLogReport, to sink: OutputSink) throws(OutputError) {
    let rule = set.rules[outcome.rule]
    let place = "\(set.path):\(rule.place.line):\(rule.place.column)"
    try sink.write("\n\(place): \(word(outcome)): \(rule.name.terminalSafe)\n".terminalLines)
    if rule.name != rule.comparison.text { try sink.write("  \(rule.comparison.text.terminalSafe)\n") }
    if let why = rule.why { try sink.write("  why: \(why.terminalSafe)\n") }
    try sink.write("  \(finding(outcome).terminalSafe)\n")
    for evidence in outcome.evidence {
      try sink.write("  \(log.name.terminalSafe):\(evidence.line): \(evidence.text.terminalSafe)\n")
    }
  }

  /// A line for each log.
  private func writeLogs(to sink: OutputSink) throws(OutputError) {
    let columns = [
      Column("log", .text(.plain)), Column("outcome", .text(.plain)), Column("status"), Column("lines"), Column("rules"),
      Column("breached"), Column("warned of"), Column("not measured"), Column("message", .text(.plain)),
    ]
    let writer = try RecordWriter(sink, format: .table, columns: columns, redaction: .none)
    for log in logs {
      let outcomes = log.outcomes
      try writer.word(log.name)
      try writer.word(word(log))
      try writer.integer(Int64(status(of: log).rawValue))
      try writer.integer(log.lines)
      try writer.integer(outcomes.count)
      try writer.integer(outcomes.count { status(of: $0) == .breached })
      try writer.integer(outcomes.count { $0.verdict == .breached && status(of: $0) == .kept })
      try writer.integer(outcomes.count { $0.verdict == .notMeasured })
      try writer.word(message(log))
      try writer.endRow()
    }
    try writer.finish()
  }
}

extension String {
  /// Safe for a terminal, line ends kept.
  fileprivate var terminalLines: String {
    split(separator: "\n", omittingEmptySubsequences: false).map { String($0).terminalSafe }.joined(separator: "\n")
  }
}

extension CheckReport {
  /// In one sentence: `3 logs, 24 rules: 21 kept, 2 breached, 1 not measured`.
  public var verdict: String {
    let outcomes = logs.flatMap(\.outcomes)
    func some(_ count: Int, _ what: String) -> String? { count > 0 ? "\(count) \(what)" : nil }
    let isFailing: (RuleOutcome) -> Bool = { set.rules[$0.rule].severity == .error }
    let parts = [
      "\(outcomes.count { $0.verdict == .kept }) kept",
      some(outcomes.count { $0.verdict == .breached && isFailing($0) }, "breached"),
      some(outcomes.count { $0.verdict == .breached && !isFailing($0) }, "warned of"),
      some(outcomes.count { $0.verdict == .notMeasured }, "not measured"),
      some(logs.count { reading($0) == "unreadable" }, "of the logs not readable"),
      some(logs.count { $0.isPartial }, "read in part"),
      some(logs.count { reading($0) == "not run" }, "not looked at"),
    ]
    return
      "\(logs.count) \(logs.count == 1 ? "log" : "logs"), \(outcomes.count) rules: \(parts.compactMap { $0 }.joined(separator: ", "))"
  }
}
