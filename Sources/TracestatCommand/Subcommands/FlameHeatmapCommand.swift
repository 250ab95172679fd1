import ArgumentParser
import Tracestat

struct FlameHeatmapCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "heatmap",
    abstract: "When samples were taken: a column for each second, a cell for each slice of it, darker where there are more.",
    discussion: """
      tracestat flame heatmap perf.txt -o heat.svg     a picture
      tracestat flame heatmap perf.txt -o heat.html    a page: a range picked in it shows its flame graph
      """)

  enum Form: String, ExpressibleByArgument, CaseIterable {
    case svg, html
  }

  @OptionGroup var input: StackArguments
  @Option(help: ArgumentHelp("svg or html. Default: what the file's name ends in, else svg.", valueName: "form"))
  var format: Form?
  @Option(name: .shortAndLong, help: ArgumentHelp("Write to this file instead of standard output.", valueName: "file"))
  var output: String?
  @Option(help: ArgumentHelp("What stands above it.", valueName: "text"))
  var title: String?
  @Option(help: ArgumentHelp("Slices of a second.", valueName: "n"))
  var rows = 50

  mutating func validate() throws {
    if !(1...1000).contains(rows) { throw ValidationError("--rows is a number from 1 to 1000") }
  }

  func run() throws {
    let (stacks, damages) = try input.fold(input.logs, slice: 1_000_000_000 / Int64(rows))
    var options = HeatMap.Options()
    if let title { options.title = title } else if stacks.unit != .count { options.title = "Calls" }
    guard let map = HeatMap(stacks, options) else {
      throw UsageError(description: "no sample has a time: folded stacks, blocks and logs without stamps have none")
    }
    let sink = try output.map { try OutputSink(path: $0) } ?? OutputSink()
    let isPage = format.map { $0 == .html } ?? (output?.hasSuffix(".html") == true)
    if isPage { try map.writeReport(to: sink) } else { try map.write(to: sink) }
    try input.conclude([stacks], damages)
  }
}
