import TraceAnalyses
import TraceSyntax

// The same for people: what fits on a wide terminal.
extension RtmpSessions.Result {
  func writeSessionsTable(to sink: OutputSink, _ redaction: Redaction) throws(OutputError) {
    let columns = [
      Column("process", .text(.plain)), Column("fd", .text(.plain)), Column("role", .text(.plain)),
      Column("peer", .text(.address)),
      Column("app", .text(.app)), Column("stream", .text(.stream)), Column("opened", .text(.plain)),
      Column("publish/play", .text(.plain)), Column("closed", .text(.plain)), Column("ended", .text(.plain)), Column("read"),
      Column("written"), Column("proof"),
    ]
    let writer = try RecordWriter(sink, format: .table, columns: columns, redaction: redaction)
    let clockText = ClockText(clock)
    for session in sessions {
      let row = session.connection
      try writer.text(row.process)
      try writer.text(Self.descriptor(session))
      try writer.text(session.role?.rawValue)
      try writer.text(row.description.peer)
      try writer.text(session.app)
      try writer.text(session.stream)
      for time in [row.openedBy == .pre ? nil : row.openedTime, session.start?.time, row.closedTime] {
        try writer.text(time.flatMap { clockText.timeOfDay($0) })
      }
      try writer.text(row.endedBy)
      try writer.number(Bytes.text(row.read.bytes))
      try writer.number(Bytes.text(row.write.bytes))
      try writer.integer(row.description.evidenceLine)
      try writer.endRow()
    }
    try writer.finish()
  }

  func writeFanOutTable(to sink: OutputSink, _ redaction: Redaction) throws(OutputError) {
    let columns = [
      Column("process", .text(.plain)), Column("fd", .text(.plain)), Column("from", .text(.plain)),
      Column("peer", .text(.address)),
      Column("stream", .text(.stream)), Column("to", .text(.plain)), Column("peer", .text(.address)), Column("fd", .text(.plain)),
      Column("by", .text(.plain)), Column("confidence"), Column("writes"), Column("bytes"), Column("at line"),
    ]
    let writer = try RecordWriter(sink, format: .table, columns: columns, redaction: redaction)
    for feed in feeds {
      let (from, to) = (feed.source, feed.sink)
      let isOther = from.connection.process != to.connection.process
      try writer.text(from.connection.process)
      try writer.text(Self.descriptor(from))
      try writer.text(from.role?.rawValue)
      try writer.text(from.connection.description.peer)
      try writer.text(Self.better(from.stream, to.stream))
      try writer.text(to.role?.rawValue)
      try writer.text(to.connection.description.peer)
      try writer.text((isOther ? to.connection.process + ":" : "") + Self.descriptor(to))
      try writer.text(feed.basis.rawValue)
      try writer.number(feed.share.map { "\(Int((max(0, min(1, $0)) * 100).rounded(.down)))%" })
      try writer.integer(feed.writes)
      try writer.number(Bytes.text(feed.bytes))
      try writer.integer(feed.sinkLine)
      try writer.endRow()
    }
    try writer.finish()
  }

  func writeFreezesTable(to sink: OutputSink, _ redaction: Redaction) throws(OutputError) {
    let columns = [
      Column("process", .text(.plain)), Column("fd", .text(.plain)), Column("role", .text(.plain)),
      Column("peer", .text(.address)),
      Column("stream", .text(.stream)), Column("silent from", .text(.plain)), Column("to", .text(.plain)), Column("for"),
      Column("rhythm"), Column("cause", .text(.plain)), Column("of fd", .text(.plain)), Column("lines", .text(.plain)),
    ]
    let writer = try RecordWriter(sink, format: .table, columns: columns, redaction: redaction)
    let clockText = ClockText(clock)
    for freeze in freezes {
      let gap = freeze.gap
      try writer.text(freeze.session.connection.process)
      try writer.text(Self.descriptor(freeze.session))
      try writer.text(freeze.session.role?.rawValue)
      try writer.text(freeze.session.connection.description.peer)
      try writer.text(freeze.session.stream)
      try writer.text(clockText.timeOfDay(gap.start))
      try writer.text(clockText.timeOfDay(gap.end))
      try writer.number(Duration.text(gap.length))
      try writer.number(freeze.rhythm.map { Duration.text($0) })
      try writer.text(freeze.cause.rawValue)
      try writer.text(freeze.causedBy.map { Self.descriptor($0) })
      try writer.text("\(gap.lineBefore) - " + (gap.lineAfter > 0 ? "\(gap.lineAfter)" : "end"))
      try writer.endRow()
    }
    try writer.finish()
  }

  /// `14`, `14/2` for a later life of the number.
  private static func descriptor(_ session: RtmpSessions.Session) -> String {
    let (number, n) = (session.connection.descriptor, session.connection.n)
    return n > 0 ? "\(number)/\(n)" : "\(number)"
  }
}
