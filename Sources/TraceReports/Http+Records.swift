import TraceAnalyses
import TraceProtocols
import TraceSyntax

extension Http.Result {
  public static let columns: [Column] = [
    Column("time", .text(.plain)), Column("line"), Column("tid"), Column("process", .text(.plain)), Column("fd"), Column("n"),
    Column("role", .text(.plain)), Column("method", .text(.plain)), Column("host", .text(.address)), Column("path", .text(.path)),
    Column("status"), Column("latency_ns"), Column("request_bytes"), Column("response_bytes"), Column("response_line"),
  ]

  public func write(
    to sink: OutputSink, _ format: RecordFormat, redaction: Redaction = .none
  ) throws(OutputError) {
    let writer = try RecordWriter(sink, format: format, columns: Self.columns, redaction: redaction)
    let clockText = ClockText(clock)
    for row in rows {
      let (request, response) = (row.exchange.request, row.exchange.response)
      try writer.text(clockText.time(row.place.start))
      try writer.integer(row.place.line)
      try writer.integer(Int64(row.place.tid))
      try writer.text(row.process)
      try writer.integer(Int64(row.descriptor))
      try writer.integer(Int64(row.n))
      try writer.text(row.role.rawValue)
      try writer.text(request?.method)
      try writer.text(request?.host)
      try writer.text(request.flatMap { request in request.path.map { $0 + (request.isTargetCut ? "..." : "") } })
      try writer.integer(response?.status)
      try writer.integer(row.latency)
      try writer.integer(request == nil ? nil : row.exchange.requestBytes)
      try writer.integer(response == nil ? nil : row.exchange.responseBytes)
      try writer.integer(row.exchange.responsePlace?.line)
      try writer.endRow()
    }
    try writer.finish()
  }
}
