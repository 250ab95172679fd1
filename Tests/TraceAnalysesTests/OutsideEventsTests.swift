import Testing
import TraceAnalyses
import TraceCalls

@Suite("Events of outside")
struct OutsideEventsTests {
  /// `time what [until]` on the clock of a log that begins at 2026-11-21T10:00:00.5Z, or at that time of day.
  static func placed(_ text: String, offset: Int64 = 0, isDated: Bool = true) throws -> [String] {
    let log = isDated ? "7  1795255200.500000 getpid() = 7 <0.1>\n" : "7  10:00:00.500000 getpid() = 7 <0.1>\n"
    let result = try analyse(text: log, Stalls())
    return OutsideEvents(text).on(result.clock, offset: offset).map { event in
      let base: Int64 = isDated ? 1_795_255_200_000_000_000 : 36_000_000_000_000
      let until = event.until.map { " \(($0 - base) / 1_000_000)" } ?? ""
      return "\((event.time - base) / 1_000_000) \(event.what)\(until)"
    }
  }

  @Test(
    "forms of files",
    arguments: [
      "time,what,until\n2026-11-21T10:00:01Z,a,2026-11-21T10:00:02Z\n", "2026-11-21T10:00:01Z,a,2026-11-21T10:00:02Z\n",
      "epoch\tevent\tname\tuntil\n1795255201.000000\ta\t-\t1795255202\n",
      "\u{feff}TIME\tWhat\tEnd\r\n1795255201\ta\t1795255202\r\n",
      "{\"time\": \"2026-11-21T10:00:01Z\", \"message\": \"a\", \"until\": 1795255202, \"more\": {\"x\": [1, \"}\"]}}\n",
      "[\n{\"time\":1795255201,\"what\":\"a\",\"until\":1795255202},\n]\n", "# said\n\n1795255201,\"a\",1795255202\n",
    ])
  func forms(text: String) throws { #expect(try Self.placed(text) == ["1000 a 2000"]) }

  @Test(
    "clocks",
    arguments: [
      "10:00:01", "2026-11-21 10:00:01", "2026-11-21T10:00:01Z", "2026-11-21T11:00:01+01:00", "2026-11-21T06:30:01-0330",
      "1795255201", "1795255201.0", "1795255201000", "1795255201000000", "1795255201000000000", "@1", "2026/11/21 10:00:01",
      "[21/Nov/2026:11:00:01 +0100]", "Nov 21 10:00:01",
    ])
  func clocks(time: String) throws {
    #expect(try Self.placed("\(time)\tit happened\n") == ["1000 it happened"])
    if time != "@1" { #expect(try Self.placed("\(time) it happened\n", isDated: false) == ["1000 it happened"]) }
  }

  @Test("quotes, an offset, order") func details() throws {
    #expect(
      try Self.placed("time,what\n10:00:02,\"b, \"\"c\"\"\"\n10:00:01,a\n", offset: -500_000_000) == ["500 a", "1500 b, \"c\""])
    #expect(try Self.placed("10:00:01,123\tmilliseconds\n") == ["1123 milliseconds"])
  }

  @Test("garbage, nothing, another clock") func bad() throws {
    let clock = try analyse(text: "7  1795255200.500000 getpid() = 7 <0.1>\n", Stalls()).clock
    let garbage = OutsideEvents("\u{0}\u{1}garbage\n\n{\"a\":\n,,,\n")
    #expect(garbage.count == 0 && garbage.unreadable == 3 && garbage.firstUnreadable == 1)
    #expect(OutsideEvents("").notes(clock) == ["the file of events holds none"])
    #expect(OutsideEvents("time,what\n").notes(clock) == ["the file of events holds none"])
    let zone = OutsideEvents("2026-11-21T12:00:01Z,a\n").notes(clock)
    #expect(zone.count == 1 && zone[0].contains("-2 h would fit"))
    #expect(OutsideEvents("2020-01-01T12:00:01Z,a\n").notes(clock).first?.contains("another clock") == true)
    #expect(OutsideEvents("2026-11-21T10:00:01Z,a\nnonsense,b\n").notes(clock).first?.contains("1 lines") == true)
    let relative = try analyse(text: "     0.000000 getpid() = 7 <0.1>\n", Stalls()).clock
    #expect(OutsideEvents("2026-11-21T10:00:01Z,a\n").on(relative).isEmpty && OutsideEvents("@2,a\n").on(relative).count == 1)
  }
}
