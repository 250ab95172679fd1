import Testing
import TraceTestSupport

@testable import TraceProcesses

@Suite("Descriptors in logs of perf trace")
struct PerfTraceProcessTests {
  @Test("perf's names tell what nothing else does, and contradict nothing") func names() throws {
    let log = try ModelLog(
      """
           1.000 ( 0.001 ms): a/7 socket(family: INET, type: STREAM)      = 3
           1.010 ( 0.001 ms): a/7 read(fd: 3</etc/stale>, buf: 0x7f, count: 64)      = 5
           1.020 ( 0.001 ms): b/8 read(fd: 5</etc/hosts>, buf: 0x7f, count: 64)      = 5
           1.030 ( 0.001 ms): a/7 read(fd: 5<socket:[99]>, buf: 0x7f, count: 64)     = 5
           1.040 ( 0.001 ms): a/7 openat(dfd: CWD, filename: 0x7f)      = 6
           1.050 ( 0.001 ms): a/7 read(fd: 6</etc/passwd>, buf: 0x7f, count: 64)     = 5
      """)
    #expect(log.what(3)?.kind == .tcp && log.what(3)?.path == nil)
    #expect(log.what(5)?.path == "/etc/hosts" && log.what(5)?.kind == .file)
    #expect(log.what(6)?.path == "/etc/passwd")
    #expect(Set(log.processOf.values).count == 1, "one process: no name splits it")
    #expect(log.model.closingNotes.contains { $0.contains("/proc") })
  }

  @Test("clone3 without flags makes threads; one that calls execve was none") func clone3() throws {
    let log = try ModelLog(
      """
           1.000 ( 0.001 ms): a/7 openat(dfd: CWD, filename: 0x7f, flags: RDONLY|CLOEXEC)      = 3
           1.010 ( 0.100 ms): a/7 clone3(uargs: 0x7ffe, size: 88)                      = 8
               ? (         ): a/8  ... [continued]: clone3())                          = 0
           1.200 ( 0.001 ms): a/8 read(fd: 3, buf: 0x7f, count: 64)                    = 5
           1.300 (         ): a/7 clone3(uargs: 0x7ffe, size: 88)                      ...
           1.400 ( 0.200 ms): a/9 execve(filename: 0x1, argv: 0x2, envp: 0x3)          = 0
           1.300 ( 0.400 ms): a/7  ... [continued]: clone3())                          = 9
           1.800 ( 0.001 ms): a/7 read(fd: 3, buf: 0x7f, count: 64)                    = 5
           1.900 ( 0.001 ms): x/9 openat(dfd: CWD, filename: 0x7f)                     = 3
      """)
    #expect(log.use(4)?.process == "7" && log.use(4)?.on == "3/0")
    #expect(log.use(8)?.process == "7" && log.use(8)?.on == "3/0", "not closed by the child's exec")
    #expect(log.use(9)?.process == "9")
  }

  @Test("a forked child has a table of its own, though its own return comes first") func fork() throws {
    let log = try ModelLog(
      """
           1.000 ( 0.001 ms): a/7 openat(dfd: CWD, filename: 0x7f)                     = 3
               ? (         ): a/8  ... [continued]: clone())                           =\u{20}
           1.010 ( 0.100 ms): a/7 clone(clone_flags: CHILD_CLEARTID|CHILD_SETTID|0x11, child_tidptr: 0x7f)      = 8 (a)
           1.200 ( 0.001 ms): a/8 close(fd: 3)                                         = 0
           1.300 ( 0.001 ms): a/7 read(fd: 3, buf: 0x7f, count: 64)                    = 5
      """)
    #expect(log.use(4)?.process == "8" && log.use(5)?.process == "7" && log.use(5)?.on == "3/0")
  }

  @Test("descriptor flags as perf prints them") func flags() throws {
    let log = try ModelLog(
      """
           1.000 ( 0.001 ms): a/7 openat(dfd: CWD, filename: 0x7f)                     = 3
           1.010 ( 0.001 ms): a/7 accept4(fd: 5, flags: 526336)                        = 4
           1.020 ( 0.001 ms): a/7 fcntl(fd: 3, cmd: SETFD, arg: 0)                     = 0
           1.030 ( 0.001 ms): a/7 dup(fildes: 3)                                       = 6
           1.040 ( 0.200 ms): a/7 execve(filename: 0x1, argv: 0x2, envp: 0x3)          = 0
      """)
    #expect(log.words().filter { $0.contains("exec@5") }.map { String($0.prefix(5)) } == ["7 3/0", "7 4/0"])
  }
}
