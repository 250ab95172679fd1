import Testing
import TraceSyntax

@testable import TraceAnalyses

@Suite("Times of samples")
struct StackTimesTests {
  @Test("slices begin with the second of the first sample; out of order they go below it") func slices() {
    var times = StackTimes(length: 20_000_000)
    for (time, node) in [(5_010_000_000, 1), (5_015_000_000, 1), (5_019_999_999, 2), (5_020_000_000, 1), (4_999_999_999, 1)] {
      times.add(Int64(time), node: Int32(node), weight: 3)
    }
    let settled = times.settled
    #expect(settled?.origin == 5_000_000_000)
    #expect(
      settled?.cells.map { [$0.slice, Int64($0.node), $0.samples, $0.weight] } == [
        [-1, 1, 1, 3], [0, 1, 2, 6], [0, 2, 1, 3], [1, 1, 1, 3],
      ])
    var same = settled!
    same.renumber([0, 7, 7])
    #expect(same.cells.map { [$0.slice, Int64($0.node), $0.samples] } == [[-1, 7, 1], [0, 7, 3], [1, 7, 1]])
    #expect(StackTimes(length: 1).settled == nil)
  }

  @Test("times as far apart as can be do not overflow") func far() {
    var times = StackTimes(length: 1_000_000)
    for time in [Int64.min + 5_000_000_000, .max, 0, -1] { times.add(time, node: 1, weight: .max) }
    #expect(times.settled!.cells.reduce(0) { $0 + $1.samples } <= 4)
  }

  @Test("memory follows slices and stacks, not samples") func many() {
    var times = StackTimes(length: 1_000_000_000)
    for i in 0..<3_000_000 { times.add(Int64(i % 10) * 1_000_000_000, node: Int32(i % 3), weight: 1) }
    #expect(times.cells.count < 1 << 20)
    #expect(times.settled!.cells.count == 30 && times.settled!.cells.reduce(0) { $0 + $1.samples } == 3_000_000)
  }

  @Test(
    "names of slices sort as their times do",
    arguments: [
      (Int64(1_000_000_000), ["@00000", "@00001", "@00010", "@100000"]),
      (Int64(250_000_000), ["@00000", "@00001", "@00010.25", "@100000"]),
    ])
  func names(length: Int64, expected: [String]) {
    var slices = SliceNames(length: length)
    let names = StackNames()
    let numbers = [0, 1_000_000_000, 10_250_000_000, 100_000_000_000_000].map {
      slices.number(of: 7_300_000_000 + $0, in: names)!
    }
    #expect(numbers.map { String(decoding: names.names.text($0), as: UTF8.self) } == expected)
    #expect(slices.number(of: 0, in: names) == numbers[0])
  }
}
