import TraceAnalyses
import TraceSyntax

/// Events of outside as upright lines, or bands where they lasted, in a plot over time.
struct GnuplotMarks {
  private static let most = 60
  let events: [OutsideEvent]
  let redaction: Redaction

  /// gnuplot commands that hold for all plots to come; empty without events.
  ///
  /// - Parameters:
  ///   - isLabelled: with names at the top.
  ///   - range: nanoseconds that the plot shows; others are left out.
  func commands(isLabelled: Bool, in range: ClosedRange<Int64>) -> String {
    var lines: [String] = []
    for (index, event) in events.filter({ range.contains($0.time) || range.contains($0.until ?? $0.time) }).prefix(Self.most).enumerated() {
      let time = Double(event.time) / 1e9
      let tag = index + 1
      if let until = event.until, until > event.time {
        lines.append(
          "set object \(tag) rectangle from first \(time), graph 0 to first \(Double(until) / 1e9), graph 1 behind fc rgb \"#f4e3b8\" fs solid noborder")
      }
      lines.append("set arrow \(tag) from first \(time), graph 0 to first \(time), graph 1 nohead front dt 2 lc rgb \"#555555\"")
      guard isLabelled else { continue }
      let text = redaction.isActive ? redaction.redact(event.what, as: .payload) : event.what
      lines.append(
        "set label \(tag) \"\(GnuplotText.harmless(String(text.prefix(40))))\" at first \(time), graph 0.97 right rotate by 90 offset 0.6,0 front noenhanced font \",8\" tc rgb \"#555555\"")
    }
    return lines.joined(separator: "\n")
  }
}
