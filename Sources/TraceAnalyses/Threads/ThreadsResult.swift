import TraceCalls
import TraceSyntax

/// What threads spent their time on.
public struct ThreadsResult: Sendable {
  public struct Thread: Sendable {
    public let process: String
    public let tid: Int32
    public let name: String?
    public let role: ThreadRole
    /// All of the time that the thread was there, or the part that was asked for.
    public let times: ActivityTimes
    /// Of its idle time that in futex waits: parked, with nothing to do.
    public let parked: Int64
    /// Of it intervals without idle, of a thread that asks for readiness; nanoseconds.
    public let saturated: Int64
    public let calls: Int
    /// Completed calls of unknown duration: their time is in `untraced`.
    public let untimed: Int
    /// Whether it is known how long the thread was there: the log has stamps.
    public let hasClock: Bool

    init(_ life: ThreadLife, _ share: FutexShare, process: String, name: String?, hasClock: Bool) {
      self.process = process
      tid = TaskNumber.tid(life.tid)
      self.name = name ?? life.name
      role = life.signs.role(self.name, life.totals)
      var times = life.totals
      times.move(share.parked, from: .lock, to: .idle)
      self.times = times
      parked = share.parked
      saturated = life.signs.isEventLoop ? life.saturated &+ share.saturated : 0
      calls = life.calls
      untimed = life.untimed
      self.hasClock = hasClock
    }

    /// One that was kept.
    package init(
      process: String, tid: Int32, name: String?, role: ThreadRole, times: ActivityTimes, parked: Int64, saturated: Int64,
      calls: Int, untimed: Int, hasClock: Bool
    ) {
      self.process = process
      self.tid = tid
      self.name = name
      self.role = role
      self.times = times
      self.parked = parked
      self.saturated = saturated
      self.calls = calls
      self.untimed = untimed
      self.hasClock = hasClock
    }

    /// Nanoseconds for which it was there; nil without stamps.
    public var present: Int64? { hasClock ? times.total : nil }
  }

  /// One thread in one interval.
  public struct Row: Sendable {
    /// Number of the interval since the clock's zero.
    public let interval: Int64
    /// Index into ``ThreadsResult/threads``.
    public let thread: Int
    public let times: ActivityTimes
    /// Of its idle time that in futex waits.
    public let parked: Int64
    /// No idle left.
    public let isSaturated: Bool
  }

  /// Nanoseconds.
  public let interval: Int64
  /// Number of the interval that the log's first stamp is in.
  public let origin: Int64
  public let clock: TraceClock
  /// By process, then tid.
  public let threads: [Thread]
  package let cells: [ThreadCell]
  /// What the tracer itself costs.
  public let observer: ObserverEffect.Result
  /// Nanoseconds of calls left out because the clock was set back.
  public let clipped: Int64
  /// There were more pairs of threads and futex addresses than are told apart.
  let hasManyWaits: Bool

  /// The timeline, by interval, process and tid; empty where it was not asked for. Runs of equal intervals are kept as one and taken apart here.
  public var rows: some Sequence<Row> { ThreadRows(cells) }

  /// What is approximated, for people.
  public var notes: [String] {
    var notes: [String] = []
    if clock.kind == .none {
      notes.append(
        "the log has no time stamps: how long threads were in no call (untraced) cannot be known (record with strace -tt)")
    } else if !clock.isFine {
      notes.append(
        "stamps of whole seconds: a thread's calls are put one after the other at the earliest time they allow, so parts sum up exactly, but a cell is +-1 s (record with strace -tt)"
      )
    }
    let untimed = threads.reduce(0) { $0 + $1.untimed }
    if untimed > 0, clock.kind != .none {
      notes.append("\(untimed) calls have no duration: their time is in untraced (record with strace -T)")
    }
    if clipped > 0 {
      notes.append(
        "the clock was set back: \(clipped / 1_000_000) ms of calls lie before their thread's call before, and are left out")
    }
    if cells.contains(where: { $0.count > ThreadRows.mostAlike }) {
      notes.append("threads that are the same for more than a million intervals have rows for the first million of them only")
    }
    if hasManyWaits {
      notes.append(
        "more than \(FutexWaitSums.mostEntries) pairs of threads and futexes: which waits were for locks is a guess for the rest")
    }
    if let note = observer.note() { notes.append(note) }
    return notes
  }
}

extension ThreadsResult {
  /// One that was kept; what the tracer costs is not.
  package init(interval: Int64, origin: Int64, clock: TraceClock, threads: [Thread], cells: [ThreadCell]) {
    self.init(
      interval: interval, origin: origin, clock: clock, threads: threads, cells: cells,
      observer: .init(floor: nil, cheapest: "", onFloor: [], gap: nil, calls: 0), clipped: 0, hasManyWaits: false)
  }
}

/// Takes cells apart, several alike at a time, in order.
package struct ThreadRows: Sequence, IteratorProtocol {
  /// A thread that is the same for a million intervals is in a damaged log, or the interval is far too fine.
  package static let mostAlike: Int64 = 1_000_000
  private let cells: [ThreadCell]
  private var position = 0
  /// Cells that cover the interval at hand, by thread, and the one to hand out next.
  private var active: [ThreadCell] = []
  private var place = 0
  private var interval: Int64 = .min

  /// - Parameter cells: by interval and thread; those of a thread do not overlap.
  init(_ cells: [ThreadCell]) {
    self.cells = cells.map { cell in
      var cell = cell
      cell.count = Swift.min(cell.count, Self.mostAlike)
      return cell
    }
  }

  package mutating func next() -> ThreadsResult.Row? {
    if place >= active.count, !advance() { return nil }
    defer { place += 1 }
    let cell = active[place]
    return .init(
      interval: interval, thread: Int(cell.life), times: cell.times, parked: cell.parked, isSaturated: cell.isSaturated)
  }

  private mutating func advance() -> Bool {
    active.removeAll { $0.interval &+ $0.count <= interval &+ 1 }
    guard !active.isEmpty || position < cells.count else { return false }
    interval = active.isEmpty ? cells[position].interval : interval &+ 1
    let old = active.count
    while position < cells.count, cells[position].interval == interval {
      active.append(cells[position])
      position += 1
    }
    if active.count > old { active.sort { $0.life < $1.life } }
    place = 0
    return true
  }
}
