import TraceAnalyses
import TraceProcesses
import TraceProtocols
import TraceSyntax

extension RuleParser {
  /// Alternatives, the weakest binding.
  mutating func condition(_ population: Measure.Population, _ tests: inout [RowTest]) throws(RuleSyntaxError) -> RowCondition.Node
  {
    var nodes = [try conjunction(population, &tests)]
    while try take(word: "or") { nodes.append(try conjunction(population, &tests)) }
    return nodes.count == 1 ? nodes[0] : .any(nodes)
  }

  private mutating func conjunction(
    _ population: Measure.Population, _ tests: inout [RowTest]
  ) throws(RuleSyntaxError) -> RowCondition.Node {
    var nodes = [try negation(population, &tests)]
    while try take(word: "and") { nodes.append(try negation(population, &tests)) }
    return nodes.count == 1 ? nodes[0] : .all(nodes)
  }

  private mutating func negation(
    _ population: Measure.Population, _ tests: inout [RowTest]
  ) throws(RuleSyntaxError) -> RowCondition.Node {
    let token = try scanner.peek(.arguments)
    if token.kind == .word("not") {
      scanner.take(token)
      try descend(token)
      defer { depth -= 1 }
      return .not(try negation(population, &tests))
    }
    guard token.kind == .symbol("(") else {
      let test = try test(population)
      guard tests.count < RowCondition.mostTests else {
        throw RuleSyntaxError(
          offset: token.range.lowerBound, message: "more than \(RowCondition.mostTests) comparisons in one condition")
      }
      tests.append(test)
      return .test(tests.count - 1)
    }
    scanner.take(token)
    try descend(token)
    let node = try condition(population, &tests)
    depth -= 1
    try expect(")", .arguments)
    return node
  }

  // MARK: One comparison

  private mutating func test(_ population: Measure.Population) throws(RuleSyntaxError) -> RowTest {
    let token = try scanner.peek(.arguments)
    let names = population.facts.map(\.rawValue)
    guard case .word(let name) = token.kind else {
      throw RuleSyntaxError(
        offset: token.range.lowerBound, message: "expected one of \(names.joined(separator: ", ")), found \(token.name)")
    }
    guard let fact = RowTest.Fact(rawValue: name.lowercased()), population.facts.contains(fact) else {
      throw RuleSyntaxError(
        offset: token.range.lowerBound,
        message:
          "\(population.rawValue) have no '\(name)': expected one of \(names.joined(separator: ", "))\(Suggestion.text(for: name, among: names))"
      )
    }
    scanner.take(token)
    let sign = try scanner.peek(.arguments)
    let relation: RowTest.Relation? =
      switch sign.kind {
      case .symbol(let symbol): RowTest.Relation(rawValue: symbol)
      case .word("in"): .oneOf
      default: nil
      }
    guard let relation else {
      throw RuleSyntaxError(offset: sign.range.lowerBound, message: "expected == != < <= > >= ~ !~ or in, found \(sign.name)")
    }
    scanner.take(sign)
    let kind = FactKind(fact, population)
    try check(relation, kind, fact, sign)
    if relation == .like || relation == .unlike { return RowTest(fact, relation, .glob(Glob(try text()))) }
    guard relation == .oneOf else { return RowTest(fact, relation, try operand(kind, fact)) }
    try expect("(", .arguments)
    var operands = [try operand(kind, fact)]
    while try take(oneOf: [","], .arguments) != nil { operands.append(try operand(kind, fact)) }
    try expect(")", .arguments)
    return RowTest(fact, .oneOf, Self.together(operands))
  }

  private func check(_ relation: RowTest.Relation, _ kind: FactKind, _ fact: RowTest.Fact, _ sign: RuleToken)
    throws(RuleSyntaxError)
  {
    let isText = kind.isText
    switch relation {
    case .equal, .unequal, .oneOf: return
    case .like, .unlike: if isText { return }
    case .less, .lessOrEqual, .greater, .greaterOrEqual: if !isText { return }
    }
    throw RuleSyntaxError(
      offset: sign.range.lowerBound,
      message:
        "'\(fact.rawValue)' is \(kind.name): \(sign.name) does not compare it; expected \(isText ? "== != ~ !~ or in" : "== != < <= > >= or in")"
    )
  }

  private static func together(_ operands: [RowTest.Operand]) -> RowTest.Operand {
    var texts: [String] = []
    var numbers: [ClosedRange<Double>] = []
    for operand in operands {
      switch operand {
      case .texts(let more): texts += more
      case .numbers(let more): numbers += more
      case .glob: break
      }
    }
    return numbers.isEmpty ? .texts(texts) : .numbers(numbers)
  }

  /// A word or a text in quotes.
  private mutating func text() throws(RuleSyntaxError) -> String {
    let token = try scanner.peek(.value)
    switch token.kind {
    case .word(let text), .text(let text):
      scanner.take(token)
      return text
    default: throw RuleSyntaxError(offset: token.range.lowerBound, message: "expected a text, found \(token.name)")
    }
  }

