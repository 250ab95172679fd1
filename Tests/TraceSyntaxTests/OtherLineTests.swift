import Testing
import TraceSyntax
import TraceTestSupport

@Suite("Sections 1, 5, 6, 10: lines that are no call")
struct OtherLineTests {
  @Test(
    "signals of three generations",
    arguments: [
      "--- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=16364, si_uid=0, si_status=0, si_utime=2 /* 0.02 s */, si_stime=0} ---",
      "--- SIGALRM (Alarm clock) @ 0 (0) ---", "--- {si_signo=SIGALRM, si_code=SI_KERNEL} (Alarm clock) ---",
      "--- stopped by SIGSTOP ---",
    ])
  func signal(line: String) { LineRow("7     \(line)", .signal, tid: 7).check() }

  @Test(
    "ends of tasks",
    arguments: [
      "+++ exited with 3 +++", "+++ killed by SIGSEGV +++", "+++ killed by SIGSEGV (core dumped) +++",
    ])
  func exit(line: String) { LineRow(line, .exit).check() }

  @Test("R15 superseded")
  func superseded() {
    LineRow("10005 +++ superseded by execve in pid 10008 +++", .superseded, tid: 10005, nil, nil, 10008).check()
  }

  @Test(
    "R18 stacks",
    arguments: [
      " > /lib/libc.so.6(__open64+0x51) [0xf8011]", " > /usr/bin/cat() [0x2752]", " > unexpected_backtracing_error [0x7ffd]",
      " > /x/y(std::map<int, (anonymous namespace)::A>::operator[](int)+0x10) [0x1] a.cc:12",
    ])
  func stack(line: String) { LineRow(line, .stack).check() }

  @Test(
    "R19 dumps",
    arguments: [
      " | 00000  6f 63 74 01 31 20 6f 63  74 01 38 20 00 39 20 00  oct.1 oct.8 .9 . |", " * 3 bytes in buffer 0",
      " = 1 buffers in vector 0",
    ])
  func dump(line: String) { LineRow(line, .dump).check() }

  @Test(
    "R16 notes",
    arguments: [
      "strace: Process 8232 attached", "/usr/bin/strace: Process 8232 attached with 8 threads", "Process 8232 attached",
      "Process 8232 suspended", "Process 8232 resumed (parent 8231 ready)", "Process 8232 detached",
      "[ Process PID=8232 runs in 32 bit mode. ]", "strace: [ Process PID=8232 runs in 64 bit mode. ]",
      "strace: Exit of unknown pid 7 ignored",
    ])
  func note(line: String) { LineRow(line, .note).check() }

  @Test("the notice of a mode inside a trace")
  func modeNotice() { LineRow("8232  [ Process PID=8232 runs in 32 bit mode. ]", .note, tid: 8232).check() }

  @Test(
    "rests of lines",
    arguments: [
      ")                    = 4", ") = 28 <0.000085>", ", child_tidptr=0x7fab7607fa10) = 8232", " <unfinished ...>",
    ])
  func fragment(line: String) { LineRow(line, .fragment).check() }

  @Test(
    "what strace did not write",
    arguments: [
      "hello, world", "% time     seconds  usecs/call     calls    errors syscall",
      "------ ----------- ----------- --------- --------- ----------------", "+++", "---", "<... read", "<html>", "$ ls -l",
      "100%", "?", "12", "a.out: error (1)",
    ])
  func other(line: String) {
    #expect(FastParser().facts(line: line).kind == .other)
    #expect(ReferenceParser.facts(line: line).kind == .other)
  }

  @Test("blank lines, of CRLF too") func blank() {
    #expect(FastParser().facts("\n\r\n".utf8).map(\.kind) == [.blank, .blank])
  }
}
