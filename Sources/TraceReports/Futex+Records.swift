import TraceAnalyses
import TraceSyntax

extension FutexResult {
  public static let columns: [Column] = [
    Column("process", .text(.plain)), Column("address", .text(.plain)), Column("waits"), Column("wait_time_ns"),
    Column("max_wait_ns"), Column("woken"), Column("eagain"), Column("timeouts"), Column("interrupted"), Column("wakes"),
    Column("threads_woken"), Column("waiters"), Column("top_waiter"), Column("top_waker"), Column("in_flight"),
    Column("in_flight_ns"), Column("use", .text(.plain)), Column("lock"), Column("p50_ns"), Column("p99_ns"), Column("wakers"),
    Column("handoff_p50_ns"), Column("handoff_p99_ns"), Column("handoff_max_ns"), Column("other_errors"), Column("first_line"),
    Column("longest_line"), Column("longest_end_line"), Column("longest_waiter"), Column("longest_waker"),
    Column("top_waiter_name", .text(.plain)), Column("top_waker_name", .text(.plain)), Column("monitor", .text(.plain)),
  ]

  /// One row for each address.
  public func write(
    to sink: OutputSink, _ format: RecordFormat, names: ThreadNames = ThreadNames(), redaction: Redaction = .none
  ) throws(OutputError) {
    let writer = try RecordWriter(sink, format: format, columns: Self.columns, redaction: redaction)
    for row in rows {
      let longest = row.longestWaits.first
      try writer.text(row.process)
      try writer.text(Self.hexadecimal(row.address))
      try writer.integer(row.waits)
      try writer.integer(row.waitTime)
      try writer.integer(row.longest)
      try writer.integer(row.woken)
      try writer.integer(row.eagain)
      try writer.integer(row.timeouts)
      try writer.integer(row.interrupted)
      try writer.integer(row.wakes)
      try writer.integer(row.threadsWoken)
      try writer.integer(row.waiters)
      try writer.integer(row.topWaiter.map(Int64.init))
      try writer.integer(row.topWaker.map(Int64.init))
      try writer.integer(row.inFlight)
      try writer.integer(row.inFlightTime)
      try writer.text(row.use.rawValue)
      try writer.integer(row.lock.map { $0 + 1 })
      try writer.integer(row.p50)
      try writer.integer(row.p99)
      try writer.integer(row.wakers)
      try writer.integer(row.handOff?.p50)
      try writer.integer(row.handOff?.p99)
      try writer.integer(row.handOff?.longest)
      try writer.integer(row.otherErrors)
      try writer.integer(row.firstLine)
      try writer.integer(longest?.startLine)
      try writer.integer(longest?.endLine)
      try writer.integer((longest?.tid).map(Int64.init))
      try writer.integer((longest?.waker).map(Int64.init))
      try writer.text(row.topWaiter.flatMap(names.name))
      try writer.text(row.topWaker.flatMap(names.name))
      try writer.text(row.lock.flatMap { names.monitor(of: locks[$0], in: self) })
      try writer.endRow()
    }
    try writer.finish()
  }

  public static func hexadecimal(_ address: UInt64) -> String { "0x" + String(address, radix: 16) }

  // MARK: Long waits

  public static let blameColumns: [Column] = [
    Column("time", .text(.plain)), Column("line"), Column("end_line"), Column("process", .text(.plain)), Column("tid"),
    Column("name", .text(.plain)), Column("address", .text(.plain)), Column("use", .text(.plain)), Column("lock"),
    Column("wait_ns"), Column("outcome", .text(.plain)), Column("depth"), Column("waker"), Column("waker_name", .text(.plain)),
    Column("wake_line"), Column("explained_ns"), Column("syscall", .text(.syscall)), Column("fd"),
    Column("target", .text(.address)),
    Column("protocol", .text(.plain)), Column("peer_role", .text(.plain)), Column("stream", .text(.stream)),
    Column("wait_address", .text(.plain)), Column("calls"), Column("time_ns"), Column("first_line"), Column("last_line"),
    Column("outside_calls_ns"),
  ]

