import Testing
import TraceProcesses
import TraceTestSupport

@testable import TraceAnalyses

/// A line of NAME.truth.tsv: what the traced program itself counted.
struct Tally: Hashable, CustomStringConvertible {
  var process: String
  var fd: Int32
  var n: Int32
  var counts: [Int]
  var description: String { "\(process) \(fd)/\(n) \(counts)" }

  static func read(_ capture: Capture) throws -> [Tally] {
    try Fixture.text("Fixtures/\(capture.tracer)/\(capture.name).truth.tsv").split(separator: "\n").dropFirst().filter {
      !$0.hasPrefix("#")
    }.map {
      line in
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      return Tally(process: cells[0], fd: Int32(cells[1])!, n: Int32(cells[2])!, counts: cells[4...11].map { Int($0)! })
    }
  }

  /// Whether anything went through it.
  var isUsed: Bool { counts.contains { $0 != 0 } }
}

@Suite("The programs' own tallies")
struct TruthTests {
  /// As the program tallies: its `moved_in` is what was moved into a descriptor, which a report calls moved out (of the program's
  /// hands, as a write). Reads of -1 it does not tally.
  static func tallies(_ result: Fds.Result) -> Set<Tally> {
    Set(
      result.rows.filter { $0.incarnation.descriptor >= 0 }.map {
        Tally(
          process: $0.process, fd: $0.incarnation.descriptor, n: $0.incarnation.n,
          counts: [
            $0.read.calls, Int($0.read.bytes), $0.read.errors, $0.write.calls, Int($0.write.bytes), $0.write.errors,
            Int($0.movedOut), Int($0.movedIn),
          ])
      })
  }

  /// The program's tallies; a log without pids is of process 0.
  static func truth(_ capture: Capture) throws -> Set<Tally> {
    let hasPids = capture.tracer != "strace" || capture.options.contains { ["-f", "-ff"].contains($0) }
    return Set(
      try Tally.read(capture).map {
        var tally = $0
        if !hasPids { tally.process = "0" }
        return tally
      })
  }

  @Test(
    "calls, bytes, errors and moves of every life of every descriptor",
    arguments: (Capture.all + Capture.perfTrace + Capture.perfSyscalls).filter { $0.truth == .exact })
  func exact(capture: Capture) throws {
    let found = Self.tallies(try analyse(capture, Fds()))
    let truth = try Self.truth(capture)
    // Lives that nothing went through: the program knows of 0, 1 and 2 and of copies in a fork only where they were used.
    let missing = truth.subtracting(found).filter { $0.isUsed || $0.fd > 2 }.map(\.description).sorted()
    let invented = found.subtracting(truth).filter { $0.isUsed }.map(\.description).sorted()
    #expect(missing == [])
    #expect(invented == [])
  }

  @Test(
    "reads and writes of every number, where the log hides when its lives begin",
    arguments: (Capture.perfTrace + Capture.perfSyscalls).filter { $0.truth == .partial && $0.name != "perf-messages" })
  func numbers(capture: Capture) throws {
    func sums(_ tallies: Set<Tally>) -> [String: [Int]] {
      Dictionary(tallies.map { ("\($0.process) \($0.fd)", Array($0.counts[..<6])) }) { zip($0, $1).map(+) }
        .filter { $0.value.contains { $0 != 0 } }
    }
    let truth = sums(try Self.truth(capture))
    #expect(truth.count >= 3)
    #expect(sums(Self.tallies(try analyse(capture, Fds()))) == truth)
  }

  @Test("an attached log holds part of what the program did", arguments: ["attach", "attach-yy"])
  func attached(name: String) throws {
    let capture = Capture.named(name)
    var processes = ProcessOptions()
    for line in try Fixture.text("Fixtures/strace/\(name).tids.tsv").split(separator: "\n").dropFirst() {
      let numbers = line.split(separator: "\t").prefix(2).compactMap { Int32($0) }
      processes.tgids[numbers[0]] = numbers[1]
    }
    let found = Self.tallies(try analyse(capture.paths, Fds(), processes: processes)).filter(\.isUsed)
    let truth = try Self.truth(capture)
    #expect(found.count >= 4)
    for tally in found {
      let isWithin = truth.contains { whole in
        whole.fd == tally.fd && whole.process == tally.process && zip(tally.counts, whole.counts).allSatisfy { $0 <= $1 }
      }
      #expect(isWithin, "\(tally)")
    }
  }

  @Test("-s 0 hides message lengths and passed descriptors, nothing else") func hidden() throws {
    let capture = Capture.named("f-tt-s0-T-C-w")
    let found = Self.tallies(try analyse(capture, Fds()))
    // What is opened before the first pair, whose numbers `[...]` hides.
    let opened = try Tally.read(capture).first { $0.fd == 3 && $0.n == 0 }
    #expect(opened.map(found.contains) == true)
  }
}
