import ArgumentParser
import Tracestat

struct ThreadsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "threads",
    abstract: "What each thread spent its time on: network, files, locks, waiting, or no call; in all or over time.",
    discussion: """
      tracestat threads strace.log                                   sums, on a terminal as shares
      tracestat threads strace.log --timeline                        a row for each second and thread
      tracestat threads strace.log --plot threads.svg                stacked areas of the busiest threads
      tracestat threads --thread-dump jstack.txt                     equal stacks of a thread dump, no log
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, csv, tsv, json, ndjson, gnuplot }

  @OptionGroup var input: InputArguments
  @OptionGroup var filter: FilterArguments
  @OptionGroup var nameFiles: NameArguments
  @OptionGroup var marks: EventArguments
  @OptionGroup var partial: PartialArguments

  @Flag(help: "A row for each interval and thread.")
  var timeline = false
  @Option(help: ArgumentHelp("Length of an interval: 1s, 100ms, 1m.", valueName: "time"))
  var interval = IntervalArgument(seconds: 1)
  @Option(help: ArgumentHelp("Threads in a picture, the busiest.", valueName: "n"))
  var top = GnuplotThreads.defaultLimit
  @Option(
    help: "table, csv, tsv, json, ndjson, or gnuplot (script and data, with -o DIR). Default: table on a terminal, csv otherwise."
  )
  var format: Format?
  @Option(name: .shortAndLong, help: ArgumentHelp("Write to this file (to this directory for gnuplot).", valueName: "path"))
  var output: String?
  @Option(help: ArgumentHelp("Draw stacked areas with gnuplot into this .svg or .png file.", valueName: "file"))
  var plot: String?

  mutating func validate() throws {
    if top < 1 { throw ValidationError("--top is a number from 1 up") }
    if format == .gnuplot, output == nil {
      throw ValidationError("--format gnuplot writes several files: name a directory with -o DIR")
    }
  }

  func run() throws {
    let isFile = format != .gnuplot && (plot == nil || format != nil || output != nil)
    let records = format.flatMap { RecordFormat(rawValue: $0.rawValue) } ?? (output == nil && Terminal.isTerminal ? .table : .csv)
    if !nameFiles.dumps.isEmpty, input.logs.isEmpty {
      let groups = try ThreadDump.read(nameFiles.dumps).map(StackGroup.of)
      return try StackGroup.write(groups, to: output.map { try OutputSink(path: $0) } ?? OutputSink(), records)
    }
    if let plot { try GnuplotRunner.check(plot) }
    var options = Threads.Options()
    options.filter = filter.filter
    options.interval = interval.nanoseconds
    options.isTimeline = timeline || plot != nil || format == .gnuplot
    options.names = try nameFiles.read(input).byTid
    let outside = try marks.read()
    let sink = isFile ? try output.map { try OutputSink(path: $0) } ?? OutputSink() : nil
    let analysis = Threads(options)
    let pass = try Pass.run(input, analysis)
    let events = marks.place(outside, pass.results.clock)
    let pictures = GnuplotThreads(pass.results, limit: top, events: events, redaction: pass.redaction)
    if let plot { try GnuplotRunner.draw(pictures, into: plot) }
    if format == .gnuplot, let output {
      try pictures.write(toDirectory: output)
    } else if let sink, timeline {
      try pass.results.writeTimeline(to: sink, records, events: events, redaction: pass.redaction)
    } else if let sink {
      try pass.results.write(to: sink, records, redaction: pass.redaction)
    }
    try partial.write(analysis, pass.results, pass.log, pass.redaction)
    for note in pass.results.notes where !input.quiet { Pass.say("note: \(note)") }
    try Pass.conclude(pass.report, input, pass.redaction)
  }
}
