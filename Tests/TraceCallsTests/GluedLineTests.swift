import Testing
import TraceTestSupport

@testable import TraceCalls

// The lines are of real runs: two `strace -f -tt -T` at once on one stderr.
@Suite("Two writers' lines in one")
struct GluedLineTests {
  /// Makes it a terminal's log.
  static let head =
    "12:43:35.119 vfork() = 5164 <0.001>\n[pid  5164] 12:43:35.120 getpid() = 5164 <0.001>\n12:43:35.121 getuid() = 0 <0.001>\n"

  static func calls(_ text: String) throws -> (calls: [Step], ledger: Ledger) {
    let log = try CallLog(head + text)
    return (Array(log.calls.dropFirst(3)), log.ledger)
  }

  @Test("the kind of the result and the blanks before it tell whose exit it is") func whose() throws {
    let (calls, ledger) = try Self.calls(
      """
      12:43:35.125101 geteuid([pid  5164] 12:43:35.125108 mmap(NULL, 12288, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)               = 0 <0.000015>
      ) = 0x7f267111b000 <0.000016>

      """)
    try #require(calls.map(\.syscall) == ["geteuid", "mmap"])
    #expect(calls.map(\.result) == [0, 0x7f26_7111_b000])
    #expect(calls.map(\.duration) == [15_000, 16_000])
    #expect(calls[1].tid == 5164 && calls[1].arguments == "NULL, 12288, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0")
    #expect(ledger.notUnderstood == 0 && ledger.abandoned.lines == 0)
  }

  @Test("the inner call's own exit stays its own") func own() throws {
    let (calls, ledger) = try Self.calls(
      """
      12:43:35.125154 getrandom([pid  5164] 12:43:35.125158 arch_prctl(ARCH_SET_FS, 0x7f267111b740) = 0 <0.000011>
      "\\x02\\x5e", 8, GRND_NONBLOCK) = 8 <0.000016>

      """)
    try #require(calls.map(\.syscall) == ["arch_prctl", "getrandom"])
    #expect(calls[1].result == 8 && calls[1].arguments == "\"\\x02\\x5e\", 8, GRND_NONBLOCK")
    #expect(ledger.notUnderstood == 0)
  }

  @Test("a stamp begins a line as a pid does, digits before it are the other's") func stamp() throws {
    let (calls, _) = try Self.calls(
      """
      [pid  5164] 12:43:35.124868 mmap(0x7f2671144000, 1400832, PROT_READ|PROT_EXEC, MAP_PRIVATE|MAP_FIXED|MAP_DENYWRITE, 3, 0x2600012:43:35.124882 getuid() = 0x7f2671144000 <0.000021>
      )                = 0 <0.000011>

      """)
    try #require(calls.map(\.syscall) == ["mmap", "getuid"])
    #expect(calls[0].arguments.hasSuffix("3, 0x26000") && calls[1].result == 0)
  }

  @Test("a resumed half in another's line") func resumed() throws {
    let (calls, ledger) = try Self.calls(
      """
      [pid  5164] 12:43:35.123700 vfork( <unfinished ...>
      12:43:35.123791 mmap(0x7fea9651d000, 1400832, PROT_READ|PROT_EXEC, MAP_PRIVATE|MAP_FIXED|MAP_DENYWRITE, 3, 0x26000[pid  5164] 12:43:35.123797 <... vfork resumed>) = 5170 <0.001107>
      ) = 0x7fea9651d000 <0.000027>

      """)
    try #require(calls.map(\.syscall) == ["vfork", "mmap"])
    #expect(calls[0].result == 5170 && calls[1].result == 0x7fea_9651_d000)
    #expect(ledger.notUnderstood == 0 && ledger.abandoned.lines == 0)
  }

  @Test("an entry that strace's message cut, and the other's line below it") func note() throws {
    let (calls, ledger) = try Self.calls(
      """
      12:43:35.122675 vfork(strace: Process 5165 attached
      [pid  5164] 12:43:35.122803 access("/etc/ld.so.preload", R_OK <unfinished ...>
      ) = -1 ENOENT (No such file or directory) <0.000052>

      """)
    try #require(calls.map(\.syscall) == ["access"])
    #expect(ledger.inFlight == 1 && ledger.notUnderstood == 0)
  }

  @Test("a program's output without a newline before a line of strace") func output() throws {
    let (calls, ledger) = try Self.calls("working \"hard[pid  5164] 12:43:36.000000 close(3) = 0 <0.000002>\n")
    try #require(calls.map(\.syscall) == ["close"])
    #expect(ledger.notUnderstood == 0)
  }

  @Test("what looks like a prefix in a string is text") func string() throws {
    let (calls, _) = try Self.calls(
      "[pid  5164] 12:43:36.000000 write(2, \"[pid  9] 12:43:36.000000 close(1\", 30) = 30 <0.000002>\n")
    try #require(calls.map(\.syscall) == ["write"])
  }

  @Test("without pids nobody can tell them apart: said, not guessed") func withoutPids() throws {
    let log = try CallLog(
      "strace: Process 7 attached\nwait4(-1, rt_sigprocmask(SIG_SETMASK, [], ~[KILL STOP RTMIN RT_1], 8) = 0 <0.000015>\nclose(3) = 0\n"
    )
    #expect(log.calls.map(\.syscall) == ["close"])
    #expect(log.ledger.reasons[Ledger.Reason.glued.rawValue].lines == 1)
  }

  @Test("lines add up at every cut", arguments: [40, 64, 100, 333]) func chunks(size: Int) throws {
    let text =
      Self.head
      + String(
        repeating:
          "12:43:35.125211 brk(NULL[pid  5164] 12:43:35.125227 set_robust_list(0x7fea, 24)               = 0x55cc65196000 <0.000013>\n) = 0 <0.000011>\n",
        count: 5)
    let log = try CallLog(text, workers: 2, chunkSize: size)
    #expect(log.calls.count == 13 && log.ledger.lines == 13)
    #expect(log.calls.suffix(10).map(\.syscall).filter { $0 == "brk" }.count == 5)
  }
}
