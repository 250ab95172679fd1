import TraceAnalyses
import TraceProcesses
import TraceSyntax

extension Fds.Result {
  public static let columns: [Column] = [
    Column("process", .text(.plain)), Column("fd"), Column("n"), Column("kind", .text(.plain)),
    Column("opened_by", .text(.syscall)),
    Column("opened_line"), Column("opened_time", .text(.plain)), Column("closed_by", .text(.syscall)), Column("closed_line"),
    Column("closed_time", .text(.plain)), Column("local", .text(.address)), Column("peer", .text(.address)),
    Column("protocol", .text(.plain)),
    Column("stream", .text(.stream)), Column("read_calls"), Column("read_errors"), Column("read_bytes"), Column("read_time_ns"),
    Column("write_calls"), Column("write_errors"), Column("write_bytes"), Column("write_time_ns"), Column("path", .text(.path)),
    Column("moved_in_bytes"), Column("moved_out_bytes"), Column("opened_tid"), Column("closed_tid"),
  ]

  public func write(
    to sink: OutputSink, _ format: RecordFormat, redaction: Redaction = .none
  ) throws(OutputError) {
    let writer = try RecordWriter(sink, format: format, columns: Self.columns, redaction: redaction)
    let clockText = ClockText(clock)
    for row in rows {
      let life = row.incarnation
      let what = row.description
      try writer.text(row.process)
      try writer.integer(Int64(life.descriptor))
      try writer.integer(Int64(life.n))
      try writer.text(what.kind.rawValue)
      try writer.event(life.openedBy, names)
      try writer.integer(life.openedLine > 0 ? life.openedLine : nil)
      try writer.text(life.openedTime.flatMap { clockText.time($0) })
      try writer.event(life.closedBy, names)
      try writer.integer(life.closedLine > 0 ? life.closedLine : nil)
      try writer.text(life.closedTime.flatMap { clockText.time($0) })
      try writer.text(what.local)
      try writer.text(what.peer)
      try writer.text(what.protocolName)
      try writer.text(what.stream)
      for transfers in [row.read, row.write] {
        try writer.integer(transfers.calls)
        try writer.integer(transfers.errors)
        try writer.integer(transfers.bytes)
        try writer.integer(transfers.calls > 0 && transfers.untimed == transfers.calls ? nil : transfers.time)
      }
      try writer.text(what.path)
      try writer.integer(row.movedIn)
      try writer.integer(row.movedOut)
      try writer.integer(life.openedLine > 0 ? Int64(TaskNumber.tid(life.openedTid)) : nil)
      try writer.integer(life.closedLine > 0 ? Int64(TaskNumber.tid(life.closedTid)) : nil)
      try writer.endRow()
    }
    try writer.finish()
  }
}
