import Foundation
import Testing
import TraceTestSupport

@testable import TraceAnalyses

@Suite("Statistics of a comparison")
struct CompareStatisticsTests {
  @Test(
    "Student's t, from printed tables",
    arguments: [(1.0, 12.706, 0.05), (2, 4.303, 0.05), (10, 2.228, 0.05), (30, 2.042, 0.05), (5, 4.032, 0.01), (1e6, 1.96, 0.05)])
  func student(degrees: Double, t: Double, probability: Double) {
    let student = StudentT(degrees: degrees)
    #expect(abs(student.twoSided(t) - probability) < 1e-3 * probability * 10)
    #expect(abs(student.critical(probability) - t) < 2e-3 * t)
  }

  @Test("the ends of Student's t") func studentEnds() {
    #expect(StudentT(degrees: 4).twoSided(0) == 1 && StudentT(degrees: 4).twoSided(.infinity) == 0)
    #expect(StudentT(degrees: 0).twoSided(3) == 1 && StudentT(degrees: 4).twoSided(.nan) == 1)
    #expect(StudentT(degrees: 8).twoSided(-2.306) == StudentT(degrees: 8).twoSided(2.306))
  }

  @Test("superiority is the share of pairs in which after takes longer") func superiority() throws {
    var random = SeededRandom(seed: 3)
    let before = (0..<300).map { _ in Int64.random(in: 0..<60, using: &random) * 1000 }
    let after = (0..<200).map { _ in Int64.random(in: 10..<90, using: &random) * 1000 }
    let shift = try #require(LatencyShift(calls(before, blocks: 20), calls(after, blocks: 10)))
    var pairs = 0.0
    for a in before { for b in after { pairs += b > a ? 1 : b == a ? 0.5 : 0 } }
    // The buckets are 1/1024 wide: a pair in one bucket counts as equal.
    #expect(abs(shift.superiority.value - pairs / 60_000) < 0.002)
  }

