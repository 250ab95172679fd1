import TraceReports
import TraceSyntax

/// Rows of each log, as the analysis prints them: what was found in one log is nothing to add to what was found in another.
struct ReportsState: PartialState {
  /// Of one log.
  struct Report {
    let records: RecordSet
    /// For people, where that is not the rows as they are.
    let table: [RecordedReport.Part]?
  }

  private(set) var reports: [Report]

  init(_ reports: [Report]) { self.reports = reports }

  /// What `body` writes, as data and for people.
  init(recording body: (OutputSink, RecordFormat) throws -> Void) throws {
    let data = RecordedReport()
    try body(OutputSink(recording: data), .csv)
    guard case .records(let records)? = data.parts.first else { throw PartialError("the analysis wrote no rows to keep") }
    let people = RecordedReport()
    let sink = OutputSink(recording: people)
    try body(sink, .table)
    try sink.flush()
    reports = [Report(records: records, table: people.parts == [.records(records)] ? nil : people.parts)]
  }

  mutating func merge(_ other: ReportsState, _ places: [Int], _ otherPlaces: [Int]) throws(PartialFault) {
    if let ours = reports.first?.records.columns, let theirs = other.reports.first?.records.columns, ours != theirs {
      throw PartialFault("have rows of other columns: they are of different versions of tracestat, write both anew")
    }
    reports = .placed(reports, places, other.reports, otherPlaces)
  }

  func write(to sink: OutputSink, _ format: RecordFormat, _ scene: PartialScene) throws {
    guard reports.count > 1 else {
      guard format == .table, let table = reports[0].table else { return try reports[0].records.write(to: sink, format) }
      for part in table { try part.write(to: sink) }
      return try sink.flush()
    }
    let merge = RecordMerge(reports.map(\.records), scene.labels, timeColumn: scene.timeColumn)
    guard format == .table else { return try merge.write(to: sink, format) }
    try writeTable(to: sink, merge, scene)
  }

  /// One table where each log has the same one; what else is said of each log stands below its name.
  private func writeTable(to sink: OutputSink, _ merge: RecordMerge, _ scene: PartialScene) throws {
    let tables = reports.map { report in
      report.table.map { $0.compactMap(\.records) } ?? [report.records]
    }
    let headed = tables.compactMap(\.first)
    let columns = (headed.first { $0.count > 0 } ?? headed.first)?.columns
    let first = tables.map { $0.first ?? columns.map(RecordSet.none) }
    let areAlike = zip(first, reports).allSatisfy { set, report in
      // A log without rows may say so in words instead.
      set.map { ($0.columns == columns || $0.count == 0) && $0.count == report.records.count } ?? false
    }
    let isOneTable = areAlike && tables.allSatisfy { $0.count <= 1 }
    if isOneTable, let columns {
      try merge.write(first.map { $0.flatMap { $0.columns == columns ? $0 : nil } ?? .none(columns) }, to: sink, .table)
    }
    for (report, label) in zip(reports, scene.labels) {
      guard let table = report.table else { continue }
      let rest = isOneTable ? table.filter { $0.records == nil } : table
      guard !rest.isEmpty else { continue }
      try sink.write("\n\(label.terminalSafe)\n")
      for part in rest { try part.write(to: sink) }
    }
    try sink.flush()
  }
}

extension RecordSet {
  /// No rows.
  fileprivate static func none(_ columns: [Column]) -> RecordSet {
    RecordSet(columns: columns, count: 0, texts: [], tags: columns.map { _ in [] }, values: columns.map { _ in [] })!
  }
}

extension RecordedReport.Part {
  fileprivate var records: RecordSet? { if case .records(let records) = self { records } else { nil } }

  fileprivate func write(to sink: OutputSink) throws(OutputError) {
    switch self {
    case .records(let records): try records.write(to: sink, .table)
    case .text(let bytes): try sink.write(bytes)
    }
  }
}
