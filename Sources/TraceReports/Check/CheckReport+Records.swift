import TraceRules

extension CheckReport {
  public static let columns: [Column] = [
    Column("log", .text(.plain)), Column("rule", .text(.plain)), Column("outcome", .text(.plain)),
    Column("severity", .text(.plain)), Column("measured"), Column("relation", .text(.plain)), Column("budget"),
    Column("unit", .text(.plain)), Column("evidence_lines", .text(.plain)), Column("message", .text(.plain)),
    Column("why", .text(.plain)), Column("expression", .text(.plain)), Column("rules_file", .text(.plain)),
    Column("rules_line"),
  ]

  /// One row for each log and rule, and one for each log that could not be read or only in part.
  public func write(to sink: OutputSink, _ format: RecordFormat) throws(OutputError) {
    let writer = try RecordWriter(sink, format: format, columns: Self.columns, redaction: .none)
    for log in logs {
      if let message = message(log) {
        try writer.word(log.name)
        try writer.word(nil)
        try writer.word(reading(log))
        for _ in 0..<6 { try writer.word(nil) }
        try writer.word(message)
        for _ in 0..<4 { try writer.word(nil) }
        try writer.endRow()
      }
      for outcome in log.outcomes { try write(outcome, of: log, to: writer) }
    }
    try writer.finish()
  }

  private func write(_ outcome: RuleOutcome, of log: CheckedLogReport, to writer: RecordWriter) throws(OutputError) {
    let rule = set.rules[outcome.rule]
    try writer.word(log.name)
    try writer.word(rule.name)
    try writer.word(word(outcome))
    try writer.word(rule.severity.rawValue)
    try writer.number(outcome.measured.map(RuleValue.exact))
    try writer.word(rule.comparison.relation.rawValue)
    try writer.number(outcome.budget.map(RuleValue.exact))
    try writer.word(rule.comparison.quantity.unit)
    try writer.word(outcome.evidence.map { String($0.line) }.joined(separator: " "))
    try writer.word(outcome.reason)
    try writer.word(rule.why)
    try writer.word(rule.comparison.text)
    try writer.word(set.path)
    try writer.integer(rule.place.line)
    try writer.endRow()
  }

  /// `{"format": "tracestat-check", "version": 1, "status": 3, "logs": [{"log": ..., "rules": [...]}]}`.
  public func writeJSON(to sink: OutputSink) throws(OutputError) {
    try sink.write(
      "{\"format\":\"tracestat-check\",\"version\":1,\"rules_file\":\(set.path.jsonQuoted),\"status\":\(status.rawValue),\"logs\":["
    )
    for (index, log) in logs.enumerated() {
      try sink.write(index == 0 ? "\n" : ",\n")
      var fields = [
        "\"log\":\(log.name.jsonQuoted)", "\"outcome\":\(word(log).jsonQuoted)", "\"status\":\(status(of: log).rawValue)",
      ]
      fields.append("\"lines\":\(log.lines.map(String.init) ?? "null")")
      fields.append("\"message\":\(message(log)?.jsonQuoted ?? "null")")
      fields.append("\"rules\":[\(log.outcomes.map(json).joined(separator: ","))]")
      try sink.write("{\(fields.joined(separator: ","))}")
    }
    try sink.write("\n]}\n")
    try sink.flush()
  }

  private func json(_ outcome: RuleOutcome) -> String {
    let rule = set.rules[outcome.rule]
    let evidence = outcome.evidence.map { "{\"line\":\($0.line),\"text\":\($0.text.jsonQuoted)}" }
    return """
      {"rule":\(rule.name.jsonQuoted),"expression":\(rule.comparison.text.jsonQuoted),"outcome":\(word(outcome).jsonQuoted),\
      "severity":"\(rule.severity.rawValue)","measured":\(outcome.measured.map(RuleValue.exact) ?? "null"),\
      "relation":"\(rule.comparison.relation.rawValue)","budget":\(outcome.budget.map(RuleValue.exact) ?? "null"),\
      "unit":"\(rule.comparison.quantity.unit)","message":\(outcome.reason?.jsonQuoted ?? "null"),\
      "why":\(rule.why?.jsonQuoted ?? "null"),"line":\(rule.place.line),"evidence":[\(evidence.joined(separator: ","))]}
      """
  }
}

extension Baseline {
  /// The file that a later run reads.
  public func write(to sink: OutputSink) throws(OutputError) {
    try sink.write("{\"format\":\"\(Self.format)\",\"version\":\(Self.version),\"logs\":[")
    for (index, log) in logs.enumerated() {
      try sink.write("\(index == 0 ? "" : ",")\n {\"log\":\(log.name.jsonQuoted),\"measures\":[")
      for (place, value) in log.values.enumerated() {
        try sink.write(
          "\(place == 0 ? "" : ",")\n  {\"measure\":\(value.measure.jsonQuoted),\"quantity\":\"\(value.quantity.rawValue)\",\"value\":\(RuleValue.exact(value.value))}"
        )
      }
      try sink.write("]}")
    }
    try sink.write("\n]}\n")
    try sink.flush()
  }
}

extension Measure {
  public static let columns: [Column] = [
    Column("measure", .text(.plain)), Column("is", .text(.plain)), Column("meaning", .text(.plain)),
    Column("as in", .text(.plain)), Column("also", .text(.plain)), Column("of", .text(.plain)),
  ]

  /// The table of all measures, and what conditions may ask of each kind of rows.
  public static func writeTable(to sink: OutputSink, _ format: RecordFormat) throws(OutputError) {
    let writer = try RecordWriter(sink, format: format, columns: columns, redaction: .none)
    for measure in all {
      try writer.word(measure.usage)
      try writer.word(measure.quantity.rawValue)
      try writer.word(measure.meaning)
      try writer.word(measure.command)
      try writer.word(measure.aliases.joined(separator: " "))
      try writer.word(measure.population.rawValue)
      try writer.endRow()
    }
    try writer.finish()
    guard format == .table else { return }
    try sink.write("\nConditions may ask\n")
    for population in Population.allCases where !population.facts.isEmpty {
      try sink.write("  of \(population.rawValue): \(population.facts.map(\.rawValue).joined(separator: " "))\n")
    }
    try sink.flush()
  }
}
