import TraceSyntax

/// Calls of one kind on one side of a comparison: all runs, block by block.
struct ComparedCalls: Sendable {
  var calls: [Double] = []
  var errors: [Double] = []
  var timed: [Double] = []
  var times: [[LogHistogram.Bucket]] = []
  var runs: [Int] = []
  var errnos: [Errno: [Double]] = [:]
  var firstErrors: [Errno: (run: Int, line: Int)] = [:]
  var time: Int64 = 0
  var first: (run: Int, line: Int)?
  var longest: (run: Int, line: Int, duration: Int64)?
  var durations = DurationCounts([])

  var callCount: Int { Int(calls.reduce(0, +)) }
  var errorCount: Int { Int(errors.reduce(0, +)) }
  /// Nanoseconds.
  var mean: Double? { durations.total > 0 ? Double(time) / Double(durations.total) : nil }
  /// Blocks in which there are such calls.
  var occasions: Int { calls.count { $0 > 0 } }

  /// - Parameters:
  ///   - parts: the calls of each run; nil where a run has none.
  ///   - blocks: how many blocks each run has.
  init(_ parts: [SlicedCalls?], blocks: [Int]) {
    for (run, part) in parts.enumerated() {
      let count = blocks[run]
      let start = calls.count
      runs += [Int](repeating: run, count: count)
      let part = part ?? SlicedCalls(count: count)
      calls += part.calls.map(Double.init)
      errors += part.errors.map(Double.init)
      timed += part.timed.map(Double.init)
      times += part.times
      time = Summary.sum(time, part.time)
      for (errno, more) in part.errnos {
        var counts = errnos[errno] ?? []
        counts += [Double](repeating: 0, count: start - counts.count) + more.counts.map(Double.init)
        errnos[errno] = counts
        if firstErrors[errno] == nil { firstErrors[errno] = (run, more.firstLine) }
      }
      if first == nil, part.firstLine > 0 { first = (run, part.firstLine) }
      if part.longest >= 0, part.longest > (longest?.duration ?? -1) { longest = (run, part.longestLine, part.longest) }
    }
    for (errno, counts) in errnos { errnos[errno] = counts + [Double](repeating: 0, count: calls.count - counts.count) }
    durations = DurationCounts(times.mergedPairwise())
  }

  /// The share of durations longer than one.
  func shareBeyond(_ duration: Int64) -> Estimate? {
    let beyond = times.map { block in Double(block.reduce(0) { $0 + ($1.upper > duration ? $1.count : 0) }) }
    return BlockRatio.estimate(beyond, of: timed, runs: runs)
  }
}

extension [[LogHistogram.Bucket]] {
  /// All of them in one: pairs first, so that each bucket is moved a few times only.
  func mergedPairwise() -> [LogHistogram.Bucket] {
    var rest = self
    while rest.count > 1 {
      rest = stride(from: 0, to: rest.count, by: 2).map { $0 + 1 < rest.count ? rest[$0].merged(rest[$0 + 1]) : rest[$0] }
    }
    return rest.first ?? []
  }
}
