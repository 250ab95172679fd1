import TraceAnalyses
import TraceProcesses
import TraceSyntax

extension RtmpSessions.Result {
  public static let sessionColumns: [Column] = [
    Column("process", .text(.plain)), Column("fd"), Column("n"), Column("peer", .text(.address)), Column("role", .text(.plain)),
    Column("app", .text(.app)), Column("stream", .text(.stream)), Column("opened_time", .text(.plain)),
    Column("handshake_time", .text(.plain)), Column("connect_time", .text(.plain)), Column("create_stream_time", .text(.plain)),
    Column("start_time", .text(.plain)), Column("stop_time", .text(.plain)), Column("closed_time", .text(.plain)),
    Column("ended_by", .text(.plain)), Column("read_bytes"), Column("write_bytes"), Column("opened_line"),
    Column("handshake_line"), Column("connect_line"), Column("create_stream_line"), Column("start_line"), Column("stop_line"),
    Column("ended_line"), Column("evidence_line"), Column("starts"), Column("connection"),
  ]

  /// One row a session.
  public func writeSessions(
    to sink: OutputSink, _ format: RecordFormat, redaction: Redaction = .none
  ) throws(OutputError) {
    if format == .table { return try writeSessionsTable(to: sink, redaction) }
    let writer = try RecordWriter(sink, format: format, columns: Self.sessionColumns, redaction: redaction)
    let clockText = ClockText(clock)
    for session in sessions {
      let row = session.connection
      let moments = [session.handshake, session.connect, session.createStream, session.start, session.stop]
      try writeEnd(session, to: writer)
      try writer.text(session.app)
      try writer.text(session.stream)
      for time in [row.openedBy == .pre ? nil : row.openedTime] + moments.map(\.?.time) + [row.closedTime] {
        try writer.text(time.flatMap { clockText.time($0) })
      }
      try writer.text(row.endedBy)
      try writer.integer(row.read.bytes)
      try writer.integer(row.write.bytes)
      for line in [row.openedBy == .pre ? nil : row.openedLine] + moments.map(\.?.line) + [row.endedLine] {
        try writer.integer(line)
      }
      try writer.integer(row.description.evidenceLine)
      try writer.integer(session.starts)
      try writer.integer(row.connection)
      try writer.endRow()
    }
    try writer.finish()
  }

  public static let feedColumns: [Column] = [
    Column("process", .text(.plain)), Column("fd"), Column("n"), Column("peer", .text(.address)), Column("role", .text(.plain)),
    Column("app", .text(.app)), Column("stream", .text(.stream)), Column("to_process", .text(.plain)), Column("to_fd"),
    Column("to_n"), Column("to_peer", .text(.address)), Column("to_role", .text(.plain)), Column("basis", .text(.plain)),
    Column("confidence"), Column("writes"), Column("bytes"), Column("line"), Column("to_line"),
  ]

  /// One row for each source and sink that gets its stream.
  public func writeFanOut(
    to sink: OutputSink, _ format: RecordFormat, redaction: Redaction = .none
  ) throws(OutputError) {
    if format == .table { return try writeFanOutTable(to: sink, redaction) }
    let writer = try RecordWriter(sink, format: format, columns: Self.feedColumns, redaction: redaction)
    for feed in feeds {
      try writeEnd(feed.source, to: writer)
      // Where the source's strings were cut, the sink's may not be.
      try writer.text(Self.better(feed.source.app, feed.sink.app))
      try writer.text(Self.better(feed.source.stream, feed.sink.stream))
      try writeEnd(feed.sink, to: writer)
      try writer.text(feed.basis.rawValue)
      try writer.integer(feed.share.map { Int((max(0, min(1, $0)) * 100).rounded(.down)) })
      try writer.integer(feed.writes)
      try writer.integer(feed.bytes)
      try writer.integer(feed.sourceLine)
      try writer.integer(feed.sinkLine)
      try writer.endRow()
    }
    try writer.finish()
  }

  public static let freezeColumns: [Column] = [
    Column("process", .text(.plain)), Column("fd"), Column("n"), Column("peer", .text(.address)), Column("role", .text(.plain)),
    Column("app", .text(.app)), Column("stream", .text(.stream)), Column("start_time", .text(.plain)),
    Column("end_time", .text(.plain)), Column("length_ns"), Column("rhythm_ns"), Column("line_before"), Column("line_after"),
    Column("cause", .text(.plain)), Column("cause_process", .text(.plain)), Column("cause_fd"), Column("cause_n"),
    Column("cause_line"),
  ]

  /// One row for each silence that was longer than the session's own rhythm.
  public func writeFreezes(
    to sink: OutputSink, _ format: RecordFormat, redaction: Redaction = .none
  ) throws(OutputError) {
    if format == .table { return try writeFreezesTable(to: sink, redaction) }
    let writer = try RecordWriter(sink, format: format, columns: Self.freezeColumns, redaction: redaction)
    let clockText = ClockText(clock)
    for freeze in freezes {
      let gap = freeze.gap
      try writeEnd(freeze.session, to: writer)
      try writer.text(freeze.session.app)
      try writer.text(freeze.session.stream)
      for time in [gap.start, gap.end] {
        try writer.text(clockText.time(time))
      }
      try writer.integer(gap.length)
      try writer.integer(freeze.rhythm)
      try writer.integer(gap.lineBefore)
      try writer.integer(gap.lineAfter > 0 ? gap.lineAfter : nil)
      try writer.text(freeze.cause.rawValue)
      try writer.text(freeze.causedBy?.connection.process)
      try writer.integer(freeze.causedBy.map { Int64($0.connection.descriptor) })
      try writer.integer(freeze.causedBy.map { Int64($0.connection.n) })
      try writer.integer(gap.blockedLine > 0 ? gap.blockedLine : nil)
      try writer.endRow()
    }
    try writer.finish()
  }

  /// Five cells: who it is.
  private func writeEnd(_ session: RtmpSessions.Session, to writer: RecordWriter) throws(OutputError) {
    try writer.text(session.connection.process)
    try writer.integer(Int64(session.connection.descriptor))
    try writer.integer(Int64(session.connection.n))
    try writer.text(session.connection.description.peer)
    try writer.text(session.role?.rawValue)
  }

  static func better(_ name: String?, _ other: String?) -> String? {
    guard let name else { return other }
    guard let other, name.hasSuffix("..."), !other.hasSuffix("...") else { return name }
    return other
  }
}
