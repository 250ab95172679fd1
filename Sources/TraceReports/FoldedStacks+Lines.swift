import TraceAnalyses

extension FoldedStacks {
  /// Writes `comm;frame;frame 17`, a line for each stack, sorted by bytes as stackcollapse-perf.pl does.
  public func writeFolded(to sink: OutputSink) throws(OutputError) {
    // The line before without its weight, and its names with where each ends: the next shares most of it.
    var line: [UInt8] = []
    var before: [(name: Int32, end: Int)] = []
    try forEachStack { (path, weight) throws(OutputError) in
      var shared = 0
      while shared < path.count, shared < before.count, path[shared] == before[shared].name { shared += 1 }
      before.removeLast(before.count - shared)
      line.removeLast(line.count - (before.last?.end ?? 0))
      for name in path[shared...] {
        if !before.isEmpty { line.append(UInt8(ascii: ";")) }
        names.append(name, to: &line)
        before.append((name, line.count))
      }
      try sink.write(line)
      try sink.write(byte: UInt8(ascii: " "))
      try sink.write(integer: weight)
      try sink.write(byte: UInt8(ascii: "\n"))
    }
    try sink.flush()
  }

  /// What to know of the profile besides its stacks, for people.
  public var notes: [String] {
    var notes: [String] = []
    if events.count > 1, !addsEvents {
      let others = events.dropFirst().map { "\($0.samples) of \($0.name.isEmpty ? "no event" : $0.name)" }
      notes.append(
        "only samples of \(events[0].name) are folded; left out: \(others.joined(separator: ", ")) (--event-filter picks)")
    }
    if withoutTime > 0 { notes.append("\(withoutTime) samples have no stamp and are left out") }
    if withoutStack > 0 { notes.append("\(withoutStack) samples have no stack (record with perf record -g)") }
    if untimedCalls > 0 {
      notes.append("the log does not tell how long \(untimedCalls) calls took (strace -T does): they weigh nothing")
    }
    if openCalls > 0 { notes.append("\(openCalls) calls did not return in the log and are left out") }
    if lostEvents > 0 { notes.append("perf lost \(lostEvents) events") }
    if cutStacks > 0 { notes.append("\(cutStacks) stacks were cut at 65536 frames") }
    if endsWithinSample { notes.append("a log ends within a sample: its last frames may be missing") }
    if let firstNotUnderstood {
      notes.append("\(notUnderstood) lines were not understood, the first is line \(firstNotUnderstood)")
    }
    return sourceNotes + notes
  }

  /// One line for people.
  public var verdict: String {
    "\(lines) lines: \(samples) \(unit == .count ? "samples" : "calls")\(outOfTime > 0 ? ", \(outOfTime) more outside of the times asked for" : ""), \(stacks) distinct stacks"
  }
}