  private mutating func operand(_ kind: FactKind, _ fact: RowTest.Fact) throws(RuleSyntaxError) -> RowTest.Operand {
    switch kind {
    case .time:
      let (value, _) = try time()
      return .numbers([value...value])
    case .number, .share, .bytes: return .numbers([try number(kind, fact)])
    case .status: return .numbers([try status()])
    case .text: return .texts([try text()])
    case .words(let words): return .texts([try word(of: words, fact)])
    case .syscall:
      let token = try scanner.peek(.value)
      let name = try text()
      var isQuoted = false
      if case .text = token.kind { isQuoted = true }
      if !isQuoted, Glob.isPattern(name) {
        throw RuleSyntaxError(offset: token.range.lowerBound, message: "'\(name)' is a pattern: compare it with ~")
      }
      try check(syscall: name, token, isQuoted: isQuoted)
      return .texts([name])
    }
  }

  private mutating func word(of words: [String], _ fact: RowTest.Fact) throws(RuleSyntaxError) -> String {
    let token = try scanner.peek(.value)
    let word = try text()
    guard words.contains(word) else {
      let shown =
        words.count > 16 ? "" : ": expected one of \(words.map { $0.contains(" ") ? "\"\($0)\"" : $0 }.joined(separator: ", "))"
      throw RuleSyntaxError(
        offset: token.range.lowerBound,
        message: "no \(fact.rawValue) is called '\(word)'\(shown)\(Suggestion.text(for: word, among: words))")
    }
    return word
  }

  private mutating func number(_ kind: FactKind, _ fact: RowTest.Fact) throws(RuleSyntaxError) -> ClosedRange<Double> {
    let token = try scanner.peek(.arguments)
    guard case .number(let value, let suffix) = token.kind else {
      throw RuleSyntaxError(offset: token.range.lowerBound, message: "'\(fact.rawValue)' is \(kind.name), found \(token.name)")
    }
    scanner.take(token)
    guard let unit = try unit(suffix, token) else { return value...value }
    let wanted: RuleQuantity? = kind == .bytes ? .bytes : kind == .share ? .share : nil
    guard unit.unit.quantity == wanted else {
      throw RuleSyntaxError(
        offset: token.range.lowerBound, message: "'\(fact.rawValue)' is \(kind.name): \(token.name) is \(unit.unit.quantity.name)"
      )
    }
    return unit.unit.value(value)...unit.unit.value(value)
  }

  /// `503`, or a class of them: `5xx`.
  private mutating func status() throws(RuleSyntaxError) -> ClosedRange<Double> {
    let token = try scanner.peek(.arguments)
    guard case .number(let value, let suffix) = token.kind, value == value.rounded(),
      suffix.isEmpty ? (100...999).contains(value) : (suffix.lowercased() == "xx" && (1...9).contains(value))
    else {
      throw RuleSyntaxError(offset: token.range.lowerBound, message: "expected a status, such as 503 or 5xx, found \(token.name)")
    }
    scanner.take(token)
    return suffix.isEmpty ? value...value : value * 100...value * 100 + 99
  }
}

/// What a fact is compared with.
enum FactKind: Equatable {
  case text
  case words([String])
  case syscall, number, time, bytes, share, status

  init(_ fact: RowTest.Fact, _ population: Measure.Population) {
    switch fact {
    case .syscall: self = .syscall
    case .errno: self = .words(Errno.allNames)
    case .fd, .tid, .attempts, .errors, .waits: self = .number
    case .duration, .latency, .silence: self = .time
    case .bytes, .requestBytes, .responseBytes, .readBytes, .writeBytes: self = .bytes
    case .saturation: self = .share
    case .status: self = .status
    case .direction: self = .words(["read", "write"])
    case .protocol: self = .words(ApplicationProtocol.allCases.map(\.rawValue))
    case .use: self = .words(FutexResult.Use.allCases.map(\.rawValue).filter { !$0.isEmpty })
    case .cause: self = .words(RtmpSessions.Freeze.Cause.allCases.map(\.rawValue).filter { !$0.isEmpty })
    case .endedBy: self = .words(["eof", "reset", "epipe", "timeout", "shutdown", "close", "exit", "exec"])
    case .kind:
      self = .words(
        population == .stalls
          ? Stall.Kind.allCases.map(\.rawValue) : DescriptorKind.allCases.map(\.rawValue).filter { !$0.isEmpty })
    case .role, .peerRole: self = .words(Self.roles(population))
    default: self = .text
    }
  }

  private static func roles(_ population: Measure.Population) -> [String] {
    switch population {
    case .rtmpSessions, .rtmpFreezes: RtmpRole.allCases.map(\.rawValue)
    case .threads: ThreadRole.allCases.map(\.rawValue).filter { !$0.isEmpty }
    case .http: ["client", "server"]
    default: ["client", "server", "listener", "publisher", "player"]
    }
  }

  var isText: Bool {
    switch self {
    case .text, .words, .syscall: true
    default: false
    }
  }

  /// For messages.
  var name: String {
    switch self {
    case .text, .words, .syscall: "a text"
    case .number: "a number"
    case .time: "a time"
    case .bytes: "a number of bytes"
    case .share: "a share"
    case .status: "a status"
    }
  }
}
