import TraceAnalyses
import TraceSyntax

extension FdTimelineResult {
  /// How a terminal wants it.
  public struct TerminalOptions: Sendable {
    public var width = 100
    /// Connections shown.
    public var limit = 15
    public var isUTF8 = true
    public init() {}
  }

  /// A ranking of the busiest descriptors for people: who, how much, how slow, and when, as sparklines of bytes and of time.
  public func writeRanking(
    to sink: OutputSink, _ options: TerminalOptions, redaction: Redaction = .none
  ) throws(OutputError) {
    guard let first = rows.first?.interval, let last = rows.map(\.interval).max() else {
      try sink.write("no reads or writes on descriptors in this log\n")
      return try sink.flush()
    }
    let ranked = series.indices.sorted { series[$0].isBusier(than: series[$1]) }.prefix(options.limit)
    let shown = Set(ranked)
    let names = Dictionary(uniqueKeysWithValues: ranked.map { ($0, Self.name(series[$0], redaction)) })
    let places = ranked.map { Self.place(series[$0], redaction).count }
    let nameWidth = min(max(24, options.width / 4), max(10, names.values.map(\.count).max() ?? 0, places.max() ?? 0))
    let hasErrors = rows.contains { $0.errors > 0 && shown.contains($0.seriesIndex) }
    // The other columns take 39, or 46 with errors; what is left is for two sparklines.
    let spark = min(60, max(8, (options.width - nameWidth - (hasErrors ? 46 : 39)) / 2))
    var lines: [Int: [DirectionLine]] = [:]
    let span = last - first + 1
    var width = [Double](repeating: 0, count: spark)
    for column in 0..<spark {
      // Intervals whose index * spark / span is this column.
      let from = (Int64(column) * span + Int64(spark) - 1) / Int64(spark)
      let to = (Int64(column + 1) * span + Int64(spark) - 1) / Int64(spark)
      width[column] = Double(max(1, to - from))
    }
    for index in shown { lines[index] = [.init(width), .init(width)] }
    for row in rows where shown.contains(row.seriesIndex) {
      let column = Int((row.interval - first).multipliedReportingOverflow(by: Int64(spark)).partialValue / span)
      lines[row.seriesIndex]?[row.isRead ? 0 : 1].add(row, column: max(0, min(spark - 1, column)))
    }
    try sink.write(header(first, last))
    try sink.write(
      Self.padded("connection", nameWidth) + "  dir     calls" + (hasErrors ? " errors" : "") + "   bytes "
        + Self.padded("bytes/s", spark) + "   time    max time/s\n")
    for index in ranked {
      var isFirst = true
      for (direction, line) in (lines[index] ?? []).enumerated() where line.calls > 0 || line.time > 0 {
        let name = isFirst ? names[index] ?? "" : Self.place(series[index], redaction)
        let text =
          Self.padded(name, nameWidth) + (direction == 0 ? "  read " : "  write") + Self.right(String(line.calls), 8)
          + (hasErrors ? Self.right(line.errors > 0 ? String(line.errors) : "", 7) : "") + Self.right(Bytes.text(line.bytes), 8)
          + " "
          + Sparkline.text(line.byteColumns, isUTF8: options.isUTF8)
          + Self.right(line.hasTime ? Duration.text(line.time) : "", 7)
          + Self.right(line.longest >= 0 ? Duration.text(line.longest) : "", 7) + " "
          + Sparkline.text(line.timeColumns, isUTF8: options.isUTF8)
        var trimmed = text
        while trimmed.hasSuffix(" ") { trimmed.removeLast() }
        try sink.write(trimmed + "\n")
        isFirst = false
      }
    }
    if series.count > ranked.count {
      try sink.write("\(series.count - ranked.count) more (--top N, --format csv for all)\n")
    }
    try sink.flush()
  }

  /// One direction of one descriptor over the whole log.
  private struct DirectionLine {
    var calls = 0
    var errors = 0
    var bytes: Int64 = 0
    var time: Int64 = 0
    var longest: Int64 = -1
    var hasTime = false
    var byteColumns: [Double]
    var timeColumns: [Double]
    /// Intervals in each column.
    private let width: [Double]

    init(_ width: [Double]) {
      self.width = width
      byteColumns = .init(repeating: 0, count: width.count)
      timeColumns = byteColumns
    }

    mutating func add(_ row: FdTimelineRow, column: Int) {
      calls += Int(row.calls)
      errors += Int(row.errors)
      bytes = bytes.addingReportingOverflow(row.bytes).overflow ? .max : bytes + row.bytes
      time &+= row.time
      longest = max(longest, row.longest)
      hasTime = hasTime || row.hasTime
      byteColumns[column] += Double(row.bytes) / width[column]
      timeColumns[column] += Double(row.time) / width[column]
    }
  }

  private func header(_ first: Int64, _ last: Int64) -> String {
    let clockText = ClockText(clock)
    let digits = ClockText.digits(forInterval: interval)
    guard let from = clockText.time(first * interval, digits: digits),
      let to = clockText.time((last + 1) * interval, digits: digits)
    else { return "" }
    return "\(from) to \(to), intervals of \(ClockText.seconds(interval)) s\n"
  }

  private static func name(_ series: FdSeries, _ redaction: Redaction) -> String {
    let place = "\(series.process):\(series.descriptor)" + (series.n == 0 ? "" : series.n < 0 ? " EBADF" : ".\(series.n)")
    let label = series.label(redaction: redaction).terminalSafe
    return label == "fd \(series.descriptor)" ? place : "\(place) \(label)"
  }

  /// The second line's name: the peer, where the first line shows the stream.
  private static func place(_ series: FdSeries, _ redaction: Redaction) -> String {
    guard series.stream != nil, let peer = series.peer else { return "" }
    return "  \(series.protocolName) \(redaction.redact(peer, as: .address))".terminalSafe
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text.count > width
      // The end of a path tells more than its start.
      ? String(text.prefix(width / 3)) + "~" + String(text.suffix(width - width / 3 - 1))
      : text + String(repeating: " ", count: width - text.count)
  }

  private static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(1, width - text.count)) + text
  }
}

/// A row of block characters, one a column, scaled to the largest; nothing at all is a blank.
enum Sparkline {
  static func text(_ values: [Double], isUTF8: Bool) -> String {
    let marks: [Character] = isUTF8 ? Array("▁▂▃▄▅▆▇█") : Array(".:-=+*%#")
    let top = values.max() ?? 0
    return String(
      values.map { value in
        guard value > 0, top > 0 else { return " " }
        return marks[max(0, min(marks.count - 1, Int(value / top * Double(marks.count))))]
      })
  }
}
