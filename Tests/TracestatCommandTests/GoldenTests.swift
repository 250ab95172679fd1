import Foundation
import Testing
import TraceTestSupport

/// Whole reports beside what they were when someone last looked. `TRACESTAT_BLESS=1 swift test --filter GoldenTests` takes what
/// they are now; read the difference before committing it.
@Suite("Goldens")
struct GoldenTests {
  static let isBlessing = ProcessInfo.processInfo.environment["TRACESTAT_BLESS"] == "1"

  @Test(
    "reports, for one worker and for three", arguments: ["everything", "attach-yy", "ff", "f-ns", "stderr-mixed", "perf-tcp"],
    Tool.reports)
  func report(name: String, report: String) throws {
    let paths = Capture.named(name).paths
    let golden = Fixture.path("Goldens/\(name).\(report).csv")
    let one = try Tool.run([report, "--format", "csv", "--jobs", "1"] + paths)
    #expect(one.status == 0)
    if Self.isBlessing { try Data(one.output).write(to: URL(fileURLWithPath: golden)) }
    let expected = try String(contentsOfFile: golden, encoding: .utf8).split(separator: "\n").map(String.init)
    #expect(firstDifference(one.text.split(separator: "\n").map(String.init), expected) == nil)
    let three = try Tool.run([report, "--format", "csv", "--jobs", "3"] + paths)
    #expect(three.output == one.output && three.errors == one.errors)
  }

  @Test(
    "clients and servers of the network, from whole strings and from those that -s cut",
    arguments: ["http", "http-s32", "tls", "dns"],
    ["connections", "http", "dns"])
  func network(name: String, report: String) throws {
    let golden = Fixture.path("Goldens/network-\(name).\(report).csv")
    let outcome = try Tool.run([report, "--format", "csv", Fixture.path("Fixtures/network/\(name).log")])
    #expect(outcome.status == 0)
    if Self.isBlessing { try Data(outcome.output).write(to: URL(fileURLWithPath: golden)) }
    let expected = try String(contentsOfFile: golden, encoding: .utf8).split(separator: "\n").map(String.init)
    #expect(firstDifference(outcome.text.split(separator: "\n").map(String.init), expected) == nil)
  }

  @Test("what became of streams and descriptors of the samples", arguments: ["nginx-rtmp", "jvm-relay"], Tool.views)
  func views(sample: String, view: [String]) throws {
    let golden = Fixture.path("Goldens/\(sample).\(view.joined(separator: "-").replacing("---", with: "-")).csv")
    let tids = Fixture.path("../Samples/\(sample).truth/tids.tsv")
    let outcome = try Tool.run(view + ["--format", "csv", "--tids", tids, Fixture.sample(sample)])
    #expect(outcome.status == 0)
    if Self.isBlessing { try Data(outcome.output).write(to: URL(fileURLWithPath: golden)) }
    let expected = try String(contentsOfFile: golden, encoding: .utf8).split(separator: "\n").map(String.init)
    #expect(firstDifference(outcome.text.split(separator: "\n").map(String.init), expected) == nil)
  }

  private static let chains = Fixture.path("Fixtures/perf-script/chains.txt")
  private static let deleted = Fixture.path("Fixtures/perf-script/deleted.txt")

  /// Of pictures their frames and texts; how they look and act stands elsewhere.
  @Test(
    "profiles compared and drawn over time",
    arguments: [
      ("diff.txt", ["diff", "--format", "table", chains, deleted]), ("diff.csv", ["diff", "--format", "csv", chains, deleted]),
      ("diff-absolute.txt", ["diff", "--absolute", "--format", "table", chains, deleted]),
      ("diff-folded.txt", ["diff", "--folded", chains, deleted]), ("diff-paths.txt", ["diff", "--paths", chains, deleted]),
      ("diff-draw.svg", ["diff", "--draw", chains, deleted]), ("heatmap.svg", ["heatmap", chains]),
      ("heatmap-calls.svg", ["heatmap", "--rows", "10", Fixture.path("Fixtures/stacks/strace-k.log")]),
    ])
  func flame(name: String, arguments: [String]) throws {
    let golden = Fixture.path("Goldens/flame-\(name)")
    let outcome = try Tool.run(["flame"] + arguments)
    #expect(outcome.status == 0)
    let shown = outcome.text.replacing(#/(?s)<(style|script)>.*?<\/\1>/#, with: "")
    if Self.isBlessing { try Data(shown.utf8).write(to: URL(fileURLWithPath: golden)) }
    let expected = try String(contentsOfFile: golden, encoding: .utf8).split(separator: "\n").map(String.init)
    #expect(firstDifference(shown.split(separator: "\n").map(String.init), expected) == nil)
  }
}
