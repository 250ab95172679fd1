import Testing
import TraceTestSupport

@testable import TraceAnalyses

@Suite("Histograms on a logarithmic scale")
struct LogHistogramTests {
  /// What a histogram of these numbers says; it is gone afterwards.
  static func buckets(_ numbers: [Int64]) -> [LogHistogram.Bucket] {
    var histogram = LogHistogram()
    defer { histogram.deallocate() }
    for number in numbers { histogram.add(number) }
    return histogram.buckets
  }

  /// Nearest rank over all numbers.
  static func percentile(_ sorted: [Int64], _ thousandths: Int) -> Int64 {
    sorted[max(1, (sorted.count * thousandths + 999) / 1000) - 1]
  }

  @Test("a bucket's number is never below what it counts, and above it by less than 1/1024") func bound() {
    var numbers: [Int64] = Array(0...5000) + [.max, .max - 1]
    for power in 1..<63 {
      let two = Int64(1) << Int64(power)
      numbers += [two - 1, two, two + 1, two + two / 3, two + two / 1024]
    }
    for number in numbers {
      let upper = Self.buckets([number])[0].upper
      #expect(
        upper >= number && (upper - number).multipliedReportingOverflow(by: 1024).partialValue < max(1, number), "\(number)")
      if number < 2048 { #expect(upper == number) }
    }
    #expect(Self.buckets([-5])[0].upper == 0)
  }

  @Test("percentiles of any numbers are within 0.1 % of the true ones", arguments: 1...8 as ClosedRange<UInt64>)
  func percentiles(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    // Of all magnitudes: a random number of random length.
    let numbers = (0..<Int.random(in: 1...20_000, using: &random)).map { _ in
      Int64.random(in: 0...Int64.max, using: &random) >> Int64.random(in: 0...62, using: &random)
    }
    let sorted = numbers.sorted()
    let buckets = Self.buckets(numbers)
    #expect(buckets.reduce(0) { $0 + $1.count } == numbers.count)
    #expect(zip(buckets, buckets.dropFirst()).allSatisfy { $0.upper < $1.upper })
    for thousandths in [1, 500, 900, 990, 999, 1000] {
      let (found, exact) = (buckets.percentile(thousandths) ?? -1, Self.percentile(sorted, thousandths))
      #expect(found >= exact && Double(found - exact) < max(1, Double(exact) / 1024), "\(thousandths): \(found), not \(exact)")
    }
  }

  @Test("two put together are the one of all numbers") func merged() {
    let (some, more): ([Int64], [Int64]) = ((0..<3000).map { $0 * 977 }, (0..<500).map { $0 * $0 })
    var (one, other) = (LogHistogram(), LogHistogram())
    for number in some { one.add(number) }
    for number in more { other.add(number) }
    one.merge(other)
    let merged = one.buckets.map { [$0.upper, Int64($0.count)] }
    #expect(merged == Self.buckets(some + more).map { [$0.upper, Int64($0.count)] })
    one.deallocate()
    other.deallocate()
  }

  @Test("nothing counted has no percentile") func empty() {
    #expect(Self.buckets([]).percentile(500) == nil)
  }

  @Test("powers of two: bucket 0 is of 0 and 1") func powers() {
    var buckets = PowerBuckets()
    for number: Int64 in [0, 1, 2, 3, 4, 7, 8, .max] { buckets.add(number) }
    #expect(Array(buckets.counts[..<4]) == [2, 2, 2, 1] && buckets.counts[62] == 1 && buckets.counts.count == 63)
    #expect(PowerBuckets.range(0) == 0...1 && PowerBuckets.range(3) == 8...15 && PowerBuckets.range(62).upperBound == .max)
  }

  @Test("the most frequent of more sizes than are counted apart are found, short by what is said at most") func sizes() {
    let counts = SizeCounts()
    var random = SeededRandom(seed: 3)
    let total = 60_000
    var exact: [Int64: Int] = [:]
    for _ in 0..<total {
      // One of three in four calls, among 20000 others.
      let size: Int64 =
        Int.random(in: 0..<4, using: &random) > 0
        ? [1, 1460, 16384].randomElement(using: &random)! : .random(in: 2...20_000, using: &random)
      exact[size, default: 0] += 1
      counts.add(size)
    }
    #expect(counts.missed > 0 && counts.missed <= total / SizeCounts.limit)
    let top = counts.top(3)
    #expect(Set(top.map(\.size)) == [1, 1460, 16384])
    for (size, calls) in top { #expect(calls <= exact[size]! && calls + counts.missed >= exact[size]!) }
    #expect(counts.ofOneByte == exact[1] && counts.transfers == total)
  }
}
