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
  public static var needsSessions: Bool { false }
  public var takesTransfers: Bool { !options.filter.filtersCalls }

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
    var taken = 0
    for event in batch.places {
      // Cells close in the order of the log.
      count(batch.transfers[taken..<Int(event.pointee.transfersBefore)], live)
      taken = Int(event.pointee.transfersBefore)
      let id = Int(event.pointee.syscall.rawValue)
      guard event.pointee.incarnation >= 0, id < roles.count else { continue }
      let role = roles[id]
      guard role.isRead || role.isWrite, event.pointee.isCompleted else { continue }
      if filtersCalls, !options.filter.accepts(event.pointee) { continue }
      let series = event.pointee.incarnation &* 2 &+ (role.isRead ? 0 : 1)
      let bytes = event.transferredBytes(role)
      let hasClock = event.pointee.endLine >= firstStamp
      let (start, duration) = (event.pointee.busyStart, event.pointee.duration)
      if !hasClock || !countHere(series, start, duration, bytes, isError: event.pointee.errno != .none, live) {
        add(TimelineCall(event, bytes: bytes, hasClock: hasClock), series, live)
      }
    }
    count(batch.transfers[taken...], live)
    sweep(before: index(of: context.reader.clock.last) - 1, live)
  }

  /// Counts plain transfers, which have a clock.
  @inline(__always)
  private mutating func count(_ transfers: Slice<UnsafeBufferPointer<Transfer>>, _ live: LiveCells) {
    for transfer in UnsafeBufferPointer(rebasing: transfers) {
      let series = transfer.incarnation &* 2 &+ (transfer.isWrite ? 1 : 0)
      if !countHere(series, transfer.stamp, transfer.duration, transfer.bytes, isError: transfer.isError, live) {
        add(TimelineCall(transfer), series, live)
      }
    }
  }

  // MARK: Cells

  /// Counts a call that lies within the interval of the call before and whose series has a cell there, as nearly all do; false for any other.
  @inline(__always)
  private func countHere(
    _ series: Int32, _ busyStart: Int64, _ duration: Int64, _ bytes: Int64, isError: Bool, _ live: LiveCells
  ) -> Bool {
    guard duration >= 0, busyStart >= currentStart, busyStart &+ duration < currentEnd, let cell = live.cell(of: series),
      cell.pointee.interval == currentIndex
    else { return false }
    cell.pointee.count(bytes, duration, isError: isError, time: duration)
    return true
  }

  /// Any call.
  @inline(never)
  private mutating func add(_ call: TimelineCall, _ series: Int32, _ live: LiveCells) {
    let duration = call.duration
    if call.end < currentStart || call.end >= currentEnd { moveTo(call.end) }
    var timeHere = max(0, duration)
    if call.hasClock, duration > 0, options.attribution == .spread {
      if call.busyStart < currentStart || call.busyStart &+ duration > currentEnd {
        timeHere = spread(series, call.busyStart, duration, home: currentIndex, live)
      }
    }
    guard let cell = cell(series, currentIndex, live) else {
      addLate(call, series, timeHere)
      return
    }
    cell.pointee.count(call.bytes, duration, isError: call.isError, time: timeHere)
  }

  /// A call in an interval that was closed already: clocks that step back, logs ordered by end.
  @inline(never)
  private mutating func addLate(_ call: TimelineCall, _ series: Int32, _ time: Int64) {
    var row = FdTimelineRow()
    row.count(call.bytes, call.duration, isError: call.isError)
    row.time = time
    if call.duration >= 0 {
      row.p50 = call.duration
      row.p99 = call.duration
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
    let (series, places) = FdSeries.collect(rows, context.model, top: options.top)
    // In place: the rows are what memory grows with.
    rows.removeAll { places[Int($0.incarnation)] < 0 }
    for index in rows.indices {
      rows[index].series = places[Int(rows[index].incarnation)] &* 2 &+ (rows[index].isRead ? 0 : 1)
    }
    compact()
    return FdTimelineResult(
      interval: options.interval, origin: origin, clock: clock, series: series, rows: rows,
      hasApproximatePercentiles: hasMergedPercentiles, clampedSpans: clampedSpans)
  }
}
