import Tracestat

/// Arbitrary text as a file of rules: errors stand on lines that there are, what is read is read again to the same, and judges a log. And as a
/// baseline, and as an earlier run's figures to compare with.
enum RuleTarget {
  /// A log with a little of what rules ask for.
  nonisolated(unsafe) private static let log: MemoryFile = {
    let file = MemoryFile()
    let lines = """
      10 1.000000 socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 3 <0.000010>
      10 1.000100 connect(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}, 16) = -1 EINPROGRESS (Operation now in progress) <0.000020>
      10 1.001000 write(3, "GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n", 27) = 27 <0.000030>
      11 1.002000 futex(0x7f0000001000, FUTEX_WAIT_PRIVATE, 2, NULL <unfinished ...>
      10 1.900000 read(3, "HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n", 4096) = 38 <0.000040>
      10 1.950000 futex(0x7f0000001000, FUTEX_WAKE_PRIVATE, 1) = 1 <0.000005>
      11 1.960000 <... futex resumed>) = 0 <0.958000>
      10 2.000000 openat(AT_FDCWD, "/etc/hosts", O_RDONLY) = 4 <0.000015>
      10 2.100000 close(3) = 0 <0.000010>

      """
    Array(lines.utf8).withUnsafeBytes { file.write($0) }
    return file
  }()

  static func run(_ input: UnsafeRawBufferPointer) {
    let text = String(decoding: input, as: UTF8.self)
    let lines = text.unicodeScalars.count { "\n\r\u{85}\u{2028}\u{2029}".unicodeScalars.contains($0) } + 1
    let baseline = result(lines) { () throws(RuleFileError) in try Baseline(text, path: "fuzz") }
    guard let rules = result(lines, { () throws(RuleFileError) in try RuleSet(text, path: "fuzz") }) else { return }
    for rule in rules.rules {
      let quoted = rule.comparison.text.unicodeScalars.map { $0.isASCII && $0.value > 34 && $0 != "\\" ? "\($0)" : escaped($0) }
      let again = try? RuleSet("rules: [\"\(quoted.joined())\"]", path: "fuzz")
      demand(again?.rules.first?.comparison.text == rule.comparison.text, "a rule's text is that rule: \(rule.comparison.text)")
      demand(again?.rules.first?.comparison.quantity == rule.comparison.quantity, "of the same quantity: \(rule.comparison.text)")
      demand(rule.comparison.measures.allSatisfy(rules.measures.indices.contains), "measures that there are")
      _ = rule.isFor("logs/\(rule.name)")
    }
    let values = baseline?.logs.first?.values ?? [BaselineValue(measure: "p99(write)", quantity: .time, value: 1)]
    guard rules.rules.count <= 20, let found = try? TraceLog(log.path).analyze(RuleCheck(rules, baseline: values)) else { return }
    demand(found.outcomes.count == rules.rules.count, "an outcome for each rule")
  }

  /// What was read, or nil after a look at what is said of it.
  private static func result<Value>(_ lines: Int, _ read: () throws(RuleFileError) -> Value) -> Value? {
    do {
      return try read()
    } catch {
      demand(!error.problems.isEmpty, "a reason")
      for problem in error.problems {
        demand((1...lines + 1).contains(problem.place.line), "a line that there is: \(problem)")
        demand(problem.place.column >= 1 && !problem.message.isEmpty, "a column and a message: \(problem)")
      }
      return nil
    }
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16)
    return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
  }
}
