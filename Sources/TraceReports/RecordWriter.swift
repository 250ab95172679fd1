import TraceSyntax

/// The machine and human forms of a report of rows.
public enum RecordFormat: String, CaseIterable, Sendable {
  case table, csv, tsv, json, ndjson
}

/// A column of a report: its name is a contract.
public struct Column: Sendable, Equatable {
  public enum Kind: Sendable, Equatable {
    /// Text of a log, or of tracestat: whoever adds a column says what it gives away, and the writer hides it where it is asked to.
    case text(Redaction.Sensitivity)
    case number, flag
  }
  public let name: String
  public let kind: Kind
  public init(_ name: String, _ kind: Kind = .number) {
    self.name = name
    self.kind = kind
  }
}

/// Writes rows cell by cell in one of the formats. Streams, except for a table, whose widths need all rows.
public final class RecordWriter {
  let sink: OutputSink
  private let format: RecordFormat
  private let columns: [Column]
  private let redaction: Redaction
  /// Where the writing is. Raw memory: every cell of every row passes here, and a stored property of a class is checked for exclusivity at
  /// each access.
  private let place = UnsafeMutablePointer<Place>.allocate(capacity: 1)
  private var table: [[String]] = []
  private var row: [String] = []
  /// The rows, where the sink keeps them as such.
  private var recorded: RecordSet?
  private let isRecording: Bool
  /// By key; empty as long as no cells repeat. Not lazy: each change of such an array would copy it.
  var repeatedCells: [RepeatedCells] = []
  /// Whether cells are written as they come.
  var isText: Bool { !isRecording && format != .table }

  private struct Place {
    /// The column of the next cell.
    var cell = 0
    var rowCount = 0
  }

  public init(
    _ sink: OutputSink, format: RecordFormat, columns: [Column], redaction: Redaction
  ) throws(OutputError) {
    self.redaction = redaction
    self.sink = sink
    self.format = format
    self.columns = columns
    place.initialize(to: Place())
    isRecording = sink.recorder != nil
    if isRecording {
      try sink.flush()
      recorded = RecordSet(columns: columns)
      return
    }
    switch format {
    case .csv: try sink.write(columns.map(\.name).joined(separator: ",") + "\n")
    case .tsv: try sink.write(columns.map(\.name).joined(separator: "\t") + "\n")
    case .json: try sink.write("[")
    case .ndjson, .table: break
    }
  }

  deinit { place.deallocate() }

  var cell: Int {
    @inline(__always) get { place.pointee.cell }
    @inline(__always) set { place.pointee.cell = newValue }
  }

  private var rowCount: Int {
    get { place.pointee.rowCount }
    set { place.pointee.rowCount = newValue }
  }

  // MARK: Cells

  public func integer(_ value: Int64?) throws(OutputError) {
    guard let value else { return try empty() }
    if isRecording { return record { $0.append(.integer, value) } }
    if format == .table {
      row.append(String(value))
    } else {
      try separate()
      try sink.write(integer: value)
    }
    cell += 1
  }

  public func integer(_ value: Int?) throws(OutputError) { try integer(value.map(Int64.init)) }

  /// A number that is already text, such as decimal seconds.
  public func number(_ value: String?) throws(OutputError) {
    guard let value, !value.isEmpty else { return try empty() }
    if isRecording { return record { $0.append(.number, value) } }
    if format == .table {
      row.append(value)
    } else {
      try separate()
      try sink.write(value)
    }
    cell += 1
  }

  /// Text, hidden as its column says.
  public func text(_ value: String?) throws(OutputError) {
    guard redaction.isActive, let value else { return try word(value) }
    try word(redaction.redact(value, as: sensitivity))
  }

  /// Several texts in one cell, each hidden by itself: as the column says, or as `other`.
  public func texts(
    _ values: [String], separator: String, as other: Redaction.Sensitivity? = nil
  ) throws(OutputError) {
    let kind = other ?? sensitivity
    try word(values.map { redaction.isActive ? redaction.redact($0, as: kind) : $0 }.joined(separator: separator))
  }

  /// How the next cell's text is hidden.
  private var sensitivity: Redaction.Sensitivity {
    if cell < columns.count, case .text(let said) = columns[cell].kind { return said }
    // A text where the columns have none: nobody said what it is.
    return .payload
  }

  /// A word of tracestat's own, whatever else the column holds.
  public func word(_ value: String?) throws(OutputError) {
    guard let value, !value.isEmpty else { return try empty() }
    if isRecording { return record { $0.append(.text, value) } }
    switch format {
    case .table: row.append(value.terminalSafe)
    case .csv:
      try separate()
      try sink.write(csv: value)
    case .tsv:
      try separate()
      try sink.write(value.tsvEscaped)
    case .json, .ndjson:
      try separate()
      try sink.write(value.jsonQuoted)
    }
    cell += 1
  }

