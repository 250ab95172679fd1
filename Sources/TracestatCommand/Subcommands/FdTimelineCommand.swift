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

  @OptionGroup var input: InputArguments
  @OptionGroup var filter: FilterArguments
  @OptionGroup var marks: EventArguments
  @OptionGroup var pictures: PictureArguments
  @OptionGroup var partial: PartialArguments

  @Option(help: ArgumentHelp("Length of an interval: 1s, 100ms, 1m.", valueName: "time"))
  var interval = IntervalArgument(seconds: 1)
  @Option(help: ArgumentHelp("Only the busiest descriptors, by time.", valueName: "n"))
  var top: Int?
  @Option(help: "Where a call's time goes: spread over the intervals it touched, or all at its end.")
  var attribute = FdTimeline.Attribution.spread

  mutating func validate() throws {
    if let top, top < 1 { throw ValidationError("--top is a number from 1 up") }
  }

  func run() throws {
    var options = FdTimeline.Options()
    options.filter = filter.filter
    options.interval = interval.nanoseconds
    options.top = top
    options.attribution = attribute
    let outside = try marks.read()
    let sink = try pictures.open()
    let analysis = FdTimeline(options)
    let pass = try Pass.run(input, partial.keeping(analysis))
    let result = pass.results.busiest(top)
    let events = marks.place(outside, pass.results.clock)
    let limit = top ?? GnuplotTimeline.defaultLimit
    try pictures.draw(GnuplotTimeline(result, limit: limit, events: events, redaction: pass.redaction))
    if let sink { try write(result, to: sink, pass.redaction) }
    try partial.write(analysis, pass.results, pass.log, pass.redaction)
    for note in pass.results.notes { Pass.say("note: \(note)") }
    try Pass.conclude(pass.report, input, pass.redaction)
  }

  private func write(_ result: FdTimelineResult, to sink: OutputSink, _ redaction: Redaction) throws {
    if pictures.records == .table {
      var terminal = FdTimelineResult.TerminalOptions()
      terminal.width = Terminal.width
      terminal.isUTF8 = Terminal.isUTF8
      if let top { terminal.limit = top }
      try result.writeRanking(to: sink, terminal, redaction: redaction)
    } else {
      try result.write(to: sink, pictures.records, redaction: redaction)
    }
  }
}

extension FdTimeline.Attribution: ExpressibleByArgument {}
