import Testing
import TraceTestSupport
import Tracestat

@Suite("perf sched")
struct PerfSchedTests {
  static func sched(_ text: String, filter: PerfFilter = PerfFilter()) throws -> (PerfSched.Result, PerfReadings) {
    let folder = try TemporaryFolder(log: text)
    return try PerfLog(folder.log).run(PerfSched(), filter: filter)
  }

  static func switched(_ time: String, from: Int, _ state: String, to: Int) -> String {
    "a 1 [000] \(time): sched:sched_switch: prev_comm=c\(from) prev_pid=\(from) prev_prio=120 prev_state=\(state) ==> next_comm=c\(to) next_pid=\(to) next_prio=120\n"
  }

  static func woken(_ time: String, _ tid: Int, by waker: Int) -> String {
    "c\(waker) \(waker) [000] \(time): sched:sched_wakeup: comm=c\(tid) pid=\(tid) prio=120 target_cpu=000\n"
  }

  @Test("run, wait and sleep of a thread, and who woke it") func one() throws {
    let (result, readings) = try Self.sched(
      Self.switched("1.000000", from: 0, "R", to: 7) + Self.switched("1.000100", from: 7, "R", to: 8)
        + Self.switched("1.000150", from: 8, "S", to: 7) + Self.switched("1.000250", from: 7, "D", to: 0)
        + Self.woken("1.001250", 7, by: 9) + Self.woken("1.001260", 7, by: 8) + Self.switched("1.001280", from: 0, "R", to: 7)
        + Self.switched("1.001300", from: 7, "X", to: 0))
    let row = try #require(result.rows.first { $0.tid == 7 })
    #expect(row.comm == "c7" && row.switches == 3 && row.preempted == 1 && row.wakeups == 1)
    #expect(row.run == 100_000 + 100_000 + 20_000)
    #expect(row.wait == 50_000 + 30_000 && row.longestWait == 50_000 && row.longestWaitLine == 3)
    #expect(row.sleep == 1_000_000 && row.uninterruptible == 1_000_000 && row.longestSleep == 1_000_000)
    #expect(row.topWaker?.tid == 9)
    #expect(!result.rows.contains { $0.tid == 0 } && result.missedSwitches == 0 && readings.samples == 8)
  }

  @Test("what perf lost is in nothing; what is missing is told") func missing() throws {
    let before = Self.switched("1.000000", from: 0, "R", to: 7)
    let lost = "a 1 [000] 1.5: PERF_RECORD_LOST lost 3\n".replacing("1.5:", with: "1.500000:")
    let (result, readings) = try Self.sched(before + lost + Self.switched("2.000000", from: 7, "S", to: 0))
    #expect(readings.lostEvents == 3)
    #expect(result.rows.first { $0.tid == 7 }?.run == 0)
    let gap = before + Self.switched("1.000100", from: 7, "S", to: 0) + Self.switched("1.000900", from: 7, "S", to: 0)
    #expect(try Self.sched(gap).0.missedSwitches == 1)
  }

  @Test("switches, run times and longest waits are those of perf sched timehist and latency") func truth() throws {
    let log = Fixture.path("Fixtures/perf-sched/threads.txt")
    let (result, _) = try PerfLog(log).run(PerfSched())
    let truth = try Fixture.text("Fixtures/perf-sched/threads.truth.tsv").split(separator: "\n").dropFirst()
    #expect(truth.count >= 3)
    for line in truth {
      let cells = line.split(separator: "\t").map(String.init)
      let row = try #require(result.rows.first { String($0.tid) == cells[0] })
      func milliseconds(_ text: String) throws -> Int64 { Int64((try #require(Double(text)) * 1000).rounded()) * 1000 }
      #expect(row.switches == Int(cells[1]))
      // perf cuts or rounds at the microsecond.
      #expect(abs(row.run - (try milliseconds(cells[2]))) <= 1000)
      #expect(abs(row.longestWait - (try milliseconds(cells[3]))) <= 1000)
    }
  }
}
