import Foundation
import Testing
import TraceTestSupport

@Suite("tracestat futex")
struct FutexCommandTests {
  private static let planted = Fixture.path("Fixtures/locks/planted.log")
  private static let relay = Fixture.sample("jvm-relay")
  private static let dump = relay.replacingOccurrences(of: ".strace.xz", with: ".truth/jstack.txt.xz")

  @Test("the table: locks, idleness in a line, sentences with who is to blame") func table() throws {
    let outcome = try Tool.run("futex", "--format", "table", Self.planted)
    #expect(outcome.status == 0)
    #expect(outcome.lines[0].hasPrefix("lock  address") && outcome.lines[1].contains("0x"))
    #expect(outcome.text.contains("idle, no contention: "))
    #expect(outcome.text.contains("in sendto(4) to 127.0.0.1:1935 (line "))
    let hidden = try Tool.run("futex", "--format", "table", "--redact=addresses", "--redact-salt", "x", Self.planted)
    #expect(hidden.status == 0)
    let healthy = try Tool.run("futex", "--format", "table", Fixture.path("Fixtures/locks/healthy.log"))
    #expect(!healthy.text.contains("longest waits for locks") && !healthy.text.contains("deadlock"))
    let deadlock = try Tool.run("futex", "--format", "table", Fixture.path("Fixtures/locks/deadlock.log"))
    #expect(deadlock.lines[0].contains("2 threads wait for locks when the log ends"))
    let none = try Tool.run("futex", "--format", "table", Tool.packed("plain.log"))
    #expect(none.status == 0)
  }

  @Test("a thread dump names threads, the monitor and frames") func dump() throws {
    let outcome = try Tool.run("futex", "--format", "table", "--thread-dump", Self.dump, Self.relay)
    #expect(outcome.status == 0)
    #expect(outcome.lines[1].hasSuffix("housekeeping"))
    #expect(outcome.lines[2].contains("RelayServer$Registry held by") && outcome.lines[2].contains("RelayServer.java:"))
    #expect(outcome.text.contains("worker-7 waited 1.7s for lock 1; woken by 16577 housekeeping, which slept 1.7s of it"))
    let csv = CSV.rows(try Tool.run("futex", "-q", "--thread-dump", Self.dump, Self.relay).text)
    let name = try #require(csv[0].firstIndex(of: "top_waiter_name"))
    #expect(csv.dropFirst().contains { $0[name] == "worker-7" })
  }

  @Test("dumps of another JVM, of garbage, cut, missing") func badDumps() throws {
    let folder = try TemporaryFolder([
      "other.txt": "Full thread dump X:\n\"a\" #1 prio=5 nid=0x1 runnable\nJNI global refs: 1\n",
      "garbage.txt": "no dump\n", "cut.txt": "Full thread dump X:\n\"worker\" #1 prio=5 nid=0x40c1 runnable\n\tat a.b",
    ])
    let other = try Tool.run("futex", "--thread-dump", "\(folder.path)/other.txt", Self.planted)
    #expect(other.status == 0 && other.errors.contains("the thread dump names none of the threads of this log"))
    let garbage = try Tool.run("futex", "--thread-dump", "\(folder.path)/garbage.txt", Self.planted)
    #expect(garbage.status == 2 && garbage.errors.contains("garbage.txt: holds no thread dump"))
    let cut = try Tool.run("futex", "--thread-dump", "\(folder.path)/cut.txt", Self.relay)
    #expect(cut.status == 0 && cut.errors.contains("a thread dump ends early, after 1 threads"))
    #expect(try Tool.run("futex", "--thread-dump", "\(folder.path)/none.txt", Self.relay).status == 2)
    #expect(try Tool.run("futex", "--blame", "--timeline", Self.relay).status == 2)
  }

  @Test("blame as rows: the chain of each wait, by depth, with lines to look at") func blame() throws {
    let rows = CSV.rows(try Tool.run("futex", "-q", "--blame", Self.planted).text)
    let header = rows[0]
    func cell(_ row: [String], _ name: String) -> String { header.firstIndex(of: name).map { row[$0] } ?? "" }
    let first = try #require(rows.dropFirst().first)
    #expect(cell(first, "lock") == "1" && cell(first, "depth") == "1" && cell(first, "outcome") == "woken")
    let sending = try #require(rows.first { cell($0, "syscall") == "sendto" })
    #expect(cell(sending, "fd") == "4" && cell(sending, "target") == "127.0.0.1:1935")
    // The evidence is where it says.
    let line = try Tool.run("show", "-q", "--line", cell(sending, "first_line"), Self.planted)
    #expect(line.text.contains("sendto(4"))
    let wait = try Tool.run("show", "-q", "--line", cell(first, "line"), Self.planted)
    #expect(wait.text.contains("FUTEX_WAIT"))
    let objects = try JSONSerialization.jsonObject(
      with: Data(try Tool.run("futex", "-q", "--blame", "--format", "json", Self.planted).output))
    #expect((objects as? [Any])?.count == rows.count - 1)
  }

  @Test("what a waker wrote to is hidden where that is asked for", arguments: [["--format", "table"], ["--blame"]])
  func redaction(options: [String]) throws {
    let folder = try TemporaryFolder(
      log: """
        1  10:00:00.000000 openat(AT_FDCWD, "/srv/status?token=tok_live_9f8e7d", O_RDWR) = 5 <0.000010>
        2  10:00:00.100000 futex(0xa0, FUTEX_WAIT_PRIVATE, 2, NULL <unfinished ...>
        1  10:00:00.200000 write(5, "x", 1) = 1 <0.800000>
        1  10:00:01.100000 futex(0xa0, FUTEX_WAKE_PRIVATE, 1) = 1 <0.000010>
        2  10:00:01.100020 <... futex resumed>) = 0 <1.000010>

        """)
    let plain = try Tool.run(["futex", "-q"] + options + [folder.log])
    #expect(plain.text.contains("tok_live_9f8e7d"))
    let hidden = try Tool.run(["futex", "-q", "--redact"] + options + [folder.log])
    #expect(hidden.status == 0 && hidden.text.contains("/srv/status") && !hidden.text.contains("tok_live"))
  }

  @Test("a series over time") func timeline() throws {
    let rows = CSV.rows(try Tool.run("futex", "-q", "--timeline", "--interval", "500ms", Self.planted).text)
    #expect(rows[0].prefix(6) == ["time", "elapsed", "process", "address", "waits", "wait_time_ns"])
    for row in rows.dropFirst() {
      let halves = (Double(row[1]) ?? -1) * 2
      #expect(halves >= 0 && halves.rounded() == halves)
    }
    let folder = try TemporaryFolder([:])
    let drawn = try Tool.run("futex", "-q", "--format", "gnuplot", "-o", "\(folder.path)/plots", Self.planted)
    #expect(drawn.status == 0)
    let data = try String(contentsOfFile: "\(folder.path)/plots/futex.dat", encoding: .utf8)
    #expect(data.contains("\"lock 1: 0x") && data.contains(", 3 waiters\"") && data.split(separator: "\"lock 1:").count == 2)
    #expect(try Tool.run("futex", "--format", "gnuplot", Self.planted).status == 2)
  }
}
