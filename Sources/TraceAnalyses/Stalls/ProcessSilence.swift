import TraceCalls
import TraceSyntax

/// Times in which nothing of one process happened.
///
/// A silence alone is no stall: all threads may wait. It is one where something was overdue in it, or a signal had stopped the process.
struct ProcessSilence {
  /// Not confirmed yet.
  struct Candidate {
    var start: Int64
    var end: Int64
    var line: Int
  }

  /// When the last thing happened.
  private(set) var last: Int64 = .min
  /// When a signal stopped it last, and the line.
  var stopped: (time: Int64, line: Int, tid: Int32)?
  private(set) var candidate: Candidate?
  /// Its last standstill among all stalls found; -1 where there was none.
  var standstill = -1
  /// Place of its ``PauseWatch``; -1 while it has none.
  var watch: Int32 = -1

  /// Something happened at this time; a silence that it ends is the candidate from now on.
  @inline(__always)
  mutating func hear(_ time: Int64, _ line: Int, longerThan minimum: Int64) {
    if time > last {
      if last != .min, time &- last >= minimum { candidate = Candidate(start: last, end: time, line: line) }
      last = time
    }
  }

  /// A call that was open alone from the last thing that happened on.
  mutating func hear(alone start: Int64, _ end: Int64, _ line: Int) {
    let begin = max(start, last)
    guard begin < end else { return }
    candidate = Candidate(start: begin, end: end, line: line)
    last = end
  }

  mutating func takeCandidate() -> Candidate? {
    defer { candidate = nil }
    return candidate
  }
}
