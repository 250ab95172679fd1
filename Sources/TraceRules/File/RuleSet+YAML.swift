import TraceAnalyses
import Yams

extension RuleSet {
  /// Reads a file of rules.
  ///
  /// ```yaml
  /// rules:
  ///   - p99(write where protocol == rtmp) < 50ms
  ///   - name: writes are quick
  ///     rule: max(write) < 1s
  ///     why: a slow write starves the readers of its thread
  ///     severity: warning
  ///     only: "logs/edge-*"
  /// ```
  ///
  /// - Parameters:
  ///   - text: the file, YAML.
  ///   - path: what to call it in messages.
  /// - Throws: ``RuleFileError`` with all that is wrong.
  public init(_ text: String, path: String) throws(RuleFileError) {
    var reader = RuleFileReader(text)
    reader.read()
    guard reader.problems.isEmpty else {
      throw RuleFileError(path: path, problems: reader.problems.sorted { $0.place < $1.place })
    }
    self.init(path: path, rules: reader.rules, measures: reader.measures)
  }
}

/// Takes the file apart, and goes on after what is wrong.
private struct RuleFileReader {
  private static let fileKeys = ["version", "rules"]
  private static let ruleKeys = ["name", "rule", "why", "severity", "only"]
  /// More rules than anyone writes, and fewer than would take all memory by way of YAML's aliases.
  private static let most = 10_000

  private let source: RuleSource
  private let text: String
  private(set) var rules: [Rule] = []
  private(set) var measures: [MeasureCall] = []
  private(set) var problems: [RuleProblem] = []

  init(_ text: String) {
    self.text = text
    source = RuleSource(text)
  }

  mutating func read() {
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch {
      return problems.append(Self.problem(error))
    }
    guard let root, case .mapping(let mapping) = root else {
      return report(root?.mark, "expected 'rules:' and a list of rules")
    }
    let pairs = entries(mapping, Self.fileKeys, of: "a rules file")
    if let version = pairs["version"], version.scalar?.string != "1" { report(version.mark, "expected version 1") }
    guard let list = pairs["rules"] else { return report(root.mark, "expected 'rules:' and a list of rules") }
    guard case .sequence(let items) = list else {
      return report(list.mark, "expected a list of rules: each in a line of its own, after '- '")
    }
    if items.isEmpty { report(list.mark, "expected a rule") }
    if items.count > Self.most { return report(list.mark, "more than \(Self.most) rules") }
    for item in items { readRule(item) }
  }

  private mutating func readRule(_ item: Node) {
    switch item {
    case .scalar(let scalar): add(scalar)
    case .mapping(let mapping):
      let pairs = entries(mapping, Self.ruleKeys, of: "a rule")
      let severity = word(pairs["severity"], Rule.Severity.allCases.map(\.rawValue), "severity").flatMap(Rule.Severity.init)
      guard let rule = pairs["rule"] else { return report(item.mark, "a rule without 'rule:'") }
      guard case .scalar(let scalar) = rule else { return report(rule.mark, "'rule' is a text, such as p99(write) < 50ms") }
      add(
        scalar, name: string(pairs["name"], "name"), why: string(pairs["why"], "why"), severity: severity ?? .error,
        only: patterns(pairs["only"]))
    case .sequence, .alias: report(item.mark, "expected a rule, such as p99(write) < 50ms, or 'rule:' and its like")
    }
  }

  private mutating func add(
    _ scalar: Node.Scalar, name: String? = nil, why: String? = nil, severity: Rule.Severity = .error, only: [Glob] = []
  ) {
    guard !scalar.string.allSatisfy(\.isWhitespace) else { return report(scalar.mark, "expected a rule, found nothing") }
    var parser = RuleParser(scalar.string, measures: measures)
    do {
      let comparison = try parser.rule()
      measures = parser.measures
      rules.append(
        Rule(
          name: name ?? comparison.text, comparison: comparison, why: why, severity: severity, only: only,
          place: source.place(of: scalar)))
    } catch {
      problems.append(RuleProblem(source.place(of: scalar, offset: error.offset), error.message))
    }
  }

  // MARK: Values

  /// The values by key; unknown keys are reported.
  private mutating func entries(_ mapping: Node.Mapping, _ known: [String], of what: String) -> [String: Node] {
    var found: [String: Node] = [:]
    for (key, value) in mapping {
      guard case .scalar(let name) = key, known.contains(name.string) else {
        let shown = key.scalar?.string ?? "a key that is no text"
        report(
          key.mark,
          "unknown key '\(shown)' of \(what): expected \(known.joined(separator: ", "))\(Suggestion.text(for: shown, among: known))"
        )
        continue
      }
      found[name.string] = value
    }
    return found
  }

  private mutating func string(_ node: Node?, _ key: String) -> String? {
    guard let node else { return nil }
    guard case .scalar(let scalar) = node, !scalar.string.isEmpty else {
      report(node.mark, "'\(key)' is a text")
      return nil
    }
    return scalar.string
  }

  private mutating func word(_ node: Node?, _ words: [String], _ key: String) -> String? {
    guard let text = string(node, key) else { return nil }
    if words.contains(text) { return text }
    report(
      node?.mark, "'\(text)' is no \(key): expected \(words.joined(separator: " or "))\(Suggestion.text(for: text, among: words))"
    )
    return nil
  }

  /// A pattern, or a list of them.
  private mutating func patterns(_ node: Node?) -> [Glob] {
    guard let node else { return [] }
    var texts: [String] = []
    if case .sequence(let items) = node {
      for item in items { texts += string(item, "only").map { [$0] } ?? [] }
      if items.isEmpty { report(node.mark, "'only' is a pattern of logs, or a list of them") }
    } else {
      texts = string(node, "only").map { [$0] } ?? []
    }
    return texts.map(Glob.init)
  }

  // MARK: Problems

  private mutating func report(_ mark: Mark?, _ message: String) {
    problems.append(RuleProblem(RulePlace(line: mark?.line ?? 1, column: mark?.column ?? 1), message))
  }

  /// What Yams says, in our form.
  private static func problem(_ error: any Error) -> RuleProblem {
    func place(_ mark: Mark) -> RulePlace { RulePlace(line: mark.line, column: mark.column) }
    switch error {
    case YamlError.scanner(let context, let problem, let mark, _), YamlError.parser(let context, let problem, let mark, _),
      YamlError.composer(let context, let problem, let mark, _):
      let what = context.map { " \($0.text)" } ?? ""
      return RuleProblem(place(mark), "not YAML: \(problem)\(what)")
    case YamlError.duplicatedKeysInMapping(let duplicates, let context):
      return RuleProblem(place(context.mark), "the key '\(duplicates.sorted().joined(separator: "', '"))' stands there twice")
    case YamlError.reader(let problem, _, _, _): return RuleProblem(RulePlace(line: 1, column: 1), "not YAML: \(problem)")
    default: return RuleProblem(RulePlace(line: 1, column: 1), "not YAML: \(error)")
    }
  }
}
