import TraceCalls
import TraceProcesses
import TraceSyntax

/// One cell: a series (an incarnation in one direction) in one interval.
public struct FdTimelineRow: Sendable {
  /// Number of the interval since the clock's zero.
  public internal(set) var interval: Int64 = 0
  /// Index into the result's series times two, plus one for writes.
  var series: Int32 = 0
  public internal(set) var calls: UInt32 = 0
  public internal(set) var errors: UInt32 = 0
  public internal(set) var bytes: Int64 = 0
  /// Nanoseconds.
  public internal(set) var time: Int64 = 0
  /// Longest call that ended here, in nanoseconds; -1 when none has a known duration.
  public internal(set) var longest: Int64 = -1
  public internal(set) var p50: Int64 = -1
  public internal(set) var p99: Int64 = -1

  public var isRead: Bool { series & 1 == 0 }
  /// Index of the series in the result (of the incarnation in the model, before the result is made).
  public var seriesIndex: Int { Int(series >> 1) }
  var incarnation: Int32 { series >> 1 }

  init() {}

  /// One that was kept.
  package init(
    interval: Int64, series: Int, isRead: Bool, calls: UInt32, errors: UInt32, bytes: Int64, time: Int64, longest: Int64,
    p50: Int64, p99: Int64
  ) {
    self.interval = interval
    self.series = Int32(series * 2 + (isRead ? 0 : 1))
    self.calls = calls
    self.errors = errors
    self.bytes = bytes
    self.time = time
    self.longest = longest
    self.p50 = p50
    self.p99 = p99
  }

  /// Whether any time is known: logs without -T have none.
  public var hasTime: Bool { time > 0 || longest >= 0 || calls == 0 }

  @inline(__always)
  mutating func count(_ more: Int64, _ duration: Int64, isError: Bool) {
    calls &+= 1
    errors &+= isError ? 1 : 0
    let sum = bytes.addingReportingOverflow(more)
    bytes = sum.overflow ? .max : sum.partialValue
    longest = max(longest, duration)
  }

  /// Adds another piece of the same cell; true when percentiles of two pieces met, of which the larger's are kept.
  mutating func merge(_ other: FdTimelineRow) -> Bool {
    let meets = p50 >= 0 && other.p50 >= 0
    if other.p50 >= 0, p50 < 0 || other.calls > calls {
      p50 = other.p50
      p99 = other.p99
    }
    calls &+= other.calls
    errors &+= other.errors
    let sum = bytes.addingReportingOverflow(other.bytes)
    bytes = sum.overflow ? .max : sum.partialValue
    time &+= other.time
    longest = max(longest, other.longest)
    return meets
  }
}

/// What a series is of.
public struct FdSeries: Sendable {
  let incarnation: Int32
  public let process: String
  public let processNumber: Int32
  public let descriptor: Int32
  public let n: Int32
  public let kind: DescriptorKind
  public let local: String?
  public let peer: String?
  public let path: String?
  public let protocolName: String
  public let stream: String?
  /// Totals over the rows of the result.
  public internal(set) var bytes: Int64 = 0
  public internal(set) var time: Int64 = 0
  public internal(set) var calls = 0

  /// The shortest name that tells a person what it is.
  public var label: String { label(redaction: .none) }

  /// The same, its parts hidden as a redaction says.
  public func label(redaction: Redaction) -> String {
    OpenDescription.label(stream: stream, peer: peer, path: path, redaction)
      ?? (kind == .unknown ? "fd \(descriptor)" : kind.rawValue)
  }

  private var order: (Int32, String, Int32, Int32, Int32) { (processNumber, process, descriptor, n, incarnation) }

  /// By time, then bytes, then calls; ties in the order of the table.
  public func isBusier(than other: FdSeries) -> Bool {
    if time != other.time { return time > other.time }
    if bytes != other.bytes { return bytes > other.bytes }
    if calls != other.calls { return calls > other.calls }
    return order < other.order
  }
}

public struct FdTimelineResult: Sendable {
  /// Nanoseconds.
  public let interval: Int64
  /// Number of the interval that the log's first stamp is in.
  public let origin: Int64
  public let clock: TraceClock
  public let series: [FdSeries]
  /// Sorted by interval, process, descriptor, n, direction.
  public let rows: [FdTimelineRow]
  /// Some cell got calls after it was closed; its percentiles are those of the larger part.
  public let hasApproximatePercentiles: Bool
  /// Calls that touched more than a million intervals: the rest of their time is in the last of those.
  public let clampedSpans: Int

  /// What is approximated, for people.
  public var notes: [String] {
    var notes: [String] = []
    if hasApproximatePercentiles {
      notes.append(
        "some intervals got calls after they were closed (stamps step back): their p50 and p99 are those of the larger part")
    }
    if clampedSpans > 0 {
      notes.append("\(clampedSpans) calls touch more than a million intervals: the rest of their time is in the last of those")
    }
    return notes
  }
}

extension FdTimelineResult {
  /// One that was kept: totals of the series are those of its rows.
  package init(interval: Int64, origin: Int64, clock: TraceClock, kept series: [FdSeries], rows: [FdTimelineRow]) {
    var series = series
    for row in rows { series[row.seriesIndex].count(row) }
    self.init(
      interval: interval, origin: origin, clock: clock, series: series, rows: rows, hasApproximatePercentiles: false,
      clampedSpans: 0)
  }

  /// Only so many of the busiest descriptors, by time, then bytes; all where nothing is said.
  public func busiest(_ top: Int?) -> FdTimelineResult {
    guard let top, top < series.count else { return self }
    let kept = FdSeries.busiest(series, top)
    var places = [Int32?](repeating: nil, count: series.count)
    for (place, index) in kept.enumerated() { places[index] = Int32(place) }
    return FdTimelineResult(
      interval: interval, origin: origin, clock: clock, series: kept.map { series[$0] },
      rows: rows.compactMap { row in
        guard let place = places[row.seriesIndex] else { return nil }
        var row = row
        row.series = place &* 2 &+ (row.isRead ? 0 : 1)
        return row
      }, hasApproximatePercentiles: hasApproximatePercentiles, clampedSpans: clampedSpans)
  }
}

extension FdSeries {
  /// One that was kept.
  package init(
    number: Int, process: String, processNumber: Int32, descriptor: Int32, n: Int32, kind: DescriptorKind, local: String?,
    peer: String?, path: String?, protocolName: String, stream: String?
  ) {
    self.init(
      incarnation: Int32(number), process: process, processNumber: processNumber, descriptor: descriptor, n: n, kind: kind,
      local: local, peer: peer, path: path, protocolName: protocolName, stream: stream)
  }

  mutating func count(_ row: FdTimelineRow) {
    bytes = bytes.addingCapped(row.bytes)
    time &+= row.time
    calls &+= Int(row.calls)
  }
}
