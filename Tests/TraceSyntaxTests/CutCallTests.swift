import Testing
import TraceSyntax
import TraceTestSupport

@Suite("Section 4: halves of calls")
struct CutCallTests {
  @Test(
    "R8 openings",
    arguments: [
      LineRow("7     read(3,  <unfinished ...>", .unfinished, tid: 7, "read", "3,", fd: 3),
      LineRow("7     read(3 <unfinished ...>", .unfinished, tid: 7, "read", "3", fd: 3),
      LineRow(
        "7     futex(0x7f659800b798, FUTEX_WAIT_PRIVATE, 2, NULL <unfinished ...>", .unfinished, tid: 7, "futex",
        "0x7f659800b798, FUTEX_WAIT_PRIVATE, 2, NULL"),
      LineRow("7     pause( <unfinished ...>", .unfinished, tid: 7, "pause", ""),
      LineRow(
        "7     write(4</x>, \") = 5 <unfinished ...>\", 22 <unfinished ...>", .unfinished, tid: 7, "write",
        "4</x>, \") = 5 <unfinished ...>\", 22", fd: 4, flags: .decorated),
      LineRow(
        "7     restart_syscall(<... resuming interrupted read ...> <unfinished ...>", .unfinished, tid: 7, "restart_syscall",
        "<... resuming interrupted read ...>"),
      LineRow(
        "7     restart_syscall(<... resuming interrupted poll ...>) = 0", .whole, tid: 7, "restart_syscall",
        "<... resuming interrupted poll ...>"),
      LineRow(
        "7     restart_syscall(<... resuming interrupted call ...>) = 0 <0.5>", .whole, tid: 7, "restart_syscall",
        "<... resuming interrupted call ...>", takes: 500_000_000),
    ])
  func openings(row: LineRow) { row.check() }

  @Test(
    "R8 resumed in the spelling of three generations",
    arguments: [
      LineRow("7     <... read resumed> \"abc\", 3) = 3", .resumed, tid: 7, "read", "\"abc\", 3", 3),
      LineRow("7     <... read resumed>\"abc\", 3) = 3 <0.000031>", .resumed, tid: 7, "read", "\"abc\", 3", 3, takes: 31_000),
      LineRow("7     <... read resumed>, \"abc\", 3) = 3", .resumed, tid: 7, "read", ", \"abc\", 3", 3),
      LineRow("7     <... futex resumed> ) = 0", .resumed, tid: 7, "futex", "", 0),
      LineRow("7     <... futex resumed>)     = 0 <0.005489>", .resumed, tid: 7, "futex", "", 0, takes: 5_489_000),
      LineRow(
        "7     <... clone3 resumed> => {parent_tid=[9930]}, 88) = 9930", .resumed, tid: 7, "clone3", "=> {parent_tid=[9930]}, 88",
        9930),
      LineRow(
        "7     <... poll resumed>)       = 1 ([{fd=3, revents=POLLIN}]) <0.1>", .resumed, tid: 7, "poll", "", 1,
        takes: 100_000_000),
      LineRow(
        "7     <... read resumed>0x7ffc, 8) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)", .resumed, tid: 7, "read",
        "0x7ffc, 8", 0, "ERESTARTSYS"),
      LineRow(
        "7     <... accept4 resumed>NULL, NULL, 0) = 4<TCP:[1.2.3.4:80->5.6.7.8:9]> <0.1>", .resumed, tid: 7, "accept4",
        "NULL, NULL, 0", 4, takes: 100_000_000, flags: .decoratedResult),
      LineRow("7     <... syscall_0x14e resumed>) = -1 (errno 38)", .resumed, tid: 7, "syscall_0x14e", "", -1, "ENOSYS"),
    ])
  func resumed(row: LineRow) { row.check() }

  @Test(
    "a resumed x32 call",
    arguments: [
      LineRow("7     <... readv#64 resumed>\"x\", 1) = 1", .resumed, tid: 7, "readv#64", "\"x\", 1", 1)
    ])
  func resumedX32(row: LineRow) { row.check() }

  @Test(
    "R11 terminators",
    arguments: [
      LineRow("7     read(3,  <detached ...>", .detached, tid: 7, "read", "3,", fd: 3),
      LineRow("7     <... read resumed> <detached ...>", .detached, tid: 7, "read", ""),
      LineRow(
        "10008 execve(\"/tmp/x\", [\"/tmp/x\"], 0x7fff60d99ed8 /* 39 vars */ <pid changed to 10005 ...>", .unfinished, tid: 10008,
        "execve", "\"/tmp/x\", [\"/tmp/x\"], 0x7fff60d99ed8 /* 39 vars */"),
    ])
  func terminators(row: LineRow) { row.check() }

  @Test(
    "R11 terminators of old releases",
    arguments: [
      LineRow(
        "7     read(3, <Cannot restart pid 7 with ptrace(PTRACE_SYSCALL): No such process>", .unfinished, tid: 7, "read", "3,",
        fd: 3),
      LineRow("7     read(3, <unfinished ... exit status 7>", .unfinished, tid: 7, "read", "3,", fd: 3),
    ])
  func oldTerminators(row: LineRow) {
    row.check()
  }

  @Test(
    "R12 killed in a call",
    arguments: [
      LineRow("7     <... read resumed> <unfinished ...>) = ?", .resumed, tid: 7, "read", "", flags: .noResult),
      LineRow(
        "7     clock_nanosleep(CLOCK_REALTIME, 0, {tv_sec=1, tv_nsec=0},  <unfinished ...>) = ?", .whole, tid: 7,
        "clock_nanosleep", "CLOCK_REALTIME, 0, {tv_sec=1, tv_nsec=0},", flags: .noResult),
      LineRow("7     <... kill resumed>)              = ?", .resumed, tid: 7, "kill", "", flags: .noResult),
      LineRow("7     <... futex resumed> <unfinished ...>", .resumed, tid: 7, "futex", "", flags: .stillOpen),
    ])
  func killed(row: LineRow) { row.check() }

  @Test(
    "cut lines are partial",
    arguments: [
      LineRow(
        "7     futex(0x7f659800b798, FUTEX_WAIT_PRIVATE, 2, NULL", .partial, tid: 7, "futex",
        "0x7f659800b798, FUTEX_WAIT_PRIVATE, 2, NULL"),
      LineRow("7     write(3, \"abc", .partial, tid: 7, "write", "3, \"abc", fd: 3),
      LineRow("7     write(3, \"abc\", 3) = ", .partial, tid: 7, "write", "3, \"abc\", 3) = ", fd: 3),
      LineRow("7     write(3, \"abc\", 3)  ", .partial, tid: 7, "write", "3, \"abc\", 3)  ", fd: 3),
      LineRow("write(1, \"one\\n\", 4one", .partial, "write", "1, \"one\\n\", 4one", fd: 1),
      LineRow("vfork(strace: Process 8234 attached", .partial, "vfork", "strace: Process 8234 attached"),
    ])
  func partial(row: LineRow) { row.check() }
}
