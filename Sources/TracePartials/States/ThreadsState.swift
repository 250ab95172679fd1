import TraceAnalyses
import TraceCalls
import TraceReports
import TraceSyntax

/// What the threads of each log spent their time on.
struct ThreadsState: PartialState {
  private(set) var results: [ThreadsResult]

  init(_ results: [ThreadsResult]) { self.results = results }

  mutating func merge(_ other: ThreadsState, _ places: [Int], _ otherPlaces: [Int]) throws(PartialFault) {
    results = .placed(results, places, other.results, otherPlaces)
  }

  func write(to sink: OutputSink, _ format: RecordFormat, _ scene: PartialScene) throws {
    // The rows over time are those of the analysis that says so.
    let isTimeline = scene.timeColumn != nil
    if results.count == 1 || (format == .table && !isTimeline) {
      let result = results.count == 1 ? results[0] : together(scene)
      return try isTimeline ? result.writeTimeline(to: sink, format) : result.write(to: sink, format)
    }
    let sets = try results.map { result in
      try RecordSet.recording { sink, format in
        try isTimeline ? result.writeTimeline(to: sink, format) : result.write(to: sink, format)
      }
    }
    try RecordMerge(sets, scene.labels, timeColumn: scene.timeColumn).write(to: sink, format)
  }

  func pictures(_ scene: PartialScene) throws -> (any GnuplotPictures)? {
    guard scene.timeColumn != nil else { return nil }
    try scene.checkClocks()
    return GnuplotThreads(together(scene), limit: scene.display.top ?? GnuplotThreads.defaultLimit)
  }

  /// All logs together, the processes of several named `LOG:PROCESS`.
  private func together(_ scene: PartialScene) -> ThreadsResult {
    guard results.count > 1 else { return results[0] }
    var (threads, cells): ([ThreadsResult.Thread], [ThreadCell]) = ([], [])
    for (result, label) in zip(results, scene.labels) {
      let first = Int32(clamping: threads.count)
      threads += result.threads.map { $0.named("\(label):\($0.process)") }
      cells += result.cells.map { cell in
        ThreadCell(
          life: cell.life + first, interval: cell.interval, count: cell.count, times: cell.times, parked: cell.parked,
          isSaturated: cell.isSaturated)
      }
    }
    cells.sort { ($0.interval, $0.life) < ($1.interval, $1.life) }
    return ThreadsResult(
      interval: results[0].interval, origin: results.map(\.origin).min() ?? 0, clock: scene.clock, threads: threads, cells: cells)
  }
}

extension ThreadsResult.Thread {
  fileprivate func named(_ process: String) -> Self {
    Self(
      process: process, tid: tid, name: name, role: role, times: times, parked: parked, saturated: saturated, calls: calls,
      untimed: untimed,
      hasClock: hasClock)
  }
}
