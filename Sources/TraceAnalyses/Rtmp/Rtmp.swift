import TraceCalls
import TraceProcesses
import TraceSyntax

/// Every RTMP command or data message whose name stands in a read or written buffer.
public struct Rtmp: Analysis {
  public struct Options: Sendable {
    public var filter = CallFilter()
    public init() {}
  }

  public struct Row: Sendable {
    public let sighting: RTMPSighting
    public let process: String
    /// nil where the call began before the log did.
    public let descriptor: Int32?
    public let n: Int32?
    /// As far as the buffer showed them; they end `...` where -s cut them.
    public let app: String?
    public let stream: String?
  }

  public struct Result: Sendable {
    /// In the order of the calls' ends.
    public let rows: [Row]
    public let clock: TraceClock
  }

  public static var needsEveryCall: Bool { false }
  public static var needsSessions: Bool { false }
  public var takesTransfers: Bool { true }

  public let options: Options
  private var sightings: [RTMPSighting] = []

  public init(_ options: Options = Options()) { self.options = options }

  public mutating func consume(_ batch: CallBatch, _ context: TraceContext) {
    for sighting in context.model.sightings
    where options.filter.tids.isEmpty || options.filter.tids.contains(TaskNumber.tid(sighting.tid)) { sightings.append(sighting) }
  }

  public mutating func finish(_ context: TraceContext) -> Result {
    let model = context.model
    let filter = options.filter
    let clock = context.reader.clock
    let window = filter.window(clock)
    var rows: [Row] = []
    for sighting in sightings where sighting.end >= window.from && sighting.end < window.to {
      let incarnation = sighting.incarnation >= 0 ? model.incarnations[Int(sighting.incarnation)] : nil
      if let incarnation {
        guard filter.accepts(incarnation, model) else { continue }
      } else if filter.dependsOnDescriptions || !filter.descriptors.isEmpty {
        continue
      }
      rows.append(
        Row(
          sighting: sighting, process: sighting.process >= 0 ? model.processLabel(sighting.process) : "",
          descriptor: incarnation?.descriptor, n: incarnation?.n, app: sighting.command.shownApp,
          stream: sighting.command.shownStream))
    }
    return Result(rows: rows, clock: clock)
  }
}
