import ArgumentParser
import Tracestat

struct SummaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary",
    abstract: "Calls, errors and time by syscall: the table of strace -c -w, from the log, with percentiles.",
    discussion: """
      tracestat summary strace.log                           by call
      tracestat summary strace.log --by connection           who cost the time, and in which calls
      tracestat summary strace.log --histogram --fd 99       durations by powers of two
      tracestat summary strace.log --sizes --by connection   what sizes are read and written
      tracestat summary strace.log --interval 1s             calls each second
      """)

  @OptionGroup var input: InputArguments
  @OptionGroup var filter: FilterArguments
  @OptionGroup var output: OutputArguments
  @OptionGroup var partial: PartialArguments

  @Option(name: .customLong("by"), help: "What rows are by, besides the call.")
  var key: Summary.Key?
  @Flag(help: "Calls by powers of two of their duration (with --sizes, of their size).")
  var histogram = false
  @Flag(help: "Sizes of successful reads and writes instead of times.")
  var sizes = false
  @Option(help: ArgumentHelp("Calls in each interval of this length: 1s, 100ms, 1m.", valueName: "time"))
  var interval: IntervalArgument?
  @Option(help: ArgumentHelp("Only the busiest of what --by says, by time.", valueName: "n"))
  var top: Int?

  func validate() throws {
    if let top, top < 1 { throw ValidationError("--top is a number from 1 up") }
    if top != nil, key == nil { throw ValidationError("--top needs --by") }
    if interval != nil, histogram || sizes { throw ValidationError("--interval counts calls: leave --histogram and --sizes out") }
  }

  func run() throws {
    var options = Summary.Options()
    options.filter = filter.filter
    options.key = key
    options.top = top
    options.keepsBuckets = histogram && !sizes
    options.keepsSizes = sizes
    options.interval = interval?.nanoseconds
    let sink = try output.sink()
    let analysis = Summary(options)
    let pass = try Pass.run(input, partial.keeping(analysis))
    if output.effectiveFormat == .table {
      var table = Summary.TableOptions()
      table.width = Terminal.width
      if let top { table.subjects = top }
      try pass.results.writeTable(to: sink, view, table, redaction: pass.redaction)
    } else {
      try pass.results.write(to: sink, output.effectiveFormat, view, redaction: pass.redaction)
    }
    let shape = histogram && sizes ? [PartialOption("--histogram")] : []
    let statement = PartialStatement(analysis.statement.analysis, analysis.statement.options + shape)
    try partial.write(statement, pass.results.notes, pass.log, pass.redaction) {
      try .summary(pass.results, redaction: pass.redaction)
    }
    for note in pass.results.notes where !input.quiet { Pass.say("note: \(note)") }
    try Pass.conclude(pass.report, input, pass.redaction)
  }

  private var view: Summary.View {
    if interval != nil { return .intervals }
    if histogram { return sizes ? .sizeHistogram : .timeHistogram }
    return sizes ? .sizes : .times
  }
}

extension Summary.Key: ExpressibleByArgument {}
