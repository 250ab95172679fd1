import TraceCalls
import TraceProcesses
import TraceSyntax

/// Per descriptor incarnation, direction and interval: calls, errors, bytes, time and its percentiles.
///
/// Calls, errors and bytes count in the interval of the call's end; time is spread over the intervals the busy span touches
/// (or all put at the end), exact in nanoseconds either way.
public struct FdTimeline: Analysis {
  /// Where a call's time goes.
  public enum Attribution: String, Sendable, CaseIterable {
    case spread, end
  }

  public struct Options: Sendable {
    /// Nanoseconds; intervals are aligned to the clock.
    public var interval: Int64 = 1_000_000_000
    public var attribution = Attribution.spread
    public var filter = CallFilter()
    /// Keep only this many of the busiest incarnations (by time, then bytes).
    public var top: Int?
    public init() {}
  }

  public static var needsEveryCall: Bool { false }

  public let options: Options
  private let grid: IntervalGrid
  /// A million intervals of one call are a damaged log or a far too fine interval.
  private static let mostIntervals: Int64 = 1_000_000
  /// Closed cells and pieces of cells, merged when they become many.
  private var rows: [FdTimelineRow] = []
  private var compactAt = 1 << 16
  /// The cells that calls are counted in; made with the first batch, so that a copy of an analysis not yet run has its own.
  private var live: LiveCells?
  /// Bounds of the interval that the last call ended in.
  private var currentIndex: Int64 = 0
  private var currentStart: Int64 = 0
  private var currentEnd: Int64 = .min
  private var sweptBefore: Int64 = .min
  private var hasMergedPercentiles = false
  private var clampedSpans = 0

  public init(_ options: Options = Options()) {
    var options = options
    options.interval = max(1, options.interval)
    self.options = options
    grid = IntervalGrid(options.interval)
  }

  public mutating func consume(_ batch: CallBatch, _ context: TraceContext) {
    let live = live ?? LiveCells()
    self.live = live
    let roles = context.model.roleTable
    let firstStamp = context.reader.clock.firstLine
    let filtersCalls = options.filter.filtersCalls
    for event in batch.places {
      let id = Int(event.pointee.syscall.rawValue)
      guard event.pointee.incarnation >= 0, id < roles.count else { continue }
      let role = roles[id]
      guard role.isRead || role.isWrite, event.pointee.isCompleted else { continue }
      if filtersCalls, !options.filter.accepts(event.pointee) { continue }
      let series = event.pointee.incarnation &* 2 &+ (role.isRead ? 0 : 1)
      let bytes = event.transferredBytes(role)
      // Nearly every call is a whole line within the interval of the call before.
      let (start, duration) = (event.pointee.stamp, event.pointee.duration)
      if event.pointee.phase == .whole, event.pointee.endLine >= firstStamp, duration >= 0, start >= currentStart,
        start &+ duration < currentEnd, let cell = live.cell(of: series), cell.pointee.interval == currentIndex
      {
        cell.pointee.count(event, bytes, time: duration)
      } else {
        add(event, series, bytes: bytes, hasClock: event.pointee.endLine >= firstStamp, live)
      }
    }
    sweep(before: index(of: context.reader.clock.last) - 1, live)
  }

  // MARK: Cells

  /// Any call.
  @inline(never)
  private mutating func add(_ event: UnsafePointer<CallEvent>, _ series: Int32, bytes: Int64, hasClock: Bool, _ live: LiveCells) {
    let duration = event.pointee.duration
    let end = hasClock ? event.pointee.end : 0
    if end < currentStart || end >= currentEnd { moveTo(end) }
    var timeHere = max(0, duration)
    if hasClock, duration > 0, options.attribution == .spread {
      let busyStart = event.pointee.busyStart
      if busyStart < currentStart || busyStart &+ duration > currentEnd {
        timeHere = spread(series, busyStart, duration, home: currentIndex, live)
      }
    }
    guard let cell = cell(series, currentIndex, live) else {
      addLate(event, series, bytes, timeHere)
      return
    }
    cell.pointee.count(event, bytes, time: timeHere)
  }

  /// A call in an interval that was closed already: clocks that step back, logs ordered by end.
  @inline(never)
  private mutating func addLate(_ event: UnsafePointer<CallEvent>, _ series: Int32, _ bytes: Int64, _ time: Int64) {
    var row = FdTimelineRow()
    row.count(event, bytes: bytes)
    row.time = time
    if event.pointee.duration >= 0 {
      row.p50 = event.pointee.duration
      row.p99 = event.pointee.duration
    }
    append(row, series, currentIndex)
  }

  /// Gives every interval but `home` its part of [start, start + duration); returns home's part.
  @inline(never)
  private mutating func spread(_ series: Int32, _ start: Int64, _ duration: Int64, home: Int64, _ live: LiveCells) -> Int64 {
    var here: Int64 = 0
    grid.spread(start, duration) { first, count, part in
      for interval in first..<(first &+ min(count, Self.mostIntervals)) {
        if interval == home { here &+= part } else { addTime(series, interval, part, live) }
      }
      guard count > Self.mostIntervals else { return }
      clampedSpans += 1
      addTime(series, first &+ Self.mostIntervals, (count - Self.mostIntervals) &* part, live)
    }
    return here
  }

