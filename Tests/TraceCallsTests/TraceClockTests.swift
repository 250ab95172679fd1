import Testing
import TraceSyntax

@testable import TraceCalls

@Suite("R4 clocks")
struct TraceClockTests {
  static func run(_ stamps: [Int64], _ kind: StampKind = .timeOfDay, fine: Bool = true) -> (times: [Int64], clock: TraceClock) {
    var clock = TraceClock()
    let times = stamps.map { clock.absolute(kind, $0, fine: fine) }
    return (times, clock)
  }
  static let day: Int64 = 86_400_000_000_000
  static let noon = day / 2
  static let second: Int64 = 1_000_000_000

  @Test("days without end: no crash, and no time before the first") func days() {
    var clock = TraceClock()
    var times: [Int64] = []
    for _ in 0..<107_000 {
      for stamp in [0, Self.noon, Self.day - 1] { times.append(clock.absolute(.timeOfDay, stamp, fine: true)) }
    }
    #expect(times.allSatisfy { $0 >= 0 })
  }

  @Test("a step back of more than half a day is a new day, again and again") func midnight() {
    let late = Self.day - Self.second
    let (times, clock) = Self.run([late, 5, Self.noon, late, 7])
    #expect(times == [late, Self.day + 5, Self.day + Self.noon, Self.day + late, 2 * Self.day + 7])
    #expect(clock.stepsBack == 0 && clock.first == late && clock.last == 2 * Self.day + 7)
  }

  @Test("a small step back is the clock's, and counted") func stepBack() {
    let (times, clock) = Self.run([Self.noon, Self.noon - Self.second, Self.noon + 1])
    #expect(times == [Self.noon, Self.noon - Self.second, Self.noon + 1])
    #expect(clock.stepsBack == 1 && clock.last == Self.noon + 1)
  }

  @Test("a line of before midnight after the first of the new day") func beforeMidnight() {
    let late = Self.day - Self.second
    let (times, clock) = Self.run([late, 5, late + 9, 6])
    #expect(times == [late, Self.day + 5, late + 9, Self.day + 6])
    #expect(clock.last == Self.day + 6)
  }

  @Test("a day without lines is not noticed, half a day is") func gaps() {
    #expect(Self.run([Self.noon + 1, 0]).times == [Self.noon + 1, Self.day])
    #expect(Self.run([Self.noon, 0]).times == [Self.noon, 0])
  }

  @Test("epochs are what they are") func epoch() {
    let (times, clock) = Self.run([1_795_247_280 * Self.second, 1_795_247_279 * Self.second], .epoch)
    #expect(times == [1_795_247_280 * Self.second, 1_795_247_279 * Self.second])
    #expect(clock.kind == .epoch && clock.stepsBack == 1)
  }

  @Test("relative stamps add up") func relative() {
    let (times, clock) = Self.run([0, 5, 7], .relative)
    #expect(times == [0, 5, 12] && clock.kind == .relative && clock.last == 12)
  }

  @Test("no stamp stays where the clock is") func none() {
    var clock = TraceClock()
    #expect(clock.absolute(.none, 0, fine: false) == 0 && clock.kind == .none && clock.first == nil)
    _ = clock.absolute(.timeOfDay, 77, fine: false)
    #expect(clock.absolute(.none, 0, fine: false) == 77)
    #expect(!clock.isFine)
  }

  @Test("stamps of another kind are counted: logs pasted together") func kinds() {
    var clock = TraceClock()
    _ = clock.absolute(.timeOfDay, 77, fine: false)
    _ = clock.absolute(.epoch, 1_795_247_280 * Self.second, fine: false)
    #expect(clock.otherKinds == 1 && clock.kind == .timeOfDay)
  }

  @Test("midnight in a log, calls across it") func acrossMidnight() throws {
    let log = try CallLog(
      "7     23:59:59 read(3,  <unfinished ...>\n8     23:59:59 getpid() = 8\n7     00:00:01 <... read resumed>\"\", 1) = 0 <2.1>\n"
    )
    let call = try #require(log.calls.last)
    #expect(call.start == Self.day - Self.second && call.end == Self.day + Self.second)
    #expect(call.busyStart == Self.day - Self.second)
  }
}
