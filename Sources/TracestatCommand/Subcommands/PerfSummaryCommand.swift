import ArgumentParser
import Tracestat

struct PerfSummaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary",
    abstract: "Samples and their periods by comm, pid, tid, cpu, symbol or dso, of each event; in all or over time.")

  @OptionGroup var input: PerfArguments
  @Option(
    help: ArgumentHelp(
      "What rows are by, commas between: comm, pid, tid, cpu, symbol, dso (the innermost frame's), or a field of a tracepoint.",
      valueName: "keys"))
  var by = PerfKeyList(keys: [.comm])
  @Option(help: ArgumentHelp("A row for each interval of this length: 1s, 100ms, 1m.", valueName: "time"))
  var interval: IntervalArgument?

  func run() throws { try input.writeCounts(by: by.keys, interval: interval) }
}

/// `comm,symbol`.
struct PerfKeyList: ExpressibleByArgument {
  let keys: [PerfKey]
  var defaultValueDescription: String { keys.map(\.name).joined(separator: ",") }

  init(keys: [PerfKey]) { self.keys = keys }

  init?(argument: String) {
    let names = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard !names.contains("") else { return nil }
    keys = names.map(PerfKey.init)
  }
}
