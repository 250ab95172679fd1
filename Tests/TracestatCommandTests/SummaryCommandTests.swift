import Foundation
import Testing
import TraceTestSupport

/// `summary` with what it is by, and its views. `TRACESTAT_BLESS=1 swift test --filter SummaryCommandTests` takes the goldens as they
/// are now.
@Suite("summary's keys and views")
struct SummaryCommandTests {
  static let keys = ["process", "thread", "fd", "connection", "path", "errno"]
  static let keyColumns = [
    "process": "process", "thread": "process,tid", "fd": "process,fd,n", "connection": "connection", "path": "path",
    "errno": "errno",
  ]
  static let views = [["--sizes"], ["--histogram"], ["--histogram", "--sizes"], ["--interval", "1s"]]

  @Test("columns: the key's, then the contract's", arguments: keys) func columns(key: String) throws {
    let first = try #require(Self.keyColumns[key])
    let contract = "\(first),\(OutputTests.columns["summary"] ?? "?")"
    for name in ["everything", "f"] {
      let header = try Tool.run("summary", "--by", key, Tool.fixture(name)).lines[0]
      #expect(header == contract || header.hasPrefix(contract + ","))
    }
    let sizes = try Tool.run("summary", "--by", key, "--sizes", Tool.fixture("everything")).lines[0]
    #expect(
      sizes.hasPrefix("\(first),syscall,calls,bytes,min_bytes,mean_bytes,p50_bytes,p90_bytes,p99_bytes,p999_bytes,max_bytes,"))
    let histogram = try Tool.run("summary", "--by", key, "--histogram", Tool.fixture("everything")).lines[0]
    #expect(histogram == "\(first),syscall,from_ns,to_ns,calls")
    let intervals = try Tool.run("summary", "--by", key, "--interval", "1s", Tool.fixture("everything")).lines[0]
    #expect(intervals == "time,elapsed,\(first),syscall,calls,errors")
  }

  @Test(
    "goldens", arguments: keys.map { ["--by", $0] } + views + [["--by", "connection", "--sizes"]], ["csv", "table"])
  func golden(arguments: [String], format: String) throws {
    let name = arguments.map { $0.replacing("--", with: "") }.joined(separator: "-")
    let golden = Fixture.path("Goldens/everything.summary-\(name).\(format == "csv" ? "csv" : "txt")")
    let outcome = try Tool.run(["summary", "--format", format] + arguments + Capture.named("everything").paths)
    #expect(outcome.status == 0)
    if GoldenTests.isBlessing { try Data(outcome.output).write(to: URL(fileURLWithPath: golden)) }
    let expected = try String(contentsOfFile: golden, encoding: .utf8).split(separator: "\n").map(String.init)
    #expect(firstDifference(outcome.text.split(separator: "\n").map(String.init), expected) == nil)
  }

  @Test("no secret in any of them", arguments: keys, [[]] + views) func redacted(key: String, view: [String]) throws {
    for (scope, option) in [("secrets", "--redact"), ("addresses", "--redact=addresses")] {
      for format in ["table", "csv"] {
        let outcome = try Tool.run(["summary", option, "--by", key, "--format", format] + view + [RedactTests.log])
        #expect(outcome.status == 0 && !outcome.output.isEmpty)
        RedactTests.check(outcome.output, scope, "\(key) \(view) \(format)")
      }
    }
  }

  @Test("what cannot be asked") func usage() throws {
    let unknown = try Tool.run("summary", "--by", "colour", Tool.fixture("everything"))
    #expect(unknown.status == 2 && Self.keys.allSatisfy { unknown.errors.contains($0) })
    for wrong in [["--top", "3"], ["--top", "0", "--by", "fd"], ["--interval", "1s", "--sizes"], ["--interval", "0"]] {
      #expect(try Tool.run(["summary"] + wrong + [Tool.fixture("everything")]).status == 2, "\(wrong)")
    }
  }

  @Test("an empty log is said to be empty", arguments: [[]] + keys.map { ["--by", $0] } + views) func empty(arguments: [String])
    throws
  {
    let folder = try TemporaryFolder(log: "")
    let outcome = try Tool.run(["summary"] + arguments + [folder.log])
    #expect(outcome.status == 2 && outcome.errors.contains("is empty"))
  }

  @Test("without stamps intervals have no time, and a note says why") func unstamped() throws {
    let folder = try TemporaryFolder(log: "7     read(3, \"x\", 1) = 1 <0.5>\n")
    let outcome = try Tool.run("summary", "--interval", "1s", folder.log)
    #expect(outcome.status == 0 && outcome.lines == ["time,elapsed,syscall,calls,errors", ",,read,1,0"])
    #expect(outcome.errors.contains("no time stamps"))
  }
}
