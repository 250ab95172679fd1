import ArgumentParser
import Tracestat

struct FlameFoldCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fold",
    abstract: "Folded stacks, a line for each: `comm;frame;frame 17`, as stackcollapse-perf.pl prints them.")

  enum Form: String, ExpressibleByArgument, CaseIterable {
    case folded, speedscope, firefox, pprof
  }

  @OptionGroup var input: StackArguments
  @Option(
    help: ArgumentHelp(
      "folded, or a file for another viewer: speedscope (www.speedscope.app), firefox (profiler.firefox.com), pprof.",
      valueName: "form"))
  var format = Form.folded
  @Option(name: .shortAndLong, help: ArgumentHelp("Write to this file instead of standard output.", valueName: "file"))
  var output: String?

  @OptionGroup var partial: PartialArguments

  func run() throws {
    let (stacks, damages) = try input.fold(input.logs)
    let sink = try output.map { try OutputSink(path: $0) } ?? OutputSink()
    let name = input.logs.first.flatMap { $0.split(separator: "/").last.map(String.init) } ?? "standard input"
    switch format {
    case .folded: try stacks.writeFolded(to: sink)
    case .speedscope: try stacks.writeSpeedscope(to: sink, name: name)
    case .firefox: try stacks.writeFirefox(to: sink, name: name)
    case .pprof:
      if output == nil, Terminal.isTerminal { throw UsageError(description: "pprof files are binary: name one with -o") }
      try stacks.writePprof(to: sink)
    }
    if let path = partial.path { try input.partial(stacks, damages).write(to: path) }
    try input.conclude([stacks], damages)
  }
}
