import Tracestat

/// What a progress line says: bytes of the input as it is stored, their rate over the last seconds, the time left where the size
/// is known.
struct ProgressText {
  /// Seconds that the rate is taken over.
  static let window = 5.0
  /// Readings of the last seconds, the oldest first; never empty.
  private var readings: [(time: Double, bytes: Int64)]

  /// - Parameter time: when reading begins, in seconds of any clock that does not go back.
  init(start time: Double) { readings = [(time, 0)] }

  mutating func line(at time: Double, read bytes: Int64, of size: Int64?) -> String {
    readings.append((time, bytes))
    // One from before the window stays: the rate covers all of it.
    while readings.count > 2, readings[1].time <= time - Self.window { readings.removeFirst() }
    let rate = max(0, Double(bytes - readings[0].bytes)) / max(0.001, time - readings[0].time)
    var line = Self.amount(Double(bytes))
    if let size, size > 0 {
      line += " of \(Self.amount(Double(size))) (\(Int(min(100, Double(bytes) * 100 / Double(size)))) %)"
    }
    line += ", \(Self.amount(rate))/s"
    if let size, size > 0, rate >= 1 { line += ", \(Self.span(max(0, Double(size - bytes)) / rate)) left" }
    return line
  }

  /// `812 MB`.
  private static func amount(_ bytes: Double) -> String {
    let text = Bytes.text(Int64(min(bytes, 9e18)))
    let unit = text.firstIndex(where: \.isLetter) ?? text.endIndex
    return "\(text[..<unit]) \(text[unit...])"
  }

  /// `4 s`, `12 min`, `3 h 20 min`; rounded up, so that nothing is left only at the end.
  private static func span(_ seconds: Double) -> String {
    let seconds = Int(min(seconds, 1e9).rounded(.up))
    if seconds < 100 { return "\(seconds) s" }
    let minutes = (seconds + 59) / 60
    return minutes < 100 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
  }
}
