import TraceAnalyses
import TraceSyntax

/// The time that threads waited at each address over time, as a gnuplot script and its data.
public struct GnuplotFutex: GnuplotPictures {
  public let scriptName = "futex.gp"
  public let dataName = "futex.dat"
  /// Lines in a picture that can still be told apart.
  public static let defaultLimit = 12

  private let result: FutexResult
  private let names: ThreadNames
  private let shown: [Int]
  private let marks: GnuplotMarks

  /// Locks and barriers first, in their order, then the addresses waited at longest.
  public init(
    _ result: FutexResult, limit: Int = defaultLimit, names: ThreadNames = ThreadNames(), events: [OutsideEvent] = [],
    redaction: Redaction = .none
  ) {
    self.result = result
    marks = GnuplotMarks(events: events, redaction: redaction)
    self.names = names
    let waited = result.rows.indices.filter { result.rows[$0].waits > 0 }
    let held = waited.filter { result.rows[$0].lock != nil || result.rows[$0].use.isContention }
    let idle = waited.filter { result.rows[$0].lock == nil && !result.rows[$0].use.isContention }
    shown = Array((held + idle).prefix(max(1, limit)))
  }

  /// One block an address: a line with its name, then `seconds waited_s_per_s wakes_per_s`; zeros border on activity.
  public func writeData(to sink: OutputSink) throws(OutputError) {
    let seconds = Double(result.interval) / 1e9
    try sink.write("# time_s waited_s_per_s wakes_per_s; a block for each address\n")
    for (at, index) in shown.enumerated() {
      try sink.write("\(at > 0 ? "\n\n" : "")\"\(label(index))\"\n")
      var previous: Int64?
      for cell in result.timeline where cell.row == index {
        if let last = previous, cell.interval &- last > 1 {
          try sink.write("\(Double(last &+ 1) * seconds) 0 0\n")
          if cell.interval &- last > 2 { try sink.write("\(Double(cell.interval &- 1) * seconds) 0 0\n") }
        }
        try sink.write(
          "\(Double(cell.interval) * seconds) \(Double(cell.time) / 1e9 / seconds) \(Double(cell.wakes) / seconds)\n")
        previous = cell.interval
      }
    }
  }

  /// The line's name in the legend.
  private func label(_ index: Int) -> String {
    let row = result.rows[index]
    let what = row.lock.map { "lock \($0 + 1)" } ?? row.use.rawValue
    let who = row.waiters == 1 ? row.topWaiter.map { ", \(names.label($0))" } ?? "" : ", \(row.waiters) waiters"
    return GnuplotText.harmless("\(FutexResult.hexadecimal(row.address)) (\(what)\(who))")
  }

  public var script: String {
    let hasClock = result.clock.kind == .timeOfDay || result.clock.kind == .epoch
    let intervals = result.timeline.lazy.map(\.interval)
    let first = (intervals.min() ?? 0) &* result.interval
    let range = first...max(first, ((intervals.max() ?? 0) &+ 1) &* result.interval)
    return """
      # Time that threads waited at each futex address, and wakes. Run as it is:  gnuplot \(scriptName)
      #   gnuplot -e "type='png'" \(scriptName)              PNG instead of SVG
      #   gnuplot -e "overview='waits.svg'" \(scriptName)    into that file
      # Columns of \(dataName): time, seconds waited per second (of all threads), wakes per second; a block for each line.
      if (!exists("type")) type = "svg"
      if (!exists("data")) data = "\(dataName)"
      if (!exists("overview")) overview = "futex." . type
      if (type eq "png") { set terminal pngcairo size 1200,900 background "white" } else { set terminal svg size 1200,900 dynamic background "white" }
      set output overview
      set encoding utf8
      set grid ytics lc rgb "#dddddd"
      set border 3
      set tics nomirror
      set key outside right top Left reverse noenhanced font ",10" spacing 1.1
      set lmargin 12
      set rmargin 50
      \(hasClock ? "set format x \"%H:%M:%S\" timedate" : "set xlabel \"seconds\"")
      set xtics rotate by -30
      blocks = \(shown.count)
      \(marks.lines(in: range))
      \(marks.labels(in: range))
      set multiplot layout 2,1
      set title "threads waiting at each address"
      set ylabel "s waited per s"
      plot for [i = 0:blocks-1] data index i using 1:2 with lines lw 1.5 title columnheader(1)
      set title "wakes at each address"
      set ylabel "wakes/s"
      plot for [i = 0:blocks-1] data index i using 1:3 with lines lw 1.5 title columnheader(1)
      unset multiplot

      """
  }
}
