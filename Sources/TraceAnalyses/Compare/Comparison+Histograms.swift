import Glibc

extension Comparison {
  /// How long the calls of one name took on both sides, in eighths of octaves: what a picture shows.
  public struct Histograms: Sendable {
    public struct Side: Sendable {
      public let calls: Int
      public let median: Int64?
      /// By step, the share of the calls.
      public let shares: [Int: Double]

      init(_ counts: DurationCounts) {
        calls = counts.total
        median = counts.quantile(0.5)
        var shares: [Int: Double] = [:]
        for bucket in counts.buckets {
          shares[Histograms.step(of: bucket.upper), default: 0] += Double(bucket.count) / Double(counts.total)
        }
        self.shares = shares
      }
    }

    public let syscall: String
    public let before: Side
    public let after: Side
    /// The steps that either side has something in.
    public let range: Range<Int>

    init(_ distribution: Distribution) {
      syscall = distribution.subject.syscall
      before = Side(distribution.before)
      after = Side(distribution.after)
      let steps = Array(before.shares.keys) + Array(after.shares.keys)
      range = (steps.min() ?? 0)..<((steps.max() ?? 0) + 1)
    }

    private static let perOctave = 8.0

    /// The step of a duration; what is shorter than a microsecond is in the first.
    private static func step(of duration: Int64) -> Int { Int((log2(Double(max(1000, duration))) * perOctave).rounded(.down)) }

    /// Where a step begins, in seconds.
    public static func start(of step: Int) -> Double { exp2(Double(step) / perOctave) / 1e9 }
  }

  /// Of the calls that differ in time, the most important first, then of the busiest.
  public var histograms: [Histograms] { distributions.map(Histograms.init) }
}
