import Glibc
import TraceSyntax

/// A tracer's own summary, as printed at the end of a log: strace's (`-c`, `-C`), or that of perf trace (`-s`, `-S`) summed over threads.
public struct StraceTable: Sendable {
  /// Who printed it.
  public enum Source: Sendable { case strace, perfTrace }
  public struct Row: Sendable {
    public var calls = 0
    public var errors = 0
    /// Microseconds; nil where the table has no such column.
    public var microseconds: Int64?
    /// Microseconds a call, where the table has such a column.
    public var mean: Int64?
    /// Rows that were summed, each rounded on its own.
    public var parts = 0

    public init(calls: Int = 0, errors: Int = 0, microseconds: Int64? = nil, mean: Int64? = nil, parts: Int = 0) {
      self.calls = calls
      self.errors = errors
      self.microseconds = microseconds
      self.mean = mean
      self.parts = parts
    }

    /// Sums stop at the largest number: a table may state anything.
    public mutating func add(_ other: Row) {
      mean = calls == 0 ? other.mean : nil
      calls = Self.sum(calls, other.calls)
      errors = Self.sum(errors, other.errors)
      parts += other.parts
      if let more = other.microseconds { microseconds = Self.sum(microseconds ?? 0, more) }
    }

    private static func sum<Count: FixedWidthInteger>(_ a: Count, _ b: Count) -> Count {
      let (sum, isBeyond) = a.addingReportingOverflow(b)
      return isBeyond ? .max : sum
    }
  }

  public internal(set) var source = Source.strace
  /// Whether it has a column of errors.
  public internal(set) var hasErrors = true

  public internal(set) var firstLine = 0
  public internal(set) var rows: [String: Row] = [:]

  /// How far its time may be from the sum of what the lines say, in microseconds.
  func tolerance(of row: Row) -> ClosedRange<Int64> {
    switch source {
    case .strace: return -1...(Int64(clamping: min(max(0, row.calls), 1 << 40)) + 1)
    case .perfTrace:
      let half = Int64(clamping: min(max(0, row.calls), 1 << 40) / 2 + row.parts + 1)
      return -half...half
    }
  }

  mutating func merge(_ other: StraceTable) {
    for (name, row) in other.rows {
      var mine = rows[name] ?? Row()
      mine.add(row)
      rows[name] = mine
    }
  }

  /// Reads the lines of one table, one after the other.
  struct Reader {
    private(set) var table = StraceTable()
    private var columns: [String] = []
    private var spans: [Range<Int>] = []

    /// `% time     seconds  usecs/call     calls    errors syscall`, with the columns of -U in any order.
    static func isHeader(_ line: some StringProtocol) -> Bool {
      let words = line.split(separator: " ")
      guard words.count > 1, words.contains("syscall") || words.contains("name"), !line.contains("(") else { return false }
      return words.allSatisfy { columnNames.contains(String($0)) }
    }

    private static let columnNames: Set<String> = [
      "%", "time", "seconds", "usecs/call", "calls", "errors", "syscall", "name", "shortest", "longest", "total-time", "min-time",
      "max-time", "avg-time", "wall-total", "wall-min", "wall-max", "wall-avg",
    ]

    init(header: String, line: Int) {
      table.firstLine = line
      columns = header.split(separator: " ").map(String.init)
      if let percent = columns.firstIndex(of: "%"), percent + 1 < columns.count {
        columns[percent] = "time"
        columns.remove(at: percent + 1)
      }
    }

    /// Takes the next line; true when the table is complete.
    mutating func take(_ line: String) -> Bool {
      let bytes = Array(line.utf8)
      if spans.isEmpty {
        guard bytes.contains(UInt8(ascii: "-")), bytes.allSatisfy({ $0 == 45 || $0 == 32 }) else { return true }
        var start: Int?
        for (i, byte) in (bytes + [32]).enumerated() {
          if byte == 45 {
            start = start ?? i
          } else if let from = start {
            spans.append(from..<i)
            start = nil
          }
        }
        return false
      }
      if bytes.allSatisfy({ $0 == 45 || $0 == 32 }) { return false }
      var cells: [String: String] = [:]
      for (index, span) in spans.enumerated() where index < columns.count {
        // The last column's names may be wider than its ruler.
        let end = index == spans.count - 1 ? bytes.count : min(span.upperBound, bytes.count)
        guard span.lowerBound < end else { continue }
        cells[columns[index]] = String(decoding: bytes[span.lowerBound..<end], as: UTF8.self).trimmed
      }
      let name = cells["syscall"] ?? cells["name"] ?? ""
      guard !name.isEmpty, name != "total" else { return true }
      let row = Row(
        calls: Self.count(cells["calls"]), errors: Self.count(cells["errors"]),
        microseconds: (cells["seconds"] ?? cells["total-time"]).map(Self.microseconds),
        mean: (cells["usecs/call"] ?? cells["avg-time"]).flatMap { Int64($0) })
      table.rows[name, default: Row()].add(row)
      return false
    }

    private static func count(_ cell: String?) -> Int { max(0, cell.flatMap { Int($0) } ?? 0) }

