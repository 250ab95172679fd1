import Foundation
import Testing
import TraceTestSupport

@Suite("merge")
struct MergeCommandTests {
  static let commands =
    Tool.reports.map { [$0] } + Tool.views + [
      ["futex", "--timeline"], ["futex", "--blame"], ["threads", "--timeline"], ["fds", "--leaks", "--by-thread"],
      ["summary", "--by", "connection"], ["summary", "--sizes"], ["summary", "--sizes", "--histogram"],
      ["summary", "--histogram"],
      ["summary", "--interval", "100ms", "--by", "thread"], ["fd-timeline", "--attribute", "end", "--interval", "250ms"],
      ["fd-timeline", "--from", "@1", "--fd", "5"],
    ]

  @Test("a partial of one log prints what the command prints, to the byte", arguments: commands)
  func same(command: [String]) throws {
    let log = Fixture.path("Fixtures/stalls/blocked.log")
    let folder = try TemporaryFolder([:])
    let file = "\(folder.path)/one.partial"
    let notes = try Tool.run(command + [log, "--partial", file])
    #expect(notes.status == 0)
    for format in ["table", "csv", "tsv", "json", "ndjson"] {
      let direct = try Tool.run(command + [log, "--format", format])
      let merged = try Tool.run("merge", file, "--format", format)
      #expect(merged.output == direct.output && merged.status == 0, "\(format)")
      #expect(merged.errors.split(separator: "\n").sorted() == direct.errors.split(separator: "\n").sorted(), "\(format)")
    }
    // Beside the usual output, which it does not change.
    #expect(notes.output == (try Tool.run(command + [log])).output)
  }

  @Test("folded stacks of one profile are what fold prints")
  func stacks() throws {
    let file = "\(try TemporaryFolder([:]).path)/one.partial"
    let log = Fixture.path("Fixtures/perf-script/chains.txt")
    let direct = try Tool.run("flame", "fold", log, "--partial", file)
    let merged = try Tool.run("merge", file)
    #expect(merged.output == direct.output && merged.errors == direct.errors && merged.status == 0)
    #expect(direct.lines.count > 3)
  }

  @Test("partials go into one, and into pictures and files")
  func outputs() throws {
    let folder = try TemporaryFolder([:])
    let (a, b, both) = ("\(folder.path)/a.partial", "\(folder.path)/b.partial", "\(folder.path)/both.partial")
    for (name, file) in [("blocked", a), ("source", b)] {
      #expect(
        try Tool.run("fd-timeline", "--top", "1", Fixture.path("Fixtures/stalls/\(name).log"), "--partial", file).status == 0)
    }
    let quiet = try Tool.run("merge", a, b, "--partial", both, "--quiet")
    #expect(quiet.status == 0 && quiet.output.isEmpty)
    let once = try Tool.run("merge", b, a, "--format", "csv")
    #expect(try Tool.run("merge", both, "--format", "csv").output == once.output)
    #expect(once.lines.first?.hasSuffix(",peer,protocol,stream,log") == true)
    // --top of a run does not take anything from its partial, --top of a merge is of all logs.
    let descriptors = { (outcome: Tool.Outcome) in
      Set(
        outcome.lines.dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false)[2...4].joined(separator: " ") }
      )
    }
    #expect(descriptors(once).count > 5)
    #expect(descriptors(try Tool.run("merge", a, b, "--format", "csv", "--top", "2")).count == 2)
    #expect(try Tool.run("merge", a, b, "--format", "gnuplot", "-o", "\(folder.path)/plot").status == 0)
    #expect(FileManager.default.fileExists(atPath: "\(folder.path)/plot/fd-timeline.gp"))
    #expect(try Tool.run("merge", a, "--format", "table").text.contains("connection"))
  }

  @Test("what is wrong ends with status 2 and names the file; damage in a log with 1")
  func failures() throws {
    let folder = try TemporaryFolder(["log.partial": "no partial"])
    let file = "\(folder.path)/a.partial"
    let wrong = try Tool.run("merge", "\(folder.path)/log.partial")
    #expect(wrong.status == 2 && wrong.errors.contains("log.partial: is no partial"))
    #expect(try Tool.run("merge", "\(folder.path)/none").status == 2)
    #expect(try Tool.run("merge").status == 2)
    let log = Fixture.path("Fixtures/stalls/blocked.log")
    #expect(try Tool.run("http", log, "--partial", "\(folder.path)/none/a.partial").status == 2)
    _ = try Tool.run("http", log, "--partial", file)
    let twice = try Tool.run("merge", file, file)
    #expect(twice.status == 2 && twice.errors.contains("the same log twice"))
    #expect(try Tool.run("merge", file, "--plot", "\(folder.path)/a.svg").errors.contains("no pictures of `http` partials"))
    let damaged = "\(folder.path)/damaged.partial"
    #expect(try Tool.run("summary", Tool.packed("truncated.gz"), "--partial", damaged).status == 1)
    let merged = try Tool.run("merge", damaged)
    #expect(merged.status == 1 && merged.errors.contains("partial: ") && !merged.output.isEmpty)
    // A device is written to, not replaced.
    #expect(try Tool.run("http", log, "--partial", "/dev/null").status == 0)
    #expect(try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type] as? FileAttributeType == .typeCharacterSpecial)
  }

  @Test("with --redact a partial holds no secrets, and says that it does not")
  func redaction() throws {
    let folder = try TemporaryFolder([:])
    for (index, command) in [["connections"], ["fd-timeline"], ["rtmp", "--sessions"], ["summary", "--by", "connection"]]
      .enumerated()
    {
      let (open, hidden) = ("\(folder.path)/open\(index)", "\(folder.path)/hidden\(index)")
      let log = Fixture.sample("nginx-rtmp")
      let direct = try Tool.run(command + [log, "--redact", "--redact-salt", "salt", "--partial", hidden, "--format", "csv"])
      let merged = try Tool.run("merge", hidden, "--format", "csv")
      #expect(merged.output == direct.output && !merged.text.contains("cam-stage") && merged.text.contains("stream-"))
      _ = try Tool.run(command + [log, "--partial", open])
      #expect(try Tool.run("merge", hidden, open).errors.contains("with --redact secrets"))
    }
  }
}
