import ArgumentParser
import Tracestat

struct FdsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fds",
    abstract: "Descriptors: lifetimes, opened and closed by whom, what each was, what went through it; or leaks, or growth.",
    discussion: """
      tracestat fds strace.log                            a row for each life of each descriptor
      tracestat fds --leaks strace.log                    opened and never closed, by who opened what
      tracestat fds --growth --interval 10s strace.log    open descriptors of each process over time
      tracestat fds --growth strace.log --plot open.svg   the same as a picture
      """)

  enum View: String, EnumerableFlag {
    case leaks, growth

    static func help(for value: Self) -> ArgumentHelp? {
      switch value {
      case .leaks: "What was opened and never closed, by who opened it."
      case .growth: "How many were opened, closed and open, by process and interval."
      }
    }
  }

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, csv, tsv, json, ndjson, gnuplot }

  @OptionGroup var input: InputArguments
  @OptionGroup var filter: FilterArguments
  @OptionGroup var marks: EventArguments
  @OptionGroup var partial: PartialArguments
  @Flag var view: View?
  @Flag(help: "With --leaks: a row for each thread that opened, instead of each process.")
  var byThread = false
  @Option(help: ArgumentHelp("With --growth: length of an interval, 10s unless told.", valueName: "time"))
  var interval: IntervalArgument?
  @Option(
    help:
      "table, csv, tsv, json or ndjson; with --growth gnuplot, too (script and data, with -o DIR). Default: table on a terminal, csv otherwise."
  )
  var format: Format?
  @Option(name: .shortAndLong, help: ArgumentHelp("Write to this file (to this directory for gnuplot).", valueName: "path"))
  var output: String?
  @Option(help: ArgumentHelp("With --growth: draw it with gnuplot into this .svg or .png file.", valueName: "file"))
  var plot: String?

  mutating func validate() throws {
    if byThread, view != .leaks { throw ValidationError("--by-thread goes with --leaks") }
    if interval != nil || plot != nil || format == .gnuplot || marks.events != nil, view != .growth {
      throw ValidationError("--interval, --events, --plot and --format gnuplot go with --growth")
    }
    if format == .gnuplot, output == nil {
      throw ValidationError("--format gnuplot writes several files: name a directory with -o DIR")
    }
  }

  func run() throws {
    switch view {
    case nil:
      var options = Fds.Options()
      options.filter = filter.filter
      try report(Fds(options)) { try $0.write(to: $1, $2, redaction: $3) }
    case .leaks:
      var options = FdLeaks.Options()
      options.filter = filter.filter
      options.isByThread = byThread
      try report(FdLeaks(options)) { try $0.write(to: $1, $2, redaction: $3) }
    case .growth:
      if let plot { try GnuplotRunner.check(plot) }
      var options = FdGrowth.Options()
      options.filter = filter.filter
      if let interval { options.interval = interval.nanoseconds }
      let outside = try marks.read()
      try report(FdGrowth(options)) { result, sink, format, redaction in
        let pictures = GnuplotGrowth(result, events: marks.place(outside, result.clock), redaction: redaction)
        if let plot { try GnuplotRunner.draw(pictures, into: plot) }
        if self.format == .gnuplot, let output { return try pictures.write(toDirectory: output) }
        if plot == nil || self.format != nil || output != nil { try result.write(to: sink, format, redaction: redaction) }
      }
    }
  }

  private func report<A: PartialAnalysis>(
    _ analysis: A, write: (A.Result, OutputSink, RecordFormat, Redaction) throws -> Void
  ) throws {
    let sink = try format == .gnuplot ? OutputSink() : output.map { try OutputSink(path: $0) } ?? OutputSink()
    let pass = try Pass.run(input, analysis)
    let records = format.flatMap { RecordFormat(rawValue: $0.rawValue) }
    try write(pass.results, sink, records ?? (output == nil && Terminal.isTerminal ? .table : .csv), pass.redaction)
    try partial.write(analysis, pass.results, pass.log, pass.redaction)
    try Pass.conclude(pass.report, input, pass.redaction)
  }
}
