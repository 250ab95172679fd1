import TraceAnalyses
import TraceProcesses
import TraceSyntax

extension FdLeaks.Result {
  public static let columns: [Column] = [
    Column("process", .text(.plain)), Column("opened_by", .text(.syscall)), Column("kind", .text(.plain)),
    Column("peer", .text(.address)), Column("path", .text(.path)), Column("open"), Column("until_exit"), Column("opened"),
    Column("tasks"), Column("first_line"), Column("first_time", .text(.plain)), Column("first_tid"), Column("first_fd"),
    Column("last_line"), Column("last_time", .text(.plain)), Column("last_tid"), Column("last_fd"),
  ]

  public func write(
    to sink: OutputSink, _ format: RecordFormat, redaction: Redaction = .none
  ) throws(OutputError) {
    let writer = try RecordWriter(sink, format: format, columns: Self.columns, redaction: redaction)
    let clockText = ClockText(clock)
    for row in rows {
      try writer.text(row.process)
      try writer.event(row.openedBy, names)
      try writer.text(row.kind.rawValue)
      try writer.text(row.peer)
      try writer.text(row.path)
      try writer.integer(row.open)
      try writer.integer(row.untilExit)
      try writer.integer(row.opened)
      try writer.integer(row.tasks)
      for life in [row.first, row.last] {
        try writer.integer(life.openedLine)
        try writer.text(life.openedTime.flatMap { format == .table ? clockText.timeOfDay($0) : clockText.time($0) })
        try writer.integer(Int64(TaskNumber.tid(life.openedTid)))
        try writer.integer(Int64(life.descriptor))
      }
      try writer.endRow()
    }
    try writer.finish()
  }
}
