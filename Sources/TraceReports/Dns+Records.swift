import TraceAnalyses
import TraceSyntax

extension Dns.Result {
  public static let columns: [Column] = [
    Column("time", .text(.plain)), Column("line"), Column("tid"), Column("server", .text(.address)), Column("id"),
    Column("name", .text(.address)), Column("type", .text(.plain)), Column("attempts"), Column("latency_ns"),
    Column("outcome", .text(.plain)), Column("searched", .text(.address)), Column("answer_line"), Column("role", .text(.plain)),
    Column("addresses", .text(.address)),
  ]

  public func write(
    to sink: OutputSink, _ format: RecordFormat, redaction: Redaction = .none
  ) throws(OutputError) {
    let writer = try RecordWriter(sink, format: format, columns: Self.columns, redaction: redaction)
    let clockText = ClockText(clock)
    for row in rows {
      try writer.text(clockText.time(row.time))
      try writer.integer(row.line)
      try writer.integer(Int64(row.tid))
      try writer.text(row.server)
      try writer.integer(row.id)
      try writer.text(row.name)
      try writer.text(row.type)
      try writer.integer(row.attempts)
      try writer.integer(row.latency)
      try writer.text(row.outcome)
      try writer.text(row.searched)
      try writer.integer(row.answerLine)
      try writer.text(row.isServer ? "server" : "client")
      try writer.texts(row.addresses, separator: " ")
      try writer.endRow()
    }
    try writer.finish()
  }
}
