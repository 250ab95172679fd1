import TraceRules

extension CheckReport {
  /// Annotations of a GitHub workflow, `::error file=rules.yaml,line=3::...`: breaches and logs that cannot be read are errors, warnings and what
  /// was not measured are warnings. They point to the rules, since logs are rarely in the repository.
  public func writeGitHub(to sink: OutputSink) throws(OutputError) {
    for log in logs {
      if let message = message(log) {
        let command = status(of: log) == .unreadable ? "error" : "warning"
        try sink.write(
          "::\(command) title=\("tracestat check: \(reading(log))".annotationProperty)::\("\(log.name): \(message)".annotationText)\n"
        )
      }
      for outcome in log.outcomes where outcome.verdict != .kept {
        let rule = set.rules[outcome.rule]
        let command = status(of: outcome) == .kept ? "warning" : "error"
        var text = "\(log.name): \(rule.comparison.text): \(finding(outcome))"
        if let why = rule.why { text += "\nwhy: \(why)" }
        for evidence in outcome.evidence { text += "\n\(log.name):\(evidence.line): \(evidence.text)" }
        let properties = [
          "file=\(set.path.annotationProperty)", "line=\(rule.place.line)", "col=\(rule.place.column)",
          "title=\("\(word(outcome)): \(rule.name)".annotationProperty)",
        ]
        try sink.write("::\(command) \(properties.joined(separator: ","))::\(text.annotationText)\n")
      }
    }
    try sink.flush()
  }
}

extension String {
  /// As the toolkit of GitHub Actions escapes the data of a command (packages/core/src/command.ts).
  var annotationText: String { escaped { $0 == "%" || $0 == "\r" || $0 == "\n" } }
  /// Its properties, too, end at a colon or a comma.
  var annotationProperty: String { escaped { $0 == "%" || $0 == "\r" || $0 == "\n" || $0 == ":" || $0 == "," } }

  private func escaped(_ isSpecial: (Unicode.Scalar) -> Bool) -> String {
    var escaped = ""
    for scalar in unicodeScalars {
      // Other control characters would reach the log of the run as they are.
      if isSpecial(scalar) {
        let hex = String(scalar.value, radix: 16, uppercase: true)
        escaped += "%" + String(repeating: "0", count: 2 - hex.count) + hex
      } else if scalar.value < 32 || scalar.value == 127 {
        escaped.unicodeScalars.append("\u{fffd}")
      } else {
        escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
