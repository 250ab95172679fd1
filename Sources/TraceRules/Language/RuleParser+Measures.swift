import TraceAnalyses
import TraceSyntax

extension RuleParser {
  /// A measure's name, of one word or several, and its arguments.
  mutating func measure() throws(RuleSyntaxError) -> Part {
    var words: [String] = []
    var range = 0..<0
    while case let token = try scanner.peek(.expression), case .word(let word) = token.kind {
      scanner.take(token)
      range = words.isEmpty ? token.range : range.lowerBound..<token.range.upperBound
      words.append(word)
    }
    let name = words.joined(separator: "_")
    guard let measure = Measure.named(name) else { throw unknown(name, words, range) }
    var call = Arguments(measure: measure)
    let open = try scanner.peek(.expression)
    if open.kind == .symbol("(") {
      scanner.take(open)
      try read(&call, of: range)
      range = range.lowerBound..<scanner.position
    } else if measure.figure == .percentile(nil), measure.name == "p" {
      throw RuleSyntaxError(offset: range.upperBound, message: "expected '(': p takes the percentage, such as p(99.5, write)")
    }
    return Part(expression: .measure(number(of: call, range)), quantity: measure.quantity, range: range)
  }

  private func unknown(_ name: String, _ words: [String], _ range: Range<Int>) -> RuleSyntaxError {
    let shown = words.joined(separator: " ")
    if words.count == 1, SyscallCatalog.shared.id(of: name) != nil {
      return RuleSyntaxError(
        offset: range.lowerBound,
        message: "'\(shown)' is a system call: expected a measure of it, such as calls(\(shown)) or p99(\(shown))")
    }
    return RuleSyntaxError(
      offset: range.lowerBound,
      message:
        "unknown measure '\(shown)': see tracestat check --list-measures\(Suggestion.text(for: name.lowercased(), among: Measure.namesAndAliases))"
    )
  }

  /// Arguments as they are read.
  private struct Arguments {
    let measure: Measure
    var thousandths: Int?
    var syscalls: [Glob] = []
    var length: Int64?
    var condition: RowCondition?
  }

  private mutating func number(of arguments: Arguments, _ range: Range<Int>) -> Int {
    let call = MeasureCall(
      measure: arguments.measure, text: scanner.text(range), thousandths: arguments.thousandths, syscalls: arguments.syscalls,
      length: arguments.length, condition: arguments.condition)
    if let known = measures.firstIndex(of: call) { return known }
    measures.append(call)
    return measures.count - 1
  }

  // MARK: Arguments

  private mutating func read(_ call: inout Arguments, of name: Range<Int>) throws(RuleSyntaxError) {
    if call.measure.figure == .percentile(nil) {
      call.thousandths = try percentage()
      _ = try take(oneOf: [","], .arguments)
    }
    while true {
      let token = try scanner.peek(.arguments)
      switch token.kind {
      case .symbol(")"):
        scanner.take(token)
        return
      case .word("where"):
        scanner.take(token)
        guard !call.measure.facts.isEmpty else {
          throw RuleSyntaxError(
            offset: token.range.lowerBound, message: "'\(call.measure.name)' is of the whole log: it takes no condition")
        }
        var tests: [RowTest] = []
        let root = try condition(call.measure.population, &tests)
        call.condition = RowCondition(tests, root)
        try expect(")", .arguments)
        return
      case .word("longer"):
        scanner.take(token)
        call.length = try length(call.measure, token)
      case .word(let word):
        call.syscalls.append(try syscall(word, token, call.measure))
        scanner.take(token)
      case .text(let word):
        call.syscalls.append(try syscall(word, token, call.measure, isQuoted: true))
        scanner.take(token)
      case .number, .symbol, .end:
        throw RuleSyntaxError(
          offset: token.range.lowerBound, message: "expected \(Self.expected(call.measure)), found \(token.name)")
      }
      let next = try scanner.peek(.arguments)
      switch next.kind {
      case .symbol(","): scanner.take(next)
      case .symbol(")"), .word("where"), .word("longer"): break
      default: throw RuleSyntaxError(offset: next.range.lowerBound, message: "expected ',', 'where' or ')', found \(next.name)")
      }
    }
  }

