import ArgumentParser
import Tracestat

struct FdTimelineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fd-timeline",
    abstract: "Reads and writes of every descriptor over time: calls, errors, bytes, time, latency, and which connection it was.")

  @OptionGroup var input: InputArguments
  @OptionGroup var filter: FilterArguments
  @OptionGroup var output: OutputArguments

  @Option(help: ArgumentHelp("Length of an interval: 1s, 100ms, 1m.", valueName: "time"))
  var interval = IntervalArgument(seconds: 1)
  @Option(help: "Only the busiest descriptors, by time.")
  var top: Int?
  @Option(help: "Where a call's time goes: spread over the intervals it touched, or all at its end.")
  var attribute = FdTimeline.Attribution.spread

  func run() throws {
    var options = FdTimeline.Options()
    options.filter = filter.filter
    options.interval = interval.nanoseconds
    options.top = top
    options.attribution = attribute
    let sink = try output.sink()
    let pass = try Pass.run(input, FdTimeline(options))
    try pass.results.write(to: sink, output.effectiveFormat)
    try Pass.conclude(pass.report, input)
  }
}

extension FdTimeline.Attribution: ExpressibleByArgument {}
