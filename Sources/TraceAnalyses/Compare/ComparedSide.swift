import TraceSyntax

/// One side of a comparison: its runs and what is asked of all of them.
struct ComparedSide {
  let runs: [Behaviour.Result]
  /// Lengths of the blocks of all runs, one after the other, in seconds of log; in calls where a log has no stamps.
  let lengths: [Double]
  let runOfBlock: [Int]
  let calls: [String: ComparedCalls]
  let classes: [Behaviour.SeriesKey: ComparedCalls]
  let all: ComparedCalls
  /// Nanoseconds that the cheapest kind of call takes, and the kinds whose median is no more than half above it.
  private(set) var floor: Int64?
  private(set) var onFloor: Set<String> = []

  private static let fewestForFloor = 20

  init(_ runs: [Behaviour.Result], byTime: Bool) {
    self.runs = runs
    let blocks = runs.map(\.slices.count)
    runOfBlock = blocks.enumerated().flatMap { [Int](repeating: $0, count: $1) }
    var byCall: [String: [SlicedCalls?]] = [:]
    var byClass: [Behaviour.SeriesKey: [SlicedCalls?]] = [:]
    var total = [SlicedCalls?](repeating: nil, count: runs.count)
    let none = total
    for (run, result) in runs.enumerated() {
      // In an order of its own: sums of durations stop at the largest number.
      for (key, series) in result.series.sorted(by: {
        ($0.key.syscall, $0.key.connectionClass) < ($1.key.syscall, $1.key.connectionClass)
      }) {
        Self.add(series, to: &byCall[key.syscall, default: none], run)
        Self.add(series, to: &total, run)
        if !key.connectionClass.isEmpty { Self.add(series, to: &byClass[key, default: none], run) }
      }
    }
    calls = byCall.mapValues { ComparedCalls($0, blocks: blocks) }
    classes = byClass.mapValues { ComparedCalls($0, blocks: blocks) }
    all = ComparedCalls(total, blocks: blocks)
    lengths = byTime ? runs.flatMap { $0.slices.map { $0 / 1e9 } } : all.calls
    findFloor()
  }

  private static func add(_ series: SlicedCalls, to parts: inout [SlicedCalls?], _ run: Int) {
    if parts[run] == nil { parts[run] = series } else { parts[run]?.take(series) }
  }

  private mutating func findFloor() {
    var medians: [(name: String, median: Int64)] = []
    for (name, calls) in calls where calls.durations.total >= Self.fewestForFloor {
      if let median = calls.durations.quantile(0.5) { medians.append((name, median)) }
    }
    guard let least = medians.map(\.median).min() else { return }
    floor = least
    // A microsecond is what -T prints at its finest in most logs.
    let top = max(least + 1000, least + least / 2)
    onFloor = Set(medians.filter { $0.median <= top }.map(\.name))
  }

  /// Seconds of log, or calls.
  var length: Double { lengths.reduce(0, +) }

  /// Calls for each second of log (or of all calls).
  func rate(_ calls: [Double]) -> Estimate? {
    guard let rate = BlockRatio.estimate(calls, of: lengths, runs: runOfBlock) else { return nil }
    // Poisson's, for calls that know nothing of each other.
    return rate.atLeast(max(1, calls.reduce(0, +)) / (length * length))
  }

  /// Durations of some kinds together.
  func durations(of names: Set<String>) -> DurationCounts {
    DurationCounts(names.sorted().compactMap { calls[$0]?.durations.buckets }.mergedPairwise())
  }
}
