import Testing
import TraceSyntax
import TraceTestSupport

@testable import TraceCalls

@Suite("The ledger")
struct LedgerTests {
  @Test("its parts sum to the lines, and every line of a capture is understood", arguments: Capture.all)
  func captures(capture: Capture) throws {
    let bytes = try capture.bytes()
    let log = try CallLog(paths: capture.paths)
    #expect(log.ledger.lines == bytes.count { $0 == 10 } + (bytes.last == 10 ? 0 : 1))
    #expect(log.ledger.kinds.reduce(0) { $0 + $1.lines } == log.ledger.lines)
    #expect(log.ledger.reasons.reduce(0) { $0 + $1.lines } == log.ledger.notUnderstood)
    #expect(log.ledger.notUnderstood == capture.missedLines)
    #expect(log.ledger.abandoned.lines == 0)
    #expect(log.calls.count == log.ledger.calls)
    #expect(log.calls.count { $0.errno != nil } == log.ledger.errors)
    #expect(log.ledger.isTrace)
  }

  /// Where nothing cuts lines, completed calls are the lines that say so.
  @Test(
    "calls and errors are those that a line-by-line count finds",
    arguments: Capture.all.filter { !$0.name.hasPrefix("stderr") && $0.name != "ff" && !$0.hidesCalls })
  func counts(capture: Capture) throws {
    let facts = FastParser().facts(try capture.bytes())
    let ended = facts.filter { ($0.kind == .whole || $0.kind == .resumed) && $0.flags.isDisjoint(with: [.noResult, .stillOpen]) }
    let log = try CallLog(paths: capture.paths)
    #expect(log.ledger.calls == ended.count)
    #expect(log.ledger.errors == ended.count { $0.errno != nil })
    let whole = facts.count { $0.kind == .whole }
    #expect(log.ledger[.wholeCall].lines == whole)
    #expect(log.ledger[.unfinished].lines == facts.count { $0.kind == .unfinished })
    #expect(log.ledger[.resumed].lines == facts.count { $0.kind == .resumed })
  }

  @Test("calls begun before an attach, and in flight at the detach") func attached() throws {
    let log = try CallLog(paths: Capture.named("attach").paths)
    #expect(log.ledger.inFlight > 0)
    #expect(log.steps.count { $0.phase == .inFlight || $0.phase == .detached } == log.ledger.inFlight)
  }

  @Test(
    "workers and chunks change nothing", arguments: ["everything", "stderr", "stderr-mixed", "thread-exec", "attach", "ff"],
    [1, 2, 3])
  func workers(name: String, workers: Int) throws {
    let paths = Capture.named(name).paths
    let one = try CallLog(paths: paths)
    for size in [300, 4096, 1 << 16] {
      let other = try CallLog(paths: paths, workers: workers, chunkSize: size)
      #expect(firstDifference(other.steps, one.steps) == nil, "chunks of \(size) bytes")
      #expect(other.ledger.kinds.map(\.lines) == one.ledger.kinds.map(\.lines))
      #expect(other.ledger.kinds.map(\.firstLine) == one.ledger.kinds.map(\.firstLine))
    }
  }

  @Test("reasons are named with their first line") func reasons() throws {
    let log = try CallLog(
      """
      7     close(3) = 0
      what is this?
      7     12:00:00 gibberish
      ) = 5
      7     write(3, "abc
      7     close(3) = 0
      7     write(3, "abc
      """)
    func lines(_ reason: Ledger.Reason) -> [Int] {
      let entry = log.ledger.reasons[reason.rawValue]
      return [entry.lines, entry.firstLine]
    }
    #expect(lines(.noTraceLine) == [1, 2])
    #expect(lines(.unknownBody) == [1, 3])
    #expect(lines(.strayContinuation) == [1, 4])
    #expect(lines(.cutCall) == [1, 5])
    #expect(lines(.cutLastLine) == [1, 7])
    #expect(log.ledger.lines == 7 && log.ledger.notUnderstood == 5)
  }

  @Test("R18, R19 stacks and dumps of a -ff set") func stacksOfSets() throws {
    let folder = try TemporaryFolder([
      "log.12":
        "12:00:00 open(\"/a\", O_RDONLY) = 3\n > /lib/x.so(f+0x1) [0x2]\n12:00:01 read(3, \"x\", 1) = 1\n | 00000  78      x                |\n",
      "log.13": "12:00:00 getpid() = 13\n",
    ])
    let log = try CallLog(paths: folder("log.12", "log.13"))
    #expect(log.ledger[.stack].lines == 1 && log.ledger[.dump].lines == 1)
    #expect(log.calls.count == 3)
  }
}
