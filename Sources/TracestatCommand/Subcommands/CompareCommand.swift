import ArgumentParser
import Tracestat

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract:
      "What changed from one log to another: slower calls, rates, errors, new and vanished calls, paths and peers, ranked.",
    discussion: """
      tracestat compare monday.log.xz tuesday.log.xz
      tracestat compare --before a1.xz a2.xz --after b1.xz b2.xz     several runs of each: what runs do by themselves is no change
      tracestat compare before.c.txt after.c.txt                     tables of strace -c: counts, errors and means alone

      Files of one side whose names differ by a number at the end (log.4711, log.4712) are one run of strace -ff.
      """)

  @OptionGroup var input: InputArguments
  @OptionGroup var pictures: PictureArguments

  @Option(parsing: .upToNextOption, help: ArgumentHelp("The logs of several runs from before.", valueName: "log"))
  var before: [String] = []
  @Option(parsing: .upToNextOption, help: ArgumentHelp("The logs of several runs from after.", valueName: "log"))
  var after: [String] = []
  @Flag(help: "Add rows for what was compared and does not differ (not in a table).")
  var all = false
  @Option(help: ArgumentHelp("Findings in the table, and pictures of --plot.", valueName: "n"))
  var top: Int?

  mutating func validate() throws {
    if let top, top < 1 { throw ValidationError("--top is a number from 1 up") }
    if before.isEmpty != after.isEmpty { throw ValidationError("--before and --after go together") }
    if before.isEmpty {
      guard input.logs.count == 2 else {
        throw ValidationError("name two logs, BEFORE and AFTER (or several of each with --before and --after)")
      }
    } else if !input.logs.isEmpty {
      throw ValidationError(
        "\(input.logs[0]) is of neither side: name logs behind --before and --after, or two logs without them")
    }
    if input.tasks.isOfOneLog { throw ValidationError("--tids and --notes are of one log: leave them out") }
  }

  func run() throws {
    let sides = before.isEmpty ? ([[input.logs[0]]], [[input.logs[1]]]) : (Self.runs(before), Self.runs(after))
    let sink = try pictures.open()
    let old = try sides.0.map(pass)
    let new = try sides.1.map(pass)
    let comparison = Comparison(before: old.map(\.results), after: new.map(\.results))
    // One key for all logs, so that a name has one pseudonym.
    let redaction = old.first?.redaction ?? .none
    let limit = top ?? GnuplotComparison.defaultLimit
    try pictures.draw(GnuplotComparison(comparison, limit: limit, redaction: redaction))
    if let sink { try write(comparison, to: sink, redaction) }
    for note in comparison.notes { Pass.say("note: \(note)") }
    if Set(sides.0.joined()) == Set(sides.1.joined()) { Pass.say("note: both sides are the same log") }
    var failure: (any Error)?
    for (run, paths) in zip(old + new, sides.0 + sides.1) {
      if !input.quiet { Pass.say("\(paths[0]):") }
      do { try Pass.conclude(run.report, input, redaction) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  private func pass(_ paths: [String]) throws -> (results: Behaviour.Result, report: PassReport, redaction: Redaction) {
    var side = input
    side.logs = paths
    let (results, report, redaction, _) = try Pass.run(side, Behaviour())
    return (results, report, redaction)
  }

  private func write(_ comparison: Comparison, to sink: OutputSink, _ redaction: Redaction) throws {
    if pictures.records == .table {
      try comparison.writeTable(to: sink, limit: top ?? Comparison.defaultLimit, redaction: redaction)
    } else {
      try comparison.write(to: sink, pictures.records, all: all, redaction: redaction)
    }
  }

  /// The logs of one side as runs: those that differ by a number behind the last dot are one, of strace -ff.
  static func runs(_ paths: [String]) -> [[String]] {
    var runs: [(stem: String?, paths: [String])] = []
    for path in paths {
      let parts = path.split(separator: ".", omittingEmptySubsequences: false)
      let isPiece = parts.count > 1 && parts.last.flatMap { Int32($0) } != nil
      let stem = isPiece ? parts.dropLast().joined(separator: ".") : nil
      if let stem, let index = runs.firstIndex(where: { $0.stem == stem }) {
        runs[index].paths.append(path)
      } else {
        runs.append((stem, [path]))
      }
    }
    return runs.map(\.paths)
  }
}
