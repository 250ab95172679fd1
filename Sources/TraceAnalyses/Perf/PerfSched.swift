import TraceSyntax

/// When threads ran, waited for a CPU and slept, from the tracepoints sched_switch, sched_wakeup (or sched_waking), sched_wakeup_new and
/// sched_migrate_task.
///
/// A thread waits for a CPU from its wakeup, or from the switch that took its CPU while it could have gone on, to the switch to it. It sleeps from
/// the switch away from it to its wakeup. What began before the log, or before events that perf lost, is not counted. Memory follows the threads.
public struct PerfSched: PerfAnalysis {
  public struct Row: Sendable {
    public var tid: Int64
    /// The last name that the log showed.
    public var comm: String
    /// Switches to it.
    public var switches = 0
    /// Nanoseconds, as all times here.
    public var run: Int64 = 0
    /// For a CPU.
    public var wait: Int64 = 0
    public var longestWait: Int64 = 0
    public var waitP50: Int64?
    public var waitP99: Int64?
    /// The line of the switch that ended the longest wait.
    public var longestWaitLine: Int?
    public var sleep: Int64 = 0
    public var longestSleep: Int64 = 0
    /// Of the sleep, that which no signal ends.
    public var uninterruptible: Int64 = 0
    /// Switches away from it while it could have gone on.
    public var preempted = 0
    public var wakeups = 0
    public var migrations = 0
    /// Who woke it most often, and that thread's name.
    public var topWaker: (tid: Int64, comm: String)?
  }

  public struct Result: Sendable {
    /// Those that waited longest for a CPU first.
    public var rows: [Row] = []
    /// Samples of other events.
    public var others: Int64 = 0
    /// Times a thread left a CPU that it was last seen waiting for: the switch to it is missing in the log, and so are its run and wait.
    public var missedSwitches = 0
    /// Samples of the scheduler whose payload or stamp could not be read.
    public var unreadable: Int64 = 0
  }

  private enum Doing {
    case unknown
    case running(since: Int64)
    case waiting(since: Int64)
    case sleeping(since: Int64, isUninterruptible: Bool)
  }

  private struct Thread {
    var row: Row
    var doing = Doing.unknown
    var waits = LogHistogram()
    var wakers: [Int64: Int] = [:]
  }

  private var threads: [Int64: Thread] = [:]
  private var missedSwitches = 0
  private var others: Int64 = 0
  private var unreadable: Int64 = 0
  public init() {}

  public mutating func consume(_ record: PerfRecord, _ records: PerfRecords) {
    let name = records.events.text(record.event)
    guard let event = PerfSchedEvent(name, records.payload(record)), let time = record.time else {
      let isOurs = name.elementsEqual("sched:sched_switch".utf8) || name.starts(with: "sched:sched_wak".utf8)
      if isOurs { unreadable += 1 } else { others += 1 }
      return
    }
    switch event {
    case .switched(let previous, let state, let next):
      leave(previous, state, time)
      enter(next, time, record.line)
    case .woken(let task): wake(task, time, by: record.tid)
    case .migrated(let task): change(task) { $0.row.migrations += 1 }
    }
  }

  /// The idle task of a CPU, which all CPUs call 0, is no thread.
  private mutating func change(_ task: PerfSchedEvent.Task, _ body: (inout Thread) -> Void) {
    guard task.tid > 0 else { return }
    func update(_ thread: inout Thread) {
      body(&thread)
      // Threads name themselves when they begin.
      if !thread.row.comm.utf8.elementsEqual(task.comm) { thread.row.comm = String(decoding: task.comm, as: UTF8.self) }
    }
    update(&threads[task.tid, default: Thread(row: Row(tid: task.tid, comm: ""))])
  }

  private mutating func leave(_ task: PerfSchedEvent.Task, _ state: PerfSchedEvent.State, _ time: Int64) {
    var isMissed = false
    change(task) { thread in
      switch thread.doing {
      case .running(let since): thread.row.run = thread.row.run.addingCapped(max(0, time - since))
      case .waiting, .sleeping: isMissed = true
      case .unknown: break
      }
      switch state {
      case .runnable:
        thread.row.preempted += 1
        thread.doing = .waiting(since: time)
      case .sleeping: thread.doing = .sleeping(since: time, isUninterruptible: false)
      case .uninterruptible: thread.doing = .sleeping(since: time, isUninterruptible: true)
      case .dead: thread.doing = .unknown
      }
    }
    if isMissed { missedSwitches += 1 }
  }

  private mutating func enter(_ task: PerfSchedEvent.Task, _ time: Int64, _ line: Int) {
    change(task) { thread in
      thread.row.switches += 1
      if case .waiting(let since) = thread.doing {
        let wait = max(0, time - since)
        thread.row.wait = thread.row.wait.addingCapped(wait)
        thread.waits.add(wait)
        if thread.row.longestWaitLine == nil || wait > thread.row.longestWait {
          thread.row.longestWait = wait
          thread.row.longestWaitLine = line
        }
      }
      thread.doing = .running(since: time)
    }
  }

  private mutating func wake(_ task: PerfSchedEvent.Task, _ time: Int64, by waker: Int64?) {
    change(task) { thread in
      switch thread.doing {
      // Woken already, or before it slept.
      case .waiting, .running: return
      case .sleeping(let since, let isUninterruptible):
        let sleep = max(0, time - since)
        thread.row.sleep = thread.row.sleep.addingCapped(sleep)
        thread.row.longestSleep = max(thread.row.longestSleep, sleep)
        if isUninterruptible { thread.row.uninterruptible = thread.row.uninterruptible.addingCapped(sleep) }
      case .unknown: break
      }
      thread.row.wakeups += 1
      if let waker, waker > 0 { thread.wakers[waker, default: 0] += 1 }
      thread.doing = .waiting(since: time)
    }
  }

  public mutating func lost() {
    for tid in threads.keys { threads[tid]?.doing = .unknown }
  }

  public mutating func finish(_ records: PerfRecords) -> Result {
    var result = Result(others: others, missedSwitches: missedSwitches, unreadable: unreadable)
    for thread in threads.values {
      var row = thread.row
      let waits = thread.waits.buckets
      // A bucket ends above what is in it.
      row.waitP50 = waits.percentile(500).map { min($0, row.longestWait) }
      row.waitP99 = waits.percentile(990).map { min($0, row.longestWait) }
      thread.waits.deallocate()
      let top = thread.wakers.max { ($0.value, $1.key) < ($1.value, $0.key) }
      row.topWaker = top.map { ($0.key, threads[$0.key]?.row.comm ?? "") }
      result.rows.append(row)
    }
    threads.removeAll()
    result.rows.sort { ($1.wait, $0.tid) < ($0.wait, $1.tid) }
    return result
  }
}
