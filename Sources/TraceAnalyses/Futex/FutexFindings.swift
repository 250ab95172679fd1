import TraceCalls
import TraceProcesses
import TraceSyntax

/// Makes the result of what was counted: tells locks from idleness, ranks, names.
struct FutexFindings {
  private let rows: [FutexAddress]
  private let futex: Futex
  private let context: TraceContext
  private let options: Futex.Options
  private var inference: LockInference

  init(_ futex: Futex, _ context: TraceContext, _ options: Futex.Options) {
    self.futex = futex
    rows = futex.rows
    self.context = context
    self.options = options
    inference = LockInference(futex.rows, futex.roots)
  }

  func result() -> FutexResult {
    let found = inference.locks().filter { isWanted(rows[$0.rows[0]].process) }
    var lockOf: [Int: Int] = [:]
    for (rank, lock) in found.enumerated() { for row in lock.rows where lockOf[row] == nil { lockOf[row] = rank } }
    let order = rows.indices.filter { isWanted(rows[$0].process) && isCounted(rows[$0]) }.sorted { precedes($0, $1, lockOf) }
    var places: [Int: Int] = [:]
    for (place, row) in order.enumerated() { places[row] = place }
    let clock = context.reader.clock
    return FutexResult(
      rows: order.map { row($0, lockOf[$0], places) }, locks: found.map { lock($0, places) }, deadlocks: deadlocks(places),
      timeline: timeline(places), interval: futex.timeline.interval, clock: clock, names: futex.names,
      notes: notes)
  }

  /// A row without any count is that of calls out of the wanted time, or of other tasks.
  private func isCounted(_ row: FutexAddress) -> Bool {
    let isFiltered = options.filter.from != nil || options.filter.to != nil || !options.filter.tids.isEmpty
    return !isFiltered || row.waits > 0 || row.wakes > 0 || row.inFlight > 0
  }

  private func isWanted(_ process: Int32) -> Bool {
    options.filter.processes.isEmpty || options.filter.processes.contains(label(process))
  }

  private func label(_ process: Int32) -> String { process < 0 ? "" : context.model.processLabel(process) }

  private func precedes(_ a: Int, _ b: Int, _ lockOf: [Int: Int]) -> Bool {
    let (first, second) = (lockOf[a] ?? .max, lockOf[b] ?? .max)
    if first != second { return first < second }
    if first != .max, rows[a].pressed.squares != rows[b].pressed.squares {
      return rows[a].pressed.squares > rows[b].pressed.squares
    }
    if rows[a].time != rows[b].time { return rows[a].time > rows[b].time }
    return rows[a].waits != rows[b].waits ? rows[a].waits > rows[b].waits : a < b
  }

  // MARK: Rows

  private func row(_ index: Int, _ lock: Int?, _ places: [Int: Int]) -> FutexResult.Row {
    let row = rows[index]
    var (samples, handOffs) = (row.samples, row.handOffs)
    let (waits, latency) = (samples.percentiles(), handOffs.percentiles())
    let hasClock = context.reader.clock.kind != .none
    return FutexResult.Row(
      process: label(row.process), address: row.address, use: inference.use(index), lock: lock, waits: row.waits,
      waitTime: row.waits > 0 && row.timed == 0 ? nil : row.time, longest: row.longest >= 0 ? row.longest : nil, p50: waits?.p50,
      p99: waits?.p99, woken: row.woken, eagain: row.eagain, timeouts: row.timeouts, interrupted: row.interrupted,
      otherErrors: row.otherErrors, wakes: row.wakes, threadsWoken: row.threadsWoken, waiters: row.waiters.entries.count,
      wakers: row.wakers.entries.count, topWaiter: row.waiters.longest.map { TaskNumber.tid($0.tid) },
      topWaker: row.wakers.mostFrequent.map { TaskNumber.tid($0.tid) }, inFlight: row.inFlight,
      inFlightTime: row.inFlight == 0 || hasClock ? row.inFlightTime : nil,
      handOff: latency.map { ($0.p50, $0.p99, row.longestHandOff) }, pressedWaits: row.pressed.count,
      pressedTime: row.pressed.time, firstLine: row.firstLine, longestWaits: row.top.compactMap { wait($0, places) })
  }

  private func lock(_ lock: LockInference.Lock, _ places: [Int: Int]) -> FutexResult.Lock {
    let waits = lock.rows.flatMap { row in
      lock.isHeldByOne
        ? rows[row].topPressed.filter { lock.accepts($0, holder: lock.holder) } : rows[row].top
    }.sorted { ($0.wait.duration, $1.wait.startLine) > ($1.wait.duration, $0.wait.startLine) }
    return FutexResult.Lock(
      process: label(rows[lock.rows[0]].process), rows: lock.rows.compactMap { places[$0] },
      holder: lock.holder.map(TaskNumber.tid), waiters: lock.waiters.map(TaskNumber.tid), waits: lock.sum.count,
      waitTime: lock.sum.time, longest: lock.sum.longest, weight: lock.sum.squares,
      longestWaits: waits.prefix(FutexAddress.mostTop).compactMap { wait($0, places) }, isInferred: lock.isInferred)
  }

