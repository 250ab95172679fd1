import TraceAnalyses
import TraceCalls
import TraceReports
import TraceSyntax

/// The series of each log's descriptors. A cell, an interval of a descriptor, is whole within its log: its percentiles stay what they were.
struct TimelinesState: PartialState {
  let timelines: [FdTimelineResult]

  init(_ timelines: [FdTimelineResult]) { self.timelines = timelines }

  init(_ result: FdTimelineResult, redaction: Redaction) {
    let series = result.series.enumerated().map { number, series in
      FdSeries(
        number: number, process: series.process, processNumber: series.processNumber, descriptor: series.descriptor, n: series.n,
        kind: series.kind, local: series.local.map { redaction.redact($0, as: .address) },
        peer: series.peer.map { redaction.redact($0, as: .address) }, path: series.path.map { redaction.redact($0, as: .path) },
        protocolName: series.protocolName, stream: series.stream.map { redaction.redact($0, as: .stream) })
    }
    timelines = [
      FdTimelineResult(interval: result.interval, origin: result.origin, clock: result.clock, kept: series, rows: result.rows)
    ]
  }

  mutating func merge(_ other: TimelinesState, _ places: [Int], _ otherPlaces: [Int]) throws(PartialFault) {
    self = TimelinesState(.placed(timelines, places, other.timelines, otherPlaces))
  }

  func write(to sink: OutputSink, _ format: RecordFormat, _ scene: PartialScene) throws {
    if format == .table {
      var terminal = FdTimelineResult.TerminalOptions()
      terminal.width = scene.display.width
      terminal.isUTF8 = scene.display.isUTF8
      if let top = scene.display.top { terminal.limit = top }
      return try together(scene).writeRanking(to: sink, terminal)
    }
    guard timelines.count > 1 else { return try timelines[0].busiest(scene.display.top).write(to: sink, format) }
    let sets = try busiest(scene.display.top).map { timeline in
      try RecordSet.recording { sink, format in try timeline.write(to: sink, format) }
    }
    try RecordMerge(sets, scene.labels, timeColumn: scene.timeColumn).write(to: sink, format)
  }

  func pictures(_ scene: PartialScene) throws -> (any GnuplotPictures)? {
    GnuplotTimeline(try together(scene), limit: scene.display.top ?? GnuplotTimeline.defaultLimit)
  }

  /// Only the busiest descriptors of all logs.
  private func busiest(_ top: Int?) -> [FdTimelineResult] {
    guard let top else { return timelines }
    let all = timelines.enumerated().flatMap { log, timeline in timeline.series.map { (log: log, series: $0) } }
    let kept = all.sorted { $0.series.isBusier(than: $1.series) || (!$1.series.isBusier(than: $0.series) && $0.log < $1.log) }
      .prefix(top)
    return timelines.enumerated().map { log, timeline in timeline.busiest(kept.count { $0.log == log }) }
  }

  /// All logs on one axis, the processes of several named `LOG:PROCESS`.
  private func together(_ scene: PartialScene) throws -> FdTimelineResult {
    guard timelines.count > 1 else { return timelines[0].busiest(scene.display.top) }
    try scene.checkClocks()
    var (series, rows): ([FdSeries], [FdTimelineRow]) = ([], [])
    for (timeline, label) in zip(busiest(scene.display.top), scene.labels) {
      let first = series.count
      series += timeline.series.enumerated().map { number, one in
        FdSeries(
          number: first + number, process: "\(label):\(one.process)", processNumber: one.processNumber,
          descriptor: one.descriptor, n: one.n, kind: one.kind, local: one.local, peer: one.peer, path: one.path,
          protocolName: one.protocolName, stream: one.stream)
      }
      rows += timeline.rows.map { row in
        FdTimelineRow(
          interval: row.interval, series: first + row.seriesIndex, isRead: row.isRead, calls: row.calls, errors: row.errors,
          bytes: row.bytes, time: row.time, longest: row.longest, p50: row.p50, p99: row.p99)
      }
    }
    rows.sort { ($0.interval, $0.seriesIndex, $0.isRead ? 0 : 1) < ($1.interval, $1.seriesIndex, $1.isRead ? 0 : 1) }
    return FdTimelineResult(
      interval: timelines[0].interval, origin: timelines.map(\.origin).min() ?? 0, clock: scene.clock, kept: series, rows: rows)
  }
}

extension PartialScene {
  /// The clock of all logs, where they have one.
  var clock: TraceClock {
    TraceClock(
      kind: logs[0].clock.kind, isFine: logs.contains(where: \.clock.isFine), first: logs.compactMap(\.clock.first).min(),
      last: logs.map(\.clock.last).max() ?? 0)
  }
}

extension RecordSet {
  /// The rows that a report writes.
  static func recording(_ body: (OutputSink, RecordFormat) throws -> Void) throws -> RecordSet {
    let report = RecordedReport()
    try body(OutputSink(recording: report), .csv)
    guard case .records(let records)? = report.parts.first else { throw PartialError("the analysis wrote no rows") }
    return records
  }
}
