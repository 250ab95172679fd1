import Testing
import TraceTestSupport

@testable import TraceAnalyses

@Suite("fd-timeline adds up")
struct TimelineSumTests {
  static let second: Int64 = 1_000_000_000

  @Test("its rows sum to the totals of fds, to the nanosecond", arguments: Capture.all, [second, 10_000_000, 3600 * second])
  func sums(capture: Capture, interval: Int64) throws {
    let totals = try analyse(capture, Fds()).sums
    for attribution in FdTimeline.Attribution.allCases {
      let result = try analyse(capture, timeline(interval: interval, attribution))
      #expect(result.sums == totals, "\(attribution)")
      #expect(result.clampedSpans == 0)
    }
  }

  @Test("rows are in order, one a cell, none empty", arguments: ["everything", "attach", "ff", "f-ns"])
  func order(name: String) throws {
    let result = try analyse(Capture.named(name), timeline(interval: 10_000_000))
    let keys = result.rows.map { ($0.interval, $0.series) }
    #expect(zip(keys, keys.dropFirst()).allSatisfy { $0 < $1 })
    #expect(result.rows.allSatisfy { $0.calls > 0 || $0.time > 0 })
    let names = result.series.map { ($0.processNumber, $0.process, $0.descriptor, $0.n) }
    #expect(zip(names, names.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test(
    "one thread has no more than an interval's time in an interval", arguments: ["f-ns", "f-tt-T-C-w", "f-ttt-T-C-w", "f-hms-ns"])
  func bounded(name: String) throws {
    // Reads and writes of one descriptor by one thread at a time: no cell is over its interval by more than -T's truncation.
    let interval: Int64 = 10_000_000
    let result = try analyse(Capture.named(name), timeline(interval: interval))
    let threads = 8
    #expect(result.rows.allSatisfy { $0.time <= interval * Int64(threads) })
    #expect(result.rows.contains { $0.calls == 0 && $0.time > 0 }, "a long call has rows where it ended no call")
  }

  @Test("workers and chunks change nothing", arguments: ["everything", "stderr", "ff", "attach-yy", "thread-exec"], [1, 2, 3])
  func workers(name: String, workers: Int) throws {
    let capture = Capture.named(name)
    let fds = try analyse(capture, Fds())
    let rows = try analyse(capture, timeline(interval: 10_000_000))
    let summary = try analyse(capture, Summary())
    for size in [4096, 1 << 16, 1 << 20] {
      let otherFds = try analyse(capture, Fds(), workers: workers, chunkSize: size)
      #expect(otherFds.sums == fds.sums, "chunks of \(size)")
      let described = { (result: Fds.Result) in
        result.rows.map {
          "\($0.process) \($0.incarnation.descriptor)/\($0.incarnation.n) \($0.incarnation.openedLine) \($0.incarnation.closedLine) \($0.description.kind)"
        }
      }
      #expect(firstDifference(described(otherFds), described(fds)) == nil, "chunks of \(size)")
      let otherRows = try analyse(capture, timeline(interval: 10_000_000), workers: workers, chunkSize: size)
      let cells = { (result: FdTimelineResult) in result.rows.map { "\(result.key($0)) \($0)" } }
      #expect(firstDifference(cells(otherRows), cells(rows)) == nil, "chunks of \(size)")
      let otherSummary = try analyse(capture, Summary(), workers: workers, chunkSize: size)
      #expect(firstDifference(otherSummary.rows.map { "\($0)" }, summary.rows.map { "\($0)" }) == nil, "chunks of \(size)")
    }
  }
}
