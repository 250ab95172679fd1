import TraceAnalyses
import TraceSyntax

extension StallsResult {
  public static let columns: [Column] = [
    Column("kind", .text(.plain)), Column("start", .text(.plain)), Column("elapsed"), Column("duration_ns"),
    Column("process", .text(.plain)), Column("tid"), Column("fd"), Column("n"), Column("stream", .text(.stream)),
    Column("peer", .text(.address)), Column("cause_tid"), Column("cause_syscall", .text(.syscall)), Column("cause_fd"),
    Column("evidence_line"), Column("cause_ns"), Column("open", .flag), Column("reported", .flag),
    Column("events", .text(.payload)), Column("held_threads"), Column("cause_name", .text(.plain)),
  ]

  /// Events of outside that are within `distance` nanoseconds of a stall stand in its row.
  public func write(
    to sink: OutputSink, _ format: RecordFormat, events: [OutsideEvent] = [], within distance: Int64 = 5_000_000_000,
    redaction: Redaction = .none
  ) throws(OutputError) {
    if format == .table { return try writeTable(to: sink, events, distance, redaction) }
    let writer = try RecordWriter(sink, format: format, columns: Self.columns, redaction: redaction)
    let clockText = ClockText(clock)
    for row in rows {
      let stall = row.stall
      try writer.text(stall.kind.rawValue)
      try writer.text(clockText.time(stall.start))
      try writer.number(ClockText.seconds(stall.start &- origin))
      try writer.integer(stall.duration)
      try writer.text(row.process)
      try writer.integer(stall.tid.map(Int64.init))
      try writer.integer(row.descriptor.map(Int64.init))
      try writer.integer(row.n.map(Int64.init))
      try writer.text(row.stream)
      try writer.text(row.peer)
      try writer.integer(stall.cause.map { Int64($0.tid) })
      if let name = causeName(stall) { try writer.text(name) } else { try writer.word(causeWord(stall)) }
      try writer.integer(stall.cause?.descriptor.map(Int64.init))
      try writer.integer(stall.evidenceLine)
      try writer.integer(stall.cause?.duration)
      try writer.flag(stall.isOpen)
      try writer.flag(stall.wasReported)
      let near = events.filter { $0.isNear(stall.start, stall.end, within: distance) }
      try writer.text(near.isEmpty ? nil : near.map(\.what).joined(separator: "; "))
      try writer.integer(stall.held > 0 ? Int64(stall.held) : nil)
      try writer.text(stall.cause?.name)
      try writer.endRow()
    }
    try writer.finish()
  }

  private var origin: Int64 {
    let first = clock.first ?? 0
    return first - (first % 1_000_000_000 + 1_000_000_000) % 1_000_000_000
  }

  private func causeName(_ stall: Stall) -> String? {
    guard let id = stall.cause?.syscall.map({ Int($0.rawValue) }), id < names.count else { return nil }
    return names[id]
  }

  /// What a cause is that is no call.
  private func causeWord(_ stall: Stall) -> String? {
    guard stall.cause != nil else { return nil }
    return stall.kind == .processStopped ? "stopped" : "untraced"
  }

  // MARK: For people

  private func writeTable(
    to sink: OutputSink, _ events: [OutsideEvent], _ distance: Int64, _ redaction: Redaction
  ) throws(OutputError) {
    guard !rows.isEmpty else {
      try sink.write("no stalls of \(Duration.text(minimum)) or more\n")
      return try writeEvents(to: sink, events, distance, redaction)
    }
    let writer = try RecordWriter(
      sink, format: .table,
      columns: [
        Column("start", .text(.plain)), Column("for"), Column("what", .text(.plain)), Column("process", .text(.plain)),
        Column("tid"), Column("fd"), Column("stream", .text(.stream)), Column("peer", .text(.address)),
        Column("why", .text(.plain)), Column("line"),
      ], redaction: redaction)
    let clockText = ClockText(clock)
    for row in rows {
      let stall = row.stall
      try writer.text(clockText.timeOfDay(stall.start))
      try writer.number(Duration.text(stall.duration))
      try writer.text(Self.words[stall.kind])
      try writer.text(row.process)
      try writer.integer(stall.tid.map(Int64.init))
      try writer.integer(row.descriptor.map(Int64.init))
      try writer.text(row.stream)
      try writer.text(row.peer)
      try writer.word(why(stall, redaction))
      try writer.integer(stall.evidenceLine)
      try writer.endRow()
    }
    try writer.finish()
    try writeEvents(to: sink, events, distance, redaction)
  }

  private static let words: [Stall.Kind: String] = [
    .sourceStopped: "source stopped", .notRead: "we did not read", .consumerSlow: "consumer slow",
    .processStopped: "process stood still",
  ]

  private func why(_ stall: Stall, _ redaction: Redaction) -> String {
    var text: String
    switch stall.kind {
    case .sourceStopped: text = "nothing came"
    case .notRead:
      let place = causeName(stall).map { redaction.redact($0, as: .syscall) + (stall.cause?.descriptor.map { "(\($0))" } ?? "") }
      text =
        stall.cause.map { "\(Self.label($0)) was in \(place ?? "no call") for \(Duration.text($0.duration))" }
        ?? "its thread was elsewhere"
      if stall.wasReported { text += ", told it was ready" }
    case .consumerSlow: text = "writes held up, the longest for \(Duration.text(stall.cause?.duration ?? 0))"
    case .processStopped:
      text =
        stall.held > 0
        ? "\(stall.held) threads were held until \(stall.cause.map(Self.label) ?? "one") let them go"
        : causeName(stall).map { "\($0) of \(stall.cause?.tid ?? 0) came \(Duration.text(stall.cause?.duration ?? 0)) late" }
          ?? "a signal stopped it"
    }
    return stall.isOpen ? text + ", to the log's end" : text
  }

  private static func label(_ cause: Stall.Cause) -> String { cause.name.map { "\(cause.tid) \($0)" } ?? String(cause.tid) }

  /// Which stalls are near each event.
  private func writeEvents(
    to sink: OutputSink, _ events: [OutsideEvent], _ distance: Int64, _ redaction: Redaction
  ) throws(OutputError) {
    let clockText = ClockText(clock)
    for event in events {
      let near = rows.filter { event.isNear($0.stall.start, $0.stall.end, within: distance) }
      let what = redaction.isActive ? redaction.redact(event.what, as: .payload) : event.what
      let list = near.prefix(5).map { row in
        "\(Self.words[row.stall.kind] ?? "") \(clockText.timeOfDay(row.stall.start) ?? "") fd \(row.descriptor.map(String.init) ?? "-")"
      }
      let found = near.isEmpty ? "no stall" : list.joined(separator: ", ") + (near.count > 5 ? ", \(near.count - 5) more" : "")
      try sink.write("event \(clockText.timeOfDay(event.time) ?? "") \(what.terminalSafe): \(found)\n")
    }
    try sink.flush()
  }
}