    /// `1.234567`, or `1,234567` under a locale with a decimal comma.
    private static func microseconds(_ text: String) -> Int64 {
      let parts = text.split(whereSeparator: { $0 == "." || $0 == "," })
      guard let whole = parts.first.flatMap({ Int64($0) }), (0..<1 << 40).contains(whole) else { return 0 }
      guard parts.count > 1 else { return whole * 1_000_000 }
      let digits = String((parts[1] + "000000").prefix(6))
      return whole * 1_000_000 + max(0, Int64(digits) ?? 0)
    }
  }
}

extension String {
  fileprivate var trimmed: String {
    String(drop(while: { $0 == " " }).reversed().drop(while: { $0 == " " }).reversed())
  }
}

/// How a table of the log compares with what was parsed above it.
public struct TableCheck: Sendable {
  public struct Difference: Sendable {
    public let syscall: String
    public let stated: StraceTable.Row
    public let counted: StraceTable.Row
  }

  public let source: StraceTable.Source
  public let firstLine: Int
  public let syscalls: Int
  public let calls: Int
  /// Rows whose calls or errors differ.
  public internal(set) var differences: [Difference] = []
  /// Rows whose seconds are further apart than cutting explains, [-1 us, calls + 1 us], or rounding in perf's: half a microsecond for each
  /// call and each thread.
  public internal(set) var timeDifferences: [Difference] = []
  /// Whether the log holds the calls that the table counts: `strace -c` alone prints the table only.
  public internal(set) var hasCalls = true
  /// Whether seconds could be compared at all: every call had a printed time.
  public internal(set) var comparesTime = true

  public var agrees: Bool { differences.isEmpty }
  /// Whether the table counts more of everything that differs: calls that -z, -Z or -e status= kept out of the log (strace before 6.3).
  public var countsHiddenCalls: Bool { !differences.isEmpty && differences.allSatisfy { $0.stated.calls > $0.counted.calls } }
}

/// Calls, errors and time of each syscall since the last table.
final class CallTally {
  struct Cell {
    var calls = 0
    var errors = 0
    var nanoseconds: Int64 = 0
    var untimed = 0
  }
  /// A cell for every number that a name may get: nothing to check while counting. What no number touches takes no memory.
  private static let capacity = Int(UInt16.max) + 1
  private let cells: UnsafeMutablePointer<Cell>

  init() {
    // Zeros are a Cell(), and calloc's come without being written.
    guard let zeros = calloc(Self.capacity, MemoryLayout<Cell>.stride) else { fatalError("out of memory") }
    cells = zeros.bindMemory(to: Cell.self, capacity: Self.capacity)
  }

  deinit { free(cells) }

  @inline(__always)
  func add(_ syscall: SyscallID, failed: Bool, duration: Int64) {
    let cell = cells + Int(syscall.rawValue)
    cell.pointee.calls &+= 1
    if failed { cell.pointee.errors &+= 1 }
    if duration >= 0 { cell.pointee.nanoseconds &+= duration } else { cell.pointee.untimed &+= 1 }
  }

  func check(_ table: StraceTable, names: SyscallNames) -> TableCheck {
    var counted: [String: (row: StraceTable.Row, untimed: Int)] = [:]
    var total = 0
    for index in 0..<Self.capacity where cells[index].calls > 0 {
      let cell = cells[index]
      let name = index < names.names.count ? names.names[index] : "?"
      counted[name] = (.init(calls: cell.calls, errors: cell.errors, microseconds: cell.nanoseconds / 1000), cell.untimed)
      total += cell.calls
    }
    // When execveat returns, the kernel says execve: perf counts by that.
    if table.source == .perfTrace, let more = counted.removeValue(forKey: "execveat") {
      var sum = counted["execve"] ?? (StraceTable.Row(microseconds: 0), 0)
      sum.row.calls += more.row.calls
      sum.row.errors += more.row.errors
      sum.row.microseconds = (sum.row.microseconds ?? 0) &+ (more.row.microseconds ?? 0)
      counted["execve"] = (sum.row, sum.untimed + more.untimed)
    }
    var check = TableCheck(source: table.source, firstLine: table.firstLine, syscalls: table.rows.count, calls: total)
    check.hasCalls = total > 0 || table.rows.isEmpty
    guard check.hasCalls else { return check }
    for name in Set(table.rows.keys).union(counted.keys).sorted() {
      let stated = table.rows[name]
      let mine = counted[name]
      // Numbers beyond strace's own list are left out of its tables before 7.1.
      if stated == nil, name.hasPrefix("syscall_") { continue }
      // Tables of other personalities say "(null)" for them before 5.0.
      if name == "(null)", counted.keys.contains(where: { $0.hasPrefix("syscall_") }) { continue }
      let difference = TableCheck.Difference(
        syscall: name, stated: stated ?? .init(), counted: mine?.row ?? .init())
      let statesCounts = table.rows.values.contains { $0.calls > 0 }
      if statesCounts,
        stated?.calls != mine?.row.calls || (table.hasErrors && stated?.errors != mine?.row.errors)
      {
        check.differences.append(difference)
      } else if let stated, let mine, let theirs = stated.microseconds, let ours = mine.row.microseconds {
        // A call begun before perf was has no time in its table either.
        if mine.untimed > 0, table.source == .strace {
          check.comparesTime = false
        } else {
          let (gap, isHuge) = theirs.subtractingReportingOverflow(ours)
          if isHuge || !table.tolerance(of: stated).contains(gap) { check.timeDifferences.append(difference) }
        }
      }
    }
    return check
  }
}
