import TraceAnalyses
import TraceSyntax

/// The four pictures of a timeline (read time, read bytes, write time, write bytes per descriptor and interval) as a gnuplot
/// script and its data.
public struct GnuplotTimeline: GnuplotPictures {
  /// Lines in a picture that can still be told apart.
  public static let defaultLimit = 12
  public let scriptName = "fd-timeline.gp"
  public let dataName = "fd-timeline.dat"

  private let result: FdTimelineResult
  private let ranked: [Int]
  private let redaction: Redaction
  private let events: [OutsideEvent]

  /// Events of outside are marked in every picture.
  public init(
    _ result: FdTimelineResult, limit: Int = defaultLimit, events: [OutsideEvent] = [], redaction: Redaction = .none
  ) {
    self.result = result
    self.events = events
    self.redaction = redaction
    ranked = Array(
      result.series.indices.filter { result.series[$0].n >= 0 }.sorted { result.series[$0].isBusier(than: result.series[$1]) }
        .prefix(max(1, limit)))
  }

  /// One block a descriptor: a line with its name, then `seconds read_time_s read_bytes write_time_s write_bytes`, rates per second.
  ///
  /// Intervals without activity are written as zeros where they border on activity, so that a silence is drawn as one.
  public func writeData(to sink: OutputSink) throws(OutputError) {
    let position = Dictionary(uniqueKeysWithValues: ranked.enumerated().map { ($1, $0) })
    var cells = [[Int64: (read: FdTimelineRow?, write: FdTimelineRow?)]](repeating: [:], count: ranked.count)
    for row in result.rows {
      guard let at = position[row.seriesIndex] else { continue }
      if row.isRead {
        cells[at][row.interval, default: (nil, nil)].read = row
      } else {
        cells[at][row.interval, default: (nil, nil)].write = row
      }
    }
    let seconds = Double(result.interval) / 1e9
    let first = result.rows.first?.interval ?? 0
    let last = result.rows.last?.interval ?? 0
    let labels = self.labels
    try sink.write(
      "# time_s read_time_s_per_s read_bytes_per_s write_time_s_per_s write_bytes_per_s; a block for each descriptor\n")
    for (at, label) in labels.enumerated() {
      try sink.write("\(at > 0 ? "\n\n" : "")\"\(label)\"\n")
      func line(_ interval: Int64) throws(OutputError) {
        let cell = cells[at][interval]
        var values = [Double(interval) * seconds]
        for row in [cell?.read, cell?.write] {
          values.append(Double(row?.time ?? 0) / 1e9 / seconds)
          values.append(Double(row?.bytes ?? 0) / seconds)
        }
        try sink.write(values.map(String.init(describing:)).joined(separator: " ") + "\n")
      }
      var previous = first - 1
      for interval in cells[at].keys.sorted() {
        if interval - previous > 1 { try line(previous + 1) }
        if interval - previous > 2 { try line(interval - 1) }
        try line(interval)
        previous = interval
      }
      if previous < last { try line(previous + 1) }
      if previous + 1 < last { try line(last) }
    }
  }

  /// Upper ends of the four y axes: where single peaks would flatten everything else they are cut, and the title says so.
  private var limits: [(shown: Double, peak: Double)] {
    let shown = Set(ranked)
    let seconds = Double(result.interval) / 1e9
    var limits: [(shown: Double, peak: Double)] = []
    for isRead in [true, false] {
      let rows = result.rows.filter { $0.isRead == isRead && shown.contains($0.seriesIndex) }
      limits.append(Self.limit(rows.map { Double($0.time) / 1e9 / seconds }))
      limits.append(Self.limit(rows.map { Double($0.bytes) / seconds }))
    }
    return limits
  }

  private static func limit(_ values: [Double]) -> (shown: Double, peak: Double) {
    let sorted = values.filter { $0 > 0 }.sorted()
    guard let peak = sorted.last else { return (1, 1) }
    let usual = sorted[sorted.count * 97 / 100]
    return (peak > usual * 3 ? usual * 2 : peak * 1.05, peak)
  }

  /// Names for the legend: stream, peer or path, with the number. Only harmless characters: gnuplot reads them as data.
  private var labels: [String] {
    ranked.map { index in
      let series = result.series[index]
      let place = "\(series.process):\(series.descriptor)" + (series.n == 0 ? "" : ".\(series.n)")
      let label = series.label(redaction: redaction)
      let text = label == "fd \(series.descriptor)" ? place : "\(String(label.suffix(40))) (\(place))"
      return GnuplotText.harmless(text)
    }
  }

  public var script: String {
    let every = ClockText.seconds(result.interval)
    let limits = limits
    let shownLimits = limits.map { String($0.shown) }.joined(separator: ", ")
    let cuts = limits.map { $0.shown < $0.peak ? "1" : "0" }.joined(separator: ", ")
    let first = (result.rows.first?.interval ?? 0) &* result.interval
    let marks = GnuplotMarks(events: events, redaction: redaction)
    let range = first...max(first, ((result.rows.last?.interval ?? 0) &+ 1) &* result.interval)
    let peaks = limits.map { String($0.peak) }.joined(separator: ", ")
    return """
      # Reads and writes of each descriptor over time, in intervals of \(every) s. Run as it is:  gnuplot \(scriptName)
      # It writes five pictures beside itself: the four below, and all of them under each other in fd-timeline.svg.
      #   gnuplot -e "type='png'" \(scriptName)              PNG instead of SVG
      #   gnuplot -e "overview='all.svg'" \(scriptName)      only the overview, into that file
      #   gnuplot -e "full=1" \(scriptName)                  y axes up to the highest peak
      # Columns of \(dataName): time, read time, read bytes, write time, write bytes (all per second); a block for each line.
      \(GnuplotStyle.variables(self))
      blocks = \(ranked.count)

      \(GnuplotStyle.axes(result.clock))
      set lmargin 12
      set rmargin 40
      set format y "%.1s%c"
      \(marks.lines(in: range))
      \(marks.labels(in: range))
      \(GnuplotStyle.palette)

      array what[4] = ["read time", "read bytes", "write time", "write bytes"]
      array unit[4] = ["s of read per s", "bytes/s read", "s of write per s", "bytes/s written"]
      array name[4] = ["read-time", "read-bytes", "write-time", "write-bytes"]

      # Upper end of each y axis, whether it cuts a peak off, and that peak.
      array limit[4] = [\(shownLimits)]
      array cut[4] = [\(cuts)]
      array peak[4] = [\(peaks)]
      full = exists("full")
      heading(p) = what[p] . " of each descriptor" . (cut[p] && !full ? gprintf(" (axis cut, peak %.0s%c)", peak[p]) : "")
      top(p) = full ? peak[p] * 1.05 : limit[p]

      if (!exists("overview")) {
        \(GnuplotStyle.terminal(height: "500"))
        do for [p = 1:4] {
          set output name[p] . "." . type
          set title heading(p)
          set yrange [0:top(p)]
          set ylabel unit[p]
          plot for [i = 0:blocks-1] data index i using 1:(column(p + 1)) with lines lw 1.5 lc rgb colour[1 + i % 12] title columnheader(1)
        }
        overview = "fd-timeline." . type
      }
      \(GnuplotStyle.terminal(height: "1500"))
      set output overview
      set multiplot layout 4,1
      do for [p = 1:4] {
        set title heading(p)
        set yrange [0:top(p)]
        set ylabel unit[p]
        plot for [i = 0:blocks-1] data index i using 1:(column(p + 1)) with lines lw 1.5 lc rgb colour[1 + i % 12] title columnheader(1)
      }
      unset multiplot

      """
  }
}
