import ArgumentParser
import Tracestat

struct FlameDrawCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "draw",
    abstract: "A flame graph as one SVG file: a click zooms, Ctrl-F searches.",
    discussion: "tracestat flame draw perf.txt -o flame.svg; a browser shows it.")

  @OptionGroup var input: StackArguments
  @Option(name: .shortAndLong, help: ArgumentHelp("Write to this file instead of standard output.", valueName: "file"))
  var output: String?
  @OptionGroup var picture: FlameArguments

  func run() throws {
    let (stacks, damages) = try input.fold(input.logs)
    let graph = FlameGraph(stacks, picture.options(title: "Flame graph of \(measure(stacks))"))
    if graph.isEmpty { throw UsageError(description: "no sample is left to draw") }
    try graph.write(to: output.map { try OutputSink(path: $0) } ?? OutputSink())
    try input.conclude([stacks], damages)
  }

  /// What the frames' widths are.
  private func measure(_ stacks: FoldedStacks) -> String {
    switch stacks.unit {
    case .nanoseconds: return "time in calls"
    case .calls: return "calls"
    case .bytes: return "bytes read and written"
    case .count:
      let event = input.eventFilter ?? (stacks.events.count == 1 ? stacks.events[0].name : "")
      if event.isEmpty || stacks.addsEvents { return "samples" }
      return input.samples ? "samples of \(event)" : event
    }
  }
}
