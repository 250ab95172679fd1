import TraceSyntax

@testable import TraceCalls

/// strace's summary tables, in the reader alone and merged as those of two personalities are.
enum TableTarget {
  nonisolated(unsafe) private static let names = SyscallNames()

  static func run(_ input: UnsafeRawBufferPointer) {
    let lines = input.split(separator: 10, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    var tables: [StraceTable] = []
    var reader: StraceTable.Reader?
    for (number, line) in lines.enumerated() {
      if StraceTable.Reader.isHeader(line) {
        reader = StraceTable.Reader(header: line, line: number + 1)
      } else if reader?.take(line) == true {
        if let reader { tables.append(reader.table) }
        reader = nil
      }
    }
    if let reader { tables.append(reader.table) }
    guard var sum = tables.first else { return }
    for table in tables {
      demand(table.firstLine >= 1 && table.firstLine <= lines.count, "a table begins at one of the lines")
      demand(!table.rows.keys.contains("") && !table.rows.keys.contains("total"), "rows are of calls")
      demand(table.rows.count <= lines.count, "no more rows than lines")
      sum.merge(table)
    }
    check(sum)
  }

  /// Against a tally of nothing, and of a call that the tables may have.
  private static func check(_ table: StraceTable) {
    let tally = CallTally()
    _ = tally.check(table, names: names)
    for id: UInt16 in 0..<4 { tally.add(SyscallID(rawValue: id), failed: id == 1, duration: id == 2 ? -1 : .max) }
    let outcome = tally.check(table, names: names)
    demand(outcome.syscalls == table.rows.count && outcome.calls == 4, "counts of both sides")
  }
}
