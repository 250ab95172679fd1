import TraceAnalyses
import TraceProcesses
import TraceSyntax

extension Connections.Result {
  public static let columns: [Column] = [
    Column("process", .text(.plain)), Column("connection"), Column("fds", .text(.plain)), Column("kind", .text(.plain)),
    Column("role", .text(.plain)), Column("protocol", .text(.plain)), Column("local", .text(.address)),
    Column("peer", .text(.address)), Column("stream", .text(.stream)), Column("opened_time", .text(.plain)),
    Column("closed_time", .text(.plain)), Column("closed_by", .text(.syscall)), Column("read_calls"), Column("read_bytes"),
    Column("read_time_ns"), Column("read_p99_ns"), Column("write_calls"), Column("write_bytes"), Column("write_time_ns"),
    Column("write_p99_ns"), Column("errors"), Column("longest_silence_ns"), Column("evidence_line"),
    Column("peer_role", .text(.plain)),
    Column("ended_by", .text(.plain)), Column("ended_line"), Column("first_time", .text(.plain)),
    Column("last_time", .text(.plain)), Column("silence_time", .text(.plain)), Column("read_p50_ns"), Column("write_p50_ns"),
    Column("host", .text(.address)), Column("detail", .text(.path)), Column("sufficient_s"), Column("opened_by", .text(.syscall)),
    Column("opened_line"), Column("closed_line"), Column("closed_tid"), Column("moved_in_bytes"), Column("moved_out_bytes"),
    Column("path", .text(.path)), Column("shutdown", .text(.plain)), Column("shutdown_line"),
  ]

  public func write(
    to sink: OutputSink, _ format: RecordFormat, redaction: Redaction = .none
  ) throws(OutputError) {
    if format == .table { return try writeTable(to: sink, redaction) }
    let writer = try RecordWriter(sink, format: format, columns: Self.columns, redaction: redaction)
    let clockText = ClockText(clock)
    for row in rows {
      let what = row.description
      try writer.text(row.process)
      try writer.integer(row.connection)
      try writer.text(row.descriptors.joined(separator: " "))
      try writer.text(what.kind.rawValue)
      try writer.text(row.role)
      try writer.text(what.protocolName)
      try writer.text(what.local)
      try writer.text(what.peer)
      try writer.text(what.stream)
      try writer.text(row.openedTime.flatMap { clockText.time($0) })
      try writer.text(row.closedTime.flatMap { clockText.time($0) })
      try writer.event(row.closedBy, names)
      for (transfers, percentiles) in [(row.read, row.readPercentiles), (row.write, row.writePercentiles)] {
        try writer.integer(transfers.calls)
        try writer.integer(transfers.bytes)
        try writer.integer(transfers.calls > 0 && transfers.untimed == transfers.calls ? nil : transfers.time)
        try writer.integer(percentiles?.p99)
      }
      try writer.integer(row.read.errors + row.write.errors)
      try writer.integer(row.longestSilence)
      try writer.integer(what.evidenceLine)
      try writer.text(row.peerRole)
      try writer.text(row.endedBy)
      try writer.integer(row.endedLine)
      try writer.text(row.firstTime.flatMap { clockText.time($0) })
      try writer.text(row.lastTime.flatMap { clockText.time($0) })
      try writer.text(row.silenceStart.flatMap { clockText.time($0) })
      try writer.integer(row.readPercentiles?.p50)
      try writer.integer(row.writePercentiles?.p50)
      try writer.text(what.application?.host)
      let isOfNames = what.application?.name == .dns
      try writer.texts(what.application?.details ?? [], separator: "; ", as: isOfNames ? .address : nil)
      try writer.integer(what.sufficientStringLimit)
      try writer.event(row.openedBy, names)
      try writer.integer(row.openedLine)
      try writer.integer(row.closedLine > 0 ? row.closedLine : nil)
      try writer.integer(row.closedLine > 0 ? Int64(TaskNumber.tid(row.closedTid)) : nil)
      try writer.integer(row.movedIn)
      try writer.integer(row.movedOut)
      try writer.text(what.path)
      try writer.text(what.shutDown.name)
      try writer.integer(row.shutdownLine > 0 ? row.shutdownLine : nil)
      try writer.endRow()
    }
    try writer.finish()
  }

  // MARK: For people

  private static let tableColumns: [Column] = [
    Column("process", .text(.plain)), Column("fds", .text(.plain)), Column("kind", .text(.plain)),
    Column("protocol", .text(.plain)),
    Column("peer is", .text(.plain)), Column("peer", .text(.address)), Column("stream", .text(.stream)),
    Column("opened", .text(.plain)), Column("read"), Column("p99"), Column("written"), Column("p99"), Column("silent"),
    Column("ended", .text(.plain)), Column("at", .text(.plain)), Column("proof"),
  ]

  /// What fits on a wide terminal: names, bytes, the slow calls, silence, the end, and the line that shows the protocol.
  private func writeTable(to sink: OutputSink, _ redaction: Redaction) throws(OutputError) {
    let writer = try RecordWriter(sink, format: .table, columns: Self.tableColumns, redaction: redaction)
    let clockText = ClockText(clock)
    for row in rows {
      let what = row.description
      let isListener = row.role == "listener"
      try writer.text(row.process)
      try writer.text(row.descriptors.prefix(4).joined(separator: " ") + (row.descriptors.count > 4 ? " ..." : ""))
      try writer.text(what.kind.rawValue)
      try writer.text(isListener ? "listener" : what.protocolName)
      try writer.text(row.peerRole)
      try writer.text(isListener ? what.local : what.peer ?? what.path)
      try writer.text(what.stream ?? what.application?.host)
      try writer.text(row.openedTime.flatMap { clockText.timeOfDay($0) })
      try writer.number(row.read.calls > 0 || row.movedIn != 0 ? Bytes.text(row.read.bytes &+ row.movedIn) : nil)
      try writer.number(row.readPercentiles.map { Duration.text($0.p99) })
      try writer.number(row.write.calls > 0 || row.movedOut != 0 ? Bytes.text(row.write.bytes &+ row.movedOut) : nil)
      try writer.number(row.writePercentiles.map { Duration.text($0.p99) })
      try writer.number(row.longestSilence.map { Duration.text($0) })
      try writer.text(row.endedBy)
      try writer.text(row.closedTime.flatMap { clockText.timeOfDay($0) })
      try writer.integer(what.evidenceLine)
      try writer.endRow()
    }
    try writer.finish()
  }
}
