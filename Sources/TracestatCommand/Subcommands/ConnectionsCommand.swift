import ArgumentParser
import Tracestat

struct ConnectionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "connections",
    abstract: "Connections: peer, protocol with the line that shows it, bytes, latencies, longest silence, and what ended each.")

  @OptionGroup var input: InputArguments
  @OptionGroup var filter: FilterArguments
  @OptionGroup var output: OutputArguments
  @OptionGroup var partial: PartialArguments

  func run() throws {
    var options = Connections.Options()
    options.filter = filter.filter
    let sink = try output.sink()
    let analysis = Connections(options)
    let pass = try Pass.run(input, analysis)
    try pass.results.write(to: sink, output.effectiveFormat, redaction: pass.redaction)
    try partial.write(analysis, pass.results, pass.log, pass.redaction)
    for note in pass.results.notes { Pass.say("note: \(note)") }
    try Pass.conclude(pass.report, input, pass.redaction)
  }
}
