import TraceAnalyses
import TraceSyntax

/// How long calls took on both sides of a comparison, as a gnuplot script and its data: a picture for each call that differs in time, then
/// for the busiest.
public struct GnuplotComparison: GnuplotPictures {
  public static let defaultLimit = 6
  public let scriptName = "compare.gp"
  public let dataName = "compare.dat"

  private let shown: [Comparison.Histograms]
  private let titles: [String]

  public init(_ comparison: Comparison, limit: Int = defaultLimit, redaction: Redaction = .none) {
    let shown = Array(comparison.histograms.prefix(max(1, limit)))
    self.shown = shown
    titles = shown.map { histograms in
      let name = redaction.isActive ? redaction.redact(histograms.syscall, as: .syscall) : histograms.syscall
      let finding = comparison.findings.first {
        $0.subject.level == .call && $0.subject.syscall == histograms.syscall && $0.quantile != nil
      }
      let medians = "p50 \(Self.duration(histograms.before.median)) and \(Self.duration(histograms.after.median))"
      return GnuplotText.harmless("\(name)\(finding.map { " is \($0.change.rawValue)" } ?? ""): \(medians)")
    }
  }

  private static func duration(_ nanoseconds: Int64?) -> String { nanoseconds.map { Duration.text($0) } ?? "?" }

  /// Two blocks a picture, before and after: `seconds share`, the share of the calls in each eighth of an octave.
  public func writeData(to sink: OutputSink) throws(OutputError) {
    try sink.write("# seconds share_of_calls; two blocks for each picture, before and after\n")
    for (index, histograms) in shown.enumerated() {
      for (side, name) in [(histograms.before, "before"), (histograms.after, "after")] {
        try sink.write("\(index > 0 || name == "after" ? "\n\n" : "")\"\(name) (\(side.calls) calls)\"\n")
        for step in histograms.range {
          try sink.write("\(Comparison.Histograms.start(of: step)) \(side.shares[step] ?? 0)\n")
        }
        try sink.write("\(Comparison.Histograms.start(of: histograms.range.upperBound)) 0\n")
      }
    }
  }

  public var script: String {
    let titles = titles.isEmpty ? "\"\"" : titles.map { "\"\($0)\"" }.joined(separator: ", ")
    let medians = shown.flatMap { [$0.before.median ?? 0, $0.after.median ?? 0] }.map { String(Double($0) / 1e9) }
    return """
      # How long calls took before and after. Run as it is:  gnuplot \(scriptName)
      #   gnuplot -e "type='png'" \(scriptName)               PNG instead of SVG
      #   gnuplot -e "overview='both.svg'" \(scriptName)      into that file
      # Columns of \(dataName): duration, share of the calls; two blocks for each picture.
      \(GnuplotStyle.variables(self))
      if (!exists("overview")) overview = "compare." . type
      pictures = \(shown.count)
      array title[\(max(1, shown.count))] = [\(titles)]
      array median[\(max(2, medians.count))] = [\(medians.isEmpty ? "0, 0" : medians.joined(separator: ", "))]
      rows = (pictures + 1) / 2

      set encoding utf8
      set grid ytics lc rgb "#dddddd"
      set border 3
      set tics nomirror
      set key inside right top Left reverse noenhanced font ",10" spacing 1.1
      set lmargin 10
      set rmargin 3
      set logscale x
      set xtics ("1us" 1e-6, "10us" 1e-5, "100us" 1e-4, "1ms" 1e-3, "10ms" 1e-2, "100ms" 0.1, "1s" 1, "10s" 10, "100s" 100)
      set yrange [0:*]
      set format y "%.0f %%"
      set ylabel "of calls"
      \(GnuplotStyle.terminal(height: "80 + 300 * (rows > 0 ? rows : 1)"))
      set output overview
      set multiplot layout (rows > 0 ? rows : 1),(pictures > 1 ? 2 : 1) title "how long calls took; upright lines are medians"
      if (pictures == 0) {
        set yrange [0:1]
        set xrange [1e-6:1]
        plot NaN notitle
      }
      do for [i = 0:pictures-1] {
        set title title[i + 1] noenhanced
        unset arrow
        if (median[2 * i + 1] > 0) { set arrow 1 from median[2 * i + 1], graph 0 to median[2 * i + 1], graph 1 nohead lc rgb "#1f77b4" lw 1 dt 2 }
        if (median[2 * i + 2] > 0) { set arrow 2 from median[2 * i + 2], graph 0 to median[2 * i + 2], graph 1 nohead lc rgb "#d62728" lw 1 dt 2 }
        plot data index (2 * i) using 1:(column(2) * 100) with fillsteps fs transparent solid 0.25 lc rgb "#1f77b4" notitle, \\
          data index (2 * i) using 1:(column(2) * 100) with steps lw 1.5 lc rgb "#1f77b4" title columnheader(1), \\
          data index (2 * i + 1) using 1:(column(2) * 100) with fillsteps fs transparent solid 0.25 lc rgb "#d62728" notitle, \\
          data index (2 * i + 1) using 1:(column(2) * 100) with steps lw 1.5 lc rgb "#d62728" title columnheader(1)
      }
      unset multiplot

      """
  }
}
