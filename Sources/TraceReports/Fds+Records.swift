import TraceAnalyses
import TraceProcesses
import TraceSyntax

extension Fds.Result {
  public static let columns: [Column] = [
    Column("process", .text), Column("fd"), Column("n"), Column("kind", .text), Column("opened_by", .text),
    Column("opened_line"), Column("opened_time", .text), Column("closed_by", .text), Column("closed_line"),
    Column("closed_time", .text), Column("local", .text), Column("peer", .text), Column("protocol", .text),
    Column("stream", .text), Column("read_calls"), Column("read_errors"), Column("read_bytes"), Column("read_time_ns"),
    Column("write_calls"), Column("write_errors"), Column("write_bytes"), Column("write_time_ns"), Column("path", .text),
    Column("moved_in_bytes"), Column("moved_out_bytes"), Column("opened_tid"), Column("closed_tid"),
  ]

  public func write(to sink: OutputSink, _ format: RecordFormat) throws(OutputError) {
    let writer = try RecordWriter(sink, format: format, columns: Self.columns)
    let clockText = ClockText(clock)
    for row in rows {
      let life = row.incarnation
      let what = row.description
      try writer.text(row.process)
      try writer.integer(Int64(life.descriptor))
      try writer.integer(Int64(life.n))
      try writer.text(what.kind.rawValue)
      try writer.text(name(life.openedBy))
      try writer.integer(life.openedLine > 0 ? life.openedLine : nil)
      try writer.text(life.openedTime.flatMap { clockText.time($0) })
      try writer.text(name(life.closedBy))
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

  /// A syscall's name, or how else a life began or ended.
  private func name(_ event: Incarnation.Event) -> String {
    switch event {
    case .none: ""
    case .pre: "pre"
    case .implicit: "implicit"
    case .badDescriptor: "EBADF"
    case .received: "SCM_RIGHTS"
    case .exec: "exec"
    case .exit: "exit"
    case .syscall(let id): Int(id.rawValue) < names.count ? names[Int(id.rawValue)] : "?"
    }
  }
}
