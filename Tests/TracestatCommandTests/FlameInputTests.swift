import Foundation
import Testing
import TraceTestSupport

/// `flame fold` over what is no text of perf.
@Suite("flame fold: other inputs")
struct FlameInputTests {
  static let strace = Fixture.path("Fixtures/stacks/strace-k.log")
  static let jstack = Fixture.path("Fixtures/stacks/jstack.txt")

  private func weights(_ outcome: Tool.Outcome) -> [String: Int] {
    outcome.lines.reduce(into: [:]) {
      let space = $1.lastIndex(of: " ")!
      $0[String($1[..<space]), default: 0] += Int($1[$1.index(after: space)...])!
    }
  }

  @Test("processes of tasks that were attached: together, each its own, or as a list says") func processes() throws {
    let folder = try TemporaryFolder([
      "log": "10 1.000000 getuid() = 0 <0.000001>\n11 1.100000 getuid() = 0 <0.000002>\n12 1.200000 getuid() = 0 <0.000004>\n",
      "tids": "tid tgid comm\n10 10 server\n11 10 worker\n12 12 other\n",
    ])
    func folded(_ options: String...) throws -> [String] {
      try Tool.run(["flame", "fold", "--quiet"] + options + ["\(folder.path)/log"]).lines.sorted()
    }
    #expect(try folded() == ["10;10;getuid 1000", "10;11;getuid 2000", "10;12;getuid 4000"])
    #expect(try folded("--processes", "each") == ["10;10;getuid 1000", "11;11;getuid 2000", "12;12;getuid 4000"])
    #expect(
      try folded("--tids", "\(folder.path)/tids") == ["10;10;getuid 1000", "10;11;getuid 2000", "12;12;getuid 4000"])
    let diff = try Tool.run(
      "flame", "diff", "--tids", "\(folder.path)/tids", "\(folder.path)/log", "\(folder.path)/log")
    #expect(diff.status == 2 && diff.errors.contains("--tids"))
  }

  @Test("strace -k: every call's time under the stack below its last line") func stacks() throws {
    // By hand: task, call and its -T of each line that ends a call; its frames are the lines below.
    var expected: [String: Int] = [:]
    var lines = try Fixture.text("Fixtures/stacks/strace-k.log").split(separator: "\n")[...]
    while let line = lines.popFirst() {
      guard let time = line.firstMatch(of: #/<(\d+)\.(\d{6})>$/#) else { continue }
      let words = line.split(separator: " ")
      let call = words[2] == "<..." ? String(words[3]) : String(words[2].prefix { $0 != "(" })
      let symbols = lines.prefix { $0.hasPrefix(" > ") }.map { $0.firstMatch(of: #/\((?:void )?([\w:]+).*\+0x/#)!.1 }
      #expect(!symbols.isEmpty)
      expected["\(words[0]) \(symbols.reversed().joined(separator: " ")) \(call)", default: 0] +=
        (Int(time.1)! * 1_000_000 + Int(time.2)!) * 1000
    }
    let outcome = try Tool.run("flame", "fold", Self.strace)
    #expect(outcome.status == 0 && expected.count == 4)
    var found: [String: Int] = [:]
    for (stack, weight) in weights(outcome) {
      let frames = stack.split(separator: ";").dropFirst().map {
        $0.replacing("void ", with: "").prefix { $0 != "<" && $0 != "(" }
      }
      found[frames.joined(separator: " "), default: 0] += weight
    }
    func cut(_ names: [String: Int]) -> [String: Int] {
      names.reduce(into: [:]) {
        $0[$1.key.replacing("::operator", with: "").replacing("::_M_run", with: ""), default: 0] += $1.value
      }
    }
    #expect(cut(found) == cut(expected))
  }

  @Test("the calls of any log: their sums are those of summary") func calls() throws {
    let log = Tool.fixture("everything")
    let rows = try Tool.run("summary", "--format", "tsv", log).lines.dropFirst().map {
      $0.split(separator: "\t", omittingEmptySubsequences: false)
    }
    let header = try Tool.run("summary", "--format", "tsv", log).lines[0].split(separator: "\t").map(String.init)
    for (weight, column) in [("calls", "calls"), ("time", "time_ns")] {
      let at = try #require(header.firstIndex(of: column))
      let sum = rows.reduce(0) { $0 + (Int($1[at]) ?? 0) }
      let folded = weights(try Tool.run("flame", "fold", "--weight", weight, log))
      #expect(sum > 0 && folded.values.reduce(0, +) == sum, "\(weight)")
    }
    // Given on standard input, and named what it is.
    let piped = try Tool.shell("cat \"$1\" | \"$0\" flame fold --input strace -", log)
    #expect(try piped.output == Tool.run("flame", "fold", log).output)
  }

  @Test("bytes are those that connections moved; times of the log's clock") func bytes() throws {
    let log = Tool.fixture("everything")
    let moved = weights(try Tool.run("flame", "fold", "--weight", "bytes", log))
    #expect(!moved.isEmpty && moved.values.allSatisfy { $0 > 0 })
    let whole = weights(try Tool.run("flame", "fold", "--weight", "calls", log)).values.reduce(0, +)
    let late = weights(try Tool.run("flame", "fold", "--weight", "calls", "--from", "@1", log)).values.reduce(0, +)
    let early = weights(try Tool.run("flame", "fold", "--weight", "calls", "--to", "@1", log)).values.reduce(0, +)
    #expect(whole == late + early)
  }

  @Test("thread dumps: all threads, or those in a state; several files are summed") func dumps() throws {
    let all = weights(try Tool.run("flame", "fold", "--threads", Self.jstack))
    #expect(all.values.reduce(0, +) == 24 && all.keys.contains { $0.hasPrefix("java;compute-1;") })
    let blocked = try Tool.run("flame", "fold", "--state", "BLOCKED", Self.jstack, Self.jstack)
    #expect(weights(blocked).values.reduce(0, +) == 12 && blocked.errors.contains("only samples of BLOCKED are folded"))
    let early = weights(try Tool.run("flame", "fold", "--to", "@1", Self.jstack))
    #expect(early.values.reduce(0, +) == 8)
  }

  @Test("2: a log of calls behind another kind; --input that does not fit") func mixed() throws {
    let mixed = try Tool.run("flame", "fold", Self.jstack, Self.strace)
    #expect(mixed.status == 2 && mixed.errors.contains("fold them apart"))
    #expect(try Tool.run("flame", "fold", "--input", "strace", Self.jstack).status == 2)
    #expect(try Tool.run("flame", "fold", "--input", "nonsense", Self.jstack).status == 2)
  }
}
