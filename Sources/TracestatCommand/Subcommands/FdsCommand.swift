import ArgumentParser
import Tracestat

struct FdsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fds", abstract: "Lifetimes of descriptors: opened and closed by whom, what each was, what went through it.")

  @OptionGroup var input: InputArguments
  @OptionGroup var filter: FilterArguments
  @OptionGroup var output: OutputArguments

  func run() throws {
    var options = Fds.Options()
    options.filter = filter.filter
    let sink = try output.sink()
    let pass = try Pass.run(input, Fds(options))
    try pass.results.write(to: sink, output.effectiveFormat, redaction: pass.redaction)
    try Pass.conclude(pass.report, input, pass.redaction)
  }
}
