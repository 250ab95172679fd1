import TraceAnalyses

/// A subsecond heat map: a column for each second of a profile (or for several, where it is long), in it a cell for each slice from below; the
/// more samples in it, the darker. Threads that wake up together, pauses, and what happens once a second show as patterns.
public struct HeatMap {
  public struct Options: Sendable {
    public var title = "Samples"
    public init() {}
  }

  /// Pixels from edge to edge, at most and at least.
  static let widest = 1200
  static let narrowest = 480
  static let left = 54
  static let right = 14
  static let head = 52
  static let foot = 40
  /// Pixels of all rows of a column.
  static let rowsHeight = 300
  static let steps = 10
  /// More columns would be narrower than two pixels.
  static let mostColumns = 560
  static let widestColumn = 40.0

  let stacks: FoldedStacks
  let times: StackTimes
  let options: Options
  /// Slices of a second, and seconds of a column.
  let rows: Int
  let secondsPerColumn: Int64
  let firstSecond: Int64
  let columns: Int
  /// Samples by column and row.
  let counts: [Int64]
  let largest: Int64
  /// Whether stamps have no fractions of a second, so that there is nothing to see within one: a second has one cell.
  let isOfWholeSeconds: Bool

  /// nil where no sample has a time.
  public init?(_ stacks: FoldedStacks, _ options: Options = Options()) {
    guard var times = stacks.times else { return nil }
    isOfWholeSeconds = times.isOfWholeSeconds
    if isOfWholeSeconds { times = times.bySecond }
    guard let first = times.cells.first?.slice, let last = times.cells.last?.slice else { return nil }
    self.stacks = stacks
    self.times = times
    self.options = options
    rows = Int(1_000_000_000 / times.length)
    let perSecond = Int64(rows)
    firstSecond = first / perSecond - (first % perSecond < 0 ? 1 : 0)
    let seconds = last / perSecond - firstSecond + 1
    secondsPerColumn = (seconds + Int64(Self.mostColumns) - 1) / Int64(Self.mostColumns)
    columns = Int((seconds + secondsPerColumn - 1) / secondsPerColumn)
    var counts = [Int64](repeating: 0, count: columns * rows)
    for cell in times.cells {
      let since = cell.slice - firstSecond * perSecond
      let place =
        Int(since / (perSecond * secondsPerColumn)) * rows + Int(since % (perSecond * secondsPerColumn) / secondsPerColumn)
      counts[place] = counts[place] &+ cell.samples
    }
    self.counts = counts
    largest = counts.max() ?? 0
  }

  var columnWidth: Double { min(Self.widestColumn, Double(Self.widest - Self.left - Self.right) / Double(columns)) }
  var width: Int { max(Self.narrowest, Self.left + Int((columnWidth * Double(columns)).rounded(.up)) + Self.right) }
  var rowHeight: Double { Double(Self.rowsHeight) / Double(rows) }
  static var height: Int { head + rowsHeight + foot }

  /// The step of the colour scale for so many samples; nil for none.
  func step(_ samples: Int64) -> Int? {
    guard samples > 0, largest > 0 else { return nil }
    return min(Self.steps - 1, Int(Double(samples) / Double(largest) * Double(Self.steps) - 1e-9))
  }

