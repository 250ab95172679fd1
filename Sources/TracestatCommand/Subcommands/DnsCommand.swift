import ArgumentParser
import Tracestat

struct DnsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dns",
    abstract: "DNS queries with attempts, latency, outcome and tries of the search list.")

  @OptionGroup var input: InputArguments
  @OptionGroup var filter: FilterArguments
  @OptionGroup var output: OutputArguments
  @OptionGroup var partial: PartialArguments

  func run() throws {
    var options = Dns.Options()
    options.filter = filter.filter
    let sink = try output.sink()
    let analysis = Dns(options)
    let pass = try Pass.run(input, analysis)
    try pass.results.write(to: sink, output.effectiveFormat, redaction: pass.redaction)
    try partial.write(analysis, pass.results, pass.log, pass.redaction)
    for note in pass.results.notes { Pass.say("note: \(note)") }
    try Pass.conclude(pass.report, input, pass.redaction)
  }
}
