/// Reads one rule: `expression relation expression`, by recursive descent.
///
/// ```
/// rule       = sum relation sum                     relation: < <= > >= == !=
/// sum        = product { (+ | -) product }          a percentage after + or - is of what stands before it
/// product    = factor { (* | /) factor }
/// factor     = [-] number [unit] [/ time unit] | baseline | measure | ( sum )
/// measure    = word { word } [ ( arguments ) ]
/// arguments  = [number ,] [name { , name }] [[,] longer than time] [[,] where condition]
/// condition  = conjunction { or conjunction }
/// conjunction = negation { and negation }
/// negation   = not negation | ( condition ) | fact (== != < <= > >= ~ !~) value | fact in ( value { , value } )
/// ```
struct RuleParser {
  /// A part of an expression, with what it measures and where it stands.
  struct Part {
    var expression: RuleExpression
    var quantity: RuleQuantity
    var range: Range<Int>
    /// A literal zero, which is a zero of anything.
    var isZero = false
    /// A literal percentage.
    var percentage: Double?
  }

  /// Nested parentheses, and scalars of a rule, beyond which nothing is read.
  static let deepest = 64
  static let longest = 10_000

  var scanner: RuleScanner
  var measures: [MeasureCall]
  var depth = 0
  /// Of the left side, while the right one is read.
  private var left: Part?

  /// - Parameter measures: those of the rules before, which this one adds to.
  init(_ text: String, measures: [MeasureCall]) {
    scanner = RuleScanner(text)
    self.measures = measures
  }

  mutating func rule() throws(RuleSyntaxError) -> RuleComparison {
    if scanner.scalars.count > Self.longest {
      throw RuleSyntaxError(offset: 0, message: "a rule of more than \(Self.longest) characters")
    }
    let left = try sum()
    let sign = try scanner.peek(.expression)
    guard case .symbol(let symbol) = sign.kind, let relation = RuleComparison.Relation(rawValue: symbol) else {
      throw RuleSyntaxError(
        offset: sign.range.lowerBound, message: "expected a comparison (< <= > >= == !=) and a budget, found \(sign.name)")
    }
    scanner.take(sign)
    self.left = left
    let right = try sum()
    let rest = try scanner.peek(.expression)
    guard rest.kind == .end else {
      throw RuleSyntaxError(
        offset: rest.range.lowerBound, message: "expected the end of the rule, found \(rest.name): a rule is one comparison")
    }
    guard left.quantity.fits(right.quantity) || left.isZero || right.isZero else {
      throw RuleSyntaxError(
        offset: right.range.lowerBound,
        message:
          "'\(scanner.text(left.range))' is \(left.quantity.name), '\(scanner.text(right.range))' is \(right.quantity.name): expected \(left.quantity.name), such as \(left.quantity.example)"
      )
    }
    if left.expression.measures.isEmpty {
      throw RuleSyntaxError(offset: left.range.lowerBound, message: "the left side measures nothing: expected a measure")
    }
    return RuleComparison(
      left: left.expression, relation: relation, right: right.expression,
      quantity: left.isZero ? right.quantity : RuleQuantity.sum(left.quantity, right.isZero ? left.quantity : right.quantity),
      leftText: scanner.text(left.range), text: scanner.text(0..<scanner.scalars.count))
  }

  // MARK: Arithmetic

  private mutating func sum() throws(RuleSyntaxError) -> Part {
    var result = try product()
    while let sign = try take(oneOf: ["+", "-"]) {
      let next = try product()
      let range = result.range.lowerBound..<next.range.upperBound
      if let percentage = next.percentage {
        let part = sign == "+" ? percentage : -percentage
        result = Part(expression: .relative(result.expression, part), quantity: result.quantity, range: range)
        continue
      }
      guard result.quantity.fits(next.quantity) || result.isZero || next.isZero else {
        throw RuleSyntaxError(
          offset: next.range.lowerBound,
          message:
            "cannot add \(next.quantity.name) to \(result.quantity.name): expected \(result.quantity.name), such as \(result.quantity.example)"
        )
      }
      result = Part(
        expression: .sum(result.expression, next.expression, sign: sign == "+" ? 1 : -1),
        quantity: result.isZero
          ? next.quantity : RuleQuantity.sum(result.quantity, next.isZero ? result.quantity : next.quantity),
        range: range)
    }
    return result
  }

  private mutating func product() throws(RuleSyntaxError) -> Part {
    var result = try factor()
    while let sign = try take(oneOf: ["*", "/"]) {
      let next = try factor()
      let quantity =
        sign == "*" ? RuleQuantity.product(result.quantity, next.quantity) : .quotient(result.quantity, next.quantity)
      guard let quantity else {
        throw RuleSyntaxError(
          offset: next.range.lowerBound,
          message: "cannot \(sign == "*" ? "multiply" : "divide") \(result.quantity.name) by \(next.quantity.name)")
      }
      let expression: RuleExpression =
        sign == "*" ? .product(result.expression, next.expression) : .quotient(result.expression, next.expression)
      result = Part(
        expression: Self.inBaseUnits(expression, of: quantity, result.quantity, sign, next.quantity), quantity: quantity,
        range: result.range.lowerBound..<next.range.upperBound)
    }
    return result
  }

  /// Rates are per second, and times in nanoseconds.
  private static func inBaseUnits(
    _ expression: RuleExpression, of result: RuleQuantity, _ a: RuleQuantity, _ sign: String, _ b: RuleQuantity
  ) -> RuleExpression {
    let rates: Set<RuleQuantity> = [.rate, .throughput]
    if sign == "*" {
      return (a == .time && rates.contains(b)) || (b == .time && rates.contains(a))
        ? .quotient(expression, .literal(1e9)) : expression
    }
    let makesRate = rates.contains(result) && b == .time
    let makesTime = result == .time && rates.contains(b)
    return makesRate || makesTime ? .product(expression, .literal(1e9)) : expression
  }

