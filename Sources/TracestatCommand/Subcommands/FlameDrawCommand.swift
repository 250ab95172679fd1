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
  @Option(help: ArgumentHelp("What stands above it.", valueName: "text"))
  var title = "Flame graph"
  @Option(help: ArgumentHelp("Leave out frames narrower than so many of the graph's 1180 pixels.", valueName: "pixels"))
  var minWidth = 0.1
  @Flag(help: "Merge stacks from their leaves on: who calls what costs.")
  var reverse = false
  @Flag(help: "Draw the root above and leaves below.")
  var icicle = false

  mutating func validate() throws {
    if !(0...1180).contains(minWidth) { throw ValidationError("--min-width is a number of pixels from 0 to 1180") }
  }

  func run() throws {
    let (stacks, damages) = try input.fold()
    var options = FlameGraph.Options()
    options.title = title
    options.isReversed = reverse
    options.isIcicle = icicle
    options.narrowest = minWidth
    let graph = FlameGraph(stacks, options)
    if graph.isEmpty { throw UsageError(description: "no sample is left to draw") }
    try graph.write(to: output.map { try OutputSink(path: $0) } ?? OutputSink())
    try input.conclude(stacks, damages)
  }
}
