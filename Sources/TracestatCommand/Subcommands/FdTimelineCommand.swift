import ArgumentParser
import Tracestat

struct FdTimelineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fd-timeline",
    abstract: "Reads and writes of every descriptor over time: calls, errors, bytes, time, latency, and which connection it was.",
    discussion: """
      tracestat fd-timeline strace.log                          the busiest connections, on a terminal
      tracestat fd-timeline strace.log.xz --plot timeline.svg   four pictures: read and write, time and bytes
      tracestat fd-timeline strace.log --fd 99 --format csv     the series of one descriptor
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, csv, tsv, json, ndjson, gnuplot }

  @OptionGroup var input: InputArguments
  @OptionGroup var filter: FilterArguments
  @OptionGroup var marks: EventArguments
  @OptionGroup var partial: PartialArguments

  @Option(help: ArgumentHelp("Length of an interval: 1s, 100ms, 1m.", valueName: "time"))
  var interval = IntervalArgument(seconds: 1)
  @Option(help: ArgumentHelp("Only the busiest descriptors, by time.", valueName: "n"))
  var top: Int?
  @Option(help: "Where a call's time goes: spread over the intervals it touched, or all at its end.")
  var attribute = FdTimeline.Attribution.spread
  @Option(
    help: "table, csv, tsv, json, ndjson, or gnuplot (script and data, with -o DIR). Default: table on a terminal, csv otherwise."
  )
  var format: Format?
  @Option(name: .shortAndLong, help: ArgumentHelp("Write to this file (to this directory for gnuplot).", valueName: "path"))
  var output: String?
  @Option(help: ArgumentHelp("Draw the four pictures with gnuplot into this .svg or .png file.", valueName: "file"))
  var plot: String?

  mutating func validate() throws {
    if let top, top < 1 { throw ValidationError("--top is a number from 1 up") }
    if format == .gnuplot, output == nil {
      throw ValidationError("--format gnuplot writes several files: name a directory with -o DIR")
    }
  }

  func run() throws {
    if let plot { try GnuplotRunner.check(plot) }
    var options = FdTimeline.Options()
    options.filter = filter.filter
    options.interval = interval.nanoseconds
    options.top = top
    options.attribution = attribute
    let outside = try marks.read()
    let isFile = format != .gnuplot && (plot == nil || format != nil || output != nil)
    let sink = isFile ? try output.map { try OutputSink(path: $0) } ?? OutputSink() : nil
    let analysis = FdTimeline(options)
    let pass = try Pass.run(input, partial.keeping(analysis))
    let result = pass.results.busiest(top)
    let pictures = GnuplotTimeline(
      result, limit: top ?? GnuplotTimeline.defaultLimit,
      events: marks.place(outside, pass.results.clock), redaction: pass.redaction)
    if let plot { try GnuplotRunner.draw(pictures, into: plot) }
    if format == .gnuplot, let output {
      try pictures.write(toDirectory: output)
    } else if let sink {
      try write(result, to: sink, pass.redaction)
    }
    try partial.write(analysis, pass.results, pass.log, pass.redaction)
    for note in pass.results.notes { Pass.say("note: \(note)") }
    try Pass.conclude(pass.report, input, pass.redaction)
  }

  private func write(_ result: FdTimelineResult, to sink: OutputSink, _ redaction: Redaction) throws {
    if let records = format.flatMap({ RecordFormat(rawValue: $0.rawValue) }), records != .table {
      try result.write(to: sink, records, redaction: redaction)
    } else if format == .table || (output == nil && Terminal.isTerminal) {
      var terminal = FdTimelineResult.TerminalOptions()
      terminal.width = Terminal.width
      terminal.isUTF8 = Terminal.isUTF8
      if let top { terminal.limit = top }
      try result.writeRanking(to: sink, terminal, redaction: redaction)
    } else {
      try result.write(to: sink, .csv, redaction: redaction)
    }
  }
}

extension FdTimeline.Attribution: ExpressibleByArgument {}