  private mutating func factor() throws(RuleSyntaxError) -> Part {
    let token = try scanner.peek(.expression)
    switch token.kind {
    case .number: return try literal()
    case .word("baseline"): return try baseline(token)
    case .word: return try measure()
    case .symbol("("):
      scanner.take(token)
      try descend(token)
      var part = try sum()
      depth -= 1
      let end = try expect(")", .expression)
      part.range = token.range.lowerBound..<end.range.upperBound
      part.percentage = nil
      return part
    case .symbol("-"):
      scanner.take(token)
      var part = try literal()
      part.expression = .sum(.literal(0), part.expression, sign: -1)
      part.range = token.range.lowerBound..<part.range.upperBound
      part.percentage = nil
      return part
    case .symbol, .text, .end:
      throw RuleSyntaxError(
        offset: token.range.lowerBound, message: "expected a measure, a number or 'baseline', found \(token.name)")
    }
  }

  private mutating func baseline(_ token: RuleToken) throws(RuleSyntaxError) -> Part {
    scanner.take(token)
    guard let left else {
      throw RuleSyntaxError(
        offset: token.range.lowerBound, message: "'baseline' is what the left side was before: it belongs to the right side")
    }
    return Part(expression: .baseline, quantity: left.quantity, range: token.range)
  }

  mutating func descend(_ token: RuleToken) throws(RuleSyntaxError) {
    depth += 1
    if depth > Self.deepest {
      throw RuleSyntaxError(offset: token.range.lowerBound, message: "more than \(Self.deepest) parentheses in each other")
    }
  }

  // MARK: Numbers

  /// A number with its unit, and a rate's time.
  private mutating func literal() throws(RuleSyntaxError) -> Part {
    let token = try scanner.peek(.expression)
    guard case .number(let value, let suffix) = token.kind else {
      throw RuleSyntaxError(offset: token.range.lowerBound, message: "expected a number, found \(token.name)")
    }
    scanner.take(token)
    var part = Part(expression: .literal(value), quantity: .number, range: token.range, isZero: value == 0)
    if let unit = try unit(suffix, token) {
      part.quantity = unit.unit.quantity
      part.expression = .literal(unit.unit.value(value))
      part.range = token.range.lowerBound..<unit.end
      if unit.unit.quantity == .share { part.percentage = value }
    }
    return try rate(part)
  }

  /// The unit after a number: its own letters, or the word behind it.
  mutating func unit(
    _ suffix: String, _ number: RuleToken, isTime: Bool = false
  ) throws(RuleSyntaxError) -> (unit: RuleUnit, end: Int)? {
    if suffix.isEmpty {
      let next = try scanner.peek(.expression)
      guard case .word(let name) = next.kind, let unit = RuleUnit.named(name), !isTime || unit.quantity == .time else {
        return nil
      }
      scanner.take(next)
      return (unit, next.range.upperBound)
    }
    if let unit = RuleUnit.named(suffix), !isTime || unit.quantity == .time { return (unit, number.range.upperBound) }
    let known = RuleUnit.all.filter { !isTime || $0.quantity == .time }.map(\.name)
    let minute = suffix == "m" ? "; a minute is 'min', a millisecond 'ms'" : Suggestion.text(for: suffix, among: known)
    throw RuleSyntaxError(
      offset: number.range.upperBound - suffix.unicodeScalars.count,
      message:
        "unknown unit '\(suffix)': expected ns, us, ms, s, min or h\(isTime ? "" : ", B, kB, KiB, MB, MiB, GB, GiB, or %")\(minute)"
    )
  }

  /// `10/min`: a count or bytes per time.
  private mutating func rate(_ part: Part) throws(RuleSyntaxError) -> Part {
    let before = scanner
    guard part.quantity == .number || part.quantity == .bytes, try take(oneOf: ["/"]) != nil else { return part }
    let token = try scanner.peek(.expression)
    guard case .word(let name) = token.kind, let unit = RuleUnit.named(name), unit.quantity == .time,
      case .literal(let value) = part.expression
    else {
      scanner = before
      return part
    }
    scanner.take(token)
    return Part(
      expression: .literal(value / (unit.scale / 1e9)), quantity: part.quantity == .bytes ? .throughput : .rate,
      range: part.range.lowerBound..<token.range.upperBound, isZero: part.isZero)
  }

  // MARK: Pieces

  mutating func take(oneOf symbols: [String], _ place: RuleScanner.Place = .expression) throws(RuleSyntaxError) -> String? {
    let token = try scanner.peek(place)
    guard case .symbol(let symbol) = token.kind, symbols.contains(symbol) else { return nil }
    scanner.take(token)
    return symbol
  }

  /// Takes a word if it is this one.
  mutating func take(word: String) throws(RuleSyntaxError) -> Bool {
    let token = try scanner.peek(.arguments)
    guard token.kind == .word(word) else { return false }
    scanner.take(token)
    return true
  }

  @discardableResult
  mutating func expect(_ symbol: String, _ place: RuleScanner.Place) throws(RuleSyntaxError) -> RuleToken {
    let token = try scanner.peek(place)
    guard token.kind == .symbol(symbol) else {
      throw RuleSyntaxError(offset: token.range.lowerBound, message: "expected '\(symbol)', found \(token.name)")
    }
    scanner.take(token)
    return token
  }
}
