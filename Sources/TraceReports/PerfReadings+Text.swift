import TraceAnalyses

extension PerfReadings {
  /// What to know of the log, for people.
  public var notes: [String] {
    var notes: [String] = []
    if lostEvents > 0 { notes.append("perf lost \(lostEvents) events") }
    if let firstNotUnderstood {
      notes.append("\(notUnderstood) lines were not understood, the first is line \(firstNotUnderstood)")
    }
    return notes
  }

  /// One line for people.
  public var verdict: String {
    let events = self.events.count == 1 ? "1 event" : "\(self.events.count) events"
    return "\(lines) lines: \(samples) samples of \(events)\(filtered > 0 ? ", \(filtered) of them left out by filters" : "")"
  }
}
