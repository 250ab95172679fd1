import ArgumentParser
import Tracestat

struct HttpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "http",
    abstract: "HTTP/1.x requests with status, latency and sizes, as far as the strings hold them.")

  @OptionGroup var input: InputArguments
  @OptionGroup var filter: FilterArguments
  @OptionGroup var output: OutputArguments
  @OptionGroup var partial: PartialArguments

  func run() throws {
    var options = Http.Options()
    options.filter = filter.filter
    let sink = try output.sink()
    let analysis = Http(options)
    let pass = try Pass.run(input, analysis)
    try pass.results.write(to: sink, output.effectiveFormat, redaction: pass.redaction)
    try partial.write(analysis, pass.results, pass.log, pass.redaction)
    try Pass.conclude(pass.report, input, pass.redaction)
  }
}
