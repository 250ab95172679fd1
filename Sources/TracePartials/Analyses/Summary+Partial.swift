import TraceAnalyses
import TraceReports
import TraceSyntax

extension Summary: PartialAnalysis {
  public var statement: PartialStatement {
    var stated = options.filter.stated
    if let key = options.key { stated.append(PartialOption("--by", key.rawValue)) }
    if options.keepsSizes { stated.append(PartialOption("--sizes")) }
    if options.keepsBuckets { stated.append(PartialOption("--histogram")) }
    if let interval = options.interval { stated.append(PartialOption("--interval", nanoseconds: interval)) }
    return .init("summary", stated)
  }

  public var keeping: Summary {
    var options = options
    options.keepsState = true
    return Summary(options)
  }

  public func contents(of result: Result, redaction: Redaction) throws -> PartialContents {
    try .summary(result, redaction: redaction)
  }
  public func notes(of result: Result) -> [String] { result.notes }
}

extension Summary.Options {
  /// The options of a partial: as much as its state needs of them.
  init(_ stated: [PartialOption]) throws(PartialFault) {
    self.init()
    for option in stated {
      switch option.name {
      case "--by":
        guard let known = Summary.Key(rawValue: option.value) else { throw PartialFault("rows by \(option.value.terminalSafe)") }
        key = known
      case "--sizes": keepsSizes = true
      case "--histogram": keepsBuckets = true
      case "--interval":
        // As `nanoseconds` writes it, `0.1s`.
        guard option.value.hasSuffix("s"), let length = Self.nanoseconds(option.value.dropLast()), Limits.isInterval(length)
        else {
          throw PartialFault("intervals of no length")
        }
        interval = Int64(length)
      default: break
      }
    }
  }

  private static func nanoseconds(_ text: Substring) -> UInt64? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard let whole = parts.first.flatMap({ UInt64($0) }), whole < 1 << 32, parts.count <= 2 else { return nil }
    guard parts.count == 2 else { return whole * 1_000_000_000 }
    guard parts[1].count <= 9, let fraction = UInt64(parts[1]) else { return nil }
    return whole * 1_000_000_000 + (parts[1].count..<9).reduce(fraction) { scaled, _ in scaled * 10 }
  }
}

extension FoldOptions {
  /// What of it changes names and weights.
  ///
  /// - Parameter event: the event that was folded: samples of several do not sum up.
  public func stated(_ event: String?) -> [PartialOption] {
    let flags: [(String, Bool)] = [
      ("--pid", naming.pid), ("--tid", naming.tid), ("--kernel", naming.kernel), ("--jit", naming.jit),
      ("--inline", naming.inline),
      ("--addrs", naming.addresses), ("--srcline", naming.sourceLines), ("--samples", countsSamples),
      ("--threads", naming.threads),
    ]
    var stated = flags.filter(\.1).map { PartialOption($0.0) }
    if let event, !event.isEmpty { stated.append(PartialOption("--event-filter", event)) }
    if let callWeight { stated.append(PartialOption("--weight", callWeight.rawValue)) }
    if let every { stated.append(PartialOption("--every", ClockText.seconds(every))) }
    if let redaction { stated.append(PartialOption("--redact", redaction.scope.rawValue)) }
    if let from { stated.append(PartialOption("--from", from.stated)) }
    if let to { stated.append(PartialOption("--to", to.stated)) }
    return stated
  }
}

extension ProfileTime {
  fileprivate var stated: String {
    switch self {
    case .stamp(let time): ClockText.seconds(time)
    case .elapsed(let time): "@\(ClockText.seconds(time))"
    case .point(let point): point.stated
    }
  }
}
