import TraceAnalyses

extension StackDifference {
  public static let columns: [Column] = [
    Column("frame", .text(.plain)), Column("self_before"), Column("self_after"), Column("self_change"), Column("total_before"),
    Column("total_after"), Column("total_change"),
  ]

  /// A row for each frame, those whose own weight changed most first. Names were hidden when they were read.
  /// - Parameters:
  ///   - sink: where to.
  ///   - format: of the rows.
  ///   - top: so many rows at most.
  /// - Returns: frames without a row.
  @discardableResult
  public func write(to sink: OutputSink, _ format: RecordFormat, top: Int? = nil) throws(OutputError) -> Int {
    let writer = try RecordWriter(sink, format: format, columns: Self.columns, redaction: .none)
    let frames = frames
    for frame in frames.prefix(top ?? .max) {
      try writer.text(String(decoding: names.text(frame.name), as: UTF8.self))
      for (before, after) in [(frame.selfBefore, frame.selfAfter), (frame.totalBefore, frame.totalAfter)] {
        try weight(before, writer, format)
        try weight(after, writer, format)
        let change = change(before, after)
        if format == .table {
          try writer.number(text(ofChange: change))
        } else {
          try writer.number(isAbsolute ? "\(after &- before)" : Self.fourDigits(change))
        }
      }
      try writer.endRow()
    }
    try writer.finish()
    return max(0, frames.count - (top ?? .max))
  }

  private func weight(_ weight: Int64, _ writer: RecordWriter, _ format: RecordFormat) throws(OutputError) {
    if format == .table { try writer.number(unit.text(weight)) } else { try writer.integer(weight) }
  }

  /// A change for people: `+12.5 points` of the share of the whole, `-3.2ms` of weights as they are.
  func text(ofChange change: Double) -> String {
    guard isAbsolute else { return "\(change > 0 ? "+" : "")\(FlameGraph.decimal(change)) points" }
    return "\(change > 0 ? "+" : change < 0 ? "-" : "")\(unit.text(Int64(min(abs(change), 9e18))))"
  }

  private static func fourDigits(_ value: Double) -> String {
    let scaled = Int64((abs(value) * 10_000).rounded())
    let fraction = String(scaled % 10_000)
    return
      "\(value < 0 && scaled > 0 ? "-" : "")\(scaled / 10_000).\(String(repeating: "0", count: 4 - fraction.count))\(fraction)"
  }

  /// Writes `comm;frame;frame 17 23`, a line for each stack: what difffolded.pl prints, sorted by bytes.
  public func writeFolded(to sink: OutputSink) throws(OutputError) {
    try forEachStack { (path, before, after) throws(OutputError) in
      for (i, name) in path.enumerated() {
        if i > 0 { try sink.write(byte: UInt8(ascii: ";")) }
        try sink.write(Array(names.text(name)))
      }
      try sink.write(byte: UInt8(ascii: " "))
      try sink.write(integer: scaled(before))
      try sink.write(byte: UInt8(ascii: " "))
      try sink.write(integer: after)
      try sink.write(byte: UInt8(ascii: "\n"))
    }
    try sink.flush()
  }

  /// One line for people.
  public var verdict: String {
    let change = isAbsolute || totals.before == totals.after ? "" : "; compared as shares of these"
    return "\(unit.text(totals.before)) before, \(unit.text(totals.after)) after\(change)"
  }
}