  public func flag(_ value: Bool) throws(OutputError) {
    if isRecording { return record { $0.append(.flag, value ? 1 : 0) } }
    if format == .table {
      row.append(value ? "yes" : "no")
    } else {
      try separate()
      try sink.write(value ? "true" : "false")
    }
    cell += 1
  }

  private func record(_ append: (inout RecordSet) -> Void) {
    guard var set = recorded.take() else { return }
    append(&set)
    recorded = set
    cell += 1
  }

  private func empty() throws(OutputError) {
    if isRecording { return record { $0.append(.empty) } }
    switch format {
    case .table: row.append("")
    case .csv, .tsv: try separate()
    case .json, .ndjson:
      try separate()
      try sink.write("null")
    }
    cell += 1
  }

  private func separate() throws(OutputError) {
    switch format {
    case .csv: if cell > 0 { try sink.write(byte: UInt8(ascii: ",")) }
    case .tsv: if cell > 0 { try sink.write(byte: UInt8(ascii: "\t")) }
    case .json, .ndjson:
      if cell == 0 {
        if format == .json { try sink.write(rowCount == 0 ? "\n" : ",\n") }
        try sink.write(byte: UInt8(ascii: "{"))
      } else {
        try sink.write(byte: UInt8(ascii: ","))
      }
      try sink.write("\"\(columns[min(cell, columns.count - 1)].name)\":")
    case .table: break
    }
  }

  public func endRow() throws(OutputError) {
    if isRecording {
      recorded?.endRow()
      cell = 0
      return
    }
    switch format {
    case .table:
      table.append(row)
      row.removeAll(keepingCapacity: true)
    case .csv, .tsv: try sink.write("\n")
    case .ndjson: try sink.write("}\n")
    case .json: try sink.write("}")
    }
    cell = 0
    rowCount += 1
  }

  public func finish() throws(OutputError) {
    if let recorded {
      sink.recorder?.add(recorded)
      return
    }
    switch format {
    case .json: try sink.write(rowCount == 0 ? "]\n" : "\n]\n")
    case .table: try writeTable()
    default: break
    }
    try sink.flush()
  }

  private func writeTable() throws(OutputError) {
    var widths = columns.map(\.name.count)
    for row in table { for (i, text) in row.enumerated() { widths[i] = max(widths[i], text.count) } }
    func line(_ cells: [String]) -> String {
      var text = ""
      for (i, cell) in cells.enumerated() {
        let pad = String(repeating: " ", count: max(0, widths[i] - cell.count))
        let isLast = i == cells.count - 1
        if case .number = columns[i].kind { text += pad + cell } else { text += isLast ? cell : cell + pad }
        if !isLast { text += "  " }
      }
      while text.hasSuffix(" ") { text.removeLast() }
      return text + "\n"
    }
    try sink.write(line(columns.map(\.name)))
    for row in table { try sink.write(line(row)) }
  }
}

extension OutputSink {
  /// Writes text as RFC 4180 has it: quoted where it holds a comma, a quote or a line end.
  func write(csv text: String) throws(OutputError) {
    if text.isPlainCSV { try write(text) } else { try write(text.csvQuoted) }
  }
}

extension String {
  /// Asked of every text of every row: nearly all bytes of one are above those that count.
  fileprivate var isPlainCSV: Bool {
    var text = self
    return text.withUTF8 { bytes in
      for byte in bytes where byte <= 0x2c {
        if byte == 0x2c || byte == 0x22 || byte == 0x0a || byte == 0x0d { return false }
      }
      return true
    }
  }

  fileprivate var csvQuoted: String {
    var quoted = "\""
    for character in unicodeScalars {
      if character == "\"" { quoted += "\"" }
      quoted.unicodeScalars.append(character)
    }
    return quoted + "\""
  }

  var tsvEscaped: String {
    guard utf8.contains(where: { $0 == 0x09 || $0 == 0x0a || $0 == 0x0d || $0 == 0x5c }) else { return self }
    var escaped = ""
    for character in unicodeScalars {
      switch character {
      case "\t": escaped += "\\t"
      case "\n": escaped += "\\n"
      case "\r": escaped += "\\r"
      case "\\": escaped += "\\\\"
      default: escaped.unicodeScalars.append(character)
      }
    }
    return escaped
  }

  var jsonQuoted: String {
    var quoted = "\""
    for character in unicodeScalars {
      switch character {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      case "\u{0}"..<" ", "\u{7f}":
        let hex = String(character.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: quoted.unicodeScalars.append(character)
      }
    }
    return quoted + "\""
  }

  /// Control characters of a log never reach a terminal raw.
  public var terminalSafe: String {
    guard unicodeScalars.contains(where: { $0.value < 32 || (127..<160).contains($0.value) }) else { return self }
    var safe = ""
    for character in unicodeScalars {
      if character.value < 32 || (127..<160).contains(character.value) {
        let hex = String(character.value, radix: 16)
        safe += "\\x" + (hex.count < 2 ? "0" : "") + hex
      } else {
        safe.unicodeScalars.append(character)
      }
    }
    return safe
  }
}
