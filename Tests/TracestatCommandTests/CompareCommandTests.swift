import Foundation
import Testing
import TraceTestSupport

/// `TRACESTAT_BLESS=1 swift test --filter CompareCommandTests` takes the goldens as they are now.
@Suite("compare")
struct CompareCommandTests {
  private static func fixture(_ name: String) -> String { Fixture.path("Fixtures/compare/\(name)") }
  private static let before = fixture("before.log.xz")
  private static let delay = fixture("delay.log.xz")
  private static let columns =
    "rank,change,level,syscall,connection_class,errno,name,effect_ns_per_s,before_calls,after_calls,before_per_s,after_per_s,before_errors,after_errors,before_time_ns,after_time_ns,before_mean_ns,after_mean_ns,before_p50_ns,after_p50_ns,before_p90_ns,after_p90_ns,before_p99_ns,after_p99_ns,quantile,ratio,ratio_low,ratio_high,superiority,superiority_low,superiority_high,p_value,wait,part_of,evidence,evidence_run,evidence_line"

  @Test(
    "goldens", arguments: ["again", "delay", "errors", "release"], ["table", "csv", "json"]) func golden(
      name: String, format: String
    )
    throws
  {
    let golden = Fixture.path("Goldens/compare-\(name).\(format == "table" ? "txt" : format)")
    let outcome = try Tool.run("compare", "-q", "--format", format, Self.before, Self.fixture("\(name).log.xz"))
    #expect(outcome.status == 0)
    if GoldenTests.isBlessing { try Data(outcome.output).write(to: URL(fileURLWithPath: golden)) }
    let expected = try String(contentsOfFile: golden, encoding: .utf8).split(separator: "\n").map(String.init)
    #expect(firstDifference(outcome.text.split(separator: "\n").map(String.init), expected) == nil)
    let one = try Tool.run("compare", "-q", "--jobs", "1", "--format", format, Self.before, Self.fixture("\(name).log.xz"))
    #expect(one.output == outcome.output)
  }

  @Test("columns are the contract's, with all rows or the findings alone", arguments: [[], ["--all"]]) func columns(all: [String])
    throws
  {
    for format in ["csv", "tsv", "json", "ndjson"] {
      let outcome = try Tool.run(["compare", "-q", "--format", format] + all + [Self.before, Self.delay])
      #expect(outcome.status == 0)
      switch format {
      case "csv", "tsv":
        let separator = format == "csv" ? "," : "\t"
        #expect(outcome.lines[0] == Self.columns.replacing(",", with: separator))
        #expect(outcome.lines.allSatisfy { $0.split(separator: separator, omittingEmptySubsequences: false).count == 37 })
        #expect(outcome.lines.count > (all.isEmpty ? 3 : 20))
      default:
        let rows = format == "json" ? outcome.text : "[" + outcome.lines.joined(separator: ",") + "]"
        let read = try #require(try JSONSerialization.jsonObject(with: Data(rows.utf8)) as? [[String: Any]])
        #expect(read.allSatisfy { Set($0.keys) == Set(Self.columns.split(separator: ",").map(String.init)) })
        #expect(read[0]["syscall"] as? String == "write" && (read[0]["ratio"] as? Double ?? 0) > 50)
      }
    }
  }

  @Test("runs, and sets of strace -ff") func runs() throws {
    let runs = try Tool.run(
      "compare", "--format", "csv", "--before", Self.before, Self.fixture("again.log.xz"), "--after", Self.delay)
    #expect(runs.status == 0 && runs.lines[1].hasPrefix("1,slower,call,write,"))
    #expect(runs.errors.components(separatedBy: "every line understood").count == 4)
    let pieces = (6920...6931).map { Fixture.path("Fixtures/strace/ff/log.\($0)") }
    let set = try Tool.run(["compare", "--format", "table", "--before"] + pieces + ["--after"] + pieces)
    #expect(set.status == 0 && set.lines.count == 2 && set.lines[1].hasPrefix("no difference"))
    #expect(!set.lines[0].contains("runs"), "twelve pieces are one run")
  }

