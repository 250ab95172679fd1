import TraceCalls
import TraceProcesses

/// Silences, by their start.
public struct StallsResult: Sendable {
  public struct Row: Sendable {
    public let stall: Stall
    public let process: String
    /// The connection; nil for a process.
    public let descriptor: Int32?
    public let n: Int32?
    public let peer: String?
    public let stream: String?
  }

  public let rows: [Row]
  public let clock: TraceClock
  public let names: [String]
  /// Nanoseconds: what is shorter is no stall.
  public let minimum: Int64
  /// Calls on one line without a duration.
  let untimed: Int

  init(_ found: [Stall], _ options: Stalls.Options, minimum: Int64, untimed: Int, _ context: TraceContext) {
    let (model, filter) = (context.model, options.filter)
    clock = context.reader.clock
    names = context.reader.names.names
    self.minimum = minimum
    self.untimed = untimed
    let window = filter.window(clock)
    var rows: [Row] = []
    for stall in Self.withoutConsequences(found) where stall.end > window.from && stall.start < window.to {
      let process = stall.process >= 0 ? model.processLabel(stall.process) : ""
      if !filter.tids.isEmpty, stall.tid.map({ filter.tids.contains($0) }) != true { continue }
      guard stall.incarnation >= 0 else {
        let isWanted =
          filter.descriptors.isEmpty && filter.protocols.isEmpty && filter.stream == nil
          && (filter.processes.isEmpty || filter.processes.contains(process))
        if isWanted { rows.append(Row(stall: stall, process: process, descriptor: nil, n: nil, peer: nil, stream: nil)) }
        continue
      }
      let life = model.incarnations[Int(stall.incarnation)]
      guard filter.accepts(life, model) else { continue }
      let description = model.descriptions[Int(life.description)]
      rows.append(
        Row(
          stall: stall, process: model.processLabel(life.table), descriptor: life.descriptor, n: life.n,
          peer: description.peer, stream: description.stream))
    }
    rows.sort {
      ($0.stall.start, $0.stall.evidenceLine, $0.descriptor ?? -1) < ($1.stall.start, $1.stall.evidenceLine, $1.descriptor ?? -1)
    }
    self.rows = rows
  }

  /// While a process stood still its connections did, too: that is one stall, not many.
  private static func withoutConsequences(_ found: [Stall]) -> [Stall] {
    let stops = Dictionary(grouping: found.filter { $0.kind == .processStopped }, by: \.process)
    guard !stops.isEmpty else { return found }
    return found.filter { stall in
      guard stall.kind != .processStopped, let ofProcess = stops[stall.process] else { return true }
      let stopped = ofProcess.reduce(Int64(0)) { $0 &+ max(0, min($1.end, stall.end) &- max($1.start, stall.start)) }
      return stopped < stall.duration / 2
    }
  }

  /// What is approximated, for people.
  public var notes: [String] {
    if clock.kind == .none { return ["the log has no time stamps: silences cannot be known (record with strace -tt -T)"] }
    var notes: [String] = []
    if !clock.isFine { notes.append("stamps of whole seconds: a stall begins and ends up to a second later than said") }
    // The call of exit has none in any log, nor has one that never returned.
    if untimed > 100 {
      notes.append(
        "\(untimed) calls have no duration: writes that were held up and waits that were overdue among them cannot be known (record with strace -T)"
      )
    }
    return notes
  }
}