  private static func expected(_ measure: Measure) -> String {
    var parts: [String] = []
    if measure.population == .calls { parts.append("the name of a system call") }
    if measure.takesLength { parts.append("'longer than'") }
    if !measure.facts.isEmpty { parts.append("'where'") }
    return (parts + ["')'"]).joined(separator: ", ")
  }

  /// Of `p(99.5, ...)`, in thousandths.
  private mutating func percentage() throws(RuleSyntaxError) -> Int {
    let token = try scanner.peek(.arguments)
    guard case .number(let value, let suffix) = token.kind, suffix.isEmpty || suffix == "%", value > 0, value <= 100,
      (value * 10).rounded() == value * 10
    else {
      throw RuleSyntaxError(
        offset: token.range.lowerBound,
        message: "expected a percentage up to 100 with one decimal at most, such as 99.5, found \(token.name)")
    }
    scanner.take(token)
    return Int((value * 10).rounded())
  }

  /// `than 3s`.
  private mutating func length(_ measure: Measure, _ word: RuleToken) throws(RuleSyntaxError) -> Int64 {
    guard measure.takesLength else {
      let hint = measure.facts.contains(.duration) ? "; write 'where duration > 3s'" : ""
      throw RuleSyntaxError(offset: word.range.lowerBound, message: "'\(measure.name)' takes no 'longer than'\(hint)")
    }
    let than = try scanner.peek(.arguments)
    guard than.kind == .word("than") else {
      throw RuleSyntaxError(offset: than.range.lowerBound, message: "expected 'than' after 'longer', found \(than.name)")
    }
    scanner.take(than)
    let (value, place) = try time()
    guard value >= 1000, value <= 864e14 else {
      throw RuleSyntaxError(offset: place.lowerBound, message: "a length is from 1us to 24000h")
    }
    return Int64(value)
  }

  /// A number with a unit of time, in nanoseconds.
  mutating func time() throws(RuleSyntaxError) -> (Double, Range<Int>) {
    let token = try scanner.peek(.arguments)
    guard case .number(let value, let suffix) = token.kind else {
      throw RuleSyntaxError(offset: token.range.lowerBound, message: "expected a time, such as 3s or 50ms, found \(token.name)")
    }
    scanner.take(token)
    guard let unit = try unit(suffix, token, isTime: true) else {
      throw RuleSyntaxError(
        offset: token.range.lowerBound, message: "\(token.name) has no unit: expected a time, such as 3s or 50ms")
    }
    return (unit.unit.value(value), token.range)
  }

  /// A call's name, or a pattern of names. A name that no catalogue has must be quoted: mostly it is misspelt.
  private func syscall(_ name: String, _ token: RuleToken, _ measure: Measure, isQuoted: Bool = false) throws(RuleSyntaxError)
    -> Glob
  {
    guard measure.population == .calls else {
      throw RuleSyntaxError(offset: token.range.lowerBound, message: "expected \(Self.expected(measure)), found \(token.name)")
    }
    try check(syscall: name, token, isQuoted: isQuoted)
    return Glob(name)
  }

  func check(syscall name: String, _ token: RuleToken, isQuoted: Bool) throws(RuleSyntaxError) {
    if isQuoted || SyscallCatalog.shared.id(of: name) != nil { return }
    if Glob.isPattern(name) {
      let glob = Glob(name)
      if SyscallCatalog.shared.names.contains(where: glob.matches) { return }
      throw RuleSyntaxError(
        offset: token.range.lowerBound, message: "no known system call is like '\(name)' (put it in quotes if one is)")
    }
    throw RuleSyntaxError(
      offset: token.range.lowerBound,
      message:
        "unknown system call '\(name)' (put it in quotes if there is one)\(Suggestion.text(for: name, among: SyscallCatalog.shared.names))"
    )
  }
}
