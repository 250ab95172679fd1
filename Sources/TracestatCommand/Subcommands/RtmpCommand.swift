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

    var name: String { self == .fanOut ? "fan-out" : rawValue }

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
  @OptionGroup var partial: PartialArguments
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
      let analysis = Rtmp(options)
      let pass = try Pass.run(input, analysis)
      try pass.results.write(to: sink, output.effectiveFormat, redaction: pass.redaction)
      try partial.write(analysis, pass.results, pass.log, pass.redaction)
      return try Pass.conclude(pass.report, input, pass.redaction)
    }
    var options = RtmpSessions.Options()
    options.filter = filter.filter
    if let threshold { options.threshold = threshold.nanoseconds }
    let analysis = RtmpSessions(options)
    let pass = try Pass.run(input, analysis)
    try write(pass.results, view, to: sink, output.effectiveFormat, pass.redaction)
    try partial.write(analysis.statement("--\(view.name)"), [], pass.log, pass.redaction) {
      try .rows { try write(pass.results, view, to: $0, $1, pass.redaction) }
    }
    try Pass.conclude(pass.report, input, pass.redaction)
  }

  private func write(
    _ result: RtmpSessions.Result, _ view: View, to sink: OutputSink, _ format: RecordFormat, _ redaction: Redaction
  ) throws {
    switch view {
    case .sessions: try result.writeSessions(to: sink, format, redaction: redaction)
    case .fanOut: try result.writeFanOut(to: sink, format, redaction: redaction)
    case .freezes: try result.writeFreezes(to: sink, format, redaction: redaction)
    }
  }
}
