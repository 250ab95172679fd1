import Histogram
import TraceCalls
import TraceProcesses
import TraceSyntax

/// What `strace -c -w` counts, from the log itself, with percentiles.
public struct Summary: Analysis {
  public struct Options: Sendable {
    public var filter = CallFilter()
    public init() {}
  }

  public struct Row: Sendable {
    public let syscall: String
    public internal(set) var calls = 0
    public internal(set) var errors = 0
    /// Nanoseconds over the calls whose duration is known; nil when there are none.
    public internal(set) var time: Int64?
    public internal(set) var shortest: Int64?
    public internal(set) var longest: Int64?
    /// Calls whose duration is known.
    public internal(set) var timed = 0
    /// Percentiles in nanoseconds, within 0.1 % (HdrHistogram, three significant digits).
    public internal(set) var p50: Int64?
    public internal(set) var p90: Int64?
    public internal(set) var p99: Int64?
    public internal(set) var p999: Int64?
    /// Calls that had not returned when the log ended.
    public internal(set) var inFlight = 0

    public var mean: Int64? { time.map { timed > 0 ? $0 / Int64(timed) : 0 } }
  }

  public struct Result: Sendable {
    /// By time, then calls, then name.
    public let rows: [Row]
    public let calls: Int
    public let errors: Int
    public let time: Int64
    public let inFlight: Int
  }

  private final class Cell {
    var calls = 0
    var errors = 0
    var time: Int64 = 0
    var timed = 0
    var shortest = Int64.max
    var longest = Int64.min
    var inFlight = 0
    var histogram = Histogram<UInt64>(numberOfSignificantValueDigits: .three)
  }

  private let options: Options
  private var cells: [Cell?] = []

  public init(_ options: Options = Options()) { self.options = options }

  public mutating func consume(_ batch: CallBatch, _ context: TraceContext) {
    let window = options.filter.window(context.reader.clock)
    for event in batch.events {
      let isOpen = event.phase == .inFlight || event.phase == .detached
      guard isOpen || event.isCompleted, event.syscall != .unknown, options.filter.accepts(event) else { continue }
      if !options.filter.processes.isEmpty,
        event.process < 0 || !options.filter.processes.contains(context.model.processLabel(event.process))
      {
        continue
      }
      guard event.end >= window.from, event.end < window.to else { continue }
      let cell = cell(Int(event.syscall.rawValue))
      if isOpen {
        cell.inFlight += 1
        continue
      }
      cell.calls += 1
      if event.errno != .none { cell.errors += 1 }
      guard event.duration >= 0 else { continue }
      cell.timed += 1
      cell.time = Self.sum(cell.time, event.duration)
      cell.shortest = min(cell.shortest, event.duration)
      cell.longest = max(cell.longest, event.duration)
      cell.histogram.record(UInt64(min(event.duration, 1 << 50)))
    }
  }

  /// Durations are what the log says: their sum stops at the largest number, so that no part is more than the whole.
  @inline(__always)
  private static func sum(_ a: Int64, _ b: Int64) -> Int64 {
    let (sum, isBeyond) = a.addingReportingOverflow(b)
    return isBeyond ? .max : sum
  }

  @inline(__always)
  private mutating func cell(_ id: Int) -> Cell {
    if id < cells.count, let cell = cells[id] { return cell }
    if id >= cells.count { cells.append(contentsOf: repeatElement(nil, count: id + 1 - cells.count)) }
    let fresh = Cell()
    cells[id] = fresh
    return fresh
  }

  public mutating func finish(_ context: TraceContext) -> Result {
    var rows: [Row] = []
    for (id, cell) in cells.enumerated() {
      guard let cell else { continue }
      var row = Row(syscall: context.reader.names.name(SyscallID(rawValue: UInt16(id))))
      row.calls = cell.calls
      row.errors = cell.errors
      row.inFlight = cell.inFlight
      row.timed = cell.timed
      if cell.timed > 0 {
        row.time = cell.time
        row.shortest = cell.shortest
        row.longest = cell.longest
        func percentile(_ p: Double) -> Int64 { min(cell.longest, Int64(clamping: cell.histogram.valueAtPercentile(p))) }
        row.p50 = percentile(50)
        row.p90 = percentile(90)
        row.p99 = percentile(99)
        row.p999 = percentile(99.9)
      }
      rows.append(row)
    }
    rows.sort {
      let a = $0.time ?? 0
      let b = $1.time ?? 0
      return a != b ? a > b : $0.calls != $1.calls ? $0.calls > $1.calls : $0.syscall < $1.syscall
    }
    return Result(
      rows: rows, calls: rows.reduce(0) { $0 + $1.calls }, errors: rows.reduce(0) { $0 + $1.errors },
      time: rows.reduce(0) { Self.sum($0, $1.time ?? 0) }, inFlight: rows.reduce(0) { $0 + $1.inFlight })
  }
}
