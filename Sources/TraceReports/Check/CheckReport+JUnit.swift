import TraceRules

extension CheckReport {
  /// As JUnit's XML, which CI servers read: a suite for each log, a case for each rule, and one for reading the log.
  ///
  /// Elements and attributes are those that Jenkins' schema (junit-10.xsd) and GitLab's reader have in common. A breach is a failure, that of a
  /// warning is told in `system-out`; a rule that was not measured is skipped, or, where that fails the check, an error.
  public func writeJUnit(to sink: OutputSink) throws(OutputError) {
    let counts = logs.map(counts)
    func sum(_ count: KeyPath<Counts, Int>) -> Int { counts.reduce(0) { $0 + $1[keyPath: count] } }
    try sink.write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
    try sink.write(
      "<testsuites name=\"tracestat check\" tests=\"\(sum(\.tests))\" failures=\"\(sum(\.failures))\" errors=\"\(sum(\.errors))\" skipped=\"\(sum(\.skipped))\">\n"
    )
    for (log, count) in zip(logs, counts) {
      try sink.write(
        "  <testsuite name=\"\(log.name.xmlEscaped)\" tests=\"\(count.tests)\" failures=\"\(count.failures)\" errors=\"\(count.errors)\" skipped=\"\(count.skipped)\">\n"
      )
      try writeReading(log, to: sink)
      for outcome in log.outcomes { try write(outcome, of: log, to: sink) }
      try sink.write("  </testsuite>\n")
    }
    try sink.write("</testsuites>\n")
    try sink.flush()
  }

  private struct Counts {
    var tests = 1
    var failures = 0
    var errors = 0
    var skipped = 0
  }

  private func counts(_ log: CheckedLogReport) -> Counts {
    var counts = Counts()
    if case .notRun = log.outcome { counts.skipped += 1 } else if message(log) != nil { counts.errors += 1 }
    for outcome in log.outcomes {
      counts.tests += 1
      switch outcome.verdict {
      case .kept: break
      case .breached: if set.rules[outcome.rule].severity == .error { counts.failures += 1 }
      case .notMeasured: if status(of: outcome) == .partial { counts.errors += 1 } else { counts.skipped += 1 }
      }
    }
    return counts
  }

  /// The case that the log could be read.
  private func writeReading(_ log: CheckedLogReport, to sink: OutputSink) throws(OutputError) {
    let head = "    <testcase classname=\"\(log.name.xmlEscaped)\" name=\"the log can be read\""
    guard let message = message(log) else { return try sink.write(head + "/>\n") }
    if case .notRun = log.outcome {
      return try sink.write("\(head)><skipped message=\"\(message.xmlEscaped)\"/></testcase>\n")
    }
    try sink.write("\(head)><error message=\"\(message.xmlEscaped)\" type=\"\(reading(log))\"/></testcase>\n")
  }

  private func write(_ outcome: RuleOutcome, of log: CheckedLogReport, to sink: OutputSink) throws(OutputError) {
    let rule = set.rules[outcome.rule]
    let head =
      "    <testcase classname=\"\(log.name.xmlEscaped)\" name=\"\(rule.name.xmlEscaped)\" file=\"\(set.path.xmlEscaped)\" line=\"\(rule.place.line)\""
    let message = finding(outcome).xmlEscaped
    var details = "\(rule.comparison.text)\n\(finding(outcome))\n"
    if let why = rule.why { details += "why: \(why)\n" }
    for evidence in outcome.evidence { details += "\(log.name):\(evidence.line): \(evidence.text)\n" }
    let body: String
    switch outcome.verdict {
    case .kept: return try sink.write(head + "/>\n")
    case .breached where rule.severity == .error:
      body = "<failure message=\"\(message)\" type=\"breach\">\(details.xmlEscaped)</failure>"
    case .breached: body = "<system-out>warning: \(details.xmlEscaped)</system-out>"
    case .notMeasured where status(of: outcome) == .partial: body = "<error message=\"\(message)\" type=\"not measured\"/>"
    case .notMeasured: body = "<skipped message=\"\(message)\"/>"
    }
    try sink.write("\(head)>\(body)</testcase>\n")
  }
}

extension String {
  /// For text and attributes of XML 1.0; what may not stand in it even escaped (section 2.2 of the standard) is U+FFFD.
  var xmlEscaped: String {
    var escaped = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&apos;"
      case "\t", "\n", "\r": escaped += "&#\(scalar.value);"
      case "\u{0}"..<" ", "\u{fffe}", "\u{ffff}": escaped.unicodeScalars.append("\u{fffd}")
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