  /// The longest waits of each lock, then of each other address, with what the waker did meanwhile: one row for each thread of the chain
  /// (`depth` 1 is the waker, 2 whom that one waited for ...), with the call that took most of its time.
  public func writeBlame(
    to sink: OutputSink, _ format: RecordFormat, names: ThreadNames = ThreadNames(), redaction: Redaction = .none
  ) throws(OutputError) {
    let writer = try RecordWriter(sink, format: format, columns: Self.blameColumns, redaction: redaction)
    let clockText = ClockText(clock)
    for wait in longestWaits {
      for depth in 0..<max(1, wait.blame.count) {
        let row = rows[wait.row]
        let step = depth < wait.blame.count ? wait.blame[depth] : nil
        let part = step?.parts.first
        try writer.text(clockText.time(wait.end))
        try writer.integer(wait.startLine)
        try writer.integer(wait.endLine)
        try writer.text(row.process)
        try writer.integer(Int64(wait.tid))
        try writer.text(names.name(wait.tid))
        try writer.text(Self.hexadecimal(row.address))
        try writer.text(row.use.rawValue)
        try writer.integer(row.lock.map { $0 + 1 })
        try writer.integer(wait.duration)
        try writer.text(wait.outcome.rawValue)
        try writer.integer(step == nil ? nil : depth + 1)
        let waker = step?.tid ?? wait.waker
        try writer.integer(waker.map(Int64.init))
        try writer.text(waker.flatMap(names.name))
        try writer.integer(depth == 0 ? wait.wakeLine : nil)
        try writer.integer(step?.duration)
        try writer.text(part?.syscall)
        try writer.integer((part?.descriptor).map(Int64.init))
        if let path = part?.target, path.hasPrefix("/") {
          try writer.word(redaction.redact(path, as: .path))
        } else {
          try writer.text(part?.target)
        }
        try writer.text(part?.protocolName)
        try writer.text(part?.peerRole)
        try writer.text(part?.stream)
        try writer.text((part?.address).map(Self.hexadecimal))
        try writer.integer(part?.calls)
        try writer.integer(part?.time)
        try writer.integer(part?.firstLine)
        try writer.integer(part?.lastLine)
        try writer.integer(step?.outsideCalls)
        try writer.endRow()
      }
    }
    try writer.finish()
  }

  /// Those of locks first, in the order of the locks; each wait once.
  public var longestWaits: [Wait] {
    var seen: Set<Int> = []
    return (locks.flatMap(\.longestWaits) + rows.flatMap(\.longestWaits)).filter { seen.insert($0.endLine).inserted }
  }

  // MARK: Series

  public static let timelineColumns: [Column] = [
    Column("time", .text(.plain)), Column("elapsed"), Column("process", .text(.plain)), Column("address", .text(.plain)),
    Column("waits"), Column("wait_time_ns"), Column("max_wait_ns"), Column("woken"), Column("eagain"), Column("timeouts"),
    Column("interrupted"), Column("wakes"), Column("threads_woken"), Column("use", .text(.plain)), Column("lock"),
  ]

  /// One row for each interval and address with a wait or wake.
  public func writeTimeline(
    to sink: OutputSink, _ format: RecordFormat, redaction: Redaction = .none
  ) throws(OutputError) {
    let writer = try RecordWriter(sink, format: format, columns: Self.timelineColumns, redaction: redaction)
    let clockText = ClockText(clock)
    let digits = ClockText.digits(forInterval: interval)
    let first = clock.first ?? 0
    let origin = first / max(1, interval) - (first % max(1, interval) < 0 ? 1 : 0)
    for cell in timeline {
      let row = rows[cell.row]
      try writer.text(clockText.time(cell.interval.multipliedReportingOverflow(by: interval).partialValue, digits: digits))
      try writer.number(
        ClockText.seconds((cell.interval &- origin).multipliedReportingOverflow(by: interval).partialValue))
      try writer.text(row.process)
      try writer.text(Self.hexadecimal(row.address))
      try writer.integer(cell.waits)
      try writer.integer(cell.time)
      try writer.integer(cell.longest >= 0 ? cell.longest : nil)
      try writer.integer(cell.woken)
      try writer.integer(cell.eagain)
      try writer.integer(cell.timeouts)
      try writer.integer(cell.interrupted)
      try writer.integer(cell.wakes)
      try writer.integer(cell.threadsWoken)
      try writer.text(row.use.rawValue)
      try writer.integer(row.lock.map { $0 + 1 })
      try writer.endRow()
    }
    try writer.finish()
  }
}
