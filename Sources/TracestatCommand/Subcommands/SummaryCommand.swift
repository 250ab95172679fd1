import ArgumentParser
import Tracestat

struct SummaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary",
    abstract: "Calls, errors and time by syscall: the table of strace -c -w, from the log, with percentiles.")

  @OptionGroup var input: InputArguments
  @OptionGroup var filter: FilterArguments
  @OptionGroup var output: OutputArguments

  func run() throws {
    var options = Summary.Options()
    options.filter = filter.filter
    let sink = try output.sink()
    let pass = try Pass.run(input, Summary(options))
    try pass.results.write(to: sink, output.effectiveFormat, redaction: pass.redaction)
    try Pass.conclude(pass.report, input, pass.redaction)
  }
}
