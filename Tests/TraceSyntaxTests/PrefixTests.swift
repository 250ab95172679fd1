import Testing
import TraceSyntax
import TraceTestSupport

@Suite("R2 prefixes")
struct PrefixTests {
  static let fine = LineFlags.fineStamp

  @Test(
    "pid columns",
    arguments: [
      LineRow("close(3) = 0", .whole, "close", "3", fd: 3),
      LineRow("4821  close(3) = 0", .whole, tid: 4821, "close", "3", fd: 3),
      LineRow("7     close(3) = 0", .whole, tid: 7, "close", "3", fd: 3),
      LineRow("472   close(3) = 0", .whole, tid: 472, "close", "3", fd: 3),
      LineRow("48210 close(3) = 0", .whole, tid: 48210, "close", "3", fd: 3),
      LineRow("4194303 close(3) = 0", .whole, tid: 4_194_303, "close", "3", fd: 3),
      LineRow("22603<exec_chain> close(3) = 0", .whole, tid: 22603, "close", "3", fd: 3),
      LineRow("22603<futex waiter> close(3) = 0", .whole, tid: 22603, "close", "3", fd: 3),
      LineRow(#"22603<pol\76l) = 5> close(3) = 0"#, .whole, tid: 22603, "close", "3", fd: 3),
      LineRow("[pid  8329] close(3) = 0", .whole, tid: 8329, "close", "3", fd: 3, flags: .bracketedPid),
      LineRow("[pid 48210] close(3) = 0", .whole, tid: 48210, "close", "3", fd: 3, flags: .bracketedPid),
      LineRow("[pid     7] close(3) = 0", .whole, tid: 7, "close", "3", fd: 3, flags: .bracketedPid),
      LineRow("[pid  8329<wrk-0>] close(3) = 0", .whole, tid: 8329, "close", "3", fd: 3, flags: .bracketedPid),
      LineRow("[pid  8329<a]b c>] close(3) = 0", .whole, tid: 8329, "close", "3", fd: 3, flags: .bracketedPid),
    ])
  func pid(row: LineRow) { row.check() }

  @Test(
    "absolute stamps",
    arguments: [
      LineRow("07:48:00 close(3) = 0", .whole, at: clock(7, 48, 0), "close", "3", fd: 3),
      LineRow("00:00:00.000000 close(3) = 0", .whole, at: clock(0, 0, 0), "close", "3", fd: 3, flags: fine),
      LineRow("23:59:59.999999 close(3) = 0", .whole, at: clock(23, 59, 59, ns: 999_999_000), "close", "3", fd: 3, flags: fine),
      LineRow("07:48:00.361 close(3) = 0", .whole, at: clock(7, 48, 0, ns: 361_000_000), "close", "3", fd: 3, flags: fine),
      LineRow("07:48:00.361629123 close(3) = 0", .whole, at: clock(7, 48, 0, ns: 361_629_123), "close", "3", fd: 3, flags: fine),
      LineRow("1795247280 close(3) = 0", .whole, at: (.epoch, 1_795_247_280_000_000_000), "close", "3", fd: 3),
      LineRow("1795247280.271 close(3) = 0", .whole, at: (.epoch, 1_795_247_280_271_000_000), "close", "3", fd: 3, flags: fine),
      LineRow(
        "1795247280.271356 close(3) = 0", .whole, at: (.epoch, 1_795_247_280_271_356_000), "close", "3", fd: 3, flags: fine),
      LineRow(
        "1795247280.271356789 close(3) = 0", .whole, at: (.epoch, 1_795_247_280_271_356_789), "close", "3", fd: 3, flags: fine),
      LineRow("472   1795247280 close(3) = 0", .whole, tid: 472, at: (.epoch, 1_795_247_280_000_000_000), "close", "3", fd: 3),
      LineRow("22603 07:48:00 close(3) = 0", .whole, tid: 22603, at: clock(7, 48, 0), "close", "3", fd: 3),
      LineRow(
        "[pid 22603] 07:48:00 close(3) = 0", .whole, tid: 22603, at: clock(7, 48, 0), "close", "3", fd: 3, flags: .bracketedPid),
      LineRow(
        "7<a b> 07:48:00.361629 close(3) = 0", .whole, tid: 7, at: clock(7, 48, 0, ns: 361_629_000), "close", "3", fd: 3,
        flags: fine),
    ])
  func absolute(row: LineRow) { row.check() }

  @Test(
    "relative stamps",
    arguments: [
      LineRow("     0.000123 close(3) = 0", .whole, at: (.relative, 123_000), "close", "3", fd: 3, flags: fine),
      LineRow("   100.000123 close(3) = 0", .whole, at: (.relative, 100_000_123_000), "close", "3", fd: 3, flags: fine),
      LineRow("123456.000123 close(3) = 0", .whole, at: (.relative, 123_456_000_123_000), "close", "3", fd: 3, flags: fine),
      LineRow("     0.000000123 close(3) = 0", .whole, at: (.relative, 123), "close", "3", fd: 3, flags: fine),
      LineRow("     0.120 close(3) = 0", .whole, at: (.relative, 120_000_000), "close", "3", fd: 3, flags: fine),
      LineRow("6641       0.000189 close(3) = 0", .whole, tid: 6641, at: (.relative, 189_000), "close", "3", fd: 3, flags: fine),
      LineRow(
        "22603   100.000189 close(3) = 0", .whole, tid: 22603, at: (.relative, 100_000_189_000), "close", "3", fd: 3, flags: fine),
      LineRow(
        "[pid  6641]      0.000189 close(3) = 0", .whole, tid: 6641, at: (.relative, 189_000), "close", "3", fd: 3,
        flags: [fine, .bracketedPid]),
    ])
  func relative(row: LineRow) { row.check() }

  @Test(
    "relative stamps in whole seconds: padded to six, no pid",
    arguments: [
      LineRow("     0 close(3) = 0", .whole, at: (.relative, 0), "close", "3", fd: 3),
      LineRow("   100 close(3) = 0", .whole, at: (.relative, 100_000_000_000), "close", "3", fd: 3),
      LineRow("22603      1 close(3) = 0", .whole, tid: 22603, at: (.relative, 1_000_000_000), "close", "3", fd: 3),
      LineRow("22603    100 close(3) = 0", .whole, tid: 22603, at: (.relative, 100_000_000_000), "close", "3", fd: 3),
    ])
  func relativeSeconds(row: LineRow) {
    row.check()
  }

  @Test(
    "an absolute stamp wins over the relative one beside it",
    arguments: [
      LineRow("07:48:00 (+     0.000123) close(3) = 0", .whole, at: clock(7, 48, 0), "close", "3", fd: 3),
      LineRow(
        "6658  09:31:39.066256 (+     0.000134) close(3) = 0", .whole, tid: 6658, at: clock(9, 31, 39, ns: 66_256_000), "close",
        "3", fd: 3, flags: fine),
      LineRow(
        "1795247280.628676 (+     0.000531) close(3) = 0", .whole, at: (.epoch, 1_795_247_280_628_676_000), "close", "3", fd: 3,
        flags: fine),
      LineRow("1795247280 (+     0) close(3) = 0", .whole, at: (.epoch, 1_795_247_280_000_000_000), "close", "3", fd: 3),
      LineRow("(+     0.000123) close(3) = 0", .whole, at: (.relative, 123_000), "close", "3", fd: 3, flags: fine),
    ])
  func both(row: LineRow) { row.check() }

  @Test(
    "syscall number, instruction pointer, security context",
    arguments: [
      LineRow("[  59] close(3) = 0", .whole, "close", "3", fd: 3),
      LineRow("[????] close(3) = 0", .whole, "close", "3", fd: 3),
      LineRow("[00007f514d7eb000] close(3) = 0", .whole, "close", "3", fd: 3),
      LineRow("[08048000] close(3) = 0", .whole, "close", "3", fd: 3),
      LineRow(
        "07:48:00.361629 [   3] [00007f514d7eb000] close(3) = 0", .whole, at: clock(7, 48, 0, ns: 361_629_000), "close", "3",
        fd: 3, flags: fine),
      LineRow("22603 [   3] close(3) = 0", .whole, tid: 22603, "close", "3", fd: 3),
      LineRow("22603 [unconfined_t] close(3) = 0", .whole, tid: 22603, "close", "3", fd: 3),
      LineRow(
        "22603 [user_u:role_r:type_t:s0] 07:48:00 close(3) = 0", .whole, tid: 22603, at: clock(7, 48, 0), "close", "3", fd: 3),
      LineRow(
        "[pid 22603] [unconfined_t] 1795247280.628676 close(3) = 0", .whole, tid: 22603, at: (.epoch, 1_795_247_280_628_676_000),
        "close", "3", fd: 3, flags: [fine, .bracketedPid]),
      LineRow(
        "22603<exec_chain> 1795247280.628676 (+     0.000531) [ 231] [????????????????] +++ exited with 1 +++", .exit, tid: 22603,
        at: (.epoch, 1_795_247_280_628_676_000), flags: fine),
    ])
  func rare(row: LineRow) { row.check() }

  @Test(
    "the prefix is on resumed, signal and exit lines too",
    arguments: [
      LineRow("22603 07:48:00 <... close resumed>) = 0", .resumed, tid: 22603, at: clock(7, 48, 0), "close", ""),
      LineRow("22603 07:48:00 --- SIGALRM {si_signo=SIGALRM, si_code=SI_KERNEL} ---", .signal, tid: 22603, at: clock(7, 48, 0)),
      LineRow("     0.000123 +++ exited with 0 +++", .exit, at: (.relative, 123_000), flags: fine),
      LineRow("[pid 22603] +++ killed by SIGKILL +++", .exit, tid: 22603, flags: .bracketedPid),
    ])
  func others(row: LineRow) { row.check() }
}
