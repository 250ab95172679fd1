import TraceCalls
import TraceProcesses
import TraceSyntax

/// What each thread spent its time on, in all or per interval.
///
/// The calls of a thread follow one another. Each is put at the earliest time that its stamps and the end of the call before allow: with
/// stamps of microseconds that is where it was, with stamps of whole seconds less than one second before that. What is between two
/// calls is `untraced`. So the parts of an interval sum to the part of it in which the thread was there, exactly.
public struct Threads: Analysis {
  public struct Options: Sendable {
    /// Nanoseconds; intervals are aligned to the clock.
    public var interval: Int64 = 1_000_000_000
    /// Keep the intervals, not only the sums.
    public var isTimeline = false
    public var filter = CallFilter()
    /// Names by tid from outside of the log; they win over what the log says.
    public var names: [Int32: String] = [:]
    public init() {}
  }

  public let options: Options
  private let grid: IntervalGrid
  private var lives: [ThreadLife] = []
  /// The life that goes on at each place of ``CallEvent/thread``, or -1.
  private var lifeAt: [Int32] = []
  private var rows: [ThreadCell] = []
  /// Of the rows, their futex waits: 16 bytes for each address that a thread waited at in an interval, at most eight of them.
  private var rowWaits: [FutexWaitTimes.Part] = []
  private var sums = FutexWaitSums()
  private var futex: Futex
  private var classifier = ActivityClass()
  private var observer = ObserverEffect()
  private var window: (from: Int64, to: Int64) = (.min, .max)
  private var clipped: Int64 = 0
  private var taskNames = TaskNameReader()
  /// About a kilobyte each is kept of.
  private static let mostAddresses = 1 << 16
  private static let futexCalls = Set(
    ["futex", "futex_time64", "futex_wait", "futex_waitv", "restart_syscall"].compactMap { SyscallCatalog.shared.id(of: $0) })

  public init(_ options: Options = Options()) {
    self.options = options
    grid = IntervalGrid(options.interval)
    var waits = Futex.Options()
    waits.keepsWaits = false
    waits.mostAddresses = Self.mostAddresses
    futex = Futex(waits)
  }

  public mutating func consume(_ batch: CallBatch, _ context: TraceContext) {
    let clock = context.reader.clock
    window = options.filter.window(clock, interval: grid.length)
    // Further from its place than this a call is only where the clock was set back.
    let slack: Int64 = clock.isFine ? 10_000_000 : 2_000_000_000
    futex.prepare(context)
    for event in batch.places {
      let wait = futex.take(event, context)
      let life = life(of: event)
      if let name = taskNames.name(in: event, context.reader) { lives[life].name = name }
      switch event.pointee.phase {
      case .began: meet(life, event.pointee.start)
      case .whole, .returned, .returnedOnly:
        guard event.pointee.isCompleted else { fallthrough }
        let activity = classifier.activity(of: event, context)
        count(life, activity, event)
        call(life, activity, wait, event, clock, slack)
      case .abandoned, .inFlight, .detached:
        let activity = classifier.activity(of: event, context)
        call(life, activity, wait, event, clock, slack)
      case .exited: end(life, event)
      case .superseded: supersede(event, life)
      case .signal: meet(life, event.pointee.stamp)
      }
    }
  }

  // MARK: Lives

  /// The life of an event's thread, a new one for a thread not met before.
  @inline(__always)
  private mutating func life(of event: UnsafePointer<CallEvent>) -> Int {
    let place = Int(event.pointee.thread)
    if place < lifeAt.count, lifeAt[place] >= 0 {
      let life = Int(lifeAt[place])
      if lives[life].tid == event.pointee.tid, lives[life].process == event.pointee.process { return life }
      return rename(life, event)
    }
    return begin(event)
  }

  @inline(never)
  private mutating func begin(_ event: UnsafePointer<CallEvent>) -> Int {
    let place = Int(event.pointee.thread)
    while place >= lifeAt.count { lifeAt.append(-1) }
    lifeAt[place] = Int32(lives.count)
    lives.append(ThreadLife(tid: event.pointee.tid, process: event.pointee.process))
    return lives.count - 1
  }

  /// A thread that turned out to have another number (strace on a terminal) or to be of another process.
  @inline(never)
  private mutating func rename(_ life: Int, _ event: UnsafePointer<CallEvent>) -> Int {
    lives[life].tid = event.pointee.tid
    if event.pointee.process >= 0 { lives[life].process = event.pointee.process }
    return life
  }

