import Testing

@testable import TraceRules

/// The YAML around rules: what may stand there, and the places of what may not.
@Suite("Files of rules")
struct RuleFileTests {
  @Test("all that a rule may have")
  func whole() throws {
    let set = try RuleSet(
      """
      version: 1
      rules:
        - errors(connect) == 0
        - name: writes are quick
          rule: p99(write) < 50ms
          why: slow writes starve readers
          severity: warning
          only: ["logs/edge-*", "*.xz"]
      """, path: "rules.yaml")
    #expect(set.rules.map(\.name) == ["errors(connect) == 0", "writes are quick"])
    #expect(set.rules.map(\.severity) == [.error, .warning])
    #expect(set.rules[1].why == "slow writes starve readers" && set.rules[0].why == nil)
    #expect(set.rules.map(\.place) == [RulePlace(line: 3, column: 5), RulePlace(line: 5, column: 11)])
    let only = set.rules[1]
    #expect(only.isFor("logs/edge-1.log") && only.isFor("/srv/logs/edge-1.log") && only.isFor("a.xz"))
    #expect(!only.isFor("edge-1.log") && !only.isFor("logs/core.log") && !only.isFor("old/logs/x/edge-1.log"))
    #expect(set.rules[0].isFor("anything"))
  }

  @Test("all problems of a file, in the order of their places")
  func all() {
    let error = #expect(throws: RuleFileError.self) {
      try RuleSet(
        """
        version: 2
        rules:
          - p99(wirte) < 5ms
          - rule: calls < 5ms
            severty: error
          - name: x
          - [calls]
          - severity: fatal
            rule: calls < 5
        limits: 3
        """, path: "rules.yaml")
    }
    #expect(
      error?.lines == [
        "rules.yaml:1:10: expected version 1",
        "rules.yaml:3:9: unknown system call 'wirte' (put it in quotes if there is one); did you mean 'write'?",
        "rules.yaml:4:19: 'calls' is a count, '5ms' is a time: expected a count, such as 5",
        "rules.yaml:5:5: unknown key 'severty' of a rule: expected name, rule, why, severity, only; did you mean 'severity'?",
        "rules.yaml:6:5: a rule without 'rule:'",
        "rules.yaml:7:5: expected a rule, such as p99(write) < 50ms, or 'rule:' and its like",
        "rules.yaml:8:15: 'fatal' is no severity: expected error or warning",
        "rules.yaml:10:1: unknown key 'limits' of a rules file: expected version, rules",
      ])
  }

  /// Files that are no rules at all, and what is said.
  static let wrong: [(text: String, message: String)] = [
    ("", "r:1:1: expected 'rules:' and a list of rules"),
    ("- calls < 5", "r:1:1: expected 'rules:' and a list of rules"),
    ("rules: calls < 5", "r:1:8: expected a list of rules: each in a line of its own, after '- '"),
    ("rules: []", "r:1:8: expected a rule"),
    ("rules:\n  - ''", "r:2:5: expected a rule, found nothing"),
    ("rules:\n  - calls < 5\nrules:\n  - calls < 6", "r:1:1: the key 'rules' stands there twice"),
  ]

  @Test("files that are none", arguments: wrong.indices)
  func none(index: Int) {
    let (text, message) = Self.wrong[index]
    let error = #expect(throws: RuleFileError.self) { try RuleSet(text, path: "r") }
    #expect(error?.lines == [message])
  }

  @Test(
    "what is no YAML is said with its place",
    arguments: ["rules: [calls < 5", "rules:\n\t- calls < 5", "rules:\n  - \"calls", "a: b: c"])
  func noYAML(text: String) throws {
    let error = try #require(#expect(throws: RuleFileError.self) { try RuleSet(text, path: "r") })
    #expect(error.problems.count == 1 && error.problems[0].message.hasPrefix("not YAML: "))
    #expect(error.problems[0].place.line <= 3)
  }

  @Test(
    "the place of an error, in every style of YAML",
    arguments: [
      ("rules:\n  - 'p99(wirte) < 5ms'", 2, 10), ("rules:\n  - \"p99(wirte) < 5ms\"", 2, 10),
      ("rules:\n  - \"calls(where path == \\\"x\\\" and eror == 1) < 5\"", 2, 36),
      ("rules:\n  - calls(where path == \"x\" and\n      eror == 1) < 5", 3, 7),
      ("rules:\n  - >\n    p99(wirte)\n    < 5ms", 3, 9), ("rules:\n  - |\n    p99(read)\n    < 5msec", 4, 8),
      ("rules: [calls < 5, p99(wirte) < 5ms]", 1, 24), ("rules:\r\n  - p99(wirte) < 5ms\r\n", 2, 9),
      ("rules:\n  - rule: calls(where path ~ \"\u{e9}\u{e9}*\" and eror == 1) < 5", 2, 40),
      // An escape stands for what is not in the file.
      ("rules:\n  - \"n\\u00e9\"", 2, 7), ("rules:\n  - \"\\u00e9\"\n", 2, 6),
    ])
  func places(text: String, line: Int, column: Int) {
    let error = #expect(throws: RuleFileError.self) { try RuleSet(text, path: "r") }
    #expect(error?.problems.map(\.place) == [RulePlace(line: line, column: column)])
  }

  @Test("aliases and anchors are YAML's own")
  func aliases() throws {
    let set = try RuleSet("rules:\n  - &a calls < 5\n  - *a", path: "r")
    #expect(set.rules.map(\.comparison.text) == ["calls < 5", "calls < 5"])
  }

  @Test("deep nesting is an error, not a crash")
  func deep() {
    #expect(throws: RuleFileError.self) {
      try RuleSet("rules: " + String(repeating: "[", count: 100_000), path: "r")
    }
  }
}
