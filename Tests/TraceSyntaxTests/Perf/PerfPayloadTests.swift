import Testing
import TraceTestSupport

@testable import TraceSyntax

@Suite("What tracepoints print")
struct PerfPayloadTests {
  private func value(_ name: String, in text: String) -> String? {
    Array(text.utf8).withUnsafeBufferPointer { text in
      Array(name.utf8).withUnsafeBufferPointer { PerfPayload(text)[$0].map { String(decoding: $0, as: UTF8.self) } }
    }
  }

  @Test(
    "fields",
    arguments: [
      ("function", "timer=0xffff9a function=tcp_write_timer expires=4294 [timeout=250] cpu=0", "tcp_write_timer"),
      ("timer", "timer=0xffff9a function=tcp_write_timer expires=4294", "0xffff9a"),
      ("timeout", "timer=0xffff9a expires=4294 [timeout=250] cpu=0", "250"),
      ("prev_comm", "prev_comm=mux: 2 x prev_pid=7 prev_prio=120 prev_state=S ==> next_comm=b next_pid=2", "mux: 2 x"),
      ("prev_state", "prev_comm=a prev_pid=7 prev_state=R+ ==> next_comm=b next_pid=2", "R+"),
      ("comm", "prev_comm=a prev_pid=7 next_comm=b", nil),
      ("pid", "comm=worker [1] pid=77 prio=120", "77"),
      ("comm", "comm=worker [1] pid=77 prio=120", "worker [1]"),
      ("size", "fd: 0x0000000a, ubuf: 0x55cf, size: 0x00001012, flags: 0x0", "0x00001012"),
      ("flags", "fd: 0x0000000a, flags: 0x0", "0x0"),
      ("fd", "", nil), ("", "a=1", nil), ("a", "a=", ""), ("a", "a", nil),
    ] as [(String, String, String?)])
  func fields(name: String, text: String, expected: String?) { #expect(value(name, in: text) == expected) }

  /// What of the scheduler a tracepoint says, in short.
  private func event(_ name: String, _ payload: String) -> String? {
    Array(payload.utf8).withUnsafeBufferPointer { text in
      func words(_ task: PerfSchedEvent.Task) -> String { "\(String(decoding: task.comm, as: UTF8.self))/\(task.tid)" }
      switch PerfSchedEvent(Array(name.utf8)[...], PerfPayload(text)) {
      case .switched(let from, let state, let to): return "\(words(from)) \(state) -> \(words(to))"
      case .woken(let task): return "woken \(words(task))"
      case .migrated(let task): return "migrated \(words(task))"
      case nil: return nil
      }
    }
  }

  @Test("the scheduler's, as the kernel and as perf's plugin print them") func sched() {
    let kernel = "prev_comm=io 1/2 prev_pid=7 prev_prio=120 prev_state=R+ ==> next_comm=swapper/0 next_pid=0 next_prio=120"
    #expect(event("sched:sched_switch", kernel) == "io 1/2/7 runnable -> swapper/0/0")
    #expect(event("sched:sched_switch", "mux: 2:7 [120] D ==> swapper/0:0 [120]") == "mux: 2/7 uninterruptible -> swapper/0/0")
    #expect(event("sched:sched_switch", "a:7 [120] X ==> b:8 [120]") == "a/7 dead -> b/8")
    #expect(event("sched:sched_wakeup", "comm=a b pid=9 prio=120 target_cpu=001") == "woken a b/9")
    #expect(event("sched:sched_waking", "comm=a pid=9 prio=120 target_cpu=001") == "woken a/9")
    #expect(event("sched:sched_wakeup_new", "a:9 [120] success=1 CPU:001") == "woken a/9")
    #expect(event("sched:sched_migrate_task", "comm=a pid=9 prio=120 orig_cpu=0 dest_cpu=1") == "migrated a/9")
    #expect(event("sched:sched_stat_runtime", "comm=a pid=9 runtime=1") == nil)
    for text in ["", "prev_comm=a", "prev_comm=a prev_pid=x next_comm=b next_pid=1", "a:7 [120", "a:7 [120] R ==>", ":", "==> "] {
      #expect(event("sched:sched_switch", text) == nil, "\(text)")
    }
  }
}
