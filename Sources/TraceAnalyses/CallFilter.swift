import TraceCalls
import TraceProcesses
import TraceSyntax

/// Which calls an analysis counts. Empty sets let everything pass.
public struct CallFilter: Sendable {
  public var descriptors: Set<Int32> = []
  public var tids: Set<Int32> = []
  /// Labels of processes, as reports print them.
  public var processes: Set<String> = []
  /// Protocol names, and text that stream names contain.
  public var protocols: Set<String> = []
  public var stream: String?
  /// Nanoseconds of the log's clock: from <= end of the call < to.
  public var from: TimePoint?
  public var to: TimePoint?

  public init() {}

  /// Whether ``accepts(_:)`` refuses any call.
  var filtersCalls: Bool { !tids.isEmpty || !descriptors.isEmpty }

  /// Whether the task and the descriptor are wanted; what depends on the whole log is asked of ``accepts(_:_:)``.
  @inline(__always)
  func accepts(_ event: CallEvent) -> Bool {
    (tids.isEmpty || tids.contains(TaskNumber.tid(event.tid))) && (descriptors.isEmpty || descriptors.contains(event.descriptor))
  }

  /// Whether an incarnation is wanted, known at the end of the log only.
  func accepts(_ incarnation: Incarnation, _ model: ProcessModel) -> Bool {
    if !descriptors.isEmpty, !descriptors.contains(incarnation.descriptor) { return false }
    if !processes.isEmpty, !processes.contains(model.processLabel(incarnation.table)) { return false }
    return accepts(model.descriptions[Int(incarnation.description)])
  }

  /// Whether a connection's protocol and stream are wanted, known at the end of the log only.
  func accepts(_ description: OpenDescription) -> Bool {
    if !protocols.isEmpty, !protocols.contains(description.protocolName) { return false }
    if let stream, description.stream?.contains(stream) != true { return false }
    return true
  }

  var dependsOnDescriptions: Bool { !processes.isEmpty || !protocols.isEmpty || stream != nil }

  /// The wanted times on the clock of a log, `from` included, `to` not; everything where nothing was said.
  ///
  /// - Parameters:
  ///   - clock: of the log, once its first stamp is known.
  ///   - interval: nanoseconds to which the log's start is aligned for `@SECONDS`.
  func window(_ clock: TraceClock, interval: Int64 = 1_000_000_000) -> (from: Int64, to: Int64) {
    let first = clock.first ?? 0
    let remainder = first % interval
    let origin = first - (remainder < 0 ? remainder + interval : remainder)
    return (from?.resolved(clock, origin: origin) ?? .min, to?.resolved(clock, origin: origin) ?? .max)
  }
}
