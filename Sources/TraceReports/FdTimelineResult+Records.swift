import TraceAnalyses
import TraceSyntax

extension FdTimelineResult {
  public static let columns: [Column] = [
    Column("time", .text(.plain)), Column("elapsed"), Column("process", .text(.plain)), Column("fd"), Column("n"),
    Column("direction", .text(.plain)),
    Column("calls"), Column("errors"), Column("bytes"), Column("time_ns"), Column("max_ns"), Column("p50_ns"), Column("p99_ns"),
    Column("peer", .text(.address)), Column("protocol", .text(.plain)), Column("stream", .text(.stream)),
  ]

  /// One row per interval, incarnation and direction with activity.
  public func write(
    to sink: OutputSink, _ format: RecordFormat, redaction: Redaction = .none
  ) throws(OutputError) {
    let writer = try RecordWriter(sink, format: format, columns: Self.columns, redaction: redaction)
    let clockText = ClockText(clock)
    let digits = ClockText.digits(forInterval: interval)
    var lastInterval = Int64.min
    var time: String?
    var elapsed: String?
    for row in rows {
      if row.interval != lastInterval {
        lastInterval = row.interval
        time = clockText.time(row.interval * interval, digits: digits)
        elapsed = clock.kind == .none ? nil : ClockText.seconds((row.interval - origin) * interval)
      }
      // Its texts are taken where they are: a copy of a series retains them all.
      let index = row.seriesIndex
      try writer.text(time)
      try writer.number(elapsed)
      try writer.repeated(index &* 4 &+ (row.isRead ? 0 : 1)) { () throws(OutputError) in
        try writer.text(series[index].process)
        try writer.integer(Int64(series[index].descriptor))
        try writer.integer(Int64(series[index].n))
        try writer.text(row.isRead ? "read" : "write")
      }
      try writer.integer(Int64(row.calls))
      try writer.integer(Int64(row.errors))
      try writer.integer(row.bytes)
      try writer.integer(row.hasTime ? row.time : nil)
      try writer.integer(row.longest >= 0 ? row.longest : nil)
      try writer.integer(row.p50 >= 0 ? row.p50 : nil)
      try writer.integer(row.p99 >= 0 ? row.p99 : nil)
      try writer.repeated(index &* 4 &+ 2) { () throws(OutputError) in
        try writer.text(series[index].peer)
        try writer.text(series[index].protocolName)
        try writer.text(series[index].stream)
      }
      try writer.endRow()
    }
    try writer.finish()
  }
}
