/// An estimate from blocks of a log with what is known of its error.
struct Estimate: Sendable {
  var value: Double
  var variance: Double
  /// Of freedom: of the blocks that the variance is from.
  var degrees: Double

  /// The variance is at least that of calls that know nothing of each other.
  func atLeast(_ independent: Double) -> Estimate {
    Estimate(value: value, variance: max(variance, independent), degrees: degrees)
  }

  /// The probability of a distance from `null` like this one or greater.
  func pValue(against null: Double) -> Double {
    if value == null { return 1 }
    return variance > 0 ? StudentT(degrees: degrees).twoSided((value - null) / variance.squareRoot()) : 0
  }

  /// Half the width of the interval that holds the truth 95 times of 100.
  var margin: Double { variance > 0 ? StudentT(degrees: degrees).critical(0.05) * variance.squareRoot() : 0 }

  /// The difference of two estimates that know nothing of each other: degrees of freedom by Welch (1947) and Satterthwaite (1946).
  static func difference(_ after: Estimate, _ before: Estimate) -> Estimate {
    let variance = after.variance + before.variance
    let parts =
      after.variance * after.variance / max(1, after.degrees) + before.variance * before.variance / max(1, before.degrees)
    return Estimate(
      value: after.value - before.value, variance: variance,
      degrees: parts > 0 ? variance * variance / parts : min(after.degrees, before.degrees))
  }
}

/// A share or a mean as the ratio of two sums over blocks. Calls near each other are alike, so blocks vary, not calls: the variance is that of
/// the linearized ratio over blocks (Cochran, Sampling Techniques, 6.3), by batch means (Law and Carson 1979): single blocks, and pairs of
/// neighbours where those vary more than independent blocks would; over runs, where there are several that do.
enum BlockRatio {
  /// nil where there is nothing to divide by.
  ///
  /// - Parameters:
  ///   - parts: the numerator of each block.
  ///   - wholes: its denominator.
  ///   - runs: the run of each block; blocks of a run follow each other.
  static func estimate(_ parts: [Double], of wholes: [Double], runs: [Int]) -> Estimate? {
    let whole = wholes.reduce(0, +)
    guard whole > 0 else { return nil }
    let ratio = parts.reduce(0, +) / whole
    var single: [Double] = []
    var pairs: [Double] = []
    var perRun: [Double] = []
    var place = (run: -1, block: 0)
    for index in parts.indices {
      let isNew = place.run != runs[index]
      place = isNew ? (runs[index], 0) : (place.run, place.block + 1)
      if isNew { perRun.append(0) }
      let residual = parts[index] - ratio * wholes[index]
      perRun[perRun.count - 1] += residual
      if place.block % 2 == 0 { pairs.append(residual) } else { pairs[pairs.count - 1] += residual }
      if wholes[index] > 0 || parts[index] > 0 { single.append(residual) }
    }
    func variance(_ residuals: [Double]) -> Double {
      guard residuals.count > 1 else { return 0 }
      let count = Double(residuals.count)
      return count / (count - 1) * residuals.reduce(0) { $0 + $1 * $1 } / (whole * whole)
    }
    let ofSingle = Estimate(value: ratio, variance: variance(single), degrees: Double(max(1, single.count - 1)))
    let ofPairs = Estimate(value: ratio, variance: variance(pairs), degrees: Double(max(1, min(pairs.count, single.count) - 1)))
    let usual = ofPairs.variance > ofSingle.variance ? ofPairs : ofSingle
    return usual.atLeast(variance(perRun))
  }
}