  /// The thread is there from this time on.
  @inline(__always)
  private mutating func meet(_ life: Int, _ time: Int64) {
    if lives[life].isMet { return }
    lives[life].isMet = true
    lives[life].cursor = time
  }

  private mutating func end(_ life: Int, _ event: UnsafePointer<CallEvent>) {
    meet(life, event.pointee.stamp)
    let left = event.pointee.stamp &- lives[life].cursor
    if left > 0 { put(life, .untraced, left) }
    flush(life)
    lives[life].isOver = true
    if Int(event.pointee.thread) < lifeAt.count { lifeAt[Int(event.pointee.thread)] = -1 }
  }

  /// An exec off the leader: the task that called it goes on under the leader's number.
  private mutating func supersede(_ event: UnsafePointer<CallEvent>, _ life: Int) {
    let other = Int(event.pointee.other)
    guard other >= 0, other < lifeAt.count, lifeAt[other] >= 0, other != Int(event.pointee.thread) else { return }
    end(life, event)
    lifeAt[Int(event.pointee.thread)] = lifeAt[other]
    lifeAt[other] = -1
  }

  // MARK: Time

  @inline(__always)
  private mutating func call(
    _ life: Int, _ activity: Activity, _ wait: FutexWaitKey, _ event: UnsafePointer<CallEvent>, _ clock: TraceClock,
    _ slack: Int64
  ) {
    var (start, duration) = (event.pointee.busyStart, event.pointee.duration)
    if event.pointee.phase != .whole, event.pointee.phase != .returned {
      (start, duration) = openSpan(life, event, clock)
    } else if duration < 0 {
      // Between its two stamps, for want of -T; of a call on one line nothing is known.
      duration = event.pointee.phase == .returned ? max(0, event.pointee.stamp &- event.pointee.start) : 0
      if event.pointee.phase == .returned { start = event.pointee.start } else { lives[life].untimed += 1 }
    }
    meet(life, start)
    let shift = lives[life].cursor &- start
    if shift < 0 {
      observer.count(gap: 0 &- shift)
      put(life, .untraced, 0 &- shift)
    } else if shift > slack {
      let lost = min(shift, duration)
      clipped &+= lost
      duration -= lost
    }
    guard duration > 0 else { return }
    let isFutex = activity == .lock && Self.futexCalls.contains(event.pointee.syscall)
    put(life, activity, duration, isFutex ? wait : nil)
  }

  /// When a call was open whose beginning or end the log does not show. A thread whose first line is a call's end was in that call since the log
  /// began, unless -T says less.
  @inline(never)
  private func openSpan(_ life: Int, _ event: UnsafePointer<CallEvent>, _ clock: TraceClock) -> (Int64, Int64) {
    let end = event.pointee.stamp
    guard event.pointee.phase == .returnedOnly || !event.pointee.hasStart else {
      return (event.pointee.start, max(0, end &- event.pointee.start))
    }
    let first = lives[life].isMet ? lives[life].cursor : clock.first ?? end
    let length = max(0, end &- first)
    let known = event.pointee.duration >= 0 ? min(length, event.pointee.duration) : length
    return (end &- known, known)
  }

  /// Gives the time after the cursor to an activity, and moves the cursor past it.
  @inline(__always)
  private mutating func put(_ life: Int, _ activity: Activity, _ duration: Int64, _ wait: FutexWaitKey? = nil) {
    let start = lives[life].cursor
    let (end, isBeyond) = start.addingReportingOverflow(duration)
    guard !isBeyond else { return }
    lives[life].cursor = end
    if start >= lives[life].cellStart, end <= lives[life].cellEnd, start >= window.from, end <= window.to {
      lives[life].cell[activity] &+= duration
      if let wait { lives[life].waits.add(wait, duration) }
    } else {
      spread(life, activity, max(start, window.from), min(end, window.to), wait)
    }
  }

  @inline(never)
  private mutating func spread(_ life: Int, _ activity: Activity, _ start: Int64, _ end: Int64, _ wait: FutexWaitKey?) {
    guard start < end else { return }
    grid.spread(start, end &- start) { interval, count, part in
      if interval != lives[life].interval || lives[life].cellEnd == .min {
        flush(life)
        lives[life].interval = interval
        lives[life].cellStart = grid.start(of: interval)
        lives[life].cellEnd = grid.start(of: interval &+ 1)
      }
      lives[life].cell[activity] &+= part
      if let wait { lives[life].waits.add(wait, part) }
      if count > 1 { flush(life, count) }
    }
  }

