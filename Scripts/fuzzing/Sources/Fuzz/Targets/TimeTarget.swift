import TraceSyntax

@testable import TraceAnalyses
@testable import TraceCalls

/// Times as people name them, on every clock a log can have.
enum TimeTarget {
  private static let clocks: [TraceClock] = {
    let stamps: [(StampKind, Int64)] = [
      (.timeOfDay, 0), (.timeOfDay, 86_399_999_999_999), (.epoch, 1_795_247_280_000_000_000),
      (.epoch, 8_999_999_999_999_999_999), (.relative, 0), (.relative, 999_999_999_999_999_999),
    ]
    return [TraceClock()]
      + stamps.map { kind, stamp in
        var clock = TraceClock()
        _ = clock.absolute(kind, stamp, fine: true)
        return clock
      }
  }()

  static func run(_ input: UnsafeRawBufferPointer) {
    let text = String(decoding: input, as: UTF8.self)
    guard let point = TimePoint(text) else { return }
    demand(TimePoint(text) == point, "the same moment again")
    switch point {
    case .clock(let time), .epoch(let time), .elapsed(let time): demand(time >= 0, "no time before the beginning: \(point)")
    }
    var filter = CallFilter()
    filter.from = point
    filter.to = point
    for clock in clocks {
      for interval: Int64 in [1, 1_000_000_000, .max] {
        let window = filter.window(clock, interval: interval)
        demand(window.from == window.to, "one moment, one place")
      }
    }
    if case .epoch(let time) = point {
      let days = time / 86_400_000_000_000
      demand(CivilDate(daysSinceEpoch: days).daysSinceEpoch == days, "days to a date and back")
    }
  }
}
