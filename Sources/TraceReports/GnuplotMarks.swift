import TraceAnalyses
import TraceSyntax

/// Events of outside as upright lines, or bands where they lasted, in a plot over time.
struct GnuplotMarks {
  private static let most = 60
  let events: [OutsideEvent]
  let redaction: Redaction

  /// gnuplot commands that hold for all plots to come; empty without events.
  ///
  /// - Parameter range: nanoseconds that the plot shows; others are left out.
  func lines(in range: ClosedRange<Int64>) -> String {
    var lines: [String] = []
    for (index, event) in shown(in: range).enumerated() {
      let time = Double(event.time) / 1e9
      if let until = event.until, until > event.time {
        lines.append(
          "set object \(index + 1) rectangle from first \(time), graph 0 to first \(Double(until) / 1e9), graph 1 behind fc rgb \"#f4e3b8\" fs solid noborder"
        )
      }
      lines.append(
        "set arrow \(index + 1) from first \(time), graph 0 to first \(time), graph 1 nohead front dt 2 lc rgb \"#333333\"")
    }
    return lines.joined(separator: "\n")
  }

  /// Their names, upright beside their lines from the bottom; of those too near to each other the first.
  func labels(in range: ClosedRange<Int64>) -> String {
    var lines: [String] = []
    var last = -Double.infinity
    let nearest = Double(range.upperBound &- range.lowerBound) / 60
    for event in shown(in: range) where Double(event.time) - last >= nearest {
      last = Double(event.time)
      let text = redaction.isActive ? redaction.redact(event.what, as: .payload) : event.what
      lines.append(
        "set label \"\(GnuplotText.harmless(String(text.prefix(30))))\" at first \(Double(event.time) / 1e9), graph 0.03 left rotate by 90 offset -0.7,0 front noenhanced font \",8\" tc rgb \"#333333\""
      )
    }
    return lines.joined(separator: "\n")
  }

  private func shown(in range: ClosedRange<Int64>) -> ArraySlice<OutsideEvent> {
    events.filter { range.contains($0.time) || range.contains($0.until ?? $0.time) }.prefix(Self.most)
  }
}
