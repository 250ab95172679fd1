import TraceAnalyses
import TraceReports
import TraceSyntax

/// Counts of calls, which sum up: by syscall, path and errno over all logs, by process, thread, descriptor and connection in each.
struct SummaryState: PartialState {
  private(set) var state: Summary.State

  /// - Parameters:
  ///   - result: of options that keep the state.
  ///   - redaction: what of it is hidden.
  init(_ result: Summary.Result, redaction: Redaction) throws(PartialError) {
    guard let state = result.state else { throw PartialError("the summary kept no state: set Summary.Options.keepsState") }
    self.state = redaction.isActive ? state.redacted(redaction) : state
  }

  init(_ state: Summary.State) { self.state = state }

  mutating func merge(_ other: SummaryState, _ places: [Int], _ otherPlaces: [Int]) throws(PartialFault) {
    if state.options.interval != nil, state.clock.kind != other.state.clock.kind {
      throw PartialFault("have stamps of different kinds: their intervals are not on one axis")
    }
    state.merge(other.state, places, otherPlaces)
  }

  func write(to sink: OutputSink, _ format: RecordFormat, _ scene: PartialScene) throws {
    let result = Summary.Result(state, logs: scene.labels, top: scene.display.top)
    guard format == .table else { return try result.write(to: sink, format, view) }
    var table = Summary.TableOptions()
    table.width = scene.display.width
    if let top = scene.display.top { table.subjects = top }
    try result.writeTable(to: sink, view, table)
  }

  private var view: Summary.View { state.options.view }
}

extension Summary.Options {
  /// What the options are for.
  public var view: Summary.View {
    if interval != nil { return .intervals }
    if keepsSizes { return keepsBuckets ? .sizeHistogram : .sizes }
    return keepsBuckets ? .timeHistogram : .times
  }
}

extension Summary.State {
  /// The same with names hidden.
  fileprivate func redacted(_ redaction: Redaction) -> Summary.State {
    var state = self
    for index in things.indices {
      let subject = things[index].subject
      state.things[index].subject = Summary.Subject(
        process: subject.process, tid: subject.tid, descriptor: subject.descriptor, n: subject.n, connection: subject.connection,
        description: subject.description?.redacted(redaction), path: subject.path.map { redaction.redact($0, as: .path) },
        errno: subject.errno, isRest: subject.isRest)
    }
    state.cells = cells.map { $0.named(redaction.redact($0.syscall, as: .syscall)) }
    return state
  }
}

extension Summary.Description {
  fileprivate func redacted(_ redaction: Redaction) -> Summary.Description {
    Summary.Description(
      kind: kind, local: local.map { redaction.redact($0, as: .address) }, peer: peer.map { redaction.redact($0, as: .address) },
      path: path.map { redaction.redact($0, as: .path) }, protocolName: protocolName,
      stream: stream.map { redaction.redact($0, as: .stream) })
  }
}
