import Glibc

/// How the durations of one kind of call differ between two sides.
struct LatencyShift: Sendable {
  /// A quantile on both sides.
  struct Quantile: Sendable {
    let share: Double
    let before: Int64
    let after: Int64
    /// after / before, with its interval of 95 %.
    let ratio: Double
    let low: Double
    let high: Double
    /// Of equal shares beyond the quantile of both sides together.
    let pValue: Double
  }

  /// The probability that a call of after takes longer than one of before, half of the equal ones counted: Mann and Whitney's U as a share, the
  /// area under the ROC curve. Cliff's delta is 2 * superiority - 1.
  let superiority: Estimate
  let superiorityPValue: Double
  let quantiles: [Quantile]

  static let shares = [0.5, 0.9, 0.99]
  /// Calls, and blocks that have some, below which nothing is said.
  static let fewestCalls = 20
  static let fewestBlocks = 4
  /// Calls beyond a quantile below which it is not compared.
  static let fewestBeyond = 5.0

  /// nil where there are too few calls.
  init?(_ before: ComparedCalls, _ after: ComparedCalls) {
    for side in [before, after] {
      guard side.durations.total >= Self.fewestCalls, side.timed.count(where: { $0 > 0 }) >= Self.fewestBlocks else { return nil }
    }
    guard let superiority = Self.superiority(before, after) else { return nil }
    self.superiority = superiority
    superiorityPValue = superiority.pValue(against: 0.5)
    let fewest = Double(min(before.durations.total, after.durations.total))
    quantiles = Self.shares.compactMap { share in
      share > 0.5 && fewest * (1 - share) < Self.fewestBeyond ? nil : Self.quantile(share, before, after)
    }
  }

  /// Its variance is that of the placements of either side in the other (DeLong, DeLong and Clarke-Pearson 1988), block by block as
  /// clusters (Obuchowski 1997).
  private static func superiority(_ before: ComparedCalls, _ after: ComparedCalls) -> Estimate? {
    func sums(_ side: ComparedCalls, _ placement: (Int64) -> Double) -> [Double] {
      side.times.map { block in block.reduce(0) { $0 + Double($1.count) * placement($1.upper) } }
    }
    guard
      let ofBefore = BlockRatio.estimate(
        sums(before) { 1 - after.durations.placement($0) }, of: before.timed, runs: before.runs),
      let ofAfter = BlockRatio.estimate(sums(after) { before.durations.placement($0) }, of: after.timed, runs: after.runs)
    else { return nil }
    let (n, m) = (Double(before.durations.total), Double(after.durations.total))
    var estimate = Estimate.difference(ofAfter, Estimate(value: 0, variance: ofBefore.variance, degrees: ofBefore.degrees))
    // Of independent calls without a difference (Mann and Whitney 1947).
    estimate = estimate.atLeast((n + m + 1) / (12 * n * m))
    estimate.value = ofAfter.value
    return estimate
  }

  private static func quantile(_ share: Double, _ before: ComparedCalls, _ after: ComparedCalls) -> Quantile? {
    guard let old = before.durations.quantile(share), let new = after.durations.quantile(share),
      let (oldLow, oldHigh) = interval(share, old, before), let (newLow, newHigh) = interval(share, new, after),
      let common = DurationCounts(before.durations.buckets.merged(after.durations.buckets)).quantile(share),
      let oldBeyond = before.shareBeyond(common), let newBeyond = after.shareBeyond(common)
    else { return nil }
    // A duration of 0 is one below what -T shows.
    func log(_ duration: Int64) -> Double { Glibc.log(Double(max(500, duration))) }
    let ratio = log(new) - log(old)
    // MOVER (Zou and Donner 2008): the interval of a difference from those of its parts.
    let low = ratio - hypot(log(new) - log(newLow), log(oldHigh) - log(old))
    let high = ratio + hypot(log(newHigh) - log(new), log(old) - log(oldLow))
    func independent(_ side: ComparedCalls) -> Double {
      // Agresti and Coull (1998), so that none or all beyond leaves a doubt.
      let n = Double(side.durations.total) + 4
      let p = (Double(side.durations.total - side.durations.atMost(common)) + 2) / n
      return p * (1 - p) / n
    }
    let difference = Estimate.difference(newBeyond.atLeast(independent(after)), oldBeyond.atLeast(independent(before)))
    return Quantile(
      share: share, before: old, after: new, ratio: exp(ratio), low: exp(low), high: exp(high),
      pValue: difference.pValue(against: 0))
  }

  /// Woodruff (1952): the quantiles at the ends of the interval of the share up to it.
  private static func interval(_ share: Double, _ quantile: Int64, _ side: ComparedCalls) -> (Int64, Int64)? {
    let n = Double(side.durations.total)
    guard let beyond = side.shareBeyond(quantile)?.atLeast(share * (1 - share) / n),
      let low = side.durations.quantile(share - beyond.margin), let high = side.durations.quantile(share + beyond.margin)
    else { return nil }
    return (min(low, quantile), max(high, quantile))
  }
}
