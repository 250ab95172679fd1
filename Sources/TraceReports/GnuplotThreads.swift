import TraceAnalyses
import TraceSyntax

/// What the busiest threads spent their time on, a panel of stacked areas each, as a gnuplot script and its data.
public struct GnuplotThreads: GnuplotPictures {
  /// Panels of a picture that can be told apart.
  public static let defaultLimit = 6
  public let scriptName = "threads.gp"
  public let dataName = "threads.dat"

  private let result: ThreadsResult
  private let ranked: [Int]
  private let events: [OutsideEvent]
  private let redaction: Redaction

  /// The result must have its timeline.
  public init(
    _ result: ThreadsResult, limit: Int = defaultLimit, events: [OutsideEvent] = [], redaction: Redaction = .none
  ) {
    self.result = result
    self.events = events
    self.redaction = redaction
    let threads = result.threads
    ranked = Array(
      threads.indices.sorted { (threads[$1].busy, $0) < (threads[$0].busy, $1) }.prefix(max(1, limit)))
  }

  /// A block a thread: a line with its name, then the share of each activity at both ends of each interval, so that areas are steps.
  public func writeData(to sink: OutputSink) throws(OutputError) {
    let place = Dictionary(uniqueKeysWithValues: ranked.enumerated().map { ($1, $0) })
    var rows = [[ThreadsResult.Row]](repeating: [], count: ranked.count)
    for row in result.rows { if let at = place[row.thread] { rows[at].append(row) } }
    let length = Double(result.interval)
    try sink.write("# time_s \(Self.order.map(\.name).joined(separator: " ")): shares of the interval; a block for each thread\n")
    for (at, index) in ranked.enumerated() {
      try sink.write("\(at > 0 ? "\n\n" : "")\"\(label(index))\"\n")
      for row in rows[at] {
        let shares = Self.order.map { String(describing: Double(row.times[$0]) / length) }.joined(separator: " ")
        let start = Double(row.interval) * length / 1e9
        try sink.write("\(start) \(shares)\n\(start + length / 1e9) \(shares)\n")
      }
    }
  }

  private func label(_ index: Int) -> String {
    let thread = result.threads[index]
    let name = [thread.name, thread.role == .unknown ? nil : thread.role.rawValue].compactMap { $0 }.joined(separator: ", ")
    return GnuplotText.harmless("\(thread.process):\(thread.tid)" + (name.isEmpty ? "" : " (\(name))"))
  }

  /// From the axis up: what is done first, what waits behind it, nothing at the top.
  private static let order: [Activity] = [
    .networkRead, .networkWrite, .file, .sync, .connect, .other, .untraced, .lock, .sleep, .idle,
  ]
  private static let colours: [Activity: String] = [
    .networkRead: "#1f77b4", .networkWrite: "#d62728", .file: "#8c564b", .sync: "#ff7f0e", .connect: "#17becf",
    .other: "#7f7f7f", .untraced: "#2ca02c", .lock: "#9467bd", .sleep: "#dddddd", .idle: "#f2f2f2",
  ]
  private static let headings: [Activity: String] = [
    .networkRead: "network read", .networkWrite: "network write", .untraced: "no call (running)", .lock: "lock wait",
  ]

  /// The times shown.
  private var range: ClosedRange<Int64> {
    let first = result.origin &* result.interval
    return first...max(first, result.clock.last)
  }

  public var script: String {
    let titles = ranked.isEmpty ? "\"\"" : ranked.map { "\"\(label($0))\"" }.joined(separator: ", ")
    let names = Self.order.map { "\"\(Self.headings[$0] ?? $0.name)\"" }.joined(separator: ", ")
    let colours = Self.order.map { "\"\(Self.colours[$0] ?? "#000000")\"" }.joined(separator: ", ")
    let marks = GnuplotMarks(events: events, redaction: redaction)
    let (first, last) = (Double(range.lowerBound) / 1e9, Double(range.upperBound) / 1e9)
    return """
      # What threads spent their time on, in intervals of \(ClockText.seconds(result.interval)) s. Run as it is:  gnuplot \(scriptName)
      #   gnuplot -e "type='png'" \(scriptName)              PNG instead of SVG
      #   gnuplot -e "overview='all.svg'" \(scriptName)      into that file
      \(GnuplotStyle.variables(self))
      if (!exists("overview")) overview = "threads." . type
      blocks = \(ranked.count)
      array title[\(max(1, ranked.count))] = [\(titles)]
      array name[\(Self.order.count)] = [\(names)]
      array colour[\(Self.order.count)] = [\(colours)]

      set encoding utf8
      set lmargin 10
      set rmargin 24
      set yrange [0:1]
      set xrange [\(first):\(max(last, first + 1))]
      \(GnuplotStyle.terminal(height: "180 + 150 * blocks"))
      set output overview
      set multiplot

      # Above: the names of events, and of the colours.
      top = 180.0 / (180 + 150 * blocks)
      set size 1,top
      set origin 0,1 - top
      set border 0
      unset tics
      set tmargin 0
      set bmargin 0
      set key outside right center Left reverse noenhanced font ",10" invert
      \(marks.labels(in: range))
      plot for [k = 1:\(Self.order.count)] -1 with boxes fs solid lc rgb colour[k] title name[k]

      unset label
      unset key
      set tmargin 2
      set bmargin 2
      set border 3
      set xtics nomirror font ",9"
      set ytics nomirror ("0" 0, "50 %%" 0.5, "100 %%" 1)
      \(GnuplotStyle.time(result.clock))
      \(marks.lines(in: range))
      set size 1,(1 - top) / blocks
      do for [i = 0:blocks-1] {
        set origin 0,(1 - top) * (blocks - 1 - i) / blocks
        set title title[i + 1] noenhanced offset 0,-0.7
        plot for [k = \(Self.order.count):1:-1] data index i every ::1 using 1:(sum [c = 2:k + 1] column(c)) with filledcurves x1 lc rgb colour[k]
      }
      unset multiplot

      """
  }
}
