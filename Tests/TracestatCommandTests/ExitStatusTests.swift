import Testing
import TraceTestSupport

@Suite("Exit statuses and what is said")
struct ExitStatusTests {
  @Test("0: fine, quiet or not", arguments: Tool.reports) func fine(report: String) throws {
    let outcome = try Tool.run(report, Tool.fixture("everything"))
    #expect(outcome.status == 0)
    #expect(outcome.errors.hasPrefix("tracestat: ") && outcome.errors.contains("every line understood"))
    #expect(outcome.errors.contains("strace's own table agrees"))
    let quiet = try Tool.run(report, "-q", Tool.fixture("everything"))
    #expect(quiet.status == 0 && quiet.errors == "" && quiet.output == outcome.output)
  }

  @Test("0: calls in flight at the end of an attached log") func attached() throws {
    let outcome = try Tool.run("summary", Tool.fixture("attach"))
    #expect(outcome.status == 0 && outcome.errors.contains("in flight at the end"))
  }

  @Test("2: a missing file", arguments: Tool.reports) func missing(report: String) throws {
    let outcome = try Tool.run(report, "/no/such/file.log")
    #expect(outcome.status == 2 && outcome.output.isEmpty)
    #expect(outcome.errors.contains("/no/such/file.log: No such file or directory"))
  }

  @Test("2: a directory") func directory() throws {
    let outcome = try Tool.run("fds", Fixture.path("Fixtures/strace"))
    #expect(outcome.status == 2 && outcome.output.isEmpty && outcome.errors.contains("is a directory"))
  }

  @Test("2: an empty file, empty input") func empty() throws {
    for outcome in [try Tool.run("fds", Tool.packed("empty.log")), try Tool.run("fds", "-")] {
      #expect(outcome.status == 2 && outcome.output.isEmpty && outcome.errors.contains("is empty"))
    }
  }

  @Test("2: binary garbage") func garbage() throws {
    var random = SeededRandom(seed: 5)
    let folder = try TemporaryFolder([:])
    try folder.write((0..<100_000).map { _ in UInt8.random(in: 0...255, using: &random) }, to: "garbage")
    let outcome = try Tool.run("fd-timeline", "\(folder.path)/garbage")
    #expect(outcome.status == 2 && outcome.output.isEmpty && outcome.errors.contains("not an strace log"))
  }

  @Test(
    "2: other logs",
    arguments: [
      "Nov 21 07:52:35 host sshd[1]: Accepted publickey\n", "hello\n", "malloc(12)\n+ ls -l\n", "{\"a\": 1}\n",
    ])
  func notATrace(text: String) throws {
    let folder = try TemporaryFolder(log: text)
    let outcome = try Tool.run("summary", folder.log)
    #expect(outcome.status == 2 && outcome.output.isEmpty)
    #expect(
      outcome.errors.contains("not an strace log") && outcome.errors.contains("strace -f -tt -T"), "what it is and what to do")
  }

  @Test("2: what is packed in a way that is not read") func bzip2() throws {
    let outcome = try Tool.run("fds", Tool.packed("one.bz2"))
    #expect(outcome.status == 2 && outcome.errors.contains("bzcat"))
  }

  @Test(
    "1: truncated and corrupt streams still give rows",
    arguments: ["truncated.gz", "truncated.xz", "truncated.zst", "corrupt.zst"], Tool.reports)
  func partial(name: String, report: String) throws {
    let outcome = try Tool.run(report, Tool.packed(name))
    #expect(outcome.status == 1)
    // Some reports have a header only: the first 1500 bytes hold no read or write.
    #expect(outcome.lines.count > (["summary", "ledger"].contains(report) ? 2 : 0))
    #expect(outcome.errors.contains("partial: ") && outcome.errors.contains(name) && outcome.errors.contains("at byte "))
    #expect(try Tool.run(report, "-q", Tool.packed(name)).errors.contains("partial: "), "-q hides no warning")
  }

  @Test("0: junk after the last member is noted") func junk() throws {
    let outcome = try Tool.run("summary", Tool.packed("junk.gz"))
    #expect(outcome.status == 0 && outcome.errors.contains("note: ") && outcome.errors.contains("ignored"))
  }

  @Test(
    "2: usage",
    arguments: [
      ["nonsense"], ["fds", "--nonsense"], ["fds", "--jobs", "0"], ["fds", "-j", "257"], ["fds", "--workers", "0"],
      ["fd-timeline", "--interval", "0"],
      ["fd-timeline", "--interval", "x"], ["fd-timeline", "--from", "noon"],
      ["fds", "--fd", "x"], ["fds", "--format", "xml"], ["fds", "--tids", "/no/such/list"], ["fds", "--memory-limit", "0"],
      ["fds", "--files", "ff"], ["fd-timeline", "--attribute", "start"], ["fds", "--leaks", "--growth"],
      ["fds", "--interval", "1s"],
      ["fds", "--by-thread"], ["fds", "--growth", "--format", "gnuplot"], ["fds", "--leaks", "--plot", "x.svg"],
      ["rtmp", "--sessions", "--freezes"], ["rtmp", "--threshold", "2s"], ["rtmp", "--freezes", "--threshold", "0"],
    ])
  func usage(arguments: [String]) throws {
    let outcome = try Tool.run(arguments + [Tool.fixture("everything")])
    #expect(outcome.status == 2 && outcome.output.isEmpty && !outcome.errors.isEmpty)
  }

  @Test("0: help and version") func help() throws {
    for arguments in [["--help"], ["--version"], ["fd-timeline", "--help"], ["help", "fds"]] {
      let outcome = try Tool.run(arguments)
      #expect(outcome.status == 0 && !outcome.output.isEmpty && outcome.errors.isEmpty)
    }
    let help = try Tool.run("--help").text
    for report in Tool.reports { #expect(help.contains(report)) }
  }

  @Test("--strict makes a line that was not understood a partial answer") func strict() throws {
    let folder = try TemporaryFolder(log: "7     close(3) = 0\n7     12:00:00 gibberish\n")
    let lax = try Tool.run("summary", folder.log)
    let strict = try Tool.run("summary", "--strict", folder.log)
    #expect(lax.status == 0 && strict.status == 1 && lax.output == strict.output)
    #expect(lax.errors.contains("1 lines not understood") && lax.errors.contains("line 2"))
    #expect(try Tool.run("summary", "--strict", Tool.fixture("everything")).status == 0)
  }

  @Test("a log that begins with an over-long line is read on behind it, however long that is") func longFirstLine() throws {
    let outcome = try Tool.shell(
      "{ head -c 100000000 /dev/zero | tr '\\0' a; printf '\\n7     close(3) = 0\\n'; } | \"$0\" summary --format csv -")
    #expect(outcome.status == 0 && outcome.lines.count == 2)
    #expect(outcome.errors.contains("over-long"))
  }
}
