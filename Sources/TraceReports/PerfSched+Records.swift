import TraceAnalyses
import TraceSyntax

extension PerfSched.Result {
  public static let columns: [Column] = [
    Column("tid"), Column("comm", .text(.path)), Column("switches"), Column("run_ns"), Column("wait_ns"), Column("wait_p50_ns"),
    Column("wait_p99_ns"), Column("wait_max_ns"), Column("wait_max_line"), Column("sleep_ns"), Column("sleep_max_ns"),
    Column("uninterruptible_ns"), Column("preempted"), Column("wakeups"), Column("migrations"), Column("top_waker"),
    Column("top_waker_comm", .text(.path)),
  ]

  /// - Parameters:
  ///   - sink: where rows go.
  ///   - format: their form; a table has times with units.
  ///   - top: the threads that waited longest for a CPU; nil for all.
  ///   - redaction: what is hidden.
  public func write(
    to sink: OutputSink, _ format: RecordFormat, top: Int? = nil, redaction: Redaction = .none
  ) throws(OutputError) {
    let writer = try RecordWriter(sink, format: format, columns: columns(format), redaction: redaction)
    func time(_ value: Int64?) throws(OutputError) {
      if format == .table { try writer.number(value.map(Duration.text)) } else { try writer.integer(value) }
    }
    for row in rows.prefix(top ?? .max) {
      try writer.integer(row.tid)
      try writer.text(row.comm)
      try writer.integer(row.switches)
      try time(row.run)
      try time(row.wait)
      try time(row.waitP50)
      try time(row.waitP99)
      try time(row.longestWaitLine == nil ? nil : row.longestWait)
      try writer.integer(row.longestWaitLine)
      try time(row.sleep)
      try time(row.longestSleep)
      try time(row.uninterruptible)
      try writer.integer(row.preempted)
      try writer.integer(row.wakeups)
      try writer.integer(row.migrations)
      try writer.integer(row.topWaker?.tid)
      try writer.text(row.topWaker?.comm)
      try writer.endRow()
    }
    try writer.finish()
  }

  /// In a table times have units of their own.
  private func columns(_ format: RecordFormat) -> [Column] {
    guard format == .table else { return Self.columns }
    return Self.columns.map { Column($0.name.hasSuffix("_ns") ? String($0.name.dropLast(3)) : $0.name, $0.kind) }
  }

  /// What to know besides the rows, for people.
  public var notes: [String] {
    var notes: [String] = []
    if others > 0 { notes.append("\(others) samples are of other events than sched_switch, sched_wakeup and sched_migrate_task") }
    if missedSwitches > 0 {
      notes.append(
        "\(missedSwitches) times a thread left a CPU that it was not seen to get: events are missing (perf record -m 16M)")
    }
    if unreadable > 0 {
      notes.append("\(unreadable) samples of the scheduler could not be read, or have no stamp")
    }
    return notes
  }
}
