import TraceCalls
import TraceProcesses
import TraceSyntax

/// What `strace -c -w` counts, from the log itself, with percentiles: by call, or by call and process, thread, descriptor, connection, path
/// or error. The rows of any key sum to those by call.
public struct Summary: Analysis {
  public struct Options: Sendable {
    public var filter = CallFilter()
    /// What rows are by, besides the call.
    public var key: Key?
    /// Only the busiest of these (by time, then calls).
    public var top: Int?
    /// Keep counts by powers of two of microseconds.
    public var keepsBuckets = false
    /// Keep the sizes of reads and writes.
    public var keepsSizes = false
    /// Nanoseconds of the intervals that calls are counted in; nil for none. They are aligned to the clock.
    public var interval: Int64?
    /// Keep what the result is made of, to be added to that of other logs.
    public var keepsState = false
    /// Rows that are kept apart; calls of further things are counted together.
    public var limit = 100_000
    public init() {}

    /// By call alone, nothing but times.
    var isPlain: Bool { key == nil && !keepsBuckets && !keepsSizes && interval == nil && !tracksDescriptions }
    var tracksDescriptions: Bool { !filter.protocols.isEmpty || filter.stream != nil }
  }

  /// Bytes of paths that are remembered, and of one, as strace prints it.
  static let pathBytes = 64 << 20
  static let longestPath = 16 << 10
  static let topSizes = 5

  public let options: Options
  /// Made with the first batch, so that a copy of an analysis not yet run has its own.
  private var cells: SummaryCells?
  private var keys: SummaryKeys
  private var intervals = SummaryIntervals()
  private var observer = ObserverEffect()

  public init(_ options: Options = Options()) {
    self.options = options
    keys = SummaryKeys(options.key, tracksDescriptions: options.tracksDescriptions)
  }

  public var tiesEveryCall: Bool {
    switch options.key {
    case .fd, .connection, .path: true
    default: options.tracksDescriptions
    }
  }

  public mutating func consume(_ batch: CallBatch, _ context: TraceContext) {
    let cells = cells ?? SummaryCells(limit: options.limit)
    self.cells = cells
    let wanted = Wanted(options.filter, context)
    if options.isPlain {
      for event in batch.places {
        if event.pointee.isCompleted { observer.count(event) }
        guard let isOpen = wanted.isOpen(event) else { continue }
        let cell = cells.cell(event.pointee.syscall.rawValue)
        if isOpen { cell.pointee.inFlight &+= 1 } else { cell.pointee.count(event) }
      }
      return
    }
    // Once for all: what a getter of another module returns is a copy.
    let (model, firstStamp) = (context.model, context.reader.clock.firstLine)
    for event in batch.places {
      if event.pointee.isCompleted { observer.count(event) }
      guard let isOpen = wanted.isOpen(event) else { continue }
      let key = keys.number(event, model, hasRoom: cells.hasRoom)
      let cell = cells.cell(key, event.pointee.syscall.rawValue)
      if isOpen {
        cell.pointee.inFlight &+= 1
        continue
      }
      cell.pointee.count(event)
      if options.keepsBuckets, event.pointee.duration >= 0 {
        cell.pointee.timeBuckets = cell.pointee.timeBuckets ?? PowerBuckets()
        cell.pointee.timeBuckets?.add(event.pointee.duration / 1000)
      }
      if options.keepsSizes { Self.countSize(event, model.role(of: event.pointee.syscall), cell) }
      if let interval = options.interval {
        let hasClock = event.pointee.endLine >= firstStamp
        intervals.count(event, SummaryIntervals.index(hasClock ? event.pointee.end : 0, interval), cell, cells)
      }
    }
  }

  /// Which calls are counted: what a batch needs to know of the filter.
  private struct Wanted {
    let filter: CallFilter
    let context: TraceContext
    let filtersCalls: Bool
    let window: (from: Int64, to: Int64)

    init(_ filter: CallFilter, _ context: TraceContext) {
      self.filter = filter
      self.context = context
      filtersCalls = filter.filtersCalls || !filter.processes.isEmpty
      window = filter.window(context.reader.clock)
    }

    /// nil for an event that is not counted; true for a call that never returned.
    @inline(__always)
    func isOpen(_ event: UnsafePointer<CallEvent>) -> Bool? {
      let isOpen = event.pointee.phase == .inFlight || event.pointee.phase == .detached
      guard isOpen || event.pointee.isCompleted, event.pointee.syscall != .unknown else { return nil }
      if filtersCalls, !accepts(event) { return nil }
      let end = event.pointee.end
      return end >= window.from && end < window.to ? isOpen : nil
    }

    @inline(never)
    private func accepts(_ event: UnsafePointer<CallEvent>) -> Bool {
      guard filter.accepts(event.pointee) else { return false }
      if filter.processes.isEmpty { return true }
      return event.pointee.process >= 0 && filter.processes.contains(context.model.processLabel(event.pointee.process))
    }
  }

  private static func countSize(
    _ event: UnsafePointer<CallEvent>, _ role: SyscallRole, _ cell: UnsafeMutablePointer<SummaryCell>
  ) {
    guard role.isRead || role.isWrite, event.pointee.succeeded, event.pointee.result >= 0 else { return }
    let sizes = cell.pointee.sizes ?? SizeCounts()
    cell.pointee.sizes = sizes
    sizes.add(event.transferredBytes(role))
  }

  /// Durations are what the log says: their sum stops at the largest number, so that no part is more than the whole.
  @inline(__always)
  static func sum<Number: FixedWidthInteger>(_ a: Number, _ b: Number) -> Number {
    let (sum, isBeyond) = a.addingReportingOverflow(b)
    return isBeyond ? .max : sum
  }

  public mutating func finish(_ context: TraceContext) -> Result {
    let cells = cells ?? SummaryCells(limit: options.limit)
    let names = context.reader.names
    let rows = SummaryRows(
      options, cells, keys.subjects(context, options.filter), intervals, clock: context.reader.clock,
      observer: observer.finish(context.reader.names)
    ) { names.name(SyscallID(rawValue: $0)) }
    return rows.result()
  }
}
