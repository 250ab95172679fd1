import Foundation
import Testing
import TraceTestSupport

@Suite("perf")
struct PerfCommandTests {
  static let sched = Fixture.path("Fixtures/perf-sched/threads.txt")
  static let chains = Fixture.path("Fixtures/perf-script/chains.txt")

  private func run(_ arguments: String...) throws -> Tool.Outcome { try Tool.run(["perf"] + arguments) }

  @Test("columns are a contract") func columns() throws {
    let header = { (outcome: Tool.Outcome) in outcome.text.split(separator: "\n").first.map(String.init) }
    #expect(header(try run("summary", "-q", Self.chains)) == "event,comm,samples,weight,share")
    #expect(
      header(try run("summary", "-q", "--by", "pid,tid,cpu,dso,symbol", "--interval", "1s", Self.chains))
        == "time,elapsed,event,pid,tid,cpu,dso,symbol,samples,weight,share")
    #expect(
      header(try run("count", "-q", "--event", "sched:sched_switch", "--by", "next_comm,.comm", Self.sched))
        == "event,next_comm,comm,samples,weight,share")
    #expect(
      header(try run("sched", "-q", Self.sched))
        == "tid,comm,switches,run_ns,wait_ns,wait_p50_ns,wait_p99_ns,wait_max_ns,wait_max_line,sleep_ns,sleep_max_ns,"
        + "uninterruptible_ns,preempted,wakeups,migrations,top_waker,top_waker_comm")
  }

  @Test(
    "every format holds as many rows", arguments: [["summary", chains], ["count", "--by", "cpu", sched], ["sched", sched]])
  func formats(arguments: [String]) throws {
    let csv = try Tool.run(["perf"] + arguments + ["-q", "--format", "csv"])
    let rows = csv.text.split(separator: "\n").count - 1
    #expect(csv.status == 0 && rows > 0)
    for format in ["tsv", "table"] {
      #expect(try Tool.run(["perf"] + arguments + ["-q", "--format", format]).text.split(separator: "\n").count - 1 == rows)
    }
    let json = try Tool.run(["perf"] + arguments + ["-q", "--format", "json"])
    #expect((try JSONSerialization.jsonObject(with: Data(json.output)) as? [Any])?.count == rows)
    let top = try Tool.run(["perf"] + arguments + ["-q", "--top", "1"])
    #expect(top.text.split(separator: "\n").count - 1 <= rows)
  }

  @Test("what is wrong is told with what to do") func errors() throws {
    let event = try run("count", "--event", "no:such", Self.sched)
    #expect(event.status == 2 && event.errors.contains("no sample is of no:such; the log has sched:"))
    let none = try run("sched", Self.chains)
    #expect(none.status == 2 && none.errors.contains("perf record -e sched:sched_switch"))
    for text in ["", "no samples\nin here\n", "PERFILE2\u{1}\u{2}"] {
      let folder = try TemporaryFolder(log: text)
      let outcome = try run("summary", folder.log)
      #expect(outcome.status == 2 && outcome.errors.hasPrefix("tracestat: \(folder.log)"), "\(outcome.errors)")
    }
    #expect(try run("summary", "--by", "comm,,tid", Self.chains).status == 2)
    #expect(try run("summary", "/no/such/file").status == 2)
  }

  @Test("names that hold secrets are hidden where asked for") func redact() throws {
    let folder = try TemporaryFolder(
      log: "a 1 [000] 1.000000: x:y: url=rtmp://h/live/cam-7?token=s3cret n=1\na 1 [000] 1.000001: x:y: url=b n=2\n")
    let open = try run("count", "--by", "url", folder.log)
    #expect(open.text.contains("s3cret"))
    let hidden = try run("count", "--by", "url", "--redact", folder.log)
    #expect(hidden.status == 0 && !hidden.text.contains("s3cret") && hidden.text.split(separator: "\n").count == 3)
  }
}
