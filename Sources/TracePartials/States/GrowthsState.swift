import TraceAnalyses
import TraceCalls
import TraceReports
import TraceSyntax

/// Open descriptors of each log's processes over time.
struct GrowthsState: PartialState {
  private(set) var results: [FdGrowth.Result]

  init(_ results: [FdGrowth.Result]) { self.results = results }

  mutating func merge(_ other: GrowthsState, _ places: [Int], _ otherPlaces: [Int]) throws(PartialFault) {
    results = .placed(results, places, other.results, otherPlaces)
  }

  func write(to sink: OutputSink, _ format: RecordFormat, _ scene: PartialScene) throws {
    guard results.count > 1 else { return try results[0].write(to: sink, format) }
    let sets = try results.map { result in
      try RecordSet.recording { sink, format in try result.write(to: sink, format) }
    }
    try RecordMerge(sets, scene.labels, timeColumn: scene.timeColumn).write(to: sink, format)
  }

  func pictures(_ scene: PartialScene) throws -> (any GnuplotPictures)? {
    try scene.checkClocks()
    guard results.count > 1 else { return GnuplotGrowth(results[0]) }
    var rows = zip(results, scene.labels).flatMap { result, label in
      result.rows.map { row in
        FdGrowth.Row(
          interval: row.interval, process: "\(label):\(row.process)", processNumber: row.processNumber, opened: row.opened,
          closed: row.closed, open: row.open, peak: row.peak)
      }
    }
    rows.sort { ($0.interval, $0.processNumber, $0.process) < ($1.interval, $1.processNumber, $1.process) }
    return GnuplotGrowth(
      FdGrowth.Result(
        rows: rows, interval: results[0].interval, origin: results.map(\.origin).min() ?? 0, last: results.map(\.last).max() ?? 0,
        clock: scene.clock))
  }
}

// MARK: As a message

extension GrowthsState {
  func encode(into message: inout ProtoPartial) {
    message.growths.growths = results.map { result in
      .with {
        $0.interval = UInt64(result.interval)
        $0.origin = result.origin
        $0.last = result.last
        $0.rows = result.rows.map { row in
          .with {
            $0.interval = row.interval
            $0.process = row.process
            $0.processNumber = row.processNumber
            $0.opened = UInt64(row.opened)
            $0.closed = UInt64(row.closed)
            $0.peak = UInt64(max(0, row.peak))
            $0.files = Int64(row.open.files)
            $0.sockets = Int64(row.open.sockets)
            $0.pipes = Int64(row.open.pipes)
            $0.others = Int64(row.open.others)
          }
        }
      }
    }
  }

  init(_ message: ProtoGrowthList, _ logs: [PartialLog]) throws(PartialFault) {
    try require(message.growths.count == logs.count, "it has rows of \(message.growths.count) logs for \(logs.count)")
    var results: [FdGrowth.Result] = []
    for (growth, log) in zip(message.growths, logs) {
      try require(
        Limits.isInterval(growth.interval) && growth.interval == message.growths[0].interval, "intervals of no length")
      let interval = Int64(growth.interval)
      try require(
        Limits.isInterval(growth.origin, of: interval) && Limits.isInterval(growth.last, of: interval), "an interval at no time")
      var rows: [FdGrowth.Row] = []
      for row in growth.rows {
        let counts = [row.files, row.sockets, row.pipes, row.others]
        try require(
          Limits.isInterval(row.interval, of: interval) && counts.allSatisfy { Limits.isCount(Int64(clamping: $0.magnitude)) }
            && [row.opened, row.closed, row.peak].allSatisfy(Limits.isCount), "a row at no time, or of more than there can be")
        var open = FdGrowth.Counts()
        (open.files, open.sockets, open.pipes, open.others) = (Int(row.files), Int(row.sockets), Int(row.pipes), Int(row.others))
        rows.append(
          FdGrowth.Row(
            interval: row.interval, process: row.process, processNumber: row.processNumber, opened: Int(row.opened),
            closed: Int(row.closed), open: open, peak: Int(row.peak)))
      }
      results.append(
        FdGrowth.Result(rows: rows, interval: interval, origin: growth.origin, last: growth.last, clock: log.clock))
    }
    self.init(results)
  }
}
