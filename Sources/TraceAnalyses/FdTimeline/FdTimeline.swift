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

  private let options: Options
  /// Closed cells and pieces of cells, merged when they become many.
  private var rows: [FdTimelineRow] = []
  private var compactAt = 1 << 16
  /// The live cell of each series (incarnation * 2 + direction), or -1.
  private var liveCell: [Int32] = []
  private var cells: [LiveCell] = []
  private var freeCells: [Int32] = []
  private var active: [Int32] = []
  /// Bounds of the interval that the last call ended in.
  private var currentIndex: Int64 = 0
  private var currentStart: Int64 = 0
  private var currentEnd: Int64 = .min
  private var sweptBefore: Int64 = .min
  private var hasMergedPercentiles = false
  private var clampedSpans = 0

  /// The cell of a series in the newest interval it has a call in.
  private struct LiveCell {
    var series: Int32
    var interval: Int64
    var row = FdTimelineRow()
    var samples = DurationSamples()
  }

  public init(_ options: Options = Options()) {
    var options = options
    options.interval = max(1, options.interval)
    self.options = options
  }

  public mutating func consume(_ batch: CallBatch, _ context: TraceContext) {
    let roles = context.model.roleTable
    let firstStamp = context.reader.clock.firstLine
    for event in batch.events where event.incarnation >= 0 && event.isCompleted {
      let id = Int(event.syscall.rawValue)
      guard id < roles.count, roles[id].isRead || roles[id].isWrite, options.filter.accepts(event) else { continue }
      add(event, isRead: roles[id].isRead, bytes: event.transferredBytes(roles[id]), hasClock: event.endLine >= firstStamp)
    }
    sweep(before: index(of: context.reader.clock.last) - 1)
  }

  // MARK: Cells

  @inline(__always)
  private mutating func add(_ event: CallEvent, isRead: Bool, bytes: Int64, hasClock: Bool) {
    let series = event.incarnation &* 2 &+ (isRead ? 0 : 1)
    let end = hasClock ? event.end : 0
    if end < currentStart || end >= currentEnd { moveTo(end) }
    let interval = currentIndex
    let endStart = currentStart
    let known = event.duration >= 0
    var timeHere = known ? event.duration : 0
    if hasClock, known, options.attribution == .spread {
      let busyStart = event.busyStart
      if busyStart < endStart || busyStart &+ event.duration > currentEnd {
        timeHere = spread(series, busyStart, event.duration, home: interval)
      }
    }
    let cell = Int(cellFor(series, interval))
    if cell < 0 {
      // An interval that was closed already: clocks that step back, logs ordered by end.
      var row = FdTimelineRow()
      row.count(event, bytes: bytes)
      row.time = timeHere
      if known {
        row.p50 = event.duration
        row.p99 = event.duration
      }
      append(row, series, interval)
      return
    }
    cells[cell].row.count(event, bytes: bytes)
    cells[cell].row.time &+= timeHere
    if known { cells[cell].samples.add(event.duration) }
  }

  /// Gives every interval but `home` its part of [start, start + duration); returns home's part.
  private mutating func spread(_ series: Int32, _ start: Int64, _ duration: Int64, home: Int64) -> Int64 {
    var here: Int64 = 0
    var time = start
    var left = duration
    var pieces = 0
    while left > 0 {
      let interval = index(of: time)
      let next = (interval &+ 1).multipliedReportingOverflow(by: options.interval)
      pieces += 1
      // A million intervals of one call are a damaged log or a far too fine interval.
      let part = next.overflow || pieces > 1_000_000 ? left : min(left, next.partialValue &- time)
      if pieces > 1_000_000 { clampedSpans += 1 }
      if interval == home {
        here &+= part
      } else {
        addTime(series, interval, part)
      }
      time &+= part
      left -= part
    }
    return here
  }

  private mutating func addTime(_ series: Int32, _ interval: Int64, _ time: Int64) {
    if Int(series) < liveCell.count, liveCell[Int(series)] >= 0, cells[Int(liveCell[Int(series)])].interval == interval {
      cells[Int(liveCell[Int(series)])].row.time &+= time
      return
    }
    var row = FdTimelineRow()
    row.time = time
    append(row, series, interval)
  }

  /// The live cell of a series at an interval, closing its older one; -1 for an interval before it.
  @inline(__always)
  private mutating func cellFor(_ series: Int32, _ interval: Int64) -> Int32 {
    if Int(series) < liveCell.count {
      let cell = liveCell[Int(series)]
      if cell >= 0 {
        if cells[Int(cell)].interval == interval { return cell }
        if cells[Int(cell)].interval > interval { return -1 }
        emit(cell)
        cells[Int(cell)].interval = interval
        return cell
      }
    }
    return newCell(series, interval)
  }

  private mutating func newCell(_ series: Int32, _ interval: Int64) -> Int32 {
    if interval < sweptBefore { return -1 }
    if Int(series) >= liveCell.count {
      liveCell.append(contentsOf: repeatElement(-1, count: Int(series) + 256 - liveCell.count))
    }
    let cell: Int32
    if let free = freeCells.popLast() {
      cell = free
      cells[Int(cell)].series = series
      cells[Int(cell)].interval = interval
    } else {
      cell = Int32(cells.count)
      cells.append(LiveCell(series: series, interval: interval))
    }
    liveCell[Int(series)] = cell
    active.append(cell)
    return cell
  }

  /// Writes a live cell out as a row and empties it.
  private mutating func emit(_ cell: Int32) {
    var row = cells[Int(cell)].row
    if let percentiles = cells[Int(cell)].samples.percentiles() {
      row.p50 = percentiles.p50
      row.p99 = percentiles.p99
    }
    append(row, cells[Int(cell)].series, cells[Int(cell)].interval)
    cells[Int(cell)].row = FdTimelineRow()
    cells[Int(cell)].samples.removeAll()
  }

  /// Closes the cells of intervals before this one: their calls are all seen.
  private mutating func sweep(before interval: Int64) {
    guard interval > sweptBefore else { return }
    sweptBefore = interval
    var kept = 0
    for cell in active {
      if cells[Int(cell)].interval < interval {
        emit(cell)
        liveCell[Int(cells[Int(cell)].series)] = -1
        freeCells.append(cell)
      } else {
        active[kept] = cell
        kept += 1
      }
    }
    active.removeSubrange(kept...)
  }

  private mutating func moveTo(_ time: Int64) {
    currentIndex = index(of: time)
    currentStart = currentIndex &* options.interval
    currentEnd = currentStart.addingReportingOverflow(options.interval).partialValue
  }

  @inline(__always)
  private func index(of time: Int64) -> Int64 {
    let quotient = time / options.interval
    return time % options.interval < 0 ? quotient - 1 : quotient
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
    for row in rows {
      if kept > 0, rows[kept - 1].interval == row.interval, rows[kept - 1].series == row.series {
        if rows[kept - 1].merge(row) { hasMergedPercentiles = true }
      } else {
        rows[kept] = row
        kept += 1
      }
    }
    rows.removeSubrange(kept...)
  }

  public mutating func finish(_ context: TraceContext) -> FdTimelineResult {
    sweep(before: .max)
    compact()
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
    rows.sort { ($0.interval, $0.series) < ($1.interval, $1.series) }
    return FdTimelineResult(
      interval: options.interval, origin: origin, clock: clock, series: series, rows: rows,
      hasApproximatePercentiles: hasMergedPercentiles, clampedSpans: clampedSpans)
  }
}

extension CallEvent {
  /// Bytes that a successful transfer moved.
  @inline(__always)
  func transferredBytes(_ role: SyscallRole) -> Int64 {
    guard succeeded, result > 0 else { return 0 }
    if role == .readMessages || role == .writeMessages { return messageBytes }
    return flags.contains(.hugeResult) ? 0 : result
  }

  /// Sum of `msg_len` over the messages that recvmmsg or sendmmsg says it moved.
  private var messageBytes: Int64 {
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
