import ArgumentParser
import Tracestat

struct RtmpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rtmp",
    abstract: "RTMP: every command seen in read and written buffers; or sessions, who feeds whom, and who fell silent.",
    discussion: """
      tracestat rtmp strace.log               every command with app, stream and transaction, where the string holds them
      tracestat rtmp --sessions strace.log    a row for each connection: from handshake to end, what it published or played
      tracestat rtmp --fan-out strace.log     which publisher feeds which players, by name or by the threads' reads and writes
      tracestat rtmp --freezes strace.log     publishers and players that were silent for longer than their own rhythm
      """)

  enum View: String, EnumerableFlag {
    case sessions, fanOut, freezes

    static func help(for value: Self) -> ArgumentHelp? {
      switch value {
      case .sessions: "A row for each connection."
      case .fanOut: "A row for each publisher and player of its stream."
      case .freezes: "A row for each silence that is no pause of its rhythm."
      }
    }
  }

  @OptionGroup var input: InputArguments
  @OptionGroup var filter: FilterArguments
  @OptionGroup var output: OutputArguments
  @Flag var view: View?
  @Option(help: ArgumentHelp("With --freezes: no silence shorter than this.", valueName: "time"))
  var threshold: IntervalArgument?

  mutating func validate() throws {
    if threshold != nil, view != .freezes { throw ValidationError("--threshold goes with --freezes") }
  }

  func run() throws {
    let sink = try output.sink()
    guard let view else {
      var options = Rtmp.Options()
      options.filter = filter.filter
      let pass = try Pass.run(input, Rtmp(options))
      try pass.results.write(to: sink, output.effectiveFormat, redaction: pass.redaction)
      return try Pass.conclude(pass.report, input, pass.redaction)
    }
    var options = RtmpSessions.Options()
    options.filter = filter.filter
    if let threshold { options.threshold = threshold.nanoseconds }
    let pass = try Pass.run(input, RtmpSessions(options))
    let format = output.effectiveFormat
    switch view {
    case .sessions: try pass.results.writeSessions(to: sink, format, redaction: pass.redaction)
    case .fanOut: try pass.results.writeFanOut(to: sink, format, redaction: pass.redaction)
    case .freezes: try pass.results.writeFreezes(to: sink, format, redaction: pass.redaction)
    }
    try Pass.conclude(pass.report, input, pass.redaction)
  }
}
