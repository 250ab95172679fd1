import ArgumentParser
import Tracestat

struct StallsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stalls",
    abstract:
      "Silences that should not have been, and whose doing they were: the source, our threads, a slow consumer, the whole process."
  )

  @OptionGroup var input: InputArguments
  @OptionGroup var filter: FilterArguments
  @OptionGroup var nameFiles: NameArguments
  @OptionGroup var output: OutputArguments
  @OptionGroup var partial: PartialArguments
  @OptionGroup var marks: EventArguments

  @Option(name: .customLong("min"), help: ArgumentHelp("What is shorter is no stall: 1s, 200ms.", valueName: "time"))
  var minimum = IntervalArgument(seconds: 1)
  @Option(help: ArgumentHelp("How near a stall is to an event of --events.", valueName: "time"))
  var within = IntervalArgument(seconds: 5)

  func run() throws {
    var options = Stalls.Options()
    options.filter = filter.filter
    options.minimum = minimum.nanoseconds
    options.names = try nameFiles.read(input).byTid
    let outside = try marks.read()
    let sink = try output.sink()
    let analysis = Stalls(options)
    let pass = try Pass.run(input, analysis)
    let events = marks.place(outside, pass.results.clock)
    func write(_ sink: OutputSink, _ format: RecordFormat) throws {
      try pass.results.write(to: sink, format, events: events, within: within.nanoseconds, redaction: pass.redaction)
    }
    try write(sink, output.effectiveFormat)
    try partial.write(analysis.statement, pass.results.notes, pass.log, pass.redaction) { try .rows(write) }
    for note in pass.results.notes where !input.quiet { Pass.say("note: \(note)") }
    try Pass.conclude(pass.report, input, pass.redaction)
  }
}
