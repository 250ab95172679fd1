import TraceAnalyses
import TraceSyntax

extension ThreadsResult {
  public static let columns: [Column] =
    [Column("process", .text(.plain)), Column("tid"), Column("name", .text(.plain)), Column("role", .text(.plain))]
    + Activity.allCases.map { Column("\($0.name)_ns") } + [Column("present_ns"), Column("saturated_ns")]

  public static let timelineColumns: [Column] =
    [Column("time", .text(.plain)), Column("elapsed")] + columns + [Column("events", .text(.payload)), Column("parked_ns")]
  /// Of the sums.
  public static let sumColumns: [Column] = columns + [Column("calls"), Column("untimed_calls"), Column("parked_ns")]

  /// A row for each thread.
  public func write(
    to sink: OutputSink, _ format: RecordFormat, redaction: Redaction = .none
  ) throws(OutputError) {
    if format == .table { return try writeTable(to: sink, redaction) }
    let writer = try RecordWriter(sink, format: format, columns: Self.sumColumns, redaction: redaction)
    for thread in threads {
      try cells(thread, thread.times, thread.saturated, writer)
      try writer.integer(thread.calls)
      try writer.integer(thread.untimed)
      try writer.integer(thread.parked)
      try writer.endRow()
    }
    try writer.finish()
  }

  /// A row for each interval and thread; the events of an interval stand in its rows.
  public func writeTimeline(
    to sink: OutputSink, _ format: RecordFormat, events: [OutsideEvent] = [], redaction: Redaction = .none
  ) throws(OutputError) {
    let writer = try RecordWriter(sink, format: format, columns: Self.timelineColumns, redaction: redaction)
    let clockText = ClockText(clock)
    let digits = ClockText.digits(forInterval: interval)
    var (last, time, elapsed, marks) = (Int64.min, String?.none, String?.none, String?.none)
    for row in rows {
      if row.interval != last {
        last = row.interval
        time = clockText.time(row.interval &* interval, digits: digits)
        elapsed = clock.kind == .none ? nil : ClockText.seconds((row.interval &- origin) &* interval)
        let start = row.interval &* interval
        let met = events.filter { $0.time < start &+ interval && ($0.until ?? $0.time) >= start }
        marks = met.isEmpty ? nil : met.map(\.what).joined(separator: "; ")
      }
      let thread = threads[row.thread]
      try writer.text(time)
      try writer.number(elapsed)
      try cells(thread, row.times, row.isSaturated && thread.saturated > 0 ? row.times.total : 0, writer)
      try writer.text(marks)
      try writer.integer(row.parked)
      try writer.endRow()
    }
    try writer.finish()
  }

  private func cells(_ thread: Thread, _ times: ActivityTimes, _ saturated: Int64, _ writer: RecordWriter) throws(OutputError) {
    try writer.text(thread.process)
    try writer.integer(Int64(thread.tid))
    try writer.text(thread.name)
    try writer.text(thread.role.rawValue)
    for activity in Activity.allCases {
      try writer.integer(activity == .untraced && !thread.hasClock ? nil : times[activity])
    }
    try writer.integer(thread.hasClock ? times.total : nil)
    try writer.integer(thread.hasClock ? saturated : nil)
  }

  // MARK: For people

  /// Shares of the time that each thread was there, the busiest first.
  private func writeTable(to sink: OutputSink, _ redaction: Redaction) throws(OutputError) {
    let shown = Activity.allCases.filter { activity in threads.contains { $0.times[activity] > 0 } }
    let headings: [Activity: String] = [
      .networkRead: "net read", .networkWrite: "net write", .untraced: "no call", .connect: "connect",
    ]
    let hasNames = threads.contains { $0.name != nil }
    let isParked = threads.contains { $0.parked > 0 }
    let isSaturated = threads.contains { $0.saturated > 0 }
    let columns =
      [Column("process", .text(.plain)), Column("tid")] + (hasNames ? [Column("name", .text(.plain))] : [])
      + [Column("role", .text(.plain)), Column("there")] + shown.map { Column(headings[$0] ?? $0.name) }
      + (isParked ? [Column("idle parked")] : []) + (isSaturated ? [Column("no idle left")] : [])
    let writer = try RecordWriter(sink, format: .table, columns: columns, redaction: redaction)
    for thread in threads.sorted(by: { ($1.busy, $0.tid) < ($0.busy, $1.tid) }) {
      let total = thread.times.total
      try writer.text(thread.process)
      try writer.integer(Int64(thread.tid))
      if hasNames { try writer.text(thread.name) }
      try writer.text(thread.role.rawValue)
      try writer.number(Duration.text(total))
      for activity in shown { try writer.number(Share.text(thread.times[activity], of: total)) }
      if isParked { try writer.number(Share.text(thread.parked, of: total)) }
      if isSaturated { try writer.number(Share.text(thread.saturated, of: total)) }
      try writer.endRow()
    }
    try writer.finish()
  }
}

extension ThreadsResult.Thread {
  /// Nanoseconds in which it did something, or ran.
  public var busy: Int64 { times.total &- times.atRest &- times[.lock] &- (times[.networkRead]) }
}

/// Shares for people: `45%`, `0.3%`, nothing for nothing.
enum Share {
  static func text(_ part: Int64, of whole: Int64) -> String? {
    guard part > 0, whole > 0 else { return nil }
    let tenths = Int64(min(1e6, Double(part) * 1000 / Double(whole)).rounded())
    if tenths >= 100 { return "\((tenths + 5) / 10)%" }
    return tenths == 0 ? "<0.1%" : "\(tenths / 10).\(tenths % 10)%"
  }
}
