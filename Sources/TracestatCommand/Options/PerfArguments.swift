import ArgumentParser
import Tracestat

/// The text of `perf script`, and which of its samples count.
struct PerfArguments: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "What `perf script` printed, plain or compressed; `-` or nothing: standard input. Several are read in order.",
      valueName: "log"))
  var logs: [String] = []

  @Option(help: ArgumentHelp("Only samples of this event, as perf prints it; may be given several times.", valueName: "event"))
  var event: [String] = []
  @Option(help: ArgumentHelp("Only samples of this thread; may be given several times.", valueName: "tid"))
  var tid: [Int64] = []
  @Option(help: ArgumentHelp("Only samples of threads of this name; may be given several times.", valueName: "name"))
  var comm: [String] = []
  @Option(
    help: ArgumentHelp("From this time on: 3118.5 as perf prints it, or @90 (seconds after the first sample).", valueName: "time")
  )
  var from: ProfileTime?
  @Option(help: ArgumentHelp("Up to, not including, this time.", valueName: "time"))
  var to: ProfileTime?
  @Option(help: ArgumentHelp("Only the first rows.", valueName: "n"))
  var top: Int?
  @OptionGroup var output: OutputArguments
  @Flag(name: .shortAndLong, help: "No progress, no summary on standard error; errors and warnings stay.")
  var quiet = false
  @Flag(help: "Exit with status 1 when a line of the log was not understood.")
  var strict = false
  @OptionGroup var redaction: RedactionArguments

  mutating func validate() throws {
    if let top, top < 1 { throw ValidationError("--top is a number from 1 up") }
  }

  private var filter: PerfFilter {
    var filter = PerfFilter()
    filter.events = event
    filter.tids = Set(tid)
    filter.comms = Set(comm)
    filter.from = from
    filter.to = to
    return filter
  }

  /// The analysis's answer over all logs, with progress on a terminal.
  func run<A: PerfAnalysis>(_ analysis: A) throws -> (A.Result, PerfReadings) {
    if logs.isEmpty, Terminal.isTerminal(standardInput: true) {
      throw UsageError(description: "no log named (a file, or - for standard input); see tracestat perf --help")
    }
    var log = PerfLog(logs)
    let meter = ProgressMeter()
    if !quiet && Terminal.showsProgress { log.progress = { meter.update($0) } }
    defer { meter.clear() }
    let (result, readings) = try log.run(analysis, filter: filter)
    let missing = event.filter { name in !readings.events.contains { $0.name == name } }
    if let name = missing.first {
      let names = readings.events.map(\.name).filter { !$0.isEmpty }
      throw UsageError(
        description: "no sample is of \(name)\(names.isEmpty ? "" : "; the log has \(names.joined(separator: ", "))")")
    }
    return (result, readings)
  }

  /// Writes counts by these keys, and what there is to say of them.
  func writeCounts(by keys: [PerfKey], interval: IntervalArgument?) throws {
    var options = PerfCount.Options()
    options.keys = keys
    options.interval = interval?.nanoseconds
    let sink = try output.sink()
    let (result, readings) = try run(PerfCount(options))
    try result.write(to: sink, output.effectiveFormat, top: top, redaction: hidden(readings))
    try conclude(readings, notes: result.notes)
  }

  /// What of names and payloads is hidden.
  func hidden(_ readings: PerfReadings) -> Redaction { redaction.naming?.redaction(head: readings.head) ?? .none }

  /// Damage, notes, the summary, and the exit status. After the report, so that nothing is lost above it.
  func conclude(_ readings: PerfReadings, notes: [String]) throws {
    Pass.say(readings.damages)
    for note in notes + readings.notes { Pass.say("note: \(note)") }
    if !quiet { Pass.say(readings.verdict) }
    if readings.damages.contains(where: { $0.severity == .partial }) || (strict && readings.notUnderstood > 0) {
      throw ExitCode(1)
    }
  }
}
