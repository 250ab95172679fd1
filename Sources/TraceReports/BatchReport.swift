import TraceSyntax

/// What came of one command on many logs.
public struct BatchReport: Sendable {
  public struct Row: Sendable {
    public let log: String
    /// What its run ended with.
    public let status: Int32
    /// Of the log; nil where its run did not say.
    public let lines: Int?
    public let seconds: Double
    /// The file with its output.
    public let output: String?
    /// What was wrong; nil where nothing was.
    public let message: String?

    public init(log: String, status: Int32, lines: Int?, seconds: Double, output: String?, message: String?) {
      self.log = log
      self.status = status
      self.lines = lines
      self.seconds = seconds
      self.output = output
      self.message = message
    }

    /// `ok`, `partial`, `failed`, `killed`.
    public var outcome: String { status == 0 ? "ok" : status == 1 ? "partial" : status > 128 ? "killed" : "failed" }
  }

  /// In the order in which the logs were named.
  public let rows: [Row]
  public init(_ rows: [Row]) { self.rows = rows }

  public static let columns = [
    Column("log", .text(.plain)), Column("outcome", .text(.plain)), Column("status"), Column("lines"), Column("seconds"),
    Column("output", .text(.plain)), Column("message", .text(.plain)),
  ]

  /// The worst of all: 0 fine, 1 partial, 2 where one failed or was killed.
  public var status: Int32 { rows.map { $0.status > 2 ? 2 : $0.status }.max() ?? 0 }

  public func write(to sink: OutputSink, _ format: RecordFormat) throws(OutputError) {
    let writer = try RecordWriter(sink, format: format, columns: Self.columns, redaction: .none)
    for row in rows {
      try writer.word(row.log)
      try writer.word(row.outcome)
      try writer.integer(Int64(row.status))
      try writer.integer(row.lines)
      try writer.number(ClockText.seconds(Int64(row.seconds * 1000) * 1_000_000))
      try writer.word(row.output)
      try writer.word(row.message)
      try writer.endRow()
    }
    try writer.finish()
  }
}
