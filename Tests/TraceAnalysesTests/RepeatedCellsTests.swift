import Foundation
import Testing
import TraceReports
import TraceTestSupport

@Suite("Cells that repeat") struct RepeatedCellsTests {
  private static let columns = [Column("n"), Column("name", .text(.plain)), Column("size"), Column("last", .text(.plain))]

  /// Rows whose middle cells follow from a key; keys that share a place among what is remembered, and texts longer than the sink's buffer.
  private static func rows(_ format: RecordFormat, repeats: Bool) throws -> String {
    let folder = try TemporaryFolder([:])
    let path = "\(folder.path)/rows"
    let sink = try OutputSink(path: path)
    let writer = try RecordWriter(sink, format: format, columns: columns, redaction: .none)
    for number in 0..<600 {
      let key = [0, 1, 1024, 2048, number < 30 ? 7 : 8, number][number % 6]
      func cells() throws(OutputError) {
        // A key's text is always the same; 7's is longer than the sink's buffer, 8's than what is surely free of it.
        let copies = key == 7 ? 7000 : key == 8 ? 400 : 0
        try writer.text(copies > 0 ? String(repeating: "long, \"text\"", count: copies) : key == 1 ? nil : "key \(key)")
        try writer.integer(key)
      }
      try writer.integer(number)
      if repeats { try writer.repeated(key, cells) } else { try cells() }
      try writer.text("end")
      try writer.endRow()
    }
    try writer.finish()
    return String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
  }

  @Test("are written as if they did not", arguments: [RecordFormat.csv, .tsv, .json, .ndjson]) func same(format: RecordFormat)
    throws
  {
    let plain = try Self.rows(format, repeats: false)
    #expect(try Self.rows(format, repeats: true) == plain)
    #expect(plain.utf8.count > 500_000)
  }
}
