import TraceAnalyses
import TraceCalls
import TraceSyntax

/// Times as reports print them: on the log's own clock.
public struct ClockText: Sendable {
  let kind: StampKind
  let isFine: Bool
  private static let second: Int64 = 1_000_000_000
  private static let day: Int64 = 86_400 * second

  public init(_ clock: TraceClock) {
    kind = clock.kind
    isFine = clock.isFine
  }

  /// `13:58:09`, `+1d 00:00:05`, `2026-11-21T07:52:35Z`, or seconds for a log that counts from its start; nil without a clock.
  ///
  /// - Parameters:
  ///   - nanoseconds: on the log's clock.
  ///   - digits: of the fraction; nil for as many as the stamps have.
  public func time(_ nanoseconds: Int64, digits: Int? = nil) -> String? {
    let digits = digits ?? (isFine ? (nanoseconds % 1000 == 0 ? 6 : 9) : 0)
    switch kind {
    case .none: return nil
    case .relative, .sinceStart: return Self.seconds(nanoseconds)
    case .timeOfDay:
      let days = nanoseconds / Self.day
      let text = Self.timeOfDay(nanoseconds % Self.day, digits)
      return days > 0 ? "+\(days)d \(text)" : text
    case .epoch:
      let days = nanoseconds / Self.day - (nanoseconds % Self.day < 0 ? 1 : 0)
      let date = CivilDate(daysSinceEpoch: days)
      return
        "\(Self.padded(date.year, 4))-\(Self.padded(date.month, 2))-\(Self.padded(date.day, 2))T\(Self.timeOfDay(nanoseconds - days * Self.day, digits))Z"
    }
  }

  /// A time without its date, for people who see the log's days elsewhere: `07:52:35.123`, three digits at most.
  public func timeOfDay(_ nanoseconds: Int64) -> String? {
    guard let text = time(nanoseconds, digits: isFine ? 3 : 0) else { return nil }
    guard kind == .epoch, let mark = text.firstIndex(of: "T") else { return text }
    return String(text[text.index(after: mark)...].dropLast())
  }

  /// Fraction digits that an interval of so many nanoseconds needs.
  public static func digits(forInterval interval: Int64) -> Int {
    if interval % second == 0 { return 0 }
    if interval % 1_000_000 == 0 { return 3 }
    return interval % 1000 == 0 ? 6 : 9
  }

  /// Decimal seconds without trailing zeros.
  public static func seconds(_ nanoseconds: Int64) -> String {
    let sign = nanoseconds < 0 ? "-" : ""
    let magnitude = nanoseconds.magnitude
    let whole = magnitude / UInt64(second)
    let rest = magnitude % UInt64(second)
    guard rest > 0 else { return "\(sign)\(whole)" }
    var fraction = padded(Int64(rest), 9)
    while fraction.hasSuffix("0") { fraction.removeLast() }
    return "\(sign)\(whole).\(fraction)"
  }

  private static func timeOfDay(_ nanoseconds: Int64, _ digits: Int) -> String {
    let seconds = nanoseconds / second
    var text = "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
    if digits > 0 { text += "." + padded(nanoseconds % second, 9).prefix(digits) }
    return text
  }

  private static func padded(_ value: Int64, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }
}
