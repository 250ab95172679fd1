import Testing
import TraceSyntax
import TraceTestSupport

@Suite("System calls among tracepoints of perf script")
struct PerfSyscallTests {
  static func facts(_ line: String) -> LineFacts { FastParser(.perfSyscalls).facts(line: line) }

  /// A tracepoint behind an ordinary head -> `kind name(arguments) = result errno`.
  static func call(_ text: String) -> String {
    let found = facts("     io worker/1  77 [001]  3226.040298:   \(text)")
    #expect(found.tid == 77 && found.stamp == 3_226_040_298_000 && found.stampKind == .sinceStart && found.duration == nil)
    var words = "\(found.kind) \(found.syscall ?? "")(\(found.arguments ?? "")) = \(found.result)"
    if let errno = found.errno { words += " \(errno)" }
    return words
  }

  @Test(
    "entries in strace's spelling of raw arguments, exits with results and errors",
    arguments: [
      (
        "syscalls:sys_enter_recvfrom: fd: 0x0000000a, ubuf: 0x55cf9ff496c0, size: 0x00001012, flags: 0x00000000",
        "unfinished recvfrom(10, 0x55cf9ff496c0, 0x1012, 0) = 0"
      ),
      ("syscalls:sys_exit_recvfrom: 0x8", "resumed recvfrom() = 8"),
      ("syscalls:sys_exit_recvfrom: 0xfffffffffffffff5", "resumed recvfrom() = -1 EAGAIN"),
      ("syscalls:sys_exit_futex: 0xfffffffffffffe00", "resumed futex() = -1 ERESTARTSYS"),
      ("syscalls:sys_exit_mmap: 0x7fcc76fab000", "resumed mmap() = 140516146196480"),
      // -4096 is no error: only the last page of addresses stands for one.
      ("syscalls:sys_exit_mmap: 0xfffffffffffff000", "resumed mmap() = -4096"),
      (
        "syscalls:sys_enter_openat: dfd: 0xffffff9c, filename: 0x7f96567fbe00, flags: 0x00080000, mode: 0x00000000",
        "unfinished openat(AT_FDCWD, 0x7f96567fbe00, 0x80000, 0) = 0"
      ),
      (
        #"syscalls:sys_enter_openat: dfd: 0xffffff9c, filename: 0x7f96567fbe00 "/a, \"b\"", flags: 0x00, mode: 0x00"#,
        #"unfinished openat(AT_FDCWD, "/a, \"b\"", 0, 0) = 0"#
      ),
      ("syscalls:sys_enter_close: fd: 0x000003e7", "unfinished close(999) = 0"),
      ("syscalls:sys_enter_newfstat: fd: 0x03, statbuf: 0x7ffc", "unfinished fstat(3, 0x7ffc) = 0"),
      ("syscalls:sys_exit_sendfile64: 0x1000", "resumed sendfile() = 4096"),
      ("syscalls:sys_enter_sched_yield:", "unfinished sched_yield() = 0"),
      ("syscalls:sys_enter_clone: clone_flags: 0x01200011, newsp: 0x00000000", "unfinished clone(flags=0x1200011, 0) = 0"),
      ("syscalls:sys_exit_clone: 0x7bd1", "resumed clone() = 31697"),
      // No end of these is ever seen.
      ("syscalls:sys_enter_exit_group: error_code: 0x00000000", "whole exit_group(0) = 0"),
      ("syscalls:sys_enter_rt_sigreturn: ", "whole rt_sigreturn() = 0"),
      // A new task's own return from the clone that made it is no call of its.
      ("syscalls:sys_exit_clone: 0x0", "event () = 0"),
      (
        "raw_syscalls:sys_enter: NR 232 (c, 55cf9feec870, 200, c2cc, 0, 0)",
        "unfinished epoll_wait(12, 0x55cf9feec870, 0x200, 0xc2cc) = 0"
      ),
      ("raw_syscalls:sys_enter: NR 3 (3e7, 55cf, 0, c2cc, 0, 0)", "unfinished close(999) = 0"),
      ("raw_syscalls:sys_enter: NR 999 (1, 2, 3, 4, 5, 6)", "unfinished syscall_999(0x1, 0x2, 0x3, 0x4, 0x5, 0x6) = 0"),
      ("raw_syscalls:sys_exit: NR 232 = 1", "resumed epoll_wait() = 1"),
      ("raw_syscalls:sys_exit: NR 0 = -11", "resumed read() = -1 EAGAIN"),
      ("raw_syscalls:sys_exit: NR -1 = -4", "event () = 0"),
      (
        "sched:sched_switch: prev_comm=a prev_pid=1 prev_prio=120 prev_state=S ==> next_comm=b next_pid=2 next_prio=120",
        "event () = 0"
      ),
      ("syscalls:sys_exit_read: what", "event () = 0"),
      ("syscalls:sys_enter_: fd: 0x1", "event () = 0"),
    ])
  func calls(text: String, expected: String) { #expect(Self.call(text) == expected) }

  @Test("other lines have a kind too") func others() {
    #expect(Self.facts("# captured on    : Sat Nov 21 07:41:17 2026").kind == .note)
    #expect(Self.facts("\n").kind == .blank)
    #expect(Self.facts("\tffffffff813a2413 finish_task_switch.isra.0+0x93 ([kernel.kallsyms])").kind == .stack)
    #expect(Self.facts("two words").kind == .other)
    let lost = Self.facts("nginx  8263 [001]  3226.040298: PERF_RECORD_LOST lost 12")
    #expect(lost.kind == .note && lost.result == 12)
  }

  @Test("found among other tracepoints, and taken for nothing else") func sniffing() throws {
    func syntax(_ text: String) -> LogSyntax? { Array(text.utf8).withUnsafeBytes { LogSyntax.sniff($0) } }
    for capture in Capture.perfSyscalls {
      #expect(try capture.bytes().withUnsafeBytes { LogSyntax.sniff($0) } == .perfSyscalls, "\(capture)")
    }
    let sched = "a 1 [000] 1.000000: sched:sched_wakeup: comm=b pid=2 prio=120 target_cpu=000\n"
    #expect(syntax(sched) == nil)
    #expect(syntax(sched + "a 1 [000] 1.000001: syscalls:sys_enter_read: fd: 0x1, buf: 0x2, count: 0x3\n") == .perfSyscalls)
    #expect(syntax("7 write(1, \"a 1 [000] 1.000001: syscalls:sys_enter_read: fd: 0x1\", 50) = 50\n") == .strace)
  }

  @Test("no cut of a line breaks the parser, and each has one event") func cuts() throws {
    let parser = FastParser(.perfSyscalls)
    for capture in Capture.perfSyscalls {
      for line in try capture.bytes().split(separator: 10).prefix(40) {
        for count in 0...line.count { #expect(parser.facts(line.prefix(count)).count == (count > 0 ? 1 : 0)) }
      }
    }
  }
}
