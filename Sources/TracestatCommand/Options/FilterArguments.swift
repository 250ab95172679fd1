import ArgumentParser
import Tracestat

/// Which calls count.
struct FilterArguments: ParsableArguments {
  @Option(
    name: .customLong("fd"), parsing: .singleValue,
    help: ArgumentHelp("Only this descriptor number; may be repeated.", valueName: "fd"))
  var descriptors: [Int32] = []

  @Option(
    name: .customLong("tid"), parsing: .singleValue,
    help: ArgumentHelp("Only calls of this task; may be repeated.", valueName: "tid"))
  var tids: [Int32] = []

  @Option(
    name: .customLong("process"), parsing: .singleValue,
    help: ArgumentHelp("Only this process (as the process column names it).", valueName: "pid"))
  var processes: [String] = []

  @Option(
    name: .customLong("protocol"), parsing: .singleValue,
    help: ArgumentHelp("Only connections of this protocol, such as rtmp.", valueName: "name"))
  var protocols: [String] = []

  @Option(help: ArgumentHelp("Only connections whose stream name contains this text.", valueName: "text"))
  var stream: String?

  @Option(
    help: ArgumentHelp(
      "From this time on: 13:58, 13:58:09.5, +1d 00:10, 2026-11-21T07:52:35Z, @90 (seconds into the log).", valueName: "time"))
  var from: TimeArgument?

  @Option(help: ArgumentHelp("Up to, not including, this time.", valueName: "time"))
  var to: TimeArgument?

  var filter: CallFilter {
    var filter = CallFilter()
    filter.descriptors = Set(descriptors)
    filter.tids = Set(tids)
    filter.processes = Set(processes)
    filter.protocols = Set(protocols.map { $0.lowercased() })
    filter.stream = stream
    filter.from = from?.point
    filter.to = to?.point
    return filter
  }
}

struct TimeArgument: ExpressibleByArgument {
  let point: TimePoint
  init?(argument: String) {
    guard let point = TimePoint(argument) else { return nil }
    self.point = point
  }
}

/// `1s`, `500ms`, `1m`, `0.1s`, `250us`.
struct IntervalArgument: ExpressibleByArgument {
  let nanoseconds: Int64
  let text: String
  var defaultValueDescription: String { text }

  init(seconds: Int64) {
    nanoseconds = seconds * 1_000_000_000
    text = "\(seconds)s"
  }

  init?(argument: String) {
    let units: [(String, Double)] = [("ns", 1), ("us", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9)]
    let unit = units.first { argument.hasSuffix($0.0) && argument.dropLast($0.0.count).last?.isNumber == true }
    let digits = unit.map { argument.dropLast($0.0.count) } ?? argument[...]
    guard let value = Double(digits), value > 0 else { return nil }
    let nanoseconds = (value * (unit?.1 ?? 1e9)).rounded()
    guard nanoseconds >= 1000, nanoseconds <= 864e14 else { return nil }
    self.nanoseconds = Int64(nanoseconds)
    text = argument
  }
}