  private mutating func addTime(_ series: Int32, _ interval: Int64, _ time: Int64, _ live: LiveCells) {
    if let cell = live.cell(of: series), cell.pointee.interval == interval {
      cell.pointee.row.time &+= time
      return
    }
    var row = FdTimelineRow()
    row.time = time
    append(row, series, interval)
  }

  /// The live cell of a series at an interval, closing its older one; nil for an interval before it.
  @inline(__always)
  private mutating func cell(_ series: Int32, _ interval: Int64, _ live: LiveCells) -> UnsafeMutablePointer<LiveCells.Cell>? {
    guard let cell = live.cell(of: series) else { return interval < sweptBefore ? nil : live.add(series, interval) }
    if cell.pointee.interval == interval { return cell }
    if cell.pointee.interval > interval { return nil }
    emit(cell)
    cell.pointee.interval = interval
    return cell
  }

  /// Writes a live cell out as a row and empties it.
  @inline(never)
  private mutating func emit(_ cell: UnsafeMutablePointer<LiveCells.Cell>) {
    var row = cell.pointee.row
    if let percentiles = cell.pointee.samples.percentiles() {
      row.p50 = percentiles.p50
      row.p99 = percentiles.p99
    }
    append(row, cell.pointee.series, cell.pointee.interval)
    cell.pointee.row = FdTimelineRow()
    cell.pointee.samples.removeAll()
  }

  /// Closes the cells of intervals before this one: their calls are all seen.
  private mutating func sweep(before interval: Int64, _ live: LiveCells) {
    guard interval > sweptBefore else { return }
    sweptBefore = interval
    live.removeAll { cell in
      guard cell.pointee.interval < interval else { return false }
      emit(cell)
      return true
    }
  }

  @inline(never)
  private mutating func moveTo(_ time: Int64) {
    currentIndex = index(of: time)
    currentStart = currentIndex &* options.interval
    currentEnd = currentStart.addingReportingOverflow(options.interval).partialValue
  }

  @inline(__always)
  private func index(of time: Int64) -> Int64 {
    grid.index(of: time)
  }

  // MARK: Rows

  private mutating func append(_ row: FdTimelineRow, _ series: Int32, _ interval: Int64) {
    var row = row
    row.series = series
    row.interval = interval
    rows.append(row)
    if rows.count >= compactAt {
      compact()
      compactAt = max(1 << 16, rows.count * 2)
    }
  }

  /// Sorts by interval and series and merges what belongs to one cell.
  private mutating func compact() {
    rows.sort { ($0.interval, $0.series) < ($1.interval, $1.series) }
    var kept = 0
    // By their places: whoever walks the rows themselves holds them, and the first change copies them all.
    for index in rows.indices {
      if kept > 0, rows[kept - 1].interval == rows[index].interval, rows[kept - 1].series == rows[index].series {
        if rows[kept - 1].merge(rows[index]) { hasMergedPercentiles = true }
      } else {
        if kept != index { rows[kept] = rows[index] }
        kept += 1
      }
    }
    rows.removeLast(rows.count - kept)
  }

  public mutating func finish(_ context: TraceContext) -> FdTimelineResult {
    if let live { sweep(before: .max, live) }
    let clock = context.reader.clock
    let origin = index(of: clock.first ?? 0)
    if options.filter.from != nil || options.filter.to != nil {
      // Whole intervals: those that the wanted times touch.
      let window = options.filter.window(clock, interval: options.interval)
      let first = index(of: window.from)
      rows.removeAll {
        $0.interval < first || $0.interval.multipliedReportingOverflow(by: options.interval).partialValue >= window.to
      }
    }
    if options.filter.dependsOnDescriptions {
      rows.removeAll { !options.filter.accepts(context.model.incarnations[Int($0.incarnation)], context.model) }
    }
    let series = FdSeries.collect(rows, context, options: options)
    let ranks = Dictionary(uniqueKeysWithValues: series.enumerated().map { ($1.incarnation, Int32($0)) })
    // In place: the rows are what memory grows with.
    rows.removeAll { ranks[$0.incarnation] == nil }
    for index in rows.indices {
      rows[index].series = (ranks[rows[index].incarnation] ?? 0) &* 2 &+ (rows[index].isRead ? 0 : 1)
    }
    compact()
    return FdTimelineResult(
      interval: options.interval, origin: origin, clock: clock, series: series, rows: rows,
      hasApproximatePercentiles: hasMergedPercentiles, clampedSpans: clampedSpans)
  }
}

extension UnsafePointer<CallEvent> {
  /// Bytes that a successful transfer moved.
  @inline(__always)
  func transferredBytes(_ role: SyscallRole) -> Int64 {
    guard pointee.succeeded, pointee.result > 0 else { return 0 }
    if role == .readMessages || role == .writeMessages { return pointee.messageBytes }
    return pointee.flags.contains(.hugeResult) ? 0 : pointee.result
  }
}

extension CallEvent {
  /// Sum of `msg_len` over the messages that recvmmsg or sendmmsg says it moved.
  @inline(never)
  fileprivate var messageBytes: Int64 {
    let joiner = ArgumentJoiner()
    let lengths = joiner.arguments(of: self).firstCompound.messages.lazy.compactMap(\.length).prefix(Int(clamping: result))
    var sum: Int64 = 0
    for length in lengths {
      let (more, isOver) = sum.addingReportingOverflow(Int64(clamping: length))
      sum = isOver ? .max : more
    }
    return sum
  }
}
