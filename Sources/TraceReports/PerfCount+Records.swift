import TraceAnalyses
import TraceSyntax

extension PerfCount.Result {
  /// `time` and `elapsed` where there are intervals, the event, a column for each key, and the sums.
  public var columns: [Column] {
    let time = interval == nil ? [] : [Column("time"), Column("elapsed")]
    return time + [Column("event", .text(.plain))] + keys.map(Self.column) + [
      Column("samples"), Column("weight"), Column("share"),
    ]
  }

  private static func column(_ key: PerfKey) -> Column {
    switch key {
    case .pid, .tid, .cpu: Column(key.name)
    case .comm, .symbol, .dso: Column(key.name, .text(.path))
    case .field: Column(key.name, .text(.payload))
    }
  }

  /// - Parameters:
  ///   - sink: where rows go.
  ///   - format: their form; a table shows shares as percentages.
  ///   - top: so many rows of each event, or of each interval and event; nil for all.
  ///   - redaction: what is hidden.
  public func write(
    to sink: OutputSink, _ format: RecordFormat, top: Int? = nil, redaction: Redaction = .none
  ) throws(OutputError) {
    let writer = try RecordWriter(sink, format: format, columns: columns, redaction: redaction)
    var (group, count): ((Int64?, String)?, Int) = (nil, 0)
    for row in rows {
      if let known = group, known == (row.start, row.event) {
        count += 1
      } else {
        group = (row.start, row.event)
        count = 1
      }
      if let top, count > top { continue }
      if interval != nil {
        try writer.number(row.start.map(ClockText.seconds))
        try writer.number(row.start.map { ClockText.seconds($0 &- origin) })
      }
      try writer.text(row.event)
      for (key, value) in zip(keys, row.values) {
        switch key {
        case .pid, .tid, .cpu: try writer.number(value)
        default: try writer.text(value)
        }
      }
      try writer.integer(row.samples)
      try writer.integer(row.weight)
      try writer.number(format == .table ? Self.percent(row.share) : Self.decimal(row.share, digits: 6))
      try writer.endRow()
    }
    try writer.finish()
  }

  private static func percent(_ share: Double) -> String { decimal(share * 100, digits: 2) + "%" }

  /// Of a number from 0 to 100.
  private static func decimal(_ value: Double, digits: Int) -> String {
    let unit = (0..<digits).reduce(1) { scale, _ in scale * 10 }
    let scaled = Int((value * Double(unit)).rounded())
    let fraction = String(scaled % unit)
    return "\(scaled / unit)." + String(repeating: "0", count: digits - fraction.count) + fraction
  }

  /// What to know besides the rows, for people.
  public var notes: [String] {
    var notes: [String] = []
    if withoutTime > 0 { notes.append("\(withoutTime) samples have no stamp and are in no interval") }
    if withoutField > 0 {
      let names = keys.compactMap { if case .field(let name) = $0 { name } else { nil } }
      notes.append("\(withoutField) times a sample had no field \(names.joined(separator: " or "))")
    }
    return notes
  }
}