  /// Closes the cell at hand: its times are those of `count` intervals from there on.
  private mutating func flush(_ life: Int, _ count: Int64 = 1) {
    let (cell, waits) = (lives[life].cell, lives[life].waits)
    let present = cell.total
    guard present > 0 else { return }
    // No idle left: a hundredth of the interval would do.
    let isSaturated = present == grid.length && cell.atRest < grid.length / 100
    // Whether that is so of one who waited at futexes, the end will show.
    let decisive = isSaturated && waits.total >= grid.length / 100 ? waits.longest : nil
    if let decisive { sums.add(life, decisive, saturated: present &* count) }
    for place in 0..<waits.count { sums.add(life, waits[place].key, time: waits[place].time &* count) }
    lives[life].close(count, isSaturated: isSaturated && decisive == nil)
    lives[life].cellEnd = .min
    if options.isTimeline {
      let first = rowWaits.count
      for place in 0..<waits.count { rowWaits.append(waits[place]) }
      rows.append(
        ThreadCell(
          life: Int32(life), interval: lives[life].interval, count: count, times: cell, isSaturated: isSaturated,
          decisive: decisive, waits: first..<rowWaits.count))
    }
  }

  // MARK: Evidence of roles

  @inline(__always)
  private mutating func count(_ life: Int, _ activity: Activity, _ event: UnsafePointer<CallEvent>) {
    lives[life].calls += 1
    lives[life].signs.count(activity, event)
    observer.count(event)
  }

  public mutating func finish(_ context: TraceContext) -> ThreadsResult {
    let (clock, model, filter) = (context.reader.clock, context.model, options.filter)
    for life in lives.indices where !lives[life].isOver {
      if lives[life].isMet, clock.last > lives[life].cursor { put(life, .untraced, clock.last &- lives[life].cursor) }
      flush(life)
    }
    let verdicts = futex.verdicts()
    let shares = sums.resolved(verdicts, lives: lives.count)
    var threads: [ThreadsResult.Thread] = []
    var ranks = [Int32](repeating: -1, count: lives.count)
    let order = lives.indices.sorted {
      (model.number(lives[$0].process), TaskNumber.tid(lives[$0].tid), $0) < (
        model.number(lives[$1].process), TaskNumber.tid(lives[$1].tid), $1
      )
    }
    for life in order where lives[life].isMet || lives[life].calls > 0 {
      let process = lives[life].process >= 0 ? model.processLabel(lives[life].process) : ""
      let tid = TaskNumber.tid(lives[life].tid)
      guard filter.tids.isEmpty || filter.tids.contains(tid), filter.processes.isEmpty || filter.processes.contains(process)
      else { continue }
      ranks[life] = Int32(threads.count)
      threads.append(
        ThreadsResult.Thread(
          lives[life], shares[life], process: process, name: options.names[tid], hasClock: clock.kind != .none))
    }
    rows.removeAll { ranks[Int($0.life)] < 0 }
    for row in rows.indices {
      resolve(row, verdicts, shares[Int(rows[row].life)])
      rows[row].life = ranks[Int(rows[row].life)]
    }
    rows.sort { ($0.interval, $0.life) < ($1.interval, $1.life) }
    return ThreadsResult(
      interval: grid.length, origin: grid.index(of: clock.first ?? 0), clock: clock, threads: threads, cells: rows,
      observer: observer.finish(context.reader.names, isFine: clock.isFine), clipped: clipped, hasManyWaits: sums.isFull)
  }

  /// Makes the futex waits of a row what they turned out to be.
  private mutating func resolve(_ row: Int, _ verdicts: FutexVerdicts, _ share: FutexShare) {
    func isParked(_ key: FutexWaitKey) -> Bool { verdicts.isParked(key) ?? share.isUnknownParked }
    let parked = rowWaits[rows[row].waits].reduce(Int64(0)) { isParked($1.key) ? $0 &+ $1.time : $0 }
    rows[row].times.move(parked, from: .lock, to: .idle)
    rows[row].parked = parked
    if let decisive = rows[row].decisive, isParked(decisive) { rows[row].isSaturated = false }
  }
}

extension ProcessModel {
  fileprivate func number(_ process: Int32) -> Int32 { process >= 0 ? processNumber(process) : 0 }
}
