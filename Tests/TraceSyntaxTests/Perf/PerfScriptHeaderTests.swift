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
    Case(line: "java 4407 81234.501277: cycles: ", comm: "java", tid: 4407, time: 81_234_501_277_000, event: "cycles"),
    Case(
      line: "mux: 2  5121/5125 [001]  3207.250016409:   10101010 cpu-clock:ppp: ", comm: "mux: 2", pid: 5121, tid: 5125,
      time: 3_207_250_016_409, period: 10_101_010, event: "cpu-clock:ppp"),
    Case(
      line: "Worker Thread 4400/4407 [000] 81235.000004: 100 cycles:", comm: "Worker Thread", pid: 4400, tid: 4407,
      time: 81_235_000_004_000, period: 100, event: "cycles"),
    Case(line: "two_ways 6021 cpu-clock: ", comm: "two_ways", tid: 6021, event: "cpu-clock"),
    Case(line: "java  3090 [002] 7 cpu-clock:u: ", comm: "java", tid: 3090, period: 7, event: "cpu-clock:u"),
    Case(
      line: "           nginx  6110 [001]  3300.000031:    syscalls:sys_exit_recvfrom: 0x8", comm: "nginx", tid: 6110,
      time: 3_300_000_031_000, event: "syscalls:sys_exit_recvfrom", rest: "0x8"),
    Case(
      line: "            true 7310 4015.100213:          1 cycles:u:  ffffffff9a001140 [unknown] ([unknown])", comm: "true",
      tid: 7310, time: 4_015_100_213_000, period: 1, event: "cycles:u", rest: "ffffffff9a001140 [unknown] ([unknown])"),
    Case(
      line: "swapper     0 [012] 1.500200:   20 cycles:", comm: "swapper", tid: 0, time: 1_500_200_000, period: 20,
      event: "cycles"),
    Case(line: ":-1    -1 1.500200: cycles:", comm: ":-1", tid: -1, time: 1_500_200_000, event: "cycles"),
    Case(
      line: "a 1.0 b  12 [000] U 1.500200: 3 cycles:", comm: "a 1.0 b", tid: 12, time: 1_500_200_000, period: 3, event: "cycles"),
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
