import Testing
import TraceCalls
import TraceInput
import TraceProcesses
import TraceTestSupport

@testable import TraceAnalyses

@Suite("Damaged logs")
struct DamagedLogTests {
  @Test(
    "whatever the lines are: no crash, a ledger that sums up, a timeline that sums up, the same for any number of workers",
    arguments: [
      "everything", "f-t-T-C-w", "f-r-T", "f-ttt-yy-T-C-w", "stderr", "attach", "thread-exec", "plain", "summary-only",
    ], 1...6 as ClosedRange<UInt64>)
  func damaged(name: String, seed: UInt64) throws {
    let bytes = DamagedLog.make(from: try Capture.named(name).bytes(), seed: seed)
    let folder = try TemporaryFolder([:])
    try folder.write(bytes, to: "strace.log")
    let reader = try CallReader(TraceFiles([folder.log]), options: ReadOptions(workers: 1))
    while reader.next() != nil {}
    let newlines = bytes.count { $0 == 10 }
    #expect([newlines, newlines + 1].contains(reader.ledger.lines))
    let totals = try analyse([folder.log], Fds()).sums
    // An interval that keeps the longest of the extreme calls within a million pieces.
    let result = try analyse([folder.log], timeline(interval: 3_600_000_000_000))
    #expect(Self.difference(result.sums, totals) == nil)
    // Small chunks see less far ahead, hence births of children later: compared with each other only.
    let one = try analyse([folder.log], timeline(interval: 3_600_000_000_000), workers: 1, chunkSize: 1000)
    let three = try analyse([folder.log], timeline(interval: 3_600_000_000_000), workers: 3, chunkSize: 1000)
    #expect(Self.difference(three.sums, one.sums) == nil)
    _ = try analyse([folder.log], Summary(), workers: 2, chunkSize: 500)
    _ = try analyse([folder.log], Rtmp(), workers: 2, chunkSize: 500)
    _ = try analyse([folder.log], Connections(), workers: 2, chunkSize: 500)
    let lives = try analyse([folder.log], Fds()).rows.filter { $0.incarnation.n >= 0 }
    let leaks = try analyse([folder.log], FdLeaks()).rows
    #expect(
      leaks.reduce(0) { $0 + $1.open }
        == lives.count { $0.incarnation.closedBy == .none && $0.incarnation.openedBy != .pre })
    #expect(try analyse([folder.log], FdGrowth()).rows.allSatisfy { $0.open.all >= 0 && $0.peak >= $0.open.all })
    let threads = try analyse([folder.log], threads(), workers: 1, chunkSize: 1000)
    #expect(
      "\(threads.threads)" == "\(try analyse([folder.log], TraceAnalysesTests.threads(), workers: 3, chunkSize: 1000).threads)")
    #expect(threads.rows.prefix(10_000).allSatisfy { $0.times.total <= threads.interval })
    let stalls = try analyse([folder.log], stalls(), workers: 1, chunkSize: 1000)
    #expect("\(stalls.rows)" == "\(try analyse([folder.log], TraceAnalysesTests.stalls(), workers: 3, chunkSize: 1000).rows)")
  }

  @Test("streams in damaged logs: the same for any number of workers", arguments: 1...4 as ClosedRange<UInt64>)
  func streams(seed: UInt64) throws {
    let bytes = DamagedLog.make(from: try Fixture.samplePrefix("nginx-rtmp", bytes: 400_000), seed: seed)
    let folder = try TemporaryFolder([:])
    try folder.write(bytes, to: "strace.log")
    let one = try analyse([folder.log], RtmpSessions(), workers: 1, chunkSize: 1000)
    let three = try analyse([folder.log], RtmpSessions(), workers: 3, chunkSize: 1000)
    #expect(one.sessions.count > 3 && one.sessions.map(\.connection.read.bytes) == three.sessions.map(\.connection.read.bytes))
    #expect(
      one.feeds.map(\.writes) == three.feeds.map(\.writes) && one.freezes.map(\.gap.start) == three.freezes.map(\.gap.start))
  }

  static func difference(_ a: [SeriesKey: Sums], _ b: [SeriesKey: Sums]) -> String? {
    firstDifference(a.map { "\($0) \($1)" }.sorted(), b.map { "\($0) \($1)" }.sorted())
  }

  @Test("what comes before the first stamp has no time, wherever chunks end", arguments: [40, 64, 200, 1 << 20])
  func lateStamps(chunkSize: Int) throws {
    let folder = try TemporaryFolder(
      log:
        "7 read(3, \"x\", 1) = 1 <0.000100>\n7 close(4) = 0\n7 10:00:00 read(5, \"x\", 1) = 1 <0.000100>\n7 10:00:01 close(5) = 0\n"
    )
    let lives = try analyse([folder.log], Fds(), workers: 2, chunkSize: chunkSize).rows.map(\.incarnation)
    #expect(lives.map(\.openedTime) == [nil, nil, 36_000_000_000_000])
    #expect(lives.map(\.closedTime) == [nil, nil, 36_001_000_000_000])
    let rows = try analyse([folder.log], timeline(interval: 1_000_000_000), workers: 2, chunkSize: chunkSize).rows
    #expect(rows.map(\.interval) == [0, 36_000])
  }

  @Test("every extreme line alone", arguments: DamagedLog.extremes) func alone(line: String) throws {
    let text = "7     read(3, \"x\", 1) = 1\n\(line)\n\(line)\n"
    let totals = try analyse(text: text, Fds()).sums
    #expect(Self.difference(try analyse(text: text, timeline(interval: 3_600_000_000_000)).sums, totals) == nil)
    #expect(Self.difference(try analyse(text: text, timeline(interval: 3_600_000_000_000, .end)).sums, totals) == nil)
    _ = try analyse(text: text, Summary())
    _ = try analyse(text: text, threads()).rows.prefix(1000).reduce(0) { $0 &+ $1.times.total }
    _ = try analyse(text: text, stalls(1))
  }
}
