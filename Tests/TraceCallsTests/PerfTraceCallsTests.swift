import Testing
import TraceCalls
import TraceInput
import TraceSyntax
import TraceTestSupport

@Suite("Calls of perf trace")
struct PerfTraceCallsTests {
  @Test("halves are joined; a call ends at its start and duration") func halves() throws {
    let log = try CallLog(
      """
               ? (         ): a/7  ... [continued]: read())                 = 5
           1.000 (         ): a/7 read(fd: 3, buf: 0x7f, count: 64)                ...
           1.500 ( 0.250 ms): b/8 write(fd: 4, buf: 0x7f, count: 64)                = 64
           1.000 ( 2.000 ms): a/7  ... [continued]: read())                 = 12
           4.000 (         ): a/7 read(fd: 3, buf: 0x7f, count: 64)                ...
      """)
    #expect(log.phases == [.returnedOnly, .began, .whole, .returned, .began, .inFlight])
    let read = log.steps[3]
    #expect(read.start == 1_000_000 && read.end == 3_000_000 && read.busyStart == 1_000_000 && read.duration == 2_000_000)
    #expect(read.arguments == "3, 0x7f, 64" && read.descriptor == 3 && !read.isDerived && read.lines == 2...4)
    #expect(log.steps[0].duration == nil && !log.steps[0].hasStart)
    #expect(log.steps[2].end == 1_750_000)
    #expect(log.clock.kind == .sinceStart && log.clock.isFine)
    #expect(log.ledger.withoutStart.lines == 1 && log.ledger.inFlight == 1 && log.ledger.notUnderstood == 0)
  }

  @Test("exit ends the task, so that its number may come again") func exits() throws {
    let log = try CallLog(
      """
           1.000 (         ): a/7 exit_group()                                      = ?
           2.000 ( 0.250 ms): b/7 write(fd: 4, buf: 0x7f, count: 64)                = 64
      """)
    #expect(log.phases == [.whole, .exited, .whole] && log.calls.count == 1)
  }

  @Test("lost events are counted, faults and tracepoints are no calls") func lost() throws {
    let log = try CallLog(
      """
           1.000 ( 0.000 ms): a/7 minfault [x+0x0] => y@0x1 (d.)
      LOST 12 events!
      LOST 9223372036854775807 events!
      LOST 3 events!
      """)
    #expect(
      log.ledger.lostNotes.lines == 3 && log.ledger.lostNotes.firstLine == 2 && log.ledger.lostEvents >= 900_000_000_000_000_000)
    #expect(log.ledger[.event].lines == 1 && log.ledger[.note].lines == 3 && log.ledger.isTrace && log.calls.isEmpty)
  }

  @Test("every line of the fixtures has its place", arguments: Capture.perfTrace)
  func places(capture: Capture) throws {
    let log = try CallLog(paths: capture.paths)
    #expect(log.ledger.notUnderstood == 0)
    let text = try capture.bytes()
    #expect(log.ledger.lines == text.split(separator: 10, omittingEmptySubsequences: false).count - 1)
    let small = try CallLog(paths: capture.paths, workers: 3, chunkSize: 2048)
    #expect(firstDifference(small.steps, log.steps) == nil)
  }

  @Test("perf's own table agrees", arguments: ["perf-files", "perf-tcp", "perf-messages"])
  func tables(name: String) throws {
    let check = try #require(try CallLog(paths: Capture.named(name).paths).tableChecks.first)
    #expect(check.source == .perfTrace && check.hasCalls && check.agrees && check.timeDifferences.isEmpty && check.syscalls > 10)
  }

  @Test("and is compared: a call, an error or a millisecond more is told") func differences() throws {
    let path = Capture.named("perf-tcp").paths
    let text = String(
      decoding: try path.flatMap { try Fixture.bytes("Fixtures/perf-trace/\($0.split(separator: "/").last!)") }, as: UTF8.self)
    let row = try #require(text.split(separator: "\n").first { $0.hasPrefix("   close ") })
    let words = row.split(separator: " ").map(String.init)
    func changed(_ calls: String, _ errors: String, _ total: String) throws -> TableCheck {
      let line = "   close \(calls) \(errors) \(total) " + words[4...].joined(separator: " ")
      return try #require(try CallLog(text.replacing(row, with: line)).tableChecks.first)
    }
    #expect(try changed(words[1], words[2], words[3]).agrees)
    #expect(try changed("9999", words[2], words[3]).differences.map(\.syscall) == ["close"])
    #expect(try changed(words[1], "77", words[3]).differences.map(\.syscall) == ["close"])
    #expect(try changed(words[1], words[2], "1\(words[3])").timeDifferences.map(\.syscall) == ["close"])
  }

  @Test("what --duration hid is named, and a table alone stands alone") func hidden() throws {
    let slow = try #require(try CallLog(paths: Capture.named("perf-slow").paths).tableChecks.first)
    #expect(!slow.agrees && slow.countsHiddenCalls)
    let alone = try #require(try CallLog(paths: Capture.named("perf-summary").paths).tableChecks.first)
    #expect(!alone.hasCalls)
  }

  @Test("several files are pieces in order, whatever their suffixes") func pieces() throws {
    let folder = try TemporaryFolder([
      "x.1": "     1.000 (         ): a/7 read(fd: 3, buf: 0x7f)                ...\n",
      "x.2": "     1.000 ( 2.000 ms): a/7  ... [continued]: read())                 = 12\n",
    ])
    #expect(try CallLog(paths: ["\(folder.path)/x.1", "\(folder.path)/x.2"]).phases == [.began, .returned])
  }

  @Test("damaged logs break nothing") func damage() throws {
    for capture in Capture.perfTrace {
      let bytes = try capture.bytes()
      for seed in 1...4 as ClosedRange<UInt64> {
        let text = String(decoding: DamagedLog.make(from: bytes, seed: seed), as: UTF8.self)
        let log = try CallLog(text)
        #expect(log.ledger.lines > 0)
      }
    }
  }
}
