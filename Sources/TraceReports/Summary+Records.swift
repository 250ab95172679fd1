import TraceAnalyses
import TraceSyntax

extension Summary {
  /// What of a result is written.
  public enum View: Sendable {
    case times, sizes, intervals
    /// Calls by powers of two, of microseconds or of bytes.
    case timeHistogram, sizeHistogram
  }
}

extension Summary.Result {
  /// Columns of a view as data: those of the key first.
  public static func columns(by key: Summary.Key? = nil, _ view: Summary.View = .times) -> [Column] {
    let syscall = Column("syscall", .text(.syscall))
    switch view {
    case .times:
      return keyColumns(key)
        + [
          syscall, Column("calls"), Column("errors"), Column("time_ns"), Column("min_ns"), Column("mean_ns"), Column("p50_ns"),
          Column("p90_ns"), Column("p99_ns"), Column("p999_ns"), Column("max_ns"), Column("in_flight"),
        ] + descriptionColumns(key)
    case .sizes:
      return keyColumns(key)
        + [
          syscall, Column("calls"), Column("bytes"), Column("min_bytes"), Column("mean_bytes"), Column("p50_bytes"),
          Column("p90_bytes"), Column("p99_bytes"), Column("p999_bytes"), Column("max_bytes"), Column("empty_calls"),
          Column("one_byte_calls"), Column("top_sizes", .text(.plain)),
        ] + descriptionColumns(key)
    case .intervals:
      return [Column("time", .text(.plain)), Column("elapsed")] + keyColumns(key)
        + [syscall, Column("calls"), Column("errors")]
    case .timeHistogram: return keyColumns(key) + [syscall, Column("from_ns"), Column("to_ns"), Column("calls")]
    case .sizeHistogram: return keyColumns(key) + [syscall, Column("from_bytes"), Column("to_bytes"), Column("calls")]
    }
  }

  private static func keyColumns(_ key: Summary.Key?) -> [Column] {
    let process = Column("process", .text(.plain))
    return switch key {
    case nil: []
    case .process: [process]
    case .thread: [process, Column("tid")]
    case .fd: [process, Column("fd"), Column("n")]
    case .connection: [Column("connection", .text(.plain))]
    case .path: [Column("path", .text(.path))]
    case .errno: [Column("errno", .text(.plain))]
    }
  }

  /// What the descriptor or connection was, behind the contract's columns.
  private static func descriptionColumns(_ key: Summary.Key?) -> [Column] {
    guard key == .fd || key == .connection else { return [] }
    return [
      Column("kind", .text(.plain)), Column("local", .text(.address)), Column("peer", .text(.address)),
      Column("protocol", .text(.plain)), Column("stream", .text(.stream)), Column("path", .text(.path)),
    ]
  }

  /// Columns of this result: one more where it is of several logs, each with its own things.
  private func columns(_ view: Summary.View) -> [Column] {
    Self.columns(by: key, view) + (isOfSeveralLogs ? [Column("log", .text(.plain))] : [])
  }

  /// A view, as data or as the table that `writeTable` writes for a terminal of the usual width.
  public func write(
    to sink: OutputSink, _ format: RecordFormat, _ view: Summary.View = .times, redaction: Redaction = .none
  ) throws(OutputError) {
    if format == .table { return try writeTable(to: sink, view, redaction: redaction) }
    let writer = try RecordWriter(sink, format: format, columns: columns(view), redaction: redaction)
    switch view {
    case .times: for row in rows { try write(row, writer) }
    case .sizes: for row in rows { if let sizes = row.sizes { try write(row, sizes, writer) } }
    case .intervals: try writeIntervals(writer)
    case .timeHistogram: for row in rows { try write(row, row.microseconds, unit: 1000, writer) }
    case .sizeHistogram: for row in rows { try write(row, row.sizes?.buckets, unit: 1, writer) }
    }
    try writer.finish()
  }

  private func write(_ row: Summary.Row, _ writer: RecordWriter) throws(OutputError) {
    try writeKey(row, writer)
    try writer.text(row.syscall)
    try writer.integer(row.calls)
    try writer.integer(row.errors)
    for value in [row.time, row.shortest, row.mean, row.p50, row.p90, row.p99, row.p999, row.longest] {
      try writer.integer(value)
    }
    try writer.integer(row.inFlight)
    try writeDescription(row, writer)
    try endRow(row, writer)
  }

