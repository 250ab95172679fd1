import ArgumentParser
import Tracestat

struct LedgerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger", abstract: "What became of every line, and whether strace's own summary table agrees.")

  @OptionGroup var input: InputArguments
  @OptionGroup var output: OutputArguments
  @OptionGroup var partial: PartialArguments

  func run() throws {
    let sink = try output.sink()
    let pass = try Pass.run(input, Summary())
    try pass.report.ledgerReport.write(to: sink, output.effectiveFormat, redaction: pass.redaction)
    try partial.write(PartialStatement("ledger"), [], pass.log, pass.redaction) { .ledger }
    try Pass.conclude(pass.report, input, pass.redaction)
  }
}
