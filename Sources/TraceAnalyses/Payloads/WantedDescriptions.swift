import TraceCalls
import TraceProcesses

/// The open descriptions that a filter wants, where that is known at a log's end only (protocols, streams): what a second pass asks for.
public struct WantedDescriptions: Analysis {
  public static var needsEveryCall: Bool { false }

  private let filter: CallFilter

  public init(_ filter: CallFilter) { self.filter = filter }

  public mutating func consume(_ batch: CallBatch, _ context: TraceContext) {}

  /// Indices as they are in every pass over the log.
  public mutating func finish(_ context: TraceContext) -> Set<Int> {
    let model = context.model
    var wanted: Set<Int> = []
    for life in model.incarnations where !life.isVoid && filter.accepts(life, model) { wanted.insert(Int(life.description)) }
    return wanted
  }
}
