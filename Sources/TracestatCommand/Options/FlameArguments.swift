import ArgumentParser
import Tracestat

/// How a flame graph looks.
struct FlameArguments: ParsableArguments {
  @Option(help: ArgumentHelp("What stands above it.", valueName: "text"))
  var title: String?
  @Option(help: ArgumentHelp("Leave out frames narrower than so many of the graph's 1180 pixels.", valueName: "pixels"))
  var minWidth = 0.1
  @Flag(help: "Merge stacks from their leaves on: who calls what costs.")
  var reverse = false
  @Flag(help: "Draw the root above and leaves below.")
  var icicle = false

  mutating func validate() throws {
    if !(0...1180).contains(minWidth) { throw ValidationError("--min-width is a number of pixels from 0 to 1180") }
  }

  func options(title usual: String) -> FlameGraph.Options {
    var options = FlameGraph.Options()
    options.title = title ?? usual
    options.isReversed = reverse
    options.isIcicle = icicle
    options.narrowest = minWidth
    return options
  }
}
