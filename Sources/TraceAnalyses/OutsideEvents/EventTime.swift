/// Moments as logs of other programs print them, besides the forms of ``TimePoint``.
enum EventTime {
  private static let second: Int64 = 1_000_000_000
  private static let day: Int64 = 86_400 * second
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// nil where the text is no time.
  static func point(_ text: String) -> TimePoint? {
    var text = text[...].trimmed
    if text.hasPrefix("["), text.hasSuffix("]") { text = text.dropFirst().dropLast() }
    // Milliseconds behind a comma: log4j.
    if text.count(where: { $0 == "," }) == 1 { text = text.replacing(",", with: ".")[...] }
    if let whole = UInt64(text), let scale = [13: 1_000_000, 16: 1000, 19: 1][text.count].map(UInt64.init) {
      let (time, isOver) = whole.multipliedReportingOverflow(by: scale)
      return isOver ? nil : Int64(exactly: time).map(TimePoint.epoch)
    }
    return TimePoint(String(text)) ?? zoned(text) ?? slashed(text) ?? common(text) ?? syslog(text)
  }

  /// `2026-11-21T07:52:35.5+01:00`
  private static func zoned(_ text: Substring) -> TimePoint? {
    guard let sign = text.lastIndex(where: { $0 == "+" || $0 == "-" }), text[..<sign].contains(":"),
      let zone = zone(text[sign...]),
      case .epoch(let time)? = TimePoint(String(text[..<sign].trimmed))
    else { return nil }
    return .epoch(time - zone)
  }

  /// `2026/11/21 07:52:35`: nginx's error log.
  private static func slashed(_ text: Substring) -> TimePoint? {
    let parts = text.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].count(where: { $0 == "/" }) == 2 else { return nil }
    return TimePoint("\(parts[0].replacing("/", with: "-"))T\(parts[1])")
  }

  /// `21/Nov/2026:07:52:35 +0100`: access logs.
  private static func common(_ text: Substring) -> TimePoint? {
    let parts = text.split(separator: " ")
    guard let first = parts.first, parts.count <= 2 else { return nil }
    let date = first.split(separator: "/", maxSplits: 2)
    guard date.count == 3, let month = months.firstIndex(of: String(date[1])), let colon = date[2].firstIndex(of: ":") else {
      return nil
    }
    let number = month + 1
    let iso = "\(date[2][..<colon])-\(number < 10 ? "0" : "")\(number)-\(date[0])T\(date[2][date[2].index(after: colon)...])"
    guard case .epoch(let time)? = TimePoint(iso) else { return nil }
    guard parts.count == 2 else { return .epoch(time) }
    return zone(parts[1]).map { .epoch(time - $0) }
  }

  /// `Nov 21 07:52:35`: a time of day, since the year is missing.
  private static func syslog(_ text: Substring) -> TimePoint? {
    let parts = text.split(separator: " ")
    guard parts.count == 3, months.contains(String(parts[0])), UInt8(parts[1]) != nil else { return nil }
    return TimePoint(String(parts[2]))
  }

  /// `+01:00`, `-0330` in nanoseconds.
  private static func zone(_ text: Substring) -> Int64? {
    guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
    let digits = text.dropFirst().filter { $0 != ":" }
    guard digits.count == 4, let hours = Int64(digits.prefix(2)), let minutes = Int64(digits.suffix(2)), hours < 24, minutes < 60
    else { return nil }
    return (sign == "-" ? -1 : 1) * (hours * 3600 + minutes * 60) * second
  }
}

extension Substring {
  /// Without blanks at its ends.
  var trimmed: Substring {
    var text = self
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return text
  }
}