  @Test("pictures and their data") func pictures() throws {
    let folder = try TemporaryFolder([:])
    let files = try Tool.run("compare", "-q", "--format", "gnuplot", "-o", "\(folder.path)/plot", Self.before, Self.delay)
    #expect(files.status == 0 && files.output.isEmpty)
    let data = try String(contentsOfFile: "\(folder.path)/plot/compare.dat", encoding: .utf8)
    let blocks = data.components(separatedBy: "\n\n\n")
    #expect(blocks.count == 12 && blocks[0].contains("\"before (898 calls)\"") && blocks[1].contains("\"after (662 calls)\""))
    for block in blocks {
      let shares = block.split(separator: "\n").filter { $0.first?.isNumber == true }.compactMap {
        Double($0.split(separator: " ")[1])
      }
      #expect(abs(shares.reduce(0, +) - 1) < 1e-9)
    }
    let script = try String(contentsOfFile: "\(folder.path)/plot/compare.gp", encoding: .utf8)
    #expect(script.contains("write is slower"))
    let svg = "\(folder.path)/both.svg"
    #expect(try Tool.run("compare", "-q", "--top", "2", "--plot", svg, Self.before, Self.delay).status == 0)
    #expect(try String(contentsOfFile: svg, encoding: .utf8).contains("epoll_wait is faster"))
    #expect(
      try Tool.run("compare", "-q", "--plot", "\(folder.path)/none.png", Self.fixture("before.c.txt"), Self.delay).status == 0)
  }

  @Test("what it is not to be called with") func usage() throws {
    let wrong: [[String]] = [
      [], [Self.before], [Self.before, Self.before, Self.before], ["--before", Self.before],
      ["--before", Self.before, "--after", Self.before, "--top", "0"], ["--format", "gnuplot", Self.before, Self.delay],
      ["--tids", Self.before, Self.before, Self.delay], ["--plot", "x.pdf", Self.before, Self.delay],
    ]
    for arguments in wrong {
      let outcome = try Tool.run(["compare"] + arguments)
      #expect(outcome.status == 2 && outcome.output.isEmpty, "\(arguments)")
    }
  }

  @Test("logs that cannot be read, on either side") func badInput() throws {
    let folder = try TemporaryFolder(["empty": "", "text": "hello\nworld\n"])
    var random = SeededRandom(seed: 8)
    try folder.write((0..<50_000).map { _ in UInt8.random(in: 0...255, using: &random) }, to: "binary")
    for bad in ["\(folder.path)/empty", "\(folder.path)/text", "\(folder.path)/binary", folder.path, "/no/such/file"] {
      for pair in [[bad, Self.before], [Self.before, bad]] {
        let outcome = try Tool.run(["compare"] + pair)
        #expect(outcome.status == 2 && outcome.output.isEmpty && outcome.errors.contains(bad), "\(pair)")
      }
    }
  }

  @Test("a truncated log: what could be read is compared, status 1") func truncated() throws {
    let folder = try TemporaryFolder([:])
    let bytes = try Fixture.bytes("Fixtures/compare/delay.log.xz")
    try folder.write(Array(bytes.prefix(bytes.count * 3 / 4)), to: "cut.xz")
    let outcome = try Tool.run("compare", "--format", "csv", Self.before, "\(folder.path)/cut.xz")
    #expect(outcome.status == 1 && outcome.errors.contains("partial:"))
    #expect(outcome.lines[1].hasPrefix("1,slower,call,write,"))
  }

  @Test("the same file twice") func same() throws {
    let outcome = try Tool.run("compare", "--format", "csv", Self.delay, Self.delay)
    #expect(outcome.status == 0 && outcome.lines.count == 1 && outcome.errors.contains("both sides are the same log"))
  }

  @Test("a table of strace -c says what it does not know") func tables() throws {
    let outcome = try Tool.run("compare", "--format", "csv", Self.fixture("before.c.txt"), Self.fixture("delay.c.txt"))
    #expect(outcome.status == 0 && outcome.lines[1].hasPrefix("1,slower,call,write,") && outcome.errors.contains("strace -c"))
  }

  @Test(
    "every fixture with every other: no crash, and nothing but a status that is known",
    arguments: ["everything", "attach-yy", "raw", "f-ns"])
  func others(name: String) throws {
    for other in ["everything", "plain", "uring", "quiet", "summary-only", "f-tt-k"] {
      for pair in [[name, other], [other, name]] {
        let outcome = try Tool.run(["compare", "--format", "table"] + pair.flatMap { Capture.named($0).paths })
        #expect(outcome.status == 0, "\(pair): \(outcome.errors)")
      }
    }
  }

  @Test("no secret in it") func redacted() throws {
    for (scope, option) in [("secrets", "--redact"), ("addresses", "--redact=addresses")] {
      for format in ["table", "csv"] {
        let outcome = try Tool.run("compare", option, "--all", "--format", format, Self.before, RedactTests.log)
        #expect(outcome.status == 0 && !outcome.output.isEmpty)
        RedactTests.check(outcome.output, scope, "compare \(format)")
      }
    }
  }
}
