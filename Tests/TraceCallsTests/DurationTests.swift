import Testing
import TraceTestSupport

@testable import TraceCalls

@Suite("Start, end, duration, busy span")
struct DurationTests {
  @Test("a whole line ends at its stamp plus -T") func whole() throws {
    let call = try CallLog("7     00:00:10.500000 read(3, \"\", 1) = 0 <0.250000>\n").calls[0]
    #expect(call.start == seconds(10.5) && call.end == seconds(10.75) && call.busyStart == seconds(10.5))
    #expect(call.duration == 250_000_000 && !call.isDerived)
  }

  @Test(
    "a stitched call ends at its resumed line; busy for T before, not before its start",
    arguments: [
      ("0.250000", 10.75, 0.25), ("0.500001", 10.5, 0.500001), ("9.000000", 10.5, 9),
    ])
  func stitched(time: String, busyStart: Double, duration: Double) throws {
    let call = try CallLog(
      "7     00:00:10.500000 read(3,  <unfinished ...>\n7     00:00:11.000000 <... read resumed>\"\", 1) = 0 <\(time)>\n"
    ).calls[0]
    #expect(call.start == seconds(10.5) && call.end == seconds(11) && call.busyStart == seconds(busyStart))
    #expect(call.duration == seconds(duration) && !call.isDerived)
  }

  @Test(
    "without -T: resumed minus unfinished where stamps are finer than a second",
    arguments: [
      ("00:00:10.500000", "00:00:11.000000", 500_000_000 as Int64?), ("00:00:10", "00:00:11", nil),
      ("1795247280.500000000", "1795247280.500000007", 7), ("1795247280", "1795247281", nil),
      ("     0.000000", "     0.250000", 250_000_000),
    ])
  func derived(start: String, end: String, duration: Int64?) throws {
    let log = try CallLog(
      "7     \(start) read(3,  <unfinished ...>\n7     \(end) <... read resumed>\"\", 1) = 0\n7     \(end) close(3) = 0\n")
    #expect(log.calls[0].duration == duration)
    #expect(log.calls[0].isDerived == (duration != nil))
    #expect(log.calls[1].duration == nil && !log.calls[1].isDerived)
  }

  @Test("-r in whole seconds is no fine stamp") func relativeSeconds() throws {
    let log = try CallLog("     0 read(3,  <unfinished ...>\n     1 <... read resumed>\"\", 1) = 0\n")
    #expect(log.calls[0].duration == nil)
  }

  @Test("a call without start and without -T has no duration") func withoutStart() throws {
    let log = try CallLog("7     00:00:10.500000 <... read resumed>\"\", 1) = 0\n")
    #expect(log.calls[0].duration == nil && log.calls[0].end == seconds(10.5))
  }

  @Test("`?` has none, whatever stands there") func unavailable() throws {
    let log = try CallLog(
      "7     00:00:10.500000 read(3,  <unfinished ...>\n7     00:00:11.500000 <... read resumed>0x1, 1) = ? <unavailable>\n")
    #expect(log.calls[0].duration == nil)
  }
}
