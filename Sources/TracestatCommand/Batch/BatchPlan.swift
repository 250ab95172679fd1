import ArgumentParser
import Tracestat

/// What a batch runs for each log.
struct BatchPlan {
  /// The subcommand's name and options, as given.
  let command: [String]
  let logs: [LogCollection.Log]
  /// Where outputs go; nil for standard output, one after the other.
  let folder: String?
  /// Parse threads of each run; nil where the command takes none, or says how many itself.
  let workers: Int?

  /// Of outputs, by log.
  let names: [String]

  init(command: [String], logs: [LogCollection.Log], folder: String?, workers: Int) {
    self.command = command
    self.logs = logs
    self.folder = folder
    let saysJobs = command.contains { $0 == "--jobs" || $0.hasPrefix("--jobs=") || $0.hasPrefix("-j") }
    self.workers = saysJobs || Self.withoutJobs.contains(command[0]) ? nil : workers
    names = Self.names(of: logs.map(\.name))
  }

  /// Not of one log, or not of logs of calls.
  static let refused: Set<String> = ["batch", "check", "help"]
  private static let withoutJobs: Set<String> = ["flame"]

  /// All that a run gets.
  func arguments(_ index: Int) -> [String] {
    let own = command.map { argument in
      argument.replacing("{name}", with: names[index]).replacing("{out}", with: folder ?? ".")
    }
    return own + (workers.map { ["--jobs", String($0)] } ?? []) + ["--"] + logs[index].paths
  }

  /// `DIR/NAME.csv`; nil where outputs go to standard output.
  func output(_ index: Int) -> String? { folder.map { "\($0)/\(names[index]).\(suffix)" } }

  /// The ending of output files, by the format that the command is to write.
  private var suffix: String {
    var format: String?
    for (index, argument) in command.enumerated() {
      if argument.hasPrefix("--format=") { format = String(argument.dropFirst("--format=".count)) }
      if argument == "--format", index + 1 < command.count { format = command[index + 1] }
    }
    if let format { return format == "table" ? "txt" : format }
    switch command.first {
    case "show", "export": return "txt"
    case "flame": return command.contains("draw") ? "svg" : "folded"
    default: return "csv"
    }
  }

  /// `logs/web1.log.xz` -> `web1.log`; with the suffix of its packing, with its folders, and with a number, where that is not enough.
  static func names(of logs: [String]) -> [String] {
    func candidates(_ log: String) -> [String] {
      let parts = log.split(separator: "/").filter { $0 != "." && $0 != ".." }.map(String.init)
      let name = log == "-" ? "stdin" : parts.last ?? "log"
      return [Baseline.shortName(name), name, parts.joined(separator: "_")].map {
        $0.hasSuffix(".*") ? String($0.dropLast(2)) : $0
      }
    }
    var uses: [String: Int] = [:]
    for log in logs { for name in Set(candidates(log)) { uses[name, default: 0] += 1 } }
    var taken: Set<String> = []
    return logs.map { log in
      let names = candidates(log)
      let wanted = names.first { uses[$0] == 1 } ?? names[names.count - 1]
      var unique = wanted
      var number = 2
      while !taken.insert(unique).inserted {
        unique = "\(wanted)-\(number)"
        number += 1
      }
      return unique
    }
  }
}
