/// One side of a rule.
public indirect enum RuleExpression: Sendable, Hashable {
  /// In the base unit of its quantity.
  case literal(Double)
  /// Index into the measures of the rules.
  case measure(Int)
  /// What the left side was in the baseline.
  case baseline
  case sum(RuleExpression, RuleExpression, sign: Double)
  /// So many percent of the expression more or less: `baseline + 10%`.
  case relative(RuleExpression, Double)
  case product(RuleExpression, RuleExpression)
  case quotient(RuleExpression, RuleExpression)

  /// The measures in it, in the order in which they stand.
  public var measures: [Int] {
    switch self {
    case .literal, .baseline: []
    case .measure(let index): [index]
    case .relative(let of, _): of.measures
    case .sum(let a, let b, _), .product(let a, let b), .quotient(let a, let b): a.measures + b.measures
    }
  }

  public var usesBaseline: Bool {
    switch self {
    case .literal, .measure: false
    case .baseline: true
    case .relative(let of, _): of.usesBaseline
    case .sum(let a, let b, _), .product(let a, let b), .quotient(let a, let b): a.usesBaseline || b.usesBaseline
    }
  }

  /// Its value; nil where a division has no result.
  func value(_ measured: (Int) -> Double, baseline: Double) -> Double? {
    func both(_ a: RuleExpression, _ b: RuleExpression, _ join: (Double, Double) -> Double) -> Double? {
      guard let x = a.value(measured, baseline: baseline), let y = b.value(measured, baseline: baseline) else { return nil }
      let result = join(x, y)
      return result.isFinite ? result : nil
    }
    switch self {
    case .literal(let value): return value
    case .measure(let index): return measured(index)
    case .baseline: return baseline
    case .sum(let a, let b, let sign): return both(a, b) { $0 + sign * $1 }
    case .relative(let of, let percentage): return of.value(measured, baseline: baseline).map { $0 + $0 * percentage / 100 }
    case .product(let a, let b): return both(a, b, *)
    case .quotient(let a, let b): return both(a, b, /)
    }
  }
}

/// A rule's comparison.
public struct RuleComparison: Sendable {
  public enum Relation: String, Sendable, CaseIterable {
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case equal = "=="
    case unequal = "!="

    func holds(_ a: Double, _ b: Double) -> Bool {
      switch self {
      case .less: a < b
      case .lessOrEqual: a <= b
      case .greater: a > b
      case .greaterOrEqual: a >= b
      case .equal: a == b
      case .unequal: a != b
      }
    }
  }

  public let left: RuleExpression
  public let relation: Relation
  public let right: RuleExpression
  /// Of both sides.
  public let quantity: RuleQuantity
  /// The left side as written, runs of blanks as one: what a baseline knows it by.
  public let leftText: String
  /// All of it, likewise.
  public let text: String

  public var usesBaseline: Bool { right.usesBaseline }
  public var measures: [Int] { left.measures + right.measures }
}
