import Glibc

/// Student's t distribution: how sure a difference is whose variance is estimated from few blocks.
///
/// Its tail is the regularized incomplete beta function I(x; a, b), by the continued fraction of DLMF 8.17.22 and Lentz's way of
/// evaluating one (Thompson and Barnett, J. Comput. Phys. 64 (1986) 490).
struct StudentT {
  let degrees: Double

  /// The probability of a value that far from 0, or farther, on either side.
  func twoSided(_ t: Double) -> Double {
    guard t.isFinite, degrees > 0 else { return t.isNaN || degrees <= 0 ? 1 : 0 }
    return Self.incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5)
  }

  /// What a value exceeds on either side with this probability.
  func critical(_ probability: Double) -> Double {
    guard degrees > 0 else { return .infinity }
    var (low, high) = (0.0, 1.0)
    while twoSided(high) > probability, high < 1e12 { high *= 2 }
    for _ in 0..<80 {
      let middle = (low + high) / 2
      if twoSided(middle) > probability { low = middle } else { high = middle }
    }
    return high
  }

  private static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    if x <= 0 { return 0 }
    if x >= 1 { return 1 }
    let front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    // The fraction converges quickly below the mean.
    return x < (a + 1) / (a + b + 2) ? front * fraction(x, a, b) / a : 1 - front * fraction(1 - x, b, a) / b
  }

  private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    let tiny = 1e-300
    func nonZero(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
    var c = 1.0
    var d = 1 / nonZero(1 - (a + b) * x / (a + 1))
    var result = d
    for step in 1...500 {
      let m = Double(step)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / nonZero(1 + even * d)
      c = nonZero(1 + even / c)
      result *= d * c
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / nonZero(1 + odd * d)
      c = nonZero(1 + odd / c)
      result *= d * c
      if abs(d * c - 1) < 1e-12 { break }
    }
    return result
  }
}