  private func write(_ row: Summary.Row, _ sizes: Summary.Sizes, _ writer: RecordWriter) throws(OutputError) {
    try writeKey(row, writer)
    try writer.text(row.syscall)
    try writer.integer(sizes.transfers)
    let bytes = [sizes.bytes, sizes.smallest, sizes.mean, sizes.p50, sizes.p90, sizes.p99, sizes.p999, sizes.largest]
    for value in bytes { try writer.integer(value) }
    try writer.integer(sizes.empty)
    try writer.integer(sizes.ofOneByte)
    try writer.text(sizes.topText())
    try writeDescription(row, writer)
    try endRow(row, writer)
  }

  private func writeIntervals(_ writer: RecordWriter) throws(OutputError) {
    guard let interval else { return }
    let clockText = ClockText(clock)
    let digits = ClockText.digits(forInterval: interval)
    for piece in intervals {
      try writer.text(clockText.time(piece.interval &* interval, digits: digits))
      try writer.number(clock.kind == .none ? nil : ClockText.seconds((piece.interval &- origin) &* interval))
      try writeKey(rows[piece.row], writer)
      try writer.text(rows[piece.row].syscall)
      try writer.integer(piece.calls)
      try writer.integer(piece.errors)
      try endRow(rows[piece.row], writer)
    }
  }

  private func write(
    _ row: Summary.Row, _ buckets: PowerBuckets?, unit: Int64, _ writer: RecordWriter
  ) throws(OutputError) {
    guard let buckets else { return }
    for (bucket, calls) in buckets.counts.enumerated() where calls > 0 {
      let range = PowerBuckets.range(bucket)
      try writeKey(row, writer)
      try writer.text(row.syscall)
      try writer.integer(range.lowerBound.clampedProduct(unit))
      try writer.integer(range.upperBound.clampedProduct(unit, and: unit - 1))
      try writer.integer(calls)
      try endRow(row, writer)
    }
  }

  private func endRow(_ row: Summary.Row, _ writer: RecordWriter) throws(OutputError) {
    if isOfSeveralLogs { try writer.word(subjects[row.subject].log) }
    try writer.endRow()
  }

  private func writeKey(_ row: Summary.Row, _ writer: RecordWriter) throws(OutputError) {
    let subject = subjects[row.subject]
    if subject.isRest { try writer.word("(other)") }
    switch key {
    case nil: break
    case .process: if !subject.isRest { try writer.text(subject.process) }
    case .thread:
      if !subject.isRest { try writer.text(subject.process) }
      try writer.integer(subject.tid.map(Int64.init))
    case .fd:
      if !subject.isRest { try writer.text(subject.process) }
      try writer.integer(subject.descriptor.map(Int64.init))
      try writer.integer(subject.n.map(Int64.init))
    case .connection: if !subject.isRest { try writer.text(subject.connection.map(String.init)) }
    case .path: if !subject.isRest { try writer.text(subject.path) }
    case .errno: if !subject.isRest { try writer.text(subject.errno) }
    }
  }

  private func writeDescription(_ row: Summary.Row, _ writer: RecordWriter) throws(OutputError) {
    guard key == .fd || key == .connection else { return }
    let description = subjects[row.subject].description
    for text in [
      description?.kind.rawValue, description?.local, description?.peer, description?.protocolName, description?.stream,
      description?.path,
    ] {
      try writer.text(text)
    }
  }
}

extension Summary.Sizes {
  /// `1460x231 64x12`: a size and its calls; `+` where some may be missing.
  func topText(_ limit: Int = .max) -> String {
    top.prefix(limit).map { "\($0.size)x\($0.calls)\(topMisses > 0 ? "+" : "")" }.joined(separator: " ")
  }
}

extension Int64 {
  /// The product and a little more; the largest number where that is beyond it.
  fileprivate func clampedProduct(_ factor: Int64, and more: Int64 = 0) -> Int64 {
    let (product, isBeyond) = multipliedReportingOverflow(by: factor)
    let (sum, isStillBeyond) = product.addingReportingOverflow(more)
    return isBeyond || isStillBeyond ? .max : sum
  }
}
