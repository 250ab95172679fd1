import ArgumentParser
import Tracestat

struct RtmpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rtmp",
    abstract: "RTMP commands seen in read and written buffers, with app, stream and transaction where the string holds them.")

  @OptionGroup var input: InputArguments
  @OptionGroup var filter: FilterArguments
  @OptionGroup var output: OutputArguments

  func run() throws {
    var options = Rtmp.Options()
    options.filter = filter.filter
    let sink = try output.sink()
    let pass = try Pass.run(input, Rtmp(options))
    try pass.results.write(to: sink, output.effectiveFormat, redaction: pass.redaction)
    try Pass.conclude(pass.report, input, pass.redaction)
  }
}
