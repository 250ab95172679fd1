import TraceAnalyses
import TraceSyntax

/// The time that threads waited at each address over time, as a gnuplot script and its data.
public struct GnuplotFutex: GnuplotPictures {
  public let scriptName = "futex.gp"
  public let dataName = "futex.dat"
  /// Lines in a picture that can still be told apart.
  public static let defaultLimit = 12

  /// A lock with all of its addresses, or another address.
  private struct Line {
    let label: String
    let rows: Set<Int>
  }

  private let result: FutexResult
  private let lines: [Line]
  private let marks: GnuplotMarks

  /// Locks first, in their order, then barriers, then the addresses waited at longest.
  public init(
    _ result: FutexResult, limit: Int = defaultLimit, names: ThreadNames = ThreadNames(), events: [OutsideEvent] = [],
    redaction: Redaction = .none
  ) {
    self.result = result
    marks = GnuplotMarks(events: events, redaction: redaction)
    var locks: [Int: [Int]] = [:]
    var (barriers, others): ([Int], [Int]) = ([], [])
    for (index, row) in result.rows.enumerated() where row.waits > 0 {
      if let lock = row.lock {
        locks[lock, default: []].append(index)
      } else if row.use.isContention {
        barriers.append(index)
      } else {
        others.append(index)
      }
    }
    let held = locks.sorted { $0.key < $1.key }.map { lock, rows in
      // Where threads of a JVM park for a lock they park for work, too.
      let what =
        lock < result.locks.count && result.locks[lock].isInferred ? "where lock \(lock + 1)'s threads park" : "lock \(lock + 1)"
      return Line(label: Self.label(what, rows, result, names), rows: Set(rows))
    }
    let alone = (barriers + others).map { Line(label: Self.label(result.rows[$0].use.rawValue, [$0], result, names), rows: [$0]) }
    lines = Array((held + alone).prefix(max(1, limit)))
  }

  /// `lock 1: 0x7f69c81ac37c and 15 more, 8 waiters`
  private static func label(_ what: String, _ rows: [Int], _ result: FutexResult, _ names: ThreadNames) -> String {
    let first = result.rows[rows[0]]
    let more = rows.count > 1 ? " and \(rows.count - 1) more" : ""
    let waiters = first.lock.flatMap { $0 < result.locks.count ? result.locks[$0].waiters.count : nil } ?? first.waiters
    let who = waiters == 1 ? first.topWaiter.map { ", \(names.label($0))" } ?? "" : ", \(waiters) waiters"
    return GnuplotText.harmless("\(what): \(FutexResult.hexadecimal(first.address))\(more)\(who)")
  }

  /// One block a line: its name, then `seconds waited_s_per_s wakes_per_s`; zeros border on activity.
  public func writeData(to sink: OutputSink) throws(OutputError) {
    let seconds = Double(result.interval) / 1e9
    try sink.write("# time_s waited_s_per_s wakes_per_s; a block for each line of the picture\n")
    for (at, line) in lines.enumerated() {
      try sink.write("\(at > 0 ? "\n\n" : "")\"\(line.label)\"\n")
      var sums: [Int64: (time: Int64, wakes: Int)] = [:]
      for cell in result.timeline where line.rows.contains(cell.row) {
        sums[cell.interval, default: (0, 0)].time &+= cell.time
        sums[cell.interval, default: (0, 0)].wakes &+= cell.wakes
      }
      var previous: Int64?
      for (interval, sum) in sums.sorted(by: { $0.key < $1.key }) {
        if let last = previous, interval &- last > 1 {
          try sink.write("\(Double(last &+ 1) * seconds) 0 0\n")
          if interval &- last > 2 { try sink.write("\(Double(interval &- 1) * seconds) 0 0\n") }
        }
        try sink.write("\(Double(interval) * seconds) \(Double(sum.time) / 1e9 / seconds) \(Double(sum.wakes) / seconds)\n")
        previous = interval
      }
    }
  }

  public var script: String {
    let intervals = result.timeline.lazy.map(\.interval)
    let first = (intervals.min() ?? 0) &* result.interval
    let range = first...max(first, ((intervals.max() ?? 0) &+ 1) &* result.interval)
    return """
      # Time that threads waited for each lock and at other futex addresses, and wakes. Run as it is:  gnuplot \(scriptName)
      #   gnuplot -e "type='png'" \(scriptName)              PNG instead of SVG
      #   gnuplot -e "overview='waits.svg'" \(scriptName)    into that file
      # Columns of \(dataName): time, seconds waited per second (of all threads), wakes per second; a block for each line of the picture.
      \(GnuplotStyle.variables(self))
      if (!exists("overview")) overview = "futex." . type
      \(GnuplotStyle.terminal(height: "900"))
      set output overview
      \(GnuplotStyle.axes(result.clock))
      set lmargin 12
      set rmargin 50
      blocks = \(lines.count)
      \(GnuplotStyle.palette)
      \(marks.lines(in: range))
      \(marks.labels(in: range))
      set multiplot layout 2,1
      set title "threads waiting for locks, at barriers and elsewhere"
      set ylabel "s waited per s"
      plot for [i = 0:blocks-1] data index i using 1:2 with lines lw 1.5 lc rgb colour[1 + i % 12] title columnheader(1)
      set title "wakes"
      set ylabel "wakes/s"
      plot for [i = 0:blocks-1] data index i using 1:3 with lines lw 1.5 lc rgb colour[1 + i % 12] title columnheader(1)
      unset multiplot

      """
  }
}
