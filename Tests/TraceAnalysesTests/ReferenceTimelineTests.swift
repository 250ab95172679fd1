import Testing
import TraceCalls
import TraceInput
import TraceProcesses
import TraceTestSupport

@testable import TraceAnalyses

/// A slow and obvious timeline: every call of a log, a dictionary of cells, one piece of time after the other.
struct ReferenceTimeline {
  struct Cell: Equatable {
    var calls = 0
    var errors = 0
    var bytes: Int64 = 0
    var time: Int64 = 0
    var durations: [Int64] = []
  }
  struct Key: Hashable {
    var series: SeriesKey
    var interval: Int64
  }
  private(set) var cells: [Key: Cell] = [:]

  init(_ paths: [String], interval: Int64, _ attribution: FdTimeline.Attribution) throws {
    let context = TraceContext(
      reader: try CallReader(TraceFiles(paths), options: ReadOptions(workers: 1)), processes: ProcessOptions())
    var calls: [(event: CallEvent, bytes: Int64, isRead: Bool)] = []
    while let batch = context.next() {
      for place in batch.places where place.pointee.isCompleted && place.pointee.incarnation >= 0 {
        let event = place.pointee
        let role = context.reader.names.role(event.syscall)
        guard role.isRead || role.isWrite else { continue }
        calls.append((event, place.transferredBytes(role), role.isRead))
      }
    }
    func floored(_ time: Int64) -> Int64 { Int64((Double(time) / Double(interval)).rounded(.down)) }
    for (event, bytes, isRead) in calls {
      let life = context.model.incarnations[Int(event.incarnation)]
      let series = SeriesKey(process: context.model.processLabel(life.table), fd: life.descriptor, n: life.n, isRead: isRead)
      let isWhole = event.startLine == event.endLine && event.hasStart
      let duration = max(0, event.duration)
      let end = isWhole ? event.start + duration : event.stamp
      let home = Key(series: series, interval: floored(end))
      cells[home, default: Cell()].calls += 1
      if event.errno != .none { cells[home]!.errors += 1 }
      cells[home]!.bytes += bytes
      if event.duration >= 0 { cells[home]!.durations.append(event.duration) }
      guard duration > 0 else { continue }
      guard attribution == .spread else {
        cells[home]!.time += duration
        continue
      }
      let a = isWhole ? event.start : max(event.start, event.stamp - duration)
      for index in floored(a)...floored(a + duration) {
        let part = min(a + duration, (index + 1) * interval) - max(a, index * interval)
        if part > 0 { cells[Key(series: series, interval: index), default: Cell()].time += part }
      }
    }
  }
}

@Suite("fd-timeline agrees with a slow reference")
struct ReferenceTimelineTests {
  @Test(
    "cell by cell", arguments: ["f-ns", "everything", "f-tt-T-C-w", "f-ttt-yy-T-C-w", "attach", "f-t-T-C-w", "f-r-T", "f-tt"],
    [1_000_000_000, 10_000_000, 7_654_321] as [Int64])
  func cells(name: String, interval: Int64) throws {
    for attribution in FdTimeline.Attribution.allCases {
      let expected = try ReferenceTimeline(Capture.named(name).paths, interval: interval, attribution).cells
      let result = try analyse(Capture.named(name), timeline(interval: interval, attribution))
      #expect(result.rows.count == expected.count)
      var wrong = 0
      for row in result.rows {
        let cell = expected[.init(series: result.key(row), interval: row.interval)] ?? .init()
        let sorted = cell.durations.sorted()
        let isRight =
          Int(row.calls) == cell.calls && Int(row.errors) == cell.errors && row.bytes == cell.bytes && row.time == cell.time
          && row.longest == (sorted.last ?? -1) && row.p50 == (sorted.isEmpty ? -1 : sorted[(sorted.count + 1) / 2 - 1])
          && row.p99 == (sorted.isEmpty ? -1 : sorted[(sorted.count * 99 + 99) / 100 - 1])
        if !isRight, wrong < 3 {
          wrong += 1
          Issue.record("\(result.key(row)) at \(row.interval): \(row), expected \(cell)")
        }
      }
    }
  }
}
