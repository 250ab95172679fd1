/// Compares what was measured with what rules ask for.
struct RuleJudge {
  let set: RuleSet
  /// By index of the measure; nil for those that were not asked for.
  let measured: [Measured?]
  let baseline: [BaselineValue]?

  func outcome(_ index: Int) -> RuleOutcome {
    let comparison = set.rules[index].comparison
    func outcome(
      _ verdict: RuleOutcome.Verdict, _ left: Double? = nil, _ right: Double? = nil, reason: String? = nil
    ) -> RuleOutcome {
      RuleOutcome(
        rule: index, verdict: verdict, measured: left, budget: right, reason: reason,
        evidence: verdict == .notMeasured ? [] : evidence(comparison))
    }
    if let reason = comparison.measures.lazy.compactMap({ measured[$0]?.reason }).first {
      return outcome(.notMeasured, reason: reason)
    }
    guard let left = value(comparison.left) else { return outcome(.notMeasured, reason: "divided by zero") }
    var before = 0.0
    if comparison.usesBaseline {
      guard let baseline else { return outcome(.notMeasured, left, reason: "there is no baseline for this log") }
      guard let known = baseline.first(where: { $0.measure == comparison.leftText }) else {
        return outcome(.notMeasured, left, reason: "the baseline does not have '\(comparison.leftText)'")
      }
      guard known.quantity.fits(comparison.quantity) else {
        return outcome(.notMeasured, left, reason: "in the baseline '\(comparison.leftText)' is \(known.quantity.name)")
      }
      before = known.value
    }
    guard let right = value(comparison.right, baseline: before) else {
      return outcome(.notMeasured, left, reason: "the budget divides by zero")
    }
    return outcome(comparison.relation.holds(left, right) ? .kept : .breached, left, right)
  }

  /// The left sides that could be measured, each once, in the order of the rules.
  func values(of rules: [Int]) -> [BaselineValue] {
    var seen: Set<String> = []
    var values: [BaselineValue] = []
    for index in rules {
      let comparison = set.rules[index].comparison
      guard comparison.left.measures.allSatisfy({ measured[$0]?.value != nil }), let value = value(comparison.left),
        seen.insert(comparison.leftText).inserted
      else { continue }
      values.append(BaselineValue(measure: comparison.leftText, quantity: comparison.quantity, value: value))
    }
    return values
  }

  private func value(_ expression: RuleExpression, baseline: Double = 0) -> Double? {
    expression.value({ measured[$0]?.value ?? 0 }, baseline: baseline)
  }

  /// That of the left side, and where it has none that of the right.
  private func evidence(_ comparison: RuleComparison) -> [RuleEvidence] {
    for index in comparison.measures {
      if let found = measured[index]?.evidence, !found.isEmpty { return found }
    }
    return []
  }
}
