import TraceAnalyses
import TraceReports

/// Rows of several logs as one report: by time where they have one, else log by log; the log stands in a last column.
struct RecordMerge {
  let sets: [RecordSet]
  let labels: [String]
  /// The log and the row, in order.
  let order: [(log: Int, row: Int)]

  /// - Parameters:
  ///   - sets: of each log, of equal columns.
  ///   - labels: of the logs.
  ///   - timeColumn: what rows are put in order by; then by log, then as they were.
  init(_ sets: [RecordSet], _ labels: [String], timeColumn: String?) {
    self.sets = sets
    self.labels = labels
    let column = timeColumn.flatMap { name in sets.first?.columns.firstIndex { $0.name == name } }
    var order: [(time: Moment, log: Int, row: Int)] = []
    for (log, set) in sets.enumerated() {
      var last: (text: String?, time: Moment) = (nil, Moment(nil))
      for row in 0..<set.count {
        let text = column.flatMap { set.text(row, $0) }
        if text != last.text { last = (text, Moment(text)) }
        order.append((last.time, log, row))
      }
    }
    if column != nil { order.sort { ($0.time, $0.log, $0.row) < ($1.time, $1.log, $1.row) } }
    self.order = order.map { ($0.log, $0.row) }
  }

  func write(to sink: OutputSink, _ format: RecordFormat) throws(OutputError) {
    try write(sets, to: sink, format)
  }

  /// Writes other cells of the same rows, in the same order.
  func write(_ sets: [RecordSet], to sink: OutputSink, _ format: RecordFormat) throws(OutputError) {
    guard let first = sets.first else { return }
    let columns = first.columns + [Column("log", .text(.plain))]
    let writer = try RecordWriter(sink, format: format, columns: columns, redaction: .none)
    for (log, row) in order {
      try sets[log].write(row: row, to: writer)
      try writer.word(labels[log])
      try writer.endRow()
    }
    try writer.finish()
  }

  /// A time as reports print it; times of different clocks are kept apart.
  private struct Moment: Comparable {
    let clock: Int
    let time: Int64

    init(_ text: String?) {
      switch text.flatMap({ TimePoint($0) }) {
      case .clock(let time): (clock, self.time) = (2, time)
      case .epoch(let time): (clock, self.time) = (3, time)
      case .elapsed, nil: (clock, self.time) = text.flatMap(Self.seconds).map { (1, $0) } ?? (0, 0)
      }
    }

    /// Seconds since the start of the log, `-0.5`.
    private static func seconds(_ text: String) -> Int64? {
      let isNegative = text.hasPrefix("-")
      let parts = (isNegative ? text.dropFirst() : text[...]).split(separator: ".", maxSplits: 1)
      guard let first = parts.first, let whole = Int64(first), whole < 1 << 33 else { return nil }
      var fraction: Int64 = 0
      if parts.count > 1 {
        let digits = parts[1].prefix(9)
        guard let number = Int64(digits) else { return nil }
        fraction = (digits.count..<9).reduce(number) { scaled, _ in scaled * 10 }
      }
      let time = whole * 1_000_000_000 + fraction
      return isNegative ? -time : time
    }

    static func < (a: Moment, b: Moment) -> Bool { (a.clock, a.time) < (b.clock, b.time) }
  }
}
