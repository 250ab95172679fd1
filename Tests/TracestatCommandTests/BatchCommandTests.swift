import Foundation
import Testing
import TraceTestSupport

/// `batch`: each log by itself, whatever becomes of the others.
@Suite("batch")
struct BatchCommandTests {
  private func rows(_ text: String) throws -> [[String: Any]] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
  }

  @Test("outputs are those of the subcommand alone; good, damaged, missing, empty and binary logs", arguments: ["1", "4"])
  func mixture(jobs: String) throws {
    let folder = try TemporaryFolder(["empty.log": ""])
    try folder.write((0..<5000).map { _ in UInt8.random(in: 0...255) }, to: "binary.log")
    let out = "\(folder.path)/out"
    let logs = [
      Tool.fixture("everything"), Tool.packed("truncated.xz"), "/no/such/log", "\(folder.path)/empty.log",
      "\(folder.path)/binary.log",
      Tool.fixture("f-tt"),
    ]
    let outcome = try Tool.run(["batch", "--jobs", jobs, "--out", out, "--format", "json", "summary", "--by", "fd", "--"] + logs)
    #expect(outcome.status == 2)
    let found = try rows(outcome.text)
    #expect(found.map { $0["log"] as? String } == logs)
    #expect(found.map { $0["outcome"] as? String } == ["ok", "partial", "failed", "failed", "failed", "ok"])
    #expect(found.map { $0["status"] as? Int } == [0, 1, 2, 2, 2, 0])
    let messages = found.map { $0["message"] as? String ?? "" }
    #expect(messages[0] == "" && messages[1].contains("at byte") && messages[2].hasPrefix("No such file"))
    #expect(messages[3].hasPrefix("is empty") && messages[4].hasPrefix("not an strace log"))
    #expect(found[0]["lines"] as? Int ?? 0 > 100 && found[2]["lines"] is NSNull)
    #expect(
      found.map { ($0["output"] as? String)?.split(separator: "/").last } == [
        "everything.log.csv", "truncated.csv", nil, nil, nil, "f-tt.log.csv",
      ])
    let alone = try Tool.run("summary", "--by", "fd", "--format", "csv", Tool.fixture("everything"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: "\(out)/everything.log.csv")) == Data(alone.output))
  }

  @Test("without --out outputs follow each other, in order") func standardOutput() throws {
    let logs = [Tool.fixture("f-tt"), Tool.fixture("everything")]
    let outcome = try Tool.run(["batch", "-j", "2", "ledger", "--format", "csv", "--"] + logs)
    #expect(outcome.status == 0)
    let expected = try logs.map { "==> \($0) <==\n\(try Tool.run("ledger", "--format", "csv", $0).text)\n" }
    #expect(outcome.text == expected.joined())
    #expect(outcome.errors.contains("everything.log") && outcome.errors.contains("seconds"))
  }

  @Test("names of outputs: with folders where names are the same; placeholders") func names() throws {
    let folder = try TemporaryFolder([:])
    for host in ["a", "b"] {
      try FileManager.default.createDirectory(atPath: "\(folder.path)/\(host)", withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: Tool.packed("one.gz"), toPath: "\(folder.path)/\(host)/one.gz")
    }
    let out = "\(folder.path)/out"
    let outcome = try Tool.run(
      "batch", "--out", out, "--format", "json", "export", "--pcap", "{out}/{name}.pcap", "--", "\(folder.path)/a",
      "\(folder.path)/b/*")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let files = try FileManager.default.contentsOfDirectory(atPath: out).filter { $0.hasSuffix(".pcap") }.sorted()
    #expect(files.count == 2 && files[0].hasSuffix("_a_one.gz.pcap") && files[1].hasSuffix("_b_one.gz.pcap"))
  }

  @Test(
    "2: usage, said once",
    arguments: [
      [], ["nonsense", "--", "x"], ["check", "--", "x"], ["batch", "summary", "--", "x"], ["summary", "--nonsense", "--", "x"],
      ["--jobs", "0", "summary", "--", "x"], ["fd-timeline", "--plot", "{out}/x.svg", "--", "x"],
      ["summary", "--by", "colour", "--", "x", "y"],
    ])
  func usage(arguments: [String]) throws {
    let outcome = try Tool.run(["batch"] + arguments)
    #expect(outcome.status == 2 && outcome.output.isEmpty && outcome.errors.components(separatedBy: "Usage:").count <= 2)
    #expect(!outcome.errors.isEmpty)
  }

  @Test("a list on standard input") func list() throws {
    let folder = try TemporaryFolder(["list": Tool.fixture("f-tt") + "\n" + Tool.fixture("f") + "\n"])
    let outcome = try Tool.run(
      ["batch", "--files-from", "-", "--out", "\(folder.path)/out", "--format", "csv", "summary"], input: "\(folder.path)/list")
    #expect(outcome.status == 0 && outcome.lines.count == 3 && outcome.lines[1].hasPrefix(Tool.fixture("f-tt") + ",ok,0,"))
  }
}
