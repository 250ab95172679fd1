import Testing
import TraceSyntax
import TraceTestSupport

@testable import TraceAnalyses
@testable import TraceCalls

@Suite("Moments as people name them")
struct TimePointTests {
  static let second: Int64 = 1_000_000_000
  static let day = 86_400 * second

  @Test(
    "forms",
    arguments: [
      ("@90", .elapsed(90 * second)), ("@0.5", .elapsed(second / 2)), ("13:58", .clock((13 * 3600 + 58 * 60) * second)),
      ("13:58:09.5", .clock((13 * 3600 + 58 * 60 + 9) * second + second / 2)),
      ("9:05:00", .clock((9 * 3600 + 300) * second)), ("+1d 00:10", .clock(day + 600 * second)), ("+2d", .clock(2 * day)),
      ("1970-01-02T00:00:00Z", .epoch(day)),
      ("1970-01-02 00:00", .epoch(day)), ("2026-11-21T07:52:35Z", .epoch(1_795_247_555 * second)),
      ("2026-11-21T07:52:35.271356789Z", .epoch(1_795_247_555 * second + 271_356_789)),
      ("1795247280.5", .epoch(1_795_247_280 * second + second / 2)), ("2024-02-29T00:00:00Z", .epoch(1_709_164_800 * second)),
      ("23:59:60", .clock(day)),
    ] as [(String, TimePoint)])
  func forms(text: String, point: TimePoint) { #expect(TimePoint(text) == point) }

  @Test(
    "what is none",
    arguments: [
      "", "@", "@x", "noon", "12", "12:", ":12", "12:60", "48:00", "12:00:61", "+1 00:10", "+xd", "1.2.3", "2026-13-01T00:00:00Z",
      "2026-11-00T00:00:00Z", "12:00:0x", "@-1", "-5",
    ])
  func none(text: String) { #expect(TimePoint(text) == nil) }

  @Test("a year beyond the clock is none, the last one within is")
  func years() {
    #expect(TimePoint("2261-12-31T23:59:60Z") == .epoch(9_214_646_400 * Self.second))
    for text in ["2262-01-01T00:00:00Z", "9898-11-21T07:52:35Z", "1969-12-31T00:00:00Z"] { #expect(TimePoint(text) == nil) }
  }

  @Test("a day that no month has", arguments: ["2026-02-30T00:00:00Z", "2026-04-31T00:00:00Z"])
  func noSuchDay(text: String) { #expect(TimePoint(text) == nil) }

  static func clock(_ kind: StampKind, first: Int64) -> TraceClock {
    var clock = TraceClock()
    _ = clock.absolute(kind, first, fine: true)
    return clock
  }

  @Test("on the clock of a log") func resolved() {
    let tod = Self.clock(.timeOfDay, first: 50_000 * Self.second)
    let epoch = Self.clock(.epoch, first: 3 * Self.day + 50_000 * Self.second)
    #expect(TimePoint.elapsed(5).resolved(tod, origin: 100) == 105)
    #expect(TimePoint.clock(7).resolved(tod, origin: 0) == 7)
    #expect(TimePoint.clock(7).resolved(epoch, origin: 0) == 3 * Self.day + 7)
    #expect(TimePoint.epoch(3 * Self.day + 7).resolved(epoch, origin: 0) == 3 * Self.day + 7)
    #expect(TimePoint.epoch(3 * Self.day + 7).resolved(tod, origin: 0) == 7)
  }

  @Test("the latest time of day on the latest clock is the end of time, not a crash") func latest() throws {
    let point = try #require(TimePoint("+100000d 47:59:59.999999999"))
    let log = Self.clock(.epoch, first: 8_999_999_999_999_999_999)
    #expect(point.resolved(log, origin: 0) == .max)
    #expect(TimePoint.elapsed(.max).resolved(log, origin: 8_999_999_999_000_000_000) == .max)
  }

  @Test("a log that crosses midnight: the time of day comes after the first line") func afterMidnight() {
    // `--from 00:10` in a log of 23:50 to 00:20: the definition asks for `+1d 00:10`.
    let log = Self.clock(.timeOfDay, first: 86_000 * Self.second)
    #expect(TimePoint("+1d 00:10")?.resolved(log, origin: 0) == Self.day + 600 * Self.second)
  }

  @Test("civil dates and day numbers are inverse") func civil() {
    for days in stride(from: Int64(-200_000), to: 200_000, by: 97) {
      #expect(CivilDate(daysSinceEpoch: days).daysSinceEpoch == days)
    }
    let leap = CivilDate(daysSinceEpoch: 19_782)
    #expect(leap.year == 2024 && leap.month == 2 && leap.day == 29)
  }
}
