import TraceSyntax

/// Rows of a report before they are text of any format: cells by column, the texts kept once.
///
/// Invariant: `tags` and `values` have a column for each of `columns`, and `count` cells in each; a value is what its tag says, an index into
/// `texts` for a text.
public struct RecordSet: Sendable, Equatable {
  /// What a cell holds.
  package enum Tag: UInt8, Sendable {
    case empty, integer
    /// A number that is text already, such as decimal seconds.
    case number
    case text, flag
  }

  public let columns: [Column]
  public private(set) var count = 0
  package private(set) var texts: [String] = []
  package private(set) var tags: [[Tag]]
  package private(set) var values: [[Int64]]
  private var places: [String: Int64] = [:]
  /// The column of the next cell.
  private var cell = 0

  init(columns: [Column]) {
    self.columns = columns
    tags = .init(repeating: [], count: columns.count)
    values = tags.map { _ in [] }
  }

  /// Of what was kept; nil where that is no set of rows.
  package init?(columns: [Column], count: Int, texts: [String], tags: [[Tag]], values: [[Int64]]) {
    guard !columns.isEmpty, tags.count == columns.count, values.count == columns.count else { return nil }
    for (tags, values) in zip(tags, values) {
      guard tags.count == count, values.count == count else { return nil }
      for (tag, value) in zip(tags, values) where tag == .text || tag == .number {
        guard value >= 0, value < texts.count else { return nil }
      }
    }
    self.columns = columns
    self.count = count
    self.texts = texts
    self.tags = tags
    self.values = values
  }

  public static func == (a: RecordSet, b: RecordSet) -> Bool {
    a.columns == b.columns && a.count == b.count && a.tags == b.tags && a.values == b.values && a.texts == b.texts
  }

  // MARK: Recording

  mutating func append(_ tag: Tag, _ value: Int64 = 0) {
    guard cell < columns.count else { return }
    tags[cell].append(tag)
    values[cell].append(value)
    cell += 1
  }

  mutating func append(_ tag: Tag, _ text: String) {
    if let place = places[text] { return append(tag, place) }
    texts.append(text)
    places[text] = Int64(texts.count - 1)
    append(tag, Int64(texts.count - 1))
  }

  mutating func endRow() {
    while cell < columns.count { append(.empty) }
    cell = 0
    count += 1
  }

  // MARK: Writing

  /// The text of a cell; nil where it holds none.
  package func text(_ row: Int, _ column: Int) -> String? {
    switch tags[column][row] {
    case .text, .number: texts[Int(values[column][row])]
    case .empty, .integer, .flag: nil
    }
  }

  /// The cells of a row; without ending it.
  package func write(row: Int, to writer: RecordWriter) throws(OutputError) {
    for column in columns.indices {
      let value = values[column][row]
      switch tags[column][row] {
      case .empty: try writer.word(nil)
      case .integer: try writer.integer(value)
      case .number: try writer.number(texts[Int(value)])
      case .text: try writer.word(texts[Int(value)])
      case .flag: try writer.flag(value != 0)
      }
    }
  }

  /// All rows.
  public func write(to sink: OutputSink, _ format: RecordFormat) throws(OutputError) {
    let writer = try RecordWriter(sink, format: format, columns: columns, redaction: .none)
    for row in 0..<count {
      try write(row: row, to: writer)
      try writer.endRow()
    }
    try writer.finish()
  }
}

/// What was written to a recording sink: rows as cells, and text between them.
public final class RecordedReport {
  public enum Part: Sendable, Equatable {
    case records(RecordSet)
    case text([UInt8])
  }

  public private(set) var parts: [Part] = []
  public init() {}

  func add(_ set: RecordSet) { parts.append(.records(set)) }

  func add(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard !bytes.isEmpty else { return }
    if case .text(let before)? = parts.last {
      parts[parts.count - 1] = .text(before + bytes)
    } else {
      parts.append(.text(Array(bytes)))
    }
  }
}
