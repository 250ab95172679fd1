import Foundation
import Testing
import TraceTestSupport

@Suite("threads and stalls as commands")
struct ThreadsCommandTests {
  static func stalls(_ name: String) -> String { Fixture.path("Fixtures/stalls/\(name).log") }
  static func events(_ name: String) -> String { Fixture.path("Fixtures/stalls/\(name).tsv") }

  @Test("the timeline's columns are the contract's, and it sums to the sums") func timeline() throws {
    let rows = CSV.rows(try Tool.run("threads", "--timeline", "--interval", "100ms", Self.stalls("blocked")).text)
    #expect(
      rows[0].joined(separator: ",").hasPrefix(
        "time,elapsed,process,tid,name,role,network_read_ns,network_write_ns,file_ns,sync_ns,idle_ns,lock_ns,sleep_ns,connect_ns,other_ns,untraced_ns"
      ))
    let sums = CSV.rows(try Tool.run("threads", Self.stalls("blocked")).text)
    for column in 4..<14 {
      for thread in sums.dropFirst() {
        let parts = rows.dropFirst().filter { $0[3] == thread[1] }.compactMap { Int64($0[column + 2]) }
        #expect(parts.reduce(0, +) == Int64(thread[column]))
      }
    }
  }

  @Test(
    "reports of stalls, for one worker and for three",
    arguments: ["healthy", "source", "blocked", "refused", "stopped", "paused"])
  func goldens(name: String) throws {
    let golden = Fixture.path("Goldens/stalls-\(name).csv")
    let one = try Tool.run("stalls", "--events", Self.events(name), "--jobs", "1", Self.stalls(name))
    #expect(one.status == 0)
    if GoldenTests.isBlessing { try Data(one.output).write(to: URL(fileURLWithPath: golden)) }
    #expect(one.text == (try String(contentsOfFile: golden, encoding: .utf8)))
    #expect(try Tool.run("stalls", "--events", Self.events(name), "--jobs", "3", Self.stalls(name)).output == one.output)
  }

  @Test("for people: whose doing, and what was near each event") func table() throws {
    let text = try Tool.run("stalls", "--format", "table", "--events", Self.events("blocked"), Self.stalls("blocked")).text
    #expect(text.contains("we did not read") && text.contains("consumer slow") && text.contains("was in sendto(5)"))
    #expect(text.contains("t1 stops: we did not read"))
    #expect(try Tool.run("stalls", "--format", "table", Self.stalls("healthy")).text == "no stalls of 1.0s or more\n")
    let threads = try Tool.run("threads", "--format", "table", Self.stalls("blocked")).text
    #expect(threads.contains("net write") && threads.contains("ticker") && threads.contains("io worker"))
  }

  @Test("events that are garbage, nothing, of another clock") func events() throws {
    let folder = try TemporaryFolder([
      "garbage": "\u{1}\u{2}nonsense\nmore\n", "empty": "", "other": "time,what\n2001-01-01T00:00:00Z,a\n",
    ])
    let garbage = try Tool.run("stalls", "--events", "\(folder.path)/garbage", Self.stalls("healthy"))
    #expect(garbage.status == 2 && garbage.errors.contains("no line has a time"))
    for command in ["stalls", "threads"] {
      let empty = try Tool.run(command, "--events", "\(folder.path)/empty", Self.stalls("healthy"))
      #expect(empty.status == 0 && empty.errors.contains("the file of events holds none"))
      let other = try Tool.run(command, "--events", "\(folder.path)/other", Self.stalls("healthy"))
      #expect(other.status == 0 && other.errors.contains("another clock"))
    }
    #expect(try Tool.run("stalls", "--events", "\(folder.path)/none", Self.stalls("healthy")).status == 2)
    #expect(try Tool.run("stalls", "--events-offset=-1h", Self.stalls("healthy")).status == 2)
    let moved = try Tool.run("stalls", "--events", Self.events("source"), "--events-offset=-1h", Self.stalls("source"))
    #expect(moved.status == 0 && moved.errors.contains("none of 2 events"))
  }

  @Test("names of files, garbage in them") func names() throws {
    let folder = try TemporaryFolder(["names": "24705 relay main\n24706 other\n", "garbage": "\u{0}garbage\n"])
    let named = try Tool.run("threads", "--names", "\(folder.path)/names", Self.stalls("blocked"))
    #expect(named.text.contains(",24705,relay main,"))
    let refused = try Tool.run("threads", "--names", "\(folder.path)/garbage", Self.stalls("blocked"))
    #expect(refused.status == 2 && refused.errors.contains("has no line `tid name`"))
  }

  @Test("a thread dump alone is grouped by stack") func dump() throws {
    let path = Fixture.path("../Samples/jvm-relay.truth/jstack.txt.xz")
    let rows = CSV.rows(try Tool.run("threads", "--thread-dump", path).text)
    #expect(rows[0].joined(separator: ",") == "dump,threads,state,top_frame,frames,tids,names,stack,deadlocks")
    let total = rows.dropFirst().compactMap { Int($0[1]) }
    #expect(total == total.sorted(by: >) && total.reduce(0, +) == rows.dropFirst().flatMap { $0[5].split(separator: " ") }.count)
    #expect(
      rows.contains { $0[1] == "4" && $0[6] == "meter-0; meter-1; meter-2; meter-3" && $0[2] == "BLOCKED (on object monitor)" })
    #expect(
      try Tool.run("threads", "--format", "table", "--thread-dump", path).text.contains("    at RelayServer$Registry.total"))
    let log = try Tool.run("threads", "--thread-dump", path, Fixture.sample("jvm-relay"))
    #expect(log.text.contains(",16599,worker-7,pool,"))
  }

  @Test("deadlocks of a dump: in the table, as a column and a note, and beside a log") func deadlocks() throws {
    let dump = Fixture.path("Fixtures/jvm/deadlock.jstack.txt")
    let sentence = "deadlock in the thread dump: 3 threads, each waits for what the next one holds"
    let table = try Tool.run("threads", "--format", "table", "--thread-dump", dump)
    #expect(table.text.hasPrefix(sentence) && table.text.contains("waits for java.lang.Object <0xffd1a8c8> at Deadlock.transfer"))
    #expect(table.text.contains("  behind them: 28659 bystander\n") && table.errors.isEmpty)
    let records = try Tool.run("threads", "--thread-dump", dump)
    #expect(records.errors.contains(sentence))
    let met = CSV.rows(records.text).dropFirst().filter { !$0[8].isEmpty }.map { [$0[6], $0[8]] }.sorted { $0[0] < $1[0] }
    #expect(met == [["crossing-1", "2"], ["crossing-2", "2"], ["post", "1"], ["review", "1"], ["transfer", "1"]])
    let log = Fixture.path("Fixtures/jvm/deadlock.log.xz")
    #expect(try Tool.run("threads", "--thread-dump", dump, log).errors.contains(sentence))
    let futex = try Tool.run("futex", "--format", "table", "--thread-dump", dump, "--thread-dump", dump, log)
    #expect(futex.text.hasPrefix("deadlock in thread dump 1: 3 threads") && !futex.text.contains("thread dump 2"))
    #expect(try Tool.run("futex", "--thread-dump", dump, log).errors.contains(sentence))
    #expect(
      try Tool.run("futex", "--thread-dump", Fixture.path("../Samples/jvm-relay.truth/jstack.txt.xz"), log).errors.contains(
        "deadlock") == false)
  }

  @Test("a virtual machine's pause for people, its threads by name; names that perf trace prints") func pause() throws {
    let log = Fixture.path("Fixtures/jvm/serial.log.xz")
    let text = try Tool.run("stalls", "--format", "table", "--tids", Fixture.path("Fixtures/jvm/serial.tids.tsv"), log).text
    #expect(text.contains("process stood still") && text.contains("5 threads were held until 25916 VM Thread let them go"))
    let rows = CSV.rows(try Tool.run("stalls", "--tids", Fixture.path("Fixtures/jvm/serial.tids.tsv"), log).text)
    #expect(
      rows.dropFirst().map { Array($0[10...13]) + Array($0[18...19]) } == [
        ["25916", "futex", "", "247", "5", "VM Thread"], ["25916", "futex", "", "957", "6", "VM Thread"],
      ])
    let perf = CSV.rows(try Tool.run("threads", Fixture.path("Fixtures/perf-trace/perf-tcp.log")).text)
    #expect(perf.dropFirst().map { $0[2] } == ["workload", "tcp server", "closer", "tcp server"])
  }

  @Test("pictures with events, and gnuplot's own verdict on the scripts") func plots() throws {
    let folder = try TemporaryFolder(["events": "time\twhat\tuntil\n1795288695.0\t`id` \"%s\" \\\\ @x\t1795288697.5\n"])
    for command in ["threads", "fd-timeline"] {
      let outcome = try Tool.run(
        command, "--events", "\(folder.path)/events", "--format", "gnuplot", "-o", "\(folder.path)/\(command)",
        Self.stalls("blocked"))
      #expect(outcome.status == 0)
      let script = try String(contentsOfFile: "\(folder.path)/\(command)/\(command).gp", encoding: .utf8)
      #expect(script.contains("set arrow 1 from first 1795288695.0") && script.contains("set object 1 rectangle"))
      #expect(!script.contains("`") && !script.contains("@x"))
      guard FileManager.default.isExecutableFile(atPath: "/usr/bin/gnuplot") else { continue }
      let plot = try Tool.run(
        command, "--events", "\(folder.path)/events", "--plot", "\(folder.path)/\(command).svg", Self.stalls("blocked"))
      // Without a UTF-8 locale gnuplot says that it lacks a degree sign.
      let complaints = plot.errors.split(separator: "\n").filter { $0.contains(".gp") && !$0.contains("degree sign") }
      #expect(plot.status == 0 && complaints.isEmpty, "\(plot.errors)")
      #expect(try String(contentsOfFile: "\(folder.path)/\(command).svg", encoding: .utf8).contains("</svg>"))
    }
  }

  @Test("logs that tell little", arguments: ["threads", "stalls"]) func poor(command: String) throws {
    let folder = try TemporaryFolder(["bare": "read(3, \"x\", 1) = 1\n", "empty": ""])
    let bare = try Tool.run(command, "\(folder.path)/bare")
    #expect(bare.status == 0 && bare.errors.contains("no time stamps"))
    #expect(try Tool.run(command, "\(folder.path)/empty").status == 2)
  }
}