  /// As one SVG file that needs nothing else.
  public func write(to sink: OutputSink) throws(OutputError) {
    try sink.write(
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(Self.height)" viewBox="0 0 \(width) \(Self.height)">
      <style>\(Self.style)</style>
      <rect class="back" width="100%" height="100%"/>

      """)
    try sink.write(picture)
    try sink.write("</svg>\n")
    try sink.flush()
  }

  /// Title, axes, cells and scale, without what is around them.
  var picture: String {
    var text = """
      <text class="title" x="\(width / 2)" y="24" text-anchor="middle">\(FlameGraph.escaped(options.title))</text>
      <rect class="field" x="\(Self.left)" y="\(Self.head)" width="\(FlameGraph.decimal(columnWidth * Double(columns)))" height="\(Self.rowsHeight)"/>

      """
    var paths = [String](repeating: "", count: Self.steps)
    for column in 0..<columns {
      var row = 0
      while row < rows {
        guard let step = step(counts[column * rows + row]) else {
          row += 1
          continue
        }
        // Cells of one colour above each other are one.
        var end = row + 1
        while end < rows, self.step(counts[column * rows + end]) == step { end += 1 }
        let (x, y) = (
          Double(Self.left) + Double(column) * columnWidth, Double(Self.head + Self.rowsHeight) - Double(end) * rowHeight
        )
        let high = FlameGraph.decimal(Double(end - row) * rowHeight)
        let wide = FlameGraph.decimal(columnWidth)
        paths[step] += "M\(FlameGraph.decimal(x)) \(FlameGraph.decimal(y))h\(wide)v\(high)h-\(wide)z"
        row = end
      }
    }
    text += "<g id=\"cells\">\n"
    for (step, path) in paths.enumerated() where !path.isEmpty { text += "<path class=\"s\(step)\" d=\"\(path)\"/>\n" }
    return text + "</g>\n" + axes + scale
  }

  private var axes: String {
    var text = "<g id=\"ticks\">\n"
    for second in stride(from: 0, to: Int64(columns) * secondsPerColumn, by: Int(interval)) {
      let x = FlameGraph.decimal(Double(Self.left) + Double(second) / Double(secondsPerColumn) * columnWidth)
      let y = Self.head + Self.rowsHeight
      text += """
        <path class="tick" d="M\(x) \(y)v4"/><text class="note" x="\(x)" y="\(y + 17)" text-anchor="middle">\(firstSecond + second)</text>

        """
    }
    text += "</g>\n"
    if !isOfWholeSeconds {
      for quarter in 0...4 {
        let y = Self.head + Self.rowsHeight - Self.rowsHeight * quarter / 4
        let time = FlameGraph.decimal(Double(quarter) * Double(secondsPerColumn) / 4)
        text += "<text class=\"note\" x=\"\(Self.left - 6)\" y=\"\(y + 4)\" text-anchor=\"end\">\(time) s</text>\n"
      }
    }
    return text + """
      <text class="note" id="axis" x="\(Self.left)" y="\(Self.head + Self.rowsHeight + 34)">\(axis)</text>

      """
  }

  /// Seconds from mark to mark: about 70 pixels.
  private var interval: Int64 {
    let least = Int64(Double(secondsPerColumn) * 70 / columnWidth)
    return Self.intervals.first { $0 >= least } ?? least
  }

  static let intervals: [Int64] = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 86400]

  private var axis: String {
    let column = secondsPerColumn == 1 ? "one" : "\(secondsPerColumn)"
    return "seconds, \(column) a column" + (isOfWholeSeconds ? "; stamps are of whole seconds" : ", read upwards")
  }

  /// At the right edge, which its coordinates count from.
  private var scale: String {
    var text = "<g id=\"scale\" transform=\"translate(\(width) 0)\">"
    let start = -Self.right - Self.steps * 14
    for step in 0..<Self.steps {
      text += "<rect class=\"s\(step)\" x=\"\(start + step * 14)\" y=\"34\" width=\"14\" height=\"10\"/>"
    }
    let counted = stacks.unit == .count ? "samples" : "calls"
    let length = Duration.text(times.length * secondsPerColumn)
    let range = largest == 1 ? "1 \(counted.dropLast())" : "1 to \(largest) \(counted)"
    return text + """
      <text class="note" x="\(start - 8)" y="43" text-anchor="end">\(range) in \(length)</text></g>

      """
  }

  /// From light to dark, and on a dark page from dark to light: more is further from the page.
  static var style: String {
    let light = (0..<steps).map { ".s\($0){fill:hsl(\(38 - 4 * $0),90%,\(88 - 6 * $0)%)}" }.joined()
    let dark = (0..<steps).map { ".s\($0){fill:hsl(\(2 + 5 * $0),90%,\(22 + 6 * $0)%)}" }.joined()
    return """
      svg{font:12px ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;background:#fff}
      .back{fill:#fff}.field{fill:#f4f4f4}.title{font-size:17px;fill:#222}.note{fill:#555}.tick{stroke:#555}
      \(light)
      @media (prefers-color-scheme:dark){svg{background:#16181d}.back{fill:#16181d}.field{fill:#1f2229}.title{fill:#eee}.note{fill:#aab}.tick{stroke:#aab}
      \(dark)}
      """
  }
}
