import Testing

@testable import TraceSyntax

@Suite("Headers of perf script's samples")
struct PerfScriptHeaderTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var line: String
    var comm: String
    var pid: Int64?
    var tid: Int64?
    var time: Int64?
    var period: Int64?
    var event: String
    var rest = ""
    var testDescription: String { line }
  }

  static let cases = [
    Case(line: "java 25607 4794564.109216: cycles: ", comm: "java", tid: 25607, time: 4_794_564_109_216_000, event: "cycles"),
    Case(
      line: "mux: 2  7225/7229 [001]  3118.156554178:   10101010 cpu-clock:ppp: ", comm: "mux: 2", pid: 7225, tid: 7229,
      time: 3_118_156_554_178, period: 10_101_010, event: "cpu-clock:ppp"),
    Case(
      line: "V8 WorkerThread 24636/25607 [000] 94564.109216: 100 cycles:", comm: "V8 WorkerThread", pid: 24636, tid: 25607,
      time: 94_564_109_216_000, period: 100, event: "cycles"),
    Case(line: "func_ab 15294 cpu-clock: ", comm: "func_ab", tid: 15294, event: "cpu-clock"),
    Case(line: "java  3244 [002] 7 cpu-clock:u: ", comm: "java", tid: 3244, period: 7, event: "cpu-clock:u"),
    Case(
      line: "           nginx  8263 [001]  3226.040312:    syscalls:sys_exit_recvfrom: 0x8", comm: "nginx", tid: 8263,
      time: 3_226_040_312_000, event: "syscalls:sys_exit_recvfrom", rest: "0x8"),
    Case(
      line: "           false 39654 19115.489713:          1 cycles:u:  ffffffff9b201293 [unknown] ([unknown])", comm: "false",
      tid: 39654, time: 19_115_489_713_000, period: 1, event: "cycles:u", rest: "ffffffff9b201293 [unknown] ([unknown])"),
    Case(
      line: "swapper     0 [012] 1.604067:   20 cycles:", comm: "swapper", tid: 0, time: 1_604_067_000, period: 20,
      event: "cycles"),
    Case(line: ":-1    -1 1.604067: cycles:", comm: ":-1", tid: -1, time: 1_604_067_000, event: "cycles"),
    Case(
      line: "a 1.0 b  12 [000] U 1.604067: 3 cycles:", comm: "a 1.0 b", tid: 12, time: 1_604_067_000, period: 3, event: "cycles"),
    Case(line: "nginx 5.000001: 12 ", comm: "nginx", time: 5_000_001_000, period: 12, event: ""),
  ]

  @Test("fields", arguments: cases) func fields(_ wanted: Case) throws {
    let bytes = Array(wanted.line.utf8)
    try bytes.withUnsafeBufferPointer { line in
      let header = try #require(PerfScriptHeader(line.baseAddress!, line.baseAddress! + line.count))
      #expect(String(decoding: header.comm, as: UTF8.self) == wanted.comm)
      #expect(header.pid == wanted.pid && header.tid == wanted.tid)
      #expect(header.time == wanted.time)
      #expect(header.period == wanted.period)
      #expect(String(decoding: header.event, as: UTF8.self) == wanted.event)
      #expect(String(decoding: header.rest, as: UTF8.self) == wanted.rest)
    }
  }

  @Test(
    "none of perf's",
    arguments: [
      "", "   ", "hello", "hello world", "3721  07:08:55 read(3, \"x\", 1) = 1", "x 99999999999999999999 cycles", "1.5: x",
    ])
  func none(_ text: String) {
    let bytes = Array(text.utf8) + [0]
    bytes.withUnsafeBufferPointer { line in
      #expect(PerfScriptHeader(line.baseAddress!, line.baseAddress! + line.count - 1) == nil)
    }
  }
}
