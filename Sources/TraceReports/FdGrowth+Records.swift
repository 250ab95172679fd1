import TraceAnalyses
import TraceSyntax

extension FdGrowth.Result {
  public static let columns: [Column] = [
    Column("time", .text(.plain)), Column("elapsed"), Column("process", .text(.plain)), Column("opened"), Column("closed"),
    Column("open"), Column("peak"), Column("files"), Column("sockets"), Column("pipes"), Column("others"),
  ]

  /// One row per interval and process in which it opened or closed descriptors.
  public func write(
    to sink: OutputSink, _ format: RecordFormat, redaction: Redaction = .none
  ) throws(OutputError) {
    let writer = try RecordWriter(sink, format: format, columns: Self.columns, redaction: redaction)
    let clockText = ClockText(clock)
    let digits = ClockText.digits(forInterval: interval)
    for row in rows {
      try writer.text(clockText.time(row.interval &* interval, digits: digits))
      try writer.number(ClockText.seconds((row.interval &- origin) &* interval))
      try writer.text(row.process)
      for count in [
        row.opened, row.closed, row.open.all, row.peak, row.open.files, row.open.sockets, row.open.pipes, row.open.others,
      ] {
        try writer.integer(count)
      }
      try writer.endRow()
    }
    try writer.finish()
  }
}
