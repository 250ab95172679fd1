import ArgumentParser
import Tracestat

struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "What --partial kept of several logs, put together as if one run had read them all.",
    discussion: """
      tracestat summary web1.log --partial web1.partial      on one machine, or in one process
      tracestat summary web2.log --partial web2.partial      on another
      tracestat merge web1.partial web2.partial              one table
      tracestat merge web*.partial --partial web.partial     one partial, to be merged further

      Rows of several logs say in a last column, log, which one they are of. A partial is of a whole log: pieces of one log are given to \
      one run.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, csv, tsv, json, ndjson, gnuplot }

  @Argument(help: ArgumentHelp("Files that --partial wrote, of one analysis with equal options.", valueName: "partial"))
  var paths: [String]
  @Option(help: ArgumentHelp("Only the busiest, as --top of the analysis.", valueName: "n"))
  var top: Int?
  @Option(
    help: "table, csv, tsv, json, ndjson, or gnuplot (script and data, with -o DIR). Default: table on a terminal, csv otherwise."
  )
  var format: Format?
  @Option(name: .shortAndLong, help: ArgumentHelp("Write to this file (to this directory for gnuplot).", valueName: "path"))
  var output: String?
  @Option(help: ArgumentHelp("Draw the pictures of the analysis with gnuplot into this .svg or .png file.", valueName: "file"))
  var plot: String?
  @OptionGroup var partial: PartialArguments
  @Flag(name: .shortAndLong, help: "No ledger line on standard error; errors and warnings stay.")
  var quiet = false

  mutating func validate() throws {
    if let top, top < 1 { throw ValidationError("--top is a number from 1 up") }
    if format == .gnuplot, output == nil {
      throw ValidationError("--format gnuplot writes several files: name a directory with -o DIR")
    }
  }

  func run() throws {
    if let plot { try GnuplotRunner.check(plot) }
    guard let all = try Partial.merged(paths.map { try Partial(reading: $0) }) else { return }
    var display = Partial.Display()
    display.width = Terminal.width
    display.isUTF8 = Terminal.isUTF8
    display.top = top
    if plot != nil || format == .gnuplot { try draw(all, display) }
    // What goes into a file is not printed as well, unless it is asked for.
    if format != .gnuplot, (plot == nil && partial.path == nil) || format != nil || output != nil {
      let usual: RecordFormat = output == nil && Terminal.isTerminal ? .table : .csv
      let sink = try output.map { try OutputSink(path: $0) } ?? OutputSink()
      try all.write(to: sink, format.flatMap { RecordFormat(rawValue: $0.rawValue) } ?? usual, display)
    }
    if let path = partial.path { try all.write(to: path) }
    try conclude(all)
  }

  private func draw(_ all: Partial, _ display: Partial.Display) throws {
    guard let pictures = try all.pictures(display) else {
      throw UsageError(
        description:
          "there are no pictures of `\(all.analysis)` partials; there are of fd-timeline, threads --timeline and fds --growth")
    }
    if let plot { try GnuplotRunner.draw(pictures, into: plot) }
    if format == .gnuplot, let output { try pictures.write(toDirectory: output) }
  }

  /// What the runs said of their logs, and the exit status.
  private func conclude(_ all: Partial) throws {
    for log in all.logs {
      for damage in log.damages { Pass.say(damage.severity == .partial ? "partial: \(damage)" : "note: \(damage)") }
    }
    for note in all.notes { Pass.say("note: \(note)") }
    if !quiet { Pass.say(all.verdict) }
    if all.isPartial { throw ExitCode(1) }
  }
}