  private func wait(_ long: LongWait, _ places: [Int: Int]) -> FutexResult.Wait? {
    guard let row = places[Int(long.wait.row)] else { return nil }
    return FutexResult.Wait(
      row: row, tid: TaskNumber.tid(long.wait.tid), startLine: long.wait.startLine, endLine: long.wait.endLine,
      end: long.wait.end, duration: long.wait.duration, outcome: long.outcome, waker: long.waker.map(TaskNumber.tid),
      wakeLine: long.wakeLine, blame: long.steps.map(blame))
  }

  private func blame(_ step: BlameStep) -> FutexResult.Blame {
    FutexResult.Blame(tid: TaskNumber.tid(step.tid), duration: step.duration, parts: step.items.map(part))
  }

  private func part(_ item: BlameStep.Item) -> FutexResult.Part {
    let model = context.model
    var life: Incarnation?
    var what: OpenDescription?
    if item.span.incarnation >= 0, Int(item.span.incarnation) < model.incarnations.count {
      let found = model.incarnations[Int(item.span.incarnation)]
      life = found
      what = model.descriptions[Int(found.description)]
    }
    var role = what?.rtmp?.role?.rawValue
    if let rtmp = what?.rtmp, rtmp.isClient == true { role = "server" }
    return FutexResult.Part(
      syscall: context.reader.names.name(item.span.syscall), descriptor: life?.descriptor, target: what?.peer ?? what?.path,
      protocolName: what?.protocolName ?? "", stream: what?.stream, peerRole: role,
      address: item.span.row >= 0 ? rows[Int(item.span.row)].address : nil, isSleep: item.span.isSleep,
      calls: Int(item.span.calls), time: item.time, firstLine: item.span.startLine, lastLine: item.span.endLine)
  }

  // MARK: Deadlocks

  /// Waits for locks in flight at the end, without any wake since they began: of a second and more, or, where everything has come to a stop and
  /// the log tells no time, of several threads at locks that nobody ever let go of.
  private func deadlocks(_ places: [Int: Int]) -> [FutexResult.Deadlock] {
    let clock = context.reader.clock
    var members: [Int32: [FutexResult.Deadlock.Member]] = [:]
    var rowAt: [Int: Int] = [:]
    for open in futex.openWaits where open.isMutexWait && !open.isTimed && !open.sawWake {
      let row = Int(open.row)
      guard let place = places[row] else { continue }
      rowAt[place] = row
      let (waited, isBeyond) = clock.last.subtractingReportingOverflow(open.start)
      // Who was let in last had it last.
      let owner = rows[row].lastIn
      members[rows[row].process, default: []].append(
        .init(
          tid: TaskNumber.tid(open.tid), row: place, line: open.startLine,
          waited: isBeyond || clock.kind == .none ? 0 : max(0, waited),
          owner: owner != 0 && owner != open.tid ? TaskNumber.tid(owner) : nil))
    }
    for (process, found) in members {
      let long = found.filter { $0.waited >= 1_000_000_000 }
      let silent = found.filter { member in rowAt[member.row].map { rows[$0].wakes == 0 } ?? false }
      members[process] = !long.isEmpty ? long : Set(silent.map(\.row)).count > 1 ? silent : nil
    }
    return members.sorted { $0.key < $1.key }.map { process, members in
      let waiting = Set(members.map(\.tid))
      // Each of two or more waits for another of them, or nobody else is known to be able to let go.
      let isCycle =
        members.count > 1 && Set(members.map(\.row)).count > 1
        && members.allSatisfy { $0.owner.map(waiting.contains) ?? true } && members.contains { $0.owner != nil }
      return .init(process: label(process), members: members.sorted { $0.line < $1.line }, isCycle: isCycle)
    }
  }

  // MARK: Series

  private func timeline(_ places: [Int: Int]) -> [FutexResult.TimelineRow] {
    let grid = IntervalGrid(max(1, futex.timeline.interval))
    let window = options.filter.window(context.reader.clock, interval: grid.length)
    return futex.timeline.cells.compactMap { key, cell in
      guard let place = places[Int(key.row)], key.interval >= (window.from == .min ? .min : grid.index(of: window.from)),
        grid.start(of: key.interval) < window.to
      else { return nil }
      return FutexResult.TimelineRow(
        interval: key.interval, row: place, waits: cell.waits, time: cell.time, longest: cell.longest, woken: cell.woken,
        eagain: cell.eagain, timeouts: cell.timeouts, interrupted: cell.interrupted, wakes: cell.wakes,
        threadsWoken: cell.threadsWoken)
    }.sorted { ($0.interval, $0.row) < ($1.interval, $1.row) }
  }

  private var notes: [String] {
    var notes: [String] = []
    if futex.withoutAddress > 0 {
      notes.append(
        "\(futex.withoutAddress) futex calls show no address (they began before the log, or were cut): no row counts them")
    }
    if futex.withoutOperation > 0 {
      notes.append("\(futex.withoutOperation) futex calls show no known operation: they count neither as waits nor as wakes")
    }
    if rows.contains(where: { $0.waits > 0 && $0.timed == 0 }) {
      notes.append("some waits have no known duration (record with strace -T)")
    }
    if futex.roots.count >= Futex.mostRoots {
      notes.append("more than \(Futex.mostRoots) pairs of wakers and waiters: locks may be missed")
    }
    return notes
  }
}
