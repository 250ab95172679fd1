import TraceAnalyses
import TraceCalls
import TraceSyntax

extension ThreadsState {
  func encode(into message: inout ProtoPartial) {
    message.threads.threads = results.map { result in
      .with {
        $0.interval = UInt64(result.interval)
        $0.origin = result.origin
        $0.threads = result.threads.map { thread in
          .with {
            $0.process = thread.process
            $0.tid = thread.tid
            if let name = thread.name { $0.name = name }
            $0.role = thread.role.rawValue
            $0.times = thread.times.list
            $0.parked = thread.parked
            $0.saturated = thread.saturated
            $0.calls = UInt64(thread.calls)
            $0.untimed = UInt64(thread.untimed)
            $0.hasClock_p = thread.hasClock
          }
        }
        $0.intervalSteps = Steps.of(result.cells.map(\.interval))
        $0.cellThreads = result.cells.map { UInt32($0.life) }
        $0.counts = result.cells.map { UInt64($0.count) }
        $0.times = result.cells.flatMap { $0.times.list }
        $0.parked = result.cells.map(\.parked)
        $0.saturated = .init(result.cells.map { $0.isSaturated ? 1 : 0 })
      }
    }
  }

  init(_ message: ProtoThreadsList, _ logs: [PartialLog]) throws(PartialFault) {
    try require(message.threads.count == logs.count, "it has threads of \(message.threads.count) logs for \(logs.count)")
    var results: [ThreadsResult] = []
    var rows: Int64 = 0
    for (one, log) in zip(message.threads, logs) {
      try require(Limits.isInterval(one.interval) && one.interval == message.threads[0].interval, "intervals of no length")
      let interval = Int64(one.interval)
      try require(Limits.isInterval(one.origin, of: interval), "a first interval at no time")
      var threads: [ThreadsResult.Thread] = []
      for thread in one.threads { threads.append(try .init(thread)) }
      let count = one.cellThreads.count
      let saturated = [UInt8](one.saturated)
      try require(
        one.counts.count == count && saturated.count == count && one.parked.count == count
          && one.times.count == count * Activity.count,
        "cells with parts missing")
      let intervals = try Steps.sums(one.intervalSteps, count)
      var cells: [ThreadCell] = []
      cells.reserveCapacity(count)
      for place in 0..<count {
        guard one.cellThreads[place] < threads.count, Limits.isInterval(intervals[place], of: interval),
          Limits.isCount(one.counts[place]), one.counts[place] > 0,
          Limits.isInterval(intervals[place] &+ Int64(one.counts[place]), of: interval),
          let times = ActivityTimes(Array(one.times[(place * Activity.count)..<((place + 1) * Activity.count)]))
        else { throw PartialFault("a cell at no time, or of no thread") }
        let length = Int64(one.counts[place])
        rows += min(length, ThreadRows.mostAlike)
        cells.append(
          ThreadCell(
            life: Int32(one.cellThreads[place]), interval: intervals[place], count: length, times: times,
            parked: one.parked[place],
            isSaturated: saturated[place] != 0))
      }
      // What a log that is no damaged one comes to is far below.
      try require(rows <= 1 << 28, "more rows than there can be")
      try require(zip(cells, cells.dropFirst()).allSatisfy { $0.interval <= $1.interval }, "cells that are not in order")
      results.append(ThreadsResult(interval: interval, origin: one.origin, clock: log.clock, threads: threads, cells: cells))
    }
    self.init(results)
  }
}

extension ThreadsResult.Thread {
  fileprivate init(_ message: ProtoThreads.Thread) throws(PartialFault) {
    guard let role = ThreadRole(rawValue: message.role), let times = ActivityTimes(message.times),
      Limits.isCount(message.calls), Limits.isCount(message.untimed)
    else { throw PartialFault("a thread of no kind that is known") }
    self.init(
      process: message.process, tid: message.tid, name: message.hasName ? message.name : nil, role: role, times: times,
      parked: message.parked, saturated: message.saturated, calls: Int(message.calls), untimed: Int(message.untimed),
      hasClock: message.hasClock_p)
  }
}

extension ActivityTimes {
  fileprivate var list: [Int64] { Activity.allCases.map { self[$0] } }
}
