import TraceAnalyses
import TraceSyntax

extension Summary.Result {
  public static let columns: [Column] = [
    Column("syscall", .text(.syscall)), Column("calls"), Column("errors"), Column("time_ns"), Column("min_ns"), Column("mean_ns"),
    Column("p50_ns"), Column("p90_ns"), Column("p99_ns"), Column("p999_ns"), Column("max_ns"), Column("in_flight"),
  ]

  public func write(
    to sink: OutputSink, _ format: RecordFormat, redaction: Redaction = .none
  ) throws(OutputError) {
    if format == .table { return try writeTable(to: sink, redaction) }
    let writer = try RecordWriter(sink, format: format, columns: Self.columns, redaction: redaction)
    for row in rows {
      try writer.text(row.syscall)
      try writer.integer(row.calls)
      try writer.integer(row.errors)
      for value in [row.time, row.shortest, row.mean, row.p50, row.p90, row.p99, row.p999, row.longest] {
        try writer.integer(value)
      }
      try writer.integer(row.inFlight)
      try writer.endRow()
    }
    try writer.finish()
  }

  /// The look of `strace -c -w`, percentiles added.
  private func writeTable(to sink: OutputSink, _ redaction: Redaction) throws(OutputError) {
    let writer = try RecordWriter(
      sink, format: .table,
      columns: [
        Column("% time"), Column("seconds"), Column("usecs/call"), Column("p50"), Column("p99"), Column("max"), Column("calls"),
        Column("errors"), Column("in flight"), Column("syscall", .text(.syscall)),
      ], redaction: redaction)
    func line(_ row: Summary.Row) throws(OutputError) {
      try writer.number(time > 0 ? Self.fixed(Double(row.time ?? 0) * 100 / Double(time), 2) : nil)
      try writer.number(row.time.map { Self.fixed(Double($0) / 1e9, 6) })
      try writer.integer(row.mean.map { $0 / 1000 })
      try writer.number(row.p50.map(Duration.text))
      try writer.number(row.p99.map(Duration.text))
      try writer.number(row.longest.map(Duration.text))
      try writer.integer(row.calls)
      try writer.integer(row.errors > 0 ? row.errors : nil)
      try writer.integer(row.inFlight > 0 ? row.inFlight : nil)
      try writer.text(row.syscall)
      try writer.endRow()
    }
    for row in rows { try line(row) }
    try writer.number(time > 0 ? "100.00" : nil)
    try writer.number(Self.fixed(Double(time) / 1e9, 6))
    for _ in 0..<4 { try writer.number(nil) }
    try writer.integer(calls)
    try writer.integer(errors > 0 ? errors : nil)
    try writer.integer(inFlight > 0 ? inFlight : nil)
    try writer.word("total")
    try writer.endRow()
    try writer.finish()
  }

  private static func fixed(_ value: Double, _ digits: Int) -> String {
    var scale: Int64 = 1
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int64((value * Double(scale)).rounded())
    let fraction = String(scaled % scale)
    return "\(scaled / scale)." + String(repeating: "0", count: digits - fraction.count) + fraction
  }
}
