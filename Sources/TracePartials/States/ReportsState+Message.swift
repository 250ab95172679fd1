import TraceReports
import TraceSyntax

extension ReportsState {
  func encode(into message: inout ProtoPartial) {
    message.reports.reports = reports.map { report in
      .with {
        $0.records = report.records.message
        $0.table = (report.table ?? []).map { part in
          .with {
            switch part {
            case .records(let records): $0.records = records.message
            case .text(let bytes): $0.text = .init(bytes)
            }
          }
        }
      }
    }
  }

  init(_ message: ProtoReportList, _ logs: [PartialLog]) throws(PartialFault) {
    try require(message.reports.count == logs.count, "it has \(message.reports.count) reports for \(logs.count) logs")
    var reports: [Report] = []
    for report in message.reports {
      var table: [RecordedReport.Part] = []
      for part in report.table {
        switch part.part {
        case .records(let records): table.append(.records(try RecordSet(records)))
        case .text(let bytes): table.append(.text(Self.harmless([UInt8](bytes))))
        case nil: throw PartialFault("a part of a table that is nothing")
        }
      }
      let records = try RecordSet(report.records)
      if let first = reports.first, first.records.columns != records.columns { throw PartialFault("logs with different columns") }
      reports.append(Report(records: records, table: table.isEmpty ? nil : table))
    }
    self.init(reports)
  }

  /// Text goes to a terminal as it is: its lines, without what would steer one.
  private static func harmless(_ bytes: [UInt8]) -> [UInt8] {
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    return Array(lines.map { String($0).terminalSafe }.joined(separator: "\n").utf8)
  }
}

extension RecordSet {
  var message: ProtoRecords {
    .with {
      $0.texts = texts
      $0.rows = UInt64(count)
      $0.columns = columns.indices.map { column in
        .with {
          $0.name = columns[column].name
          $0.kind =
            switch columns[column].kind {
            case .text: .text
            case .number: .number
            case .flag: .flag
            }
          let tags = tags[column]
          let isAlike = tags.allSatisfy { $0 == tags.first }
          $0.tags = .init((isAlike ? Array(tags.prefix(1)) : tags).map(\.rawValue))
          $0.values = zip(tags, values[column]).filter { $0.0 != .empty }.map(\.1)
        }
      }
    }
  }

  init(_ message: ProtoRecords) throws(PartialFault) {
    // Empty cells take no room in a message: of eight cells one at least holds something, so that memory follows the file.
    let filled = message.columns.reduce(0) { $0 + $1.values.count }
    try require(message.columns.count <= 256 && message.rows <= filled, "\(message.rows) rows, more than cells")
    let count = Int(message.rows)
    try require(message.columns.count * count <= 8 * filled, "hardly any cell of \(message.rows) rows holds something")
    var (columns, tags, values): ([Column], [[Tag]], [[Int64]]) = ([], [], [])
    for column in message.columns {
      switch column.kind {
      case .text: columns.append(Column(column.name, .text(.plain)))
      case .number: columns.append(Column(column.name))
      case .flag: columns.append(Column(column.name, .flag))
      case .UNRECOGNIZED: throw PartialFault("a column of a kind that this tracestat does not know")
      }
      let (ownTags, ownValues) = try Self.cells(column, count)
      tags.append(ownTags)
      values.append(ownValues)
    }
    guard let set = RecordSet(columns: columns, count: count, texts: message.texts, tags: tags, values: values) else {
      throw PartialFault("rows whose cells are not there")
    }
    self = set
  }

  private static func cells(_ column: ProtoRecordColumn, _ count: Int) throws(PartialFault) -> ([Tag], [Int64]) {
    let bytes = [UInt8](column.tags)
    try require(bytes.count == count || (bytes.count == 1 && count > 0), "a column with \(bytes.count) cells of \(count)")
    var tags: [Tag] = []
    tags.reserveCapacity(count)
    for row in 0..<count {
      guard let tag = Tag(rawValue: bytes[bytes.count == 1 ? 0 : row]) else { throw PartialFault("a cell of no kind") }
      tags.append(tag)
    }
    try require(
      tags.count { $0 != .empty } == column.values.count,
      "a column with \(column.values.count) values, not as many as cells")
    var values: [Int64] = []
    values.reserveCapacity(count)
    var next = 0
    for tag in tags {
      values.append(tag == .empty ? 0 : column.values[next])
      next += tag == .empty ? 0 : 1
    }
    return (tags, values)
  }
}
