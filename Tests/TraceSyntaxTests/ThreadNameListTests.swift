import Testing
import TraceSyntax
import TraceTestSupport

@Suite("Names of threads")
struct ThreadNameListTests {
  static func names(_ text: String) -> [Int32: String] { Array(text.utf8).withUnsafeBytes { ThreadNameList.all(in: $0) } }

  @Test(
    "lists",
    arguments: [
      "7 java\n8 G1 Main Marker\n", "    7 java\n    8 G1 Main Marker  \r\n", "TID COMMAND\n7 java\n8 G1 Main Marker\n",
      "7: java\n8: G1 Main Marker\n", "7\tjava\n8\tG1 Main Marker\n", "7,java\n8,G1 Main Marker\n",
    ])
  func lists(text: String) { #expect(Self.names(text) == [7: "java", 8: "G1 Main Marker"]) }

  @Test("perf script: the last name of a thread, of samples only") func perf() {
    let text = """
      # captured on: Sat
      java  7/8  [001]  12.345678:  1 cpu-clock:pppH:
      \tffffffff 8 not a name

      G1 Main Marker     9/10 12.345679:     1000 cycles:
      nginx   951 [000] 13.000000: syscalls:sys_enter_read: fd: 1
      VM Thread     9/10 [002] 14.000000:     1000 cycles:
      V8 Worker 64 [1 10619 [001] 39719.668604:   10101010 cpu-clock: 
      java 30 [001] 15.000000: PERF_RECORD_COMM: C2 CompilerThre:30/31
      sh 40 [001] 15.000000: PERF_RECORD_COMM exec: ls:40/40

      """
    #expect(
      Self.names(text) == [8: "java", 10: "VM Thread", 951: "nginx", 10619: "V8 Worker 64 [1", 31: "C2 CompilerThre", 40: "ls"])
  }

  @Test("perf script as it was recorded: comms with blanks, slashes, brackets, indented or with stacks") func recorded() throws {
    for (name, expected) in [
      ("chains", [10632: "mux: 2", 10619: "V8 Worker 64 [1", 10633: "io worker/1"]),
      ("tracepoint-plain", [10951: "mux: 2", 10949: "V8 Worker 64 [1", 10952: "io worker/1"]),
    ] as [(String, [Int32: String])] {
      let text = try Fixture.text("Fixtures/perf-script/\(name).txt")
      #expect(Self.names(text) == expected)
    }
  }

  @Test(
    "perf trace",
    arguments: [
      ("     0.510 ( 0.036 ms): workload/24462 read(", 24462, "workload"),
      ("0.510 ( 0.036 ms): a/1 b: 2/7  ... [continued]: read(", 7, "a/1 b: 2"),
      ("         ? (         ): VM Thread/7  ... [continued]: read(", 7, "VM Thread"), ("  0.510 io/1/7 read(", 7, "io/1"),
      ("java/7 read(", 7, "java"), ("  0.510 ( 0.036 ms): :7/7 read(", 7, nil), ("  0.510 ( 0.036 ms): 7 read(", 7, nil),
      ("  0.510 ( 0.036 ms): read(", 7, nil), ("(", 7, nil), ("", 7, nil), ("0.5", 7, nil), ("0.5 (", 7, nil), ("java/7", 7, nil),
      ("  0.510 ( 0.036 ms): sixteen byte name/7 read(", 7, nil), ("  0.510 ( 0.036 ms): java/8 read(", 7, nil),
    ] as [(String, Int32, String?)])
  func perfTrace(head: String, tid: Int32, name: String?) {
    #expect(Array(head.utf8).withUnsafeBytes { LogSyntax.perfTrace.comm(in: $0, of: tid) } == name)
  }

  @Test("a thread dump") func dump() throws {
    let names = try Fixture.unpackedSampleTruth("jvm-relay.truth/jstack.txt.xz").withUnsafeBytes { ThreadNameList.all(in: $0) }
    #expect(names[16599] == "worker-7" && names[16554] == "GC Thread#0")
  }

  @Test("the third column of --tids") func tids() {
    #expect(ThreadNameList.ofTids("tid tgid comm\n7 7 java\n8 7 G1 Main Marker\n9 7\n") == [7: "java", 8: "G1 Main Marker"])
  }

  @Test("what is none", arguments: ["", "garbage\n", "0 zero\n-1 x\n99999999999 y\n7\n7 \n", "\u{0}\u{1}\n"])
  func none(text: String) { #expect(Self.names(text).isEmpty) }

  @Test(
    "strace -Y",
    arguments: [
      ("1234<java> 10:00:00 ", "java"), ("[pid  1234<a b>] ", "a b"), ("1234  10:00:00 ", nil), ("[pid 12] ", nil), ("<x> ", nil),
      ("12<", nil), ("12<>", nil), ("[pid", nil), ("", nil),
    ] as [(String, String?)])
  func comm(head: String, name: String?) {
    #expect(Array(head.utf8).withUnsafeBytes { CommPrefix.comm(in: $0) } == name)
  }

  @Test("a stop by a signal") func stop() {
    func isStop(_ text: String) -> Bool { Array(text.utf8).withUnsafeBytes { SignalLine.isStop($0) } }
    #expect(isStop("--- stopped by SIGSTOP ---") && isStop("--- stopped by SIGTTIN ---"))
    #expect(!isStop("--- SIGSTOP {si_signo=SIGSTOP, si_code=SI_USER} ---") && !isStop("") && !isStop("--- SIGCONT {} ---"))
  }

  @Test("readiness by name") func readiness() {
    func names(_ descriptor: Int32, _ text: String) -> Bool {
      Array(text.utf8).withUnsafeBytes { Arguments.names(descriptor, inReadinessOf: $0) }
    }
    #expect(names(3, ") = 1 ([{fd=3, revents=POLLIN}])") && !names(4, ") = 1 ([{fd=3, revents=POLLIN}])"))
    #expect(names(4, ") = 2 (in [3 4], left {tv_sec=0, tv_usec=9})") && !names(0, ") = 2 (in [3 4], left {tv_sec=0, tv_usec=9})"))
    #expect(!names(3, ") = 0 (Timeout)") && !names(3, ""))
    func data(_ data: UInt64, _ text: String) -> Bool { Array(text.utf8).withUnsafeBytes { Arguments.epollData(data, in: $0) } }
    #expect(
      data(7, "4, [{events=EPOLLIN, data={u32=7, u64=7}}], 8, -1") && data(9, "[{events=EPOLLIN, data={u32=9, u64=9}}], 8, -1"))
    #expect(!data(4, "4, [{events=EPOLLIN, data={u32=7, u64=7}}], 8, -1") && !data(4, ""))
  }

  @Test(
    "how much a write was asked for",
    arguments: [
      ("5, \"x\"..., 4096", 4096), ("5, [{iov_base=\"x\", iov_len=3}, {iov_base=\"y\", iov_len=4}], 2", 7),
      ("5, {msg_name=NULL, msg_iov=[{iov_base=\"x\", iov_len=3}], msg_flags=0}, 0", 3), ("5, 0x7f", nil),
    ] as [(String, Int64?)])
  func size(text: String, size: Int64?) {
    #expect(Array(text.utf8).withUnsafeBytes { Arguments($0).sizeOfWrite } == size)
  }
}
