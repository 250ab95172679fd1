import CTraceScan

/// What a tracepoint of the scheduler says (include/trace/events/sched.h of Linux), in the kernel's format or that of perf's plugin:
///
/// ```
/// sched:sched_switch: prev_comm=nginx prev_pid=8263 prev_prio=120 prev_state=S ==> next_comm=swapper/0 next_pid=0 next_prio=120
/// sched:sched_switch: nginx:8263 [120] S ==> swapper/0:0 [120]
/// sched:sched_wakeup: comm=nginx pid=8263 prio=120 target_cpu=000
/// sched:sched_wakeup: nginx:8263 [120] success=1 CPU:000
/// ```
public enum PerfSchedEvent {
  public typealias Text = UnsafeBufferPointer<UInt8>

  public struct Task {
    public var tid: Int64
    public var comm: Text
  }

  /// Why a task left its CPU.
  public enum State: Sendable {
    /// It would have gone on (`R`, `R+`).
    case runnable
    case sleeping
    /// Sleeping, and no signal wakes it (`D`).
    case uninterruptible
    /// `X`, `Z`.
    case dead
  }

  case switched(from: Task, State, to: Task)
  case woken(Task)
  case migrated(Task)

  /// nil for other tracepoints, and those that say nothing of a task.
  public init?(_ event: ArraySlice<UInt8>, _ payload: PerfPayload) {
    guard event.starts(with: "sched:sched_".utf8) else { return nil }
    let name = event.dropFirst("sched:sched_".utf8.count)
    if name.elementsEqual("switch".utf8) {
      guard let known = Self.switched(payload) else { return nil }
      self = known
    } else if name.elementsEqual("wakeup".utf8) || name.elementsEqual("wakeup_new".utf8) || name.elementsEqual("waking".utf8) {
      guard let task = Self.task(payload, "comm", "pid") ?? Self.short(payload.text)?.task else { return nil }
      self = .woken(task)
    } else if name.elementsEqual("migrate_task".utf8) {
      guard let task = Self.task(payload, "comm", "pid") ?? Self.short(payload.text)?.task else { return nil }
      self = .migrated(task)
    } else {
      return nil
    }
  }

  private static func task(_ payload: PerfPayload, _ comm: StaticString, _ pid: StaticString) -> Task? {
    guard let tid = payload.number(pid), let comm = payload[comm] else { return nil }
    return Task(tid: tid, comm: comm)
  }

  private static func switched(_ payload: PerfPayload) -> PerfSchedEvent? {
    if let previous = task(payload, "prev_comm", "prev_pid"), let next = task(payload, "next_comm", "next_pid") {
      return .switched(from: previous, state(payload["prev_state"]), to: next)
    }
    guard let (previous, rest) = short(payload.text), let arrow = arrow(rest), let (next, _) = short(arrow.after) else {
      return nil
    }
    return .switched(from: previous, state(arrow.before), to: next)
  }

  /// `nginx:8263 [120]`, and what follows.
  private static func short(_ text: Text) -> (task: Task, rest: Text)? {
    guard let base = text.baseAddress else { return nil }
    let end = base + text.count
    var p = base
    // A comm may hold colons and brackets: the first `:digits [` ends it.
    while p < end {
      if p[0] == UInt8(ascii: ":") {
        var q = p + 1
        while q < end, isDigit(q[0]) { q += 1 }
        if q > p + 1, q + 1 < end, q[0] == UInt8(ascii: " "), q[1] == UInt8(ascii: "["),
          let tid = PerfScriptHeader.number(p + 1, q)
        {
          var close = q
          while close < end, close[0] != UInt8(ascii: "]") { close += 1 }
          let rest = min(close + 1, end)
          return (Task(tid: tid, comm: Text(start: base, count: p - base)), Text(start: rest, count: end - rest))
        }
      }
      p += 1
    }
    return nil
  }

  private static func arrow(_ text: Text) -> (before: Text, after: Text)? {
    guard let base = text.baseAddress else { return nil }
    let sign: StaticString = " ==> "
    guard let at = trace_find(base, UInt64(text.count), sign.utf8Start, 5) else { return nil }
    return (Text(start: base, count: at - base), Text(start: at + 5, count: base + text.count - at - 5))
  }

  private static func state(_ text: Text?) -> State {
    guard let text, let letter = text.first(where: { $0 != UInt8(ascii: " ") }) else { return .sleeping }
    switch letter {
    case UInt8(ascii: "R"): return .runnable
    case UInt8(ascii: "D"): return .uninterruptible
    case UInt8(ascii: "X"), UInt8(ascii: "Z"): return .dead
    default: return .sleeping
    }
  }
}
