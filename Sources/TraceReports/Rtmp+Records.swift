import TraceAnalyses
import TraceSyntax

extension Rtmp.Result {
  public static let columns: [Column] = [
    Column("time", .text(.plain)), Column("line"), Column("tid"), Column("process", .text(.plain)), Column("fd"), Column("n"),
    Column("direction", .text(.plain)), Column("command", .text(.plain)), Column("transaction"), Column("app", .text(.app)),
    Column("stream", .text(.stream)),
    Column("complete", .flag), Column("end_line"),
  ]

  public func write(
    to sink: OutputSink, _ format: RecordFormat, redaction: Redaction = .none
  ) throws(OutputError) {
    let writer = try RecordWriter(sink, format: format, columns: Self.columns, redaction: redaction)
    let clockText = ClockText(clock)
    for row in rows {
      let sighting = row.sighting
      try writer.text(clockText.time(sighting.start))
      try writer.integer(sighting.startLine)
      try writer.integer(Int64(TaskNumber.tid(sighting.tid)))
      try writer.text(row.process)
      try writer.integer(row.descriptor.map(Int64.init))
      try writer.integer(row.n.map(Int64.init))
      try writer.text(sighting.isRead ? "read" : "write")
      try writer.text(sighting.command.name)
      try writer.number(sighting.command.transaction.map(Self.number))
      try writer.text(row.app)
      try writer.text(row.stream)
      try writer.flag(sighting.command.isComplete)
      try writer.integer(sighting.endLine)
      try writer.endRow()
    }
    try writer.finish()
  }

  /// Transaction ids are doubles on the wire and whole numbers in practice.
  private static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
  }
}
