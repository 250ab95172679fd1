import TraceCalls
import TraceSyntax

/// A moment as people name it: `13:58:09.5`, `+1d 00:10`, `2026-11-21T07:52:35Z`, `1795247280.5`, `@90` (seconds since the first
/// interval).
public enum TimePoint: Sendable, Equatable {
  /// Nanoseconds since the midnight before the log's first line.
  case clock(Int64)
  /// Nanoseconds since 1970, UTC.
  case epoch(Int64)
  /// Nanoseconds since the start of the log's first interval.
  case elapsed(Int64)

  private static let second: Int64 = 1_000_000_000
  private static let day: Int64 = 86_400 * second

  /// nil where the text is none of the forms.
  public init?(_ text: String) {
    if text.hasPrefix("@") {
      guard let nanoseconds = Self.seconds(text.dropFirst()) else { return nil }
      self = .elapsed(nanoseconds)
      return
    }
    if text.hasPrefix("+") {
      let parts = text.dropFirst().split(separator: " ", maxSplits: 1)
      guard let first = parts.first, first.hasSuffix("d"), let days = Int64(first.dropLast()), (0...100_000).contains(days)
      else { return nil }
      guard let time = parts.count > 1 ? Self.timeOfDay(parts[1]) : 0 else { return nil }
      self = .clock(days * Self.day + time)
      return
    }
    if let mark = text.firstIndex(where: { $0 == "T" || $0 == " " }), text[..<mark].contains("-") {
      var rest = text[text.index(after: mark)...]
      if rest.hasSuffix("Z") { rest = rest.dropLast() }
      guard let date = Self.days(text[..<mark]), let time = Self.timeOfDay(rest) else { return nil }
      self = .epoch(date * Self.day + time)
      return
    }
    if text.contains(":") {
      guard let time = Self.timeOfDay(text[...]) else { return nil }
      self = .clock(time)
      return
    }
    guard text.prefix(while: \.isNumber).count >= 9, let nanoseconds = Self.seconds(text[...]) else { return nil }
    self = .epoch(nanoseconds)
  }

  /// On the clock of a log: its first stamp and the start of its first interval decide about dates.
  func resolved(_ clock: TraceClock, origin: Int64) -> Int64 {
    switch (self, clock.kind) {
    case (.elapsed(let time), _): return Self.sum(origin, time)
    case (.clock(let time), .epoch):
      // A time of day in a dated log: that of the log's first day, UTC.
      let first = clock.first ?? 0
      return Self.sum(first - ((first % Self.day) + Self.day) % Self.day, time)
    case (.epoch(let time), .timeOfDay): return time % Self.day
    case (.clock(let time), _), (.epoch(let time), _): return time
    }
  }

  /// A time after another one; the end of time where both together are beyond it.
  private static func sum(_ start: Int64, _ time: Int64) -> Int64 {
    let (sum, isBeyond) = start.addingReportingOverflow(time)
    return isBeyond ? .max : sum
  }

  /// `H:MM`, `HH:MM:SS`, `HH:MM:SS.fff`.
  private static func timeOfDay(_ text: Substring) -> Int64? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count), let hours = Int64(parts[0]), let minutes = Int64(parts[1]), (0...47).contains(hours),
      (0...59).contains(minutes)
    else { return nil }
    guard let rest = parts.count == 3 ? seconds(parts[2]) : 0, rest < 61 * second else { return nil }
    return (hours * 3600 + minutes * 60) * second + rest
  }

  /// Decimal seconds with up to nine digits of fraction -> nanoseconds.
  static func seconds(_ text: Substring) -> Int64? {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = parts.first.flatMap({ Int64($0) }), (0..<(1 << 33)).contains(whole) else { return nil }
    guard parts.count == 2 else { return whole * second }
    let digits = parts[1].prefix(9)
    guard !digits.isEmpty, parts[1].allSatisfy(\.isNumber), let fraction = Int64(digits) else { return nil }
    var scale: Int64 = 1
    for _ in digits.count..<9 { scale *= 10 }
    return whole * second + fraction * scale
  }

  /// Days since 1970 of `YYYY-MM-DD`; 2261 is the last year whose nanoseconds 64 bits hold.
  private static func days(_ text: Substring) -> Int64? {
    let parts = text.split(separator: "-")
    guard parts.count == 3, let year = Int64(parts[0]), let month = Int64(parts[1]), let day = Int64(parts[2]),
      (1970...2261).contains(year), (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    // A day that the month does not have comes back as one of the next.
    let days = CivilDate(year: year, month: month, day: day).daysSinceEpoch
    return CivilDate(daysSinceEpoch: days).day == day ? days : nil
  }
}
