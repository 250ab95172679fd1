import TraceAnalyses
import TraceSyntax

/// Open descriptors over time as a gnuplot script and its data: a line for each process, or, of a single one, for each kind.
public struct GnuplotGrowth: GnuplotPictures {
  /// Processes in the picture.
  public static let limit = 12
  public let scriptName = "fd-growth.gp"
  public let dataName = "fd-growth.dat"

  private struct Line {
    var label: String
    /// Interval and number at its end.
    var points: [(interval: Int64, open: Int)]
  }

  private let result: FdGrowth.Result
  private let lines: [Line]
  private let marks: GnuplotMarks

  public init(_ result: FdGrowth.Result, events: [OutsideEvent] = [], redaction: Redaction = .none) {
    self.result = result
    marks = GnuplotMarks(events: events, redaction: redaction)
    var byProcess: [String: [FdGrowth.Row]] = [:]
    for row in result.rows { byProcess[row.process, default: []].append(row) }
    // Those that had the most; processes are never a secret.
    let ranked = byProcess.sorted { (Self.peak($1.value), $0.key) < (Self.peak($0.value), $1.key) }.prefix(Self.limit)
    if let only = ranked.first, ranked.count == 1 {
      let kinds: [(String, (FdGrowth.Counts) -> Int)] = [
        ("all", \.all), ("sockets", \.sockets), ("files", \.files), ("pipes", \.pipes), ("others", \.others),
      ]
      lines = kinds.map { name, count in Line(label: name, points: only.value.map { ($0.interval, count($0.open)) }) }
    } else {
      lines = ranked.map { process, rows in Line(label: process, points: rows.map { ($0.interval, $0.open.all) }) }
    }
  }

  private static func peak(_ rows: [FdGrowth.Row]) -> Int { rows.map(\.peak).max() ?? 0 }

  /// One block a line: its name, then `seconds open`, at the end of each interval.
  public func writeData(to sink: OutputSink) throws(OutputError) {
    try sink.write("# time_s open; a block for each line of the picture\n")
    let seconds = Double(result.interval) / 1e9
    for (index, line) in lines.enumerated() {
      try sink.write("\(index > 0 ? "\n\n" : "")\"\(GnuplotText.harmless(line.label))\"\n")
      for (interval, open) in line.points { try sink.write("\((Double(interval) + 1) * seconds) \(open)\n") }
      if let last = line.points.last, last.interval < result.last {
        try sink.write("\((Double(result.last) + 1) * seconds) \(last.open)\n")
      }
    }
  }

  public var script: String {
    let first = (result.rows.first?.interval ?? 0) &* result.interval
    let range = first...max(first, (result.last &+ 1) &* result.interval)
    return """
      # Open descriptors over time, at the end of each interval of \(ClockText.seconds(result.interval)) s. Run as it is:  gnuplot \(scriptName)
      #   gnuplot -e "type='png'" \(scriptName)             PNG instead of SVG
      #   gnuplot -e "overview='open.svg'" \(scriptName)    into that file
      # Columns of \(dataName): time, open descriptors; a block for each line.
      \(GnuplotStyle.variables(self))
      if (!exists("overview")) overview = "fd-growth." . type
      blocks = \(lines.count)

      \(GnuplotStyle.axes(result.clock))
      set yrange [0:*]
      set title "open descriptors"
      set ylabel "descriptors"
      \(GnuplotStyle.palette)
      \(GnuplotStyle.terminal(height: "500"))
      \(marks.lines(in: range))
      \(marks.labels(in: range))
      set output overview
      plot for [i = 0:blocks-1] data index i using 1:2 with steps lw 1.5 lc rgb colour[1 + i % 12] title columnheader(1)

      """
  }
}
