import TraceAnalyses
import TraceCalls
import TraceSyntax

extension TimelinesState {
  func encode(into message: inout ProtoPartial) {
    message.timelines.timelines = timelines.map { timeline in
      .with {
        $0.interval = UInt64(timeline.interval)
        $0.origin = timeline.origin
        $0.series = timeline.series.map { series in
          .with {
            $0.process = series.process
            $0.processNumber = series.processNumber
            $0.fd = series.descriptor
            $0.n = series.n
            $0.description_p =
              Summary.Description(
                kind: series.kind, local: series.local, peer: series.peer, path: series.path, protocolName: series.protocolName,
                stream: series.stream
              ).message
          }
        }
        let rows = timeline.rows
        $0.intervalSteps = Steps.of(rows.map(\.interval))
        $0.cellSeries = rows.map { UInt32($0.seriesIndex * 2 + ($0.isRead ? 0 : 1)) }
        $0.calls = rows.map(\.calls)
        $0.errors = rows.map(\.errors)
        $0.bytes = rows.map(\.bytes)
        $0.time = rows.map(\.time)
        $0.longest = rows.map(\.longest)
        $0.p50 = rows.map(\.p50)
        $0.p99 = rows.map(\.p99)
      }
    }
  }

  init(_ message: ProtoTimelineList, _ logs: [PartialLog]) throws(PartialFault) {
    try require(message.timelines.count == logs.count, "it has \(message.timelines.count) timelines for \(logs.count) logs")
    var timelines: [FdTimelineResult] = []
    for (timeline, log) in zip(message.timelines, logs) {
      try require(
        Limits.isInterval(timeline.interval) && timeline.interval == message.timelines[0].interval, "intervals of no length")
      let interval = Int64(timeline.interval)
      try require(Limits.isInterval(timeline.origin, of: interval), "a first interval at no time")
      var series: [FdSeries] = []
      for (number, one) in timeline.series.enumerated() {
        let what = try Summary.Description(one.description_p)
        series.append(
          FdSeries(
            number: number, process: one.process, processNumber: one.processNumber, descriptor: one.fd, n: one.n, kind: what.kind,
            local: what.local, peer: what.peer, path: what.path, protocolName: what.protocolName, stream: what.stream))
      }
      try require(series.count < 1 << 30, "more series than there can be")
      let count = timeline.cellSeries.count
      try require(
        timeline.calls.count == count && timeline.errors.count == count
          && [timeline.bytes, timeline.time, timeline.longest, timeline.p50, timeline.p99].allSatisfy { $0.count == count },
        "cells with parts missing")
      let intervals = try Steps.sums(timeline.intervalSteps, count)
      var rows: [FdTimelineRow] = []
      rows.reserveCapacity(count)
      for place in 0..<count {
        let cell = timeline.cellSeries[place]
        try require(
          cell / 2 < series.count && Limits.isInterval(intervals[place], of: interval), "a cell at no time, or of no series")
        rows.append(
          FdTimelineRow(
            interval: intervals[place], series: Int(cell / 2), isRead: cell % 2 == 0, calls: timeline.calls[place],
            errors: timeline.errors[place], bytes: max(0, timeline.bytes[place]), time: timeline.time[place],
            longest: timeline.longest[place], p50: timeline.p50[place], p99: timeline.p99[place]))
      }
      try require(zip(intervals, intervals.dropFirst()).allSatisfy { $0 <= $1 }, "cells that are not in order")
      timelines.append(
        FdTimelineResult(interval: interval, origin: timeline.origin, clock: log.clock, kept: series, rows: rows))
    }
    self.init(timelines)
  }
}

/// Ascending numbers as the first of them and steps.
enum Steps {
  static func of(_ numbers: [Int64]) -> [Int64] {
    var last: Int64 = 0
    return numbers.map { number in
      defer { last = number }
      return number &- last
    }
  }

  static func sums(_ steps: [Int64], _ count: Int) throws(PartialFault) -> [Int64] {
    try require(steps.count == count, "cells without intervals")
    var last: Int64 = 0
    return steps.map { step in
      last = last &+ step
      return last
    }
  }
}