  @Test("quantiles and their ratio") func quantiles() throws {
    let before = (1...2000).map { Int64($0) * 1000 }
    let shift = try #require(
      LatencyShift(calls(before.shuffledAlike(), blocks: 20), calls(before.map { $0 * 3 }.shuffledAlike(), blocks: 20)))
    #expect(shift.quantiles.map(\.share) == [0.5, 0.9, 0.99])
    for quantile in shift.quantiles {
      #expect(abs(Double(quantile.before) / 2_000_000 / quantile.share - 1) < 0.002)
      #expect(abs(quantile.ratio - 3) < 0.01 && quantile.low < 3 && quantile.high > 3)
      #expect(quantile.low > 2 && quantile.high < 4)
      #expect(quantile.pValue < 0.001)
    }
  }

  /// Durations that drift: neighbours are alike, as in a log of a server under changing load (an autoregression of order one).
  private func drifting(_ count: Int, _ random: inout SeededRandom, shift: Double = 0) -> [Int64] {
    var level = 0.0
    return (0..<count).map { _ in
      let noise = (0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0..<1, using: &random) }
      level = 0.97 * level + noise * 0.2
      return Int64(exp(level + shift + 11))
    }
  }

  @Test("without a change, drifting durations are called different about as often as said") func isCalibrated() throws {
    var random = SeededRandom(seed: 11)
    var (byBlocks, byCalls) = (0, 0)
    for _ in 0..<200 {
      let (a, b) = (drifting(1200, &random), drifting(1200, &random))
      let shift = try #require(LatencyShift(calls(a, blocks: 24), calls(b, blocks: 24)))
      if shift.superiorityPValue < 0.05 { byBlocks += 1 }
      var independent = shift.superiority
      independent.variance = 2401.0 / (12 * 1200 * 1200)
      independent.degrees = 2398
      if independent.pValue(against: 0.5) < 0.05 { byCalls += 1 }
    }
    // 10 of 200 would be 5 %; as if calls knew nothing of each other it is most of them.
    #expect(byBlocks <= 26, "\(byBlocks)")
    #expect(byCalls >= 100, "\(byCalls)")
  }

  @Test("a change among drifting durations is found, and the interval holds it") func findsChange() throws {
    var random = SeededRandom(seed: 12)
    var (found, held) = (0, 0)
    for _ in 0..<100 {
      let (a, b) = (drifting(1200, &random), drifting(1200, &random, shift: log(3)))
      let shift = try #require(LatencyShift(calls(a, blocks: 24), calls(b, blocks: 24)))
      if shift.superiorityPValue < 0.01 { found += 1 }
      let median = try #require(shift.quantiles.first)
      if median.low <= 3, median.high >= 3 { held += 1 }
    }
    #expect(found >= 95 && held >= 88, "\(found) found, \(held) held")
  }

  @Test("too few calls, or all of them in one place, say nothing") func tooFew() {
    let many = calls((0..<100).map { Int64($0) * 1000 }, blocks: 10)
    #expect(LatencyShift(calls([1000, 2000, 3000], blocks: 3), many) == nil)
    #expect(LatencyShift(calls((0..<100).map { Int64($0) }, blocks: 2), many) == nil)
    #expect(LatencyShift(many, many) != nil)
  }

  @Test("equal sides are equal") func equal() throws {
    var random = SeededRandom(seed: 13)
    let side = calls(drifting(500, &random), blocks: 12)
    let shift = try #require(LatencyShift(side, side))
    #expect(abs(shift.superiority.value - 0.5) < 1e-12 && shift.superiorityPValue > 0.999)
    #expect(shift.quantiles.allSatisfy { $0.ratio == 1 && $0.pValue == 1 })
  }

  @Test("runs that differ by themselves widen the interval") func runs() throws {
    let parts = [10.0, 10, 10, 10, 30, 30, 30, 30]
    let wholes = [Double](repeating: 100, count: 8)
    let one = try #require(BlockRatio.estimate(parts, of: wholes, runs: [Int](repeating: 0, count: 8)))
    let two = try #require(BlockRatio.estimate(parts, of: wholes, runs: [0, 0, 0, 0, 1, 1, 1, 1]))
    #expect(one.value == 0.2 && two.value == 0.2 && two.variance > one.variance)
    #expect(BlockRatio.estimate([], of: [], runs: []) == nil)
  }

  @Test("slices join without losing a call", arguments: [1, 7, 33, 500, 70_000]) func slices(seconds: Int64) {
    var clock = SliceClock(length: 1_000_000)
    let series = CallSeries()
    for step in 0..<1000 {
      let time = seconds * 1_000_000_000 * Int64(step) / 1000
      for _ in 0..<clock.joins(for: time) { series.join() }
      series.add(
        SeenCall(
          syscall: .unknown, errno: .init(rawValue: step % 4 == 0 ? 11 : 0), slice: UInt8(clock.slice(time)), isDerived: false,
          line: step + 1, duration: Int64(step) * 1000))
    }
    let result = series.result(SliceClock.limit)
    #expect(result.calls.reduce(0, +) == 1000 && result.time == 499_500_000)
    #expect(result.calls.count { $0 > 0 } >= 16)
    #expect(result.times.mergedPairwise().reduce(0) { $0 + $1.count } == 1000)
    #expect(result.errnos[.again]?.counts.reduce(0, +) == 250 && result.errors.reduce(0, +) == 250)
    #expect(result.longestLine == 1000 && result.firstLine == 1)
  }

  @Test("times that no clock holds") func oddTimes() {
    var clock = SliceClock(length: 1)
    for time in [5, .min, .max, 0, -1, .max - 1] as [Int64] {
      _ = clock.joins(for: time)
      #expect((0..<SliceClock.limit).contains(clock.slice(time)))
    }
  }

  @Test("directories by another name") func moves() {
    let moves = MovedPaths(
      from: ["/srv/v1/a", "/srv/v1/b/c", "/srv/v1/d", "/etc/x"], to: ["/srv/v2/a", "/srv/v2/b/c", "/srv/v2/e", "/etc/y"]
    ).moves
    #expect(moves.count == 1 && moves.first?.from == "/srv/v1" && moves.first?.to == "/srv/v2" && moves.first?.paths.count == 2)
    #expect(MovedPaths(from: [], to: ["/a/b"]).moves.isEmpty)
  }

  /// Durations one after the other, in blocks of equal numbers.
  private func calls(_ durations: [Int64], blocks: Int) -> ComparedCalls {
    var sliced = SlicedCalls(count: blocks)
    for (index, duration) in durations.enumerated() {
      let block = index * blocks / durations.count
      sliced.calls[block] += 1
      sliced.timed[block] += 1
      var histogram = LogHistogram()
      histogram.add(duration)
      sliced.times[block] = sliced.times[block].merged(histogram.buckets)
      histogram.deallocate()
      sliced.time += duration
    }
    return ComparedCalls([sliced], blocks: [blocks])
  }
}

extension [Int64] {
  /// In an order that blocks do not follow.
  fileprivate func shuffledAlike() -> [Int64] {
    var random = SeededRandom(seed: 21)
    return shuffled(using: &random)
  }
}
