/// Reads the summary of `perf trace -s` or `-S`: for each thread a heading and a table, times in milliseconds.
///
/// ```
///  nginx (8262), 4648 events, 51.8%
///
///    syscall            calls  errors  total       min       avg       max       stddev
///                                      (msec)    (msec)    (msec)    (msec)        (%)
///    --------------- --------  ------ -------- --------- --------- ---------     ------
///    epoll_wait           728      0  5582.315     0.000     7.668   392.092     11.36%
/// ```
/// Rows of the same call are summed over threads. Rows of `--errno-summary` (`EBADF: 4`) say nothing that errors do not.
/// perf before 4.13 has no column of errors, before 4.10 none of totals.
struct PerfTraceTableReader {
  private(set) var table = StraceTable()
  private var columns: [String] = []

  /// ` Summary of events:`, or a thread's heading.
  static func isHeader(_ line: String) -> Bool { line.hasPrefix(" Summary of events:") || isThread(line) }

  private static func isThread(_ line: String) -> Bool {
    let parts = line.split(separator: ",")
    guard line.hasPrefix(" "), let events = parts.firstIndex(where: { $0.hasSuffix(" events") }), events > 0 else { return false }
    return parts[events - 1].hasSuffix(")") && parts[(events + 1)...].contains { $0.contains("%") }
  }

  init(line: Int) {
    table.firstLine = line
    table.source = .perfTrace
  }

  mutating func take(_ line: String) {
    let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
    guard let name = words.first else { return }
    if name == "syscall", words.contains("calls") {
      columns = words.map(String.init)
      return
    }
    guard columns.count > 1, words.count == columns.count, let calls = Self.cell("calls", columns, words).flatMap({ Int($0) })
    else {
      return
    }
    let errors = Self.cell("errors", columns, words).flatMap { Int($0) }
    if errors == nil { table.hasErrors = false }
    let thread = StraceTable.Row(
      calls: max(0, calls), errors: max(0, errors ?? 0),
      microseconds: Self.cell("total", columns, words).flatMap(Self.microseconds),
      parts: 1)
    table.rows[String(name), default: StraceTable.Row()].add(thread)
  }

  private static func cell(_ name: String, _ columns: [String], _ words: [Substring]) -> Substring? {
    columns.firstIndex(of: name).map { words[$0] }
  }

  /// `5582.315` milliseconds.
  private static func microseconds(_ text: Substring) -> Int64? {
    let parts = text.split(separator: ".")
    guard parts.count == 2, parts[1].utf8.count == 3, let whole = Int64(parts[0]), (0..<(1 << 50)).contains(whole),
      let fraction = Int64(parts[1])
    else { return nil }
    return whole * 1000 + fraction
  }
}
