import Foundation
import Testing
import TraceTestSupport

@Suite("flame fold")
struct FlameFoldTests {
  static func fixture(_ name: String) -> String { Fixture.path("Fixtures/perf-script/\(name).txt") }

  /// Comm, depth and leaf of folded stacks with their samples: what perf report's own folding must agree with, whatever frames are called.
  private func shape(_ stacks: [(comm: String, frames: [String], count: Int)]) -> [String: Int] {
    stacks.reduce(into: [:]) { $0["\($1.comm) \($1.frames.count) \($1.frames.last ?? "")", default: 0] += $1.count }
  }

  private func folded(_ lines: [String]) -> [(comm: String, frames: [String], count: Int)] {
    lines.map { line in
      let end = line.lastIndex(of: " ")!
      let frames = line[..<end].split(separator: ";").map(String.init)
      return (frames[0], Array(frames.dropFirst()), Int(line[line.index(after: end)...])!)
    }
  }

  @Test("agrees with what perf report folded", arguments: ["chains"]) func report(name: String) throws {
    let outcome = try Tool.run("flame", "fold", "--samples", Self.fixture(name))
    #expect(outcome.status == 0 && outcome.errors.contains(" samples, "))
    let report = try Fixture.text("Fixtures/perf-script/\(name).report").split(separator: "\n").map { line in
      let cells = line.split(separator: "\t").map(String.init)
      return (
        comm: cells[0].replacingOccurrences(of: " ", with: "_"), frames: cells[2].split(separator: ";").map(String.init),
        count: Int(cells[1])!
      )
    }
    #expect(report.count > 3)
    #expect(shape(folded(outcome.lines)) == shape(report))
  }

  @Test("any choice of fields makes the same stacks", arguments: ["chains-fields", "chains-no-dso", "chains-srcline"])
  func fields(name: String) throws {
    let usual = try Tool.run("flame", "fold", "--samples", Self.fixture("chains"))
    let other = try Tool.run("flame", "fold", "--samples", Self.fixture(name))
    // Without the field there is no module to call frames by that have no symbol.
    let modules = #/\[[^;\]]*\]/#
    #expect(other.text.replacing(modules, with: "?") == usual.text.replacing(modules, with: "?"))
    #expect(usual.lines.count > 3)
  }

  @Test(
    "reports as they were when someone last looked",
    arguments: ["chains", "chains-stacks-only", "plain", "events", "tracepoint", "tracepoint-plain", "deleted"])
  func golden(name: String) throws {
    let golden = Fixture.path("Goldens/\(name).folded.txt")
    let outcome = try Tool.run("flame", "fold", "--tid", "--all", "--inline", "--addrs", Self.fixture(name))
    #expect(outcome.status == 0 && !outcome.lines.isEmpty)
    if GoldenTests.isBlessing { try Data(outcome.output).write(to: URL(fileURLWithPath: golden)) }
    let expected = try String(contentsOfFile: golden, encoding: .utf8).split(separator: "\n").map(String.init)
    #expect(firstDifference(outcome.lines, expected) == nil)
  }

  @Test("what it printed it reads again; several logs are summed; packed ones are read") func again() throws {
    let once = try Tool.run("flame", "fold", Self.fixture("chains"))
    let folder = try TemporaryFolder(["once": once.text, "twice": once.text])
    #expect(try Tool.run("flame", "fold", folder.path + "/once").output == once.output)
    let twice = try Tool.run("flame", "fold", folder.path + "/once", Self.fixture("chains"))
    #expect(folded(twice.lines).map(\.count) == folded(once.lines).map { $0.count * 2 })
    let packed = try Tool.shell("gzip -c \"$1\" | \"$0\" flame fold -", Self.fixture("chains"))
    #expect(packed.output == once.output)
  }

  @Test("2: what holds no stacks") func none() throws {
    let folder = try TemporaryFolder(["empty": "", "perf.data": "PERFILE2\u{1}\u{2}", "garbage": "hello\nworld\n\u{1} 5\n"])
    for (name, words) in [
      ("empty", "is empty"), ("perf.data", "run `perf script"), ("garbage", "holds no stacks"), ("no", "No such file"),
    ] {
      let outcome = try Tool.run("flame", "fold", "\(folder.path)/\(name)")
      #expect(outcome.status == 2 && outcome.output.isEmpty && outcome.errors.contains(words), "\(name): \(outcome.errors)")
    }
    let event = try Tool.run("flame", "fold", "--event-filter", "none", Self.fixture("events"))
    #expect(event.status == 2 && event.errors.contains("the log has page-faults, cpu-clock"))
  }

  @Test("damage is told, and what came before it is folded") func damaged() throws {
    let outcome = try Tool.shell("gzip -c \"$1\" | head -c 300 | \"$0\" flame fold -", Self.fixture("chains"))
    #expect(outcome.status == 1 && outcome.errors.contains("partial: ") && !outcome.lines.isEmpty)
    let folder = try TemporaryFolder(["log": "a 1 1.000000: cycles:\n\t1 f (/x)\ngarbage\n"])
    let lax = try Tool.run("flame", "fold", "\(folder.path)/log")
    #expect(lax.status == 0 && lax.lines == ["a;f 1"])
    #expect(
      lax.errors.contains("1 lines were not understood, the first is line 3") && lax.errors.contains("ends within a sample"))
    #expect(try Tool.run("flame", "fold", "--strict", "\(folder.path)/log").status == 1)
  }

  @Test("source lines where perf printed them") func sourceLines() throws {
    let outcome = try Tool.run("flame", "fold", "--srcline", Self.fixture("chains-srcline"))
    #expect(outcome.status == 0 && outcome.text.contains(";burn:/capture/stacks.cpp:14"))
  }

  @Test("an endless line") func endless() throws {
    let outcome = try Tool.shell(
      "(printf 'a 1 1.000000: cycles:\\n\\t1 '; head -c 40000000 /dev/zero | tr '\\0' f; printf ' (/x)\\n\\n') | \"$0\" flame fold -"
    )
    #expect(outcome.status == 0 && outcome.lines.count == 1)
    #expect(outcome.output.count < 20_000)
  }
}
