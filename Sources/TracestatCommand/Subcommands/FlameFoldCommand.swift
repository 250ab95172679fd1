import ArgumentParser
import Tracestat

struct FlameFoldCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fold",
    abstract: "Folded stacks, a line for each: `comm;frame;frame 17`, as stackcollapse-perf.pl prints them.")

  @OptionGroup var input: StackArguments
  @Option(name: .shortAndLong, help: ArgumentHelp("Write to this file instead of standard output.", valueName: "file"))
  var output: String?

  @OptionGroup var partial: PartialArguments

  func run() throws {
    let (stacks, damages) = try input.fold()
    try stacks.writeFolded(to: output.map { try OutputSink(path: $0) } ?? OutputSink())
    if let path = partial.path { try input.partial(stacks, damages).write(to: path) }
    try input.conclude(stacks, damages)
  }
}
