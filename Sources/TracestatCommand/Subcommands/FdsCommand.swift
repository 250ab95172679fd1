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

  @OptionGroup var input: InputArguments
  @OptionGroup var filter: FilterArguments
  @OptionGroup var marks: EventArguments
  @OptionGroup var pictures: PictureArguments
  @OptionGroup var partial: PartialArguments
  @Flag var view: View?
  @Flag(help: "With --leaks: a row for each thread that opened, instead of each process.")
  var byThread = false
  @Option(help: ArgumentHelp("With --growth: length of an interval, 10s unless told.", valueName: "time"))
  var interval: IntervalArgument?

  mutating func validate() throws {
    if byThread, view != .leaks { throw ValidationError("--by-thread goes with --leaks") }
    if interval != nil || pictures.areWanted || marks.events != nil, view != .growth {
      throw ValidationError("--interval, --events, --plot and --format gnuplot go with --growth")
    }
  }

  func run() throws {
    switch view {
    case nil:
      var options = Fds.Options()
      options.filter = filter.filter
      try report(Fds(options)) { if let sink = $1 { try $0.write(to: sink, $2, redaction: $3) } }
    case .leaks:
      var options = FdLeaks.Options()
      options.filter = filter.filter
      options.isByThread = byThread
      try report(FdLeaks(options)) { if let sink = $1 { try $0.write(to: sink, $2, redaction: $3) } }
    case .growth:
      var options = FdGrowth.Options()
      options.filter = filter.filter
      if let interval { options.interval = interval.nanoseconds }
      let outside = try marks.read()
      try report(FdGrowth(options)) { result, sink, records, redaction in
        let events = marks.place(outside, result.clock)
        try pictures.draw(GnuplotGrowth(result, events: events, redaction: redaction))
        if let sink { try result.write(to: sink, records, redaction: redaction) }
      }
    }
  }

  private func report<A: PartialAnalysis>(
    _ analysis: A, write: (A.Result, OutputSink?, RecordFormat, Redaction) throws -> Void
  ) throws {
    let sink = try pictures.open()
    let pass = try Pass.run(input, analysis)
    try write(pass.results, sink, pictures.records, pass.redaction)
    try partial.write(analysis, pass.results, pass.log, pass.redaction)
    try Pass.conclude(pass.report, input, pass.redaction)
  }
}
