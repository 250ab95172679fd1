import ArgumentParser
import Tracestat

struct PerfCountCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "count",
    abstract: "How often a tracepoint was hit, by a field of what it prints: sed | sort | uniq -c, in one go.",
    discussion: """
      tracestat perf count timers.txt --event timer:timer_start --by function
      tracestat perf count timers.txt --event timer:timer_start --by function --interval 1s --format csv
      """)

  @OptionGroup var input: PerfArguments
  @Option(
    help: ArgumentHelp(
      "Fields that rows are by, commas between: names as the tracepoint prints them (function, next_comm), or comm, pid, tid, cpu.",
      valueName: "fields"))
  var by = PerfKeyList(keys: [])
  @Option(help: ArgumentHelp("A row for each interval of this length: 1s, 100ms, 1m.", valueName: "time"))
  var interval: IntervalArgument?

  func run() throws { try input.writeCounts(by: by.keys, interval: interval) }
}
