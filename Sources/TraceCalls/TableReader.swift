/// Reads the summary that a tracer printed into its log, line by line.
enum TableReader {
  case strace(StraceTable.Reader)
  case perfTrace(PerfTraceTableReader)

  /// nil where the line begins no table.
  init?(header: String, line: Int) {
    if StraceTable.Reader.isHeader(header) {
      self = .strace(StraceTable.Reader(header: header, line: line))
    } else if PerfTraceTableReader.isHeader(header) {
      self = .perfTrace(PerfTraceTableReader(line: line))
    } else {
      return nil
    }
  }

  var table: StraceTable {
    switch self {
    case .strace(let reader): reader.table
    case .perfTrace(let reader): reader.table
    }
  }

  /// Takes the next line; true when the table is complete.
  mutating func take(_ line: String) -> Bool {
    switch self {
    case .strace(var reader):
      let isDone = reader.take(line)
      self = .strace(reader)
      return isDone
    case .perfTrace(var reader):
      reader.take(line)
      self = .perfTrace(reader)
      return false
    }
  }
}
