import TraceAnalyses
import TraceReports

/// An option that changes what an analysis counts: partials merge where all of these are equal.
public struct PartialOption: Sendable, Equatable {
  /// As on the command line, `--interval`.
  public let name: String
  public let value: String

  public init(_ name: String, _ value: String = "") {
    self.name = name
    self.value = value
  }

  /// Nanoseconds as people write them.
  init(_ name: String, nanoseconds: Int64) { self.init(name, ClockText.seconds(nanoseconds) + "s") }

  var text: String { value.isEmpty ? name : "\(name) \(value)" }
}

extension CallFilter {
  /// What of it is not the default.
  public var stated: [PartialOption] {
    func list(_ name: String, _ values: some Sequence<String>) -> [PartialOption] {
      values.sorted().map { PartialOption(name, $0) }
    }
    var options = list("--fd", descriptors.sorted().map(String.init)) + list("--tid", tids.sorted().map(String.init))
    options += list("--process", processes) + list("--protocol", protocols)
    if let stream { options.append(PartialOption("--stream", stream)) }
    if let from { options.append(PartialOption("--from", from.stated)) }
    if let to { options.append(PartialOption("--to", to.stated)) }
    return options
  }
}

extension TimePoint {
  /// Which clock, and seconds on it.
  var stated: String {
    switch self {
    case .clock(let time): "clock \(ClockText.seconds(time))"
    case .epoch(let time): "epoch \(ClockText.seconds(time))"
    case .elapsed(let time): "@\(ClockText.seconds(time))"
    }
  }
}
