import Testing
import TraceTestSupport

@testable import TraceCalls

@Suite("Section 10: strace's own tables")
struct StraceTableTests {
  @Test("R28 every table of a capture agrees with the calls above it", arguments: Capture.all.filter(\.hasTable))
  func captures(capture: Capture) throws {
    let log = try CallLog(paths: capture.paths)
    // -A appends a run and its table; a program that changes its personality has two tables that count as one.
    #expect(log.tableChecks.count == (capture.options.contains("-A") ? 2 : 1))
    #expect(log.tableChecks.allSatisfy { $0.hasCalls != capture.isTableOnly })
    if capture.isTableOnly {
      #expect(log.ledger.calls == 0)
    } else if capture.hidesCalls {
      #expect(log.tableChecks.allSatisfy { $0.agrees || $0.countsHiddenCalls })
    } else {
      #expect(log.tableChecks.allSatisfy { $0.agrees })
    }
    if !capture.isTableOnly {
      #expect(log.tableChecks.reduce(0) { $0 + $1.calls } == log.ledger.calls)
      let isTimed = !log.calls.contains { $0.duration == nil || $0.isDerived }
      if capture.hasWallTable, !capture.hidesCalls {
        #expect(log.tableChecks.allSatisfy { $0.timeDifferences.isEmpty && $0.comparesTime == isTimed })
      }
    }
    // A header, two rulers and a total around the rows of each table.
    let tables = try capture.bytes().split(separator: 10).count { $0.starts(with: Array("------".utf8)) } / 2
    #expect(log.ledger[.summaryTable].lines >= log.tableChecks.reduce(0) { $0 + $1.syscalls } + 4 * tables)
  }

  static func read(_ text: String) -> StraceTable {
    let lines = text.split(separator: "\n").map(String.init)
    #expect(StraceTable.Reader.isHeader(lines[0]))
    var reader = StraceTable.Reader(header: lines[0], line: 7)
    for line in lines.dropFirst() where reader.take(line) { break }
    return reader.table
  }

  @Test("the usual layout") func usual() {
    let table = Self.read(
      """
      % time     seconds  usecs/call     calls    errors syscall
      ------ ----------- ----------- --------- --------- ----------------
       77.87    0.008355        1044         8           clock_nanosleep
        1.00    0.000010           5         2         1 a_very_long_name_of_a_call
      ------ ----------- ----------- --------- --------- ----------------
      100.00    0.001350          23        10         1 total
      """)
    #expect(table.firstLine == 7 && table.rows.count == 2)
    #expect(table.rows["clock_nanosleep"]?.calls == 8 && table.rows["clock_nanosleep"]?.errors == 0)
    #expect(table.rows["clock_nanosleep"]?.microseconds == 8355)
    #expect(table.rows["a_very_long_name_of_a_call"]?.errors == 1)
  }

  @Test("R30 a decimal comma; no time measured at all before 5.6") func locale() {
    #expect(
      Self.read(
        """
        % time     seconds  usecs/call     calls    errors syscall
        ------ ----------- ----------- --------- --------- ----------------
         41,86    0,000565          29        19           openat
        """
      ).rows["openat"]?.microseconds == 565)
    #expect(
      Self.read(
        """
        % time     seconds  usecs/call     calls    errors syscall
        ------ ----------- ----------- --------- --------- ----------------
          -nan    0.000000           0         1           read
        ------ ----------- ----------- --------- --------- ----------------
        100.00    0.000000                     1           total
        """
      ).rows["read"]?.microseconds == 0)
  }

  /// Rows with the largest and smallest numbers there are, each of them twice: sums and differences of them overflow.
  static let extreme = """
    % time     seconds  usecs/call     calls    errors syscall
    ------ ------------------------ ----------- -------------------- -------------------- ----------------
    100.00   1099511627775.999999             0  9223372036854775807  9223372036854775807 read
    100.00   1099511627775.999999             0  9223372036854775807  9223372036854775807 read
    100.00  -9223372036854775808.000000       0 -9223372036854775808 -9223372036854775808 close
    100.00  -9223372036854775808.000000       0 -9223372036854775808 -9223372036854775808 close

    """

  @Test("no number of a table breaks it") func extremes() throws {
    let calls = "7     read(3, \"\", 1) = 0 <0.000010>\n7     close(3) = 0 <0.000010>\n"
    let many = String(repeating: Self.extreme + "System call usage summary for 32 bit mode:\n", count: 9)
    for text in [Self.extreme, many] {
      let log = try CallLog(calls + text)
      #expect(log.tableChecks.first?.agrees == false)
      #expect(log.ledger.notUnderstood == 0)
    }
    #expect(Self.read(Self.extreme).rows["read"]?.calls == .max)
    #expect(Self.read(Self.extreme).rows["close"]?.calls == 0, "no count is negative")
  }

  @Test("columns of -U in any order and any number") func columns() {
    let first = Self.read(
      """
      syscall          % time shortest  longest  usecs/call     seconds     calls    errors
      ---------------- ------ -------- -------- ----------- ----------- --------- ---------
      futex             69.15 0.000007 0.003084         674    0.047854        71         8
      clock_nanosleep   27.73 0.000306 0.005179         959    0.019192        20
      """)
    #expect(first.rows["futex"]?.calls == 71 && first.rows["futex"]?.errors == 8 && first.rows["futex"]?.microseconds == 47_854)
    #expect(first.rows["clock_nanosleep"]?.errors == 0)
    let few = Self.read("    calls syscall\n--------- ----------------\n       19 openat\n")
    #expect(few.rows["openat"]?.calls == 19 && few.rows["openat"]?.microseconds == nil)
  }

  @Test("R29 two tables of a log with two personalities belong together") func personalities() throws {
    let log = try CallLog(
      """
      7     read(3, "", 1) = 0
      7     [ Process PID=7 runs in 32 bit mode. ]
      7     read(3, "", 1) = 0
      7     close(3) = -1 EBADF (Bad file descriptor)
      % time     seconds  usecs/call     calls    errors syscall
      ------ ----------- ----------- --------- --------- ----------------
      100.00    0.000000           0         1           read
      ------ ----------- ----------- --------- --------- ----------------
      100.00    0.000000           0         1           total
      System call usage summary for 32 bit mode:
      % time     seconds  usecs/call     calls    errors syscall
      ------ ----------- ----------- --------- --------- ----------------
       50.00    0.000000           0         1           read
       50.00    0.000000           0         1         1 close
      ------ ----------- ----------- --------- --------- ----------------
      100.00    0.000000           0         2         1 total

      """)
    #expect(log.tableChecks.count == 1)
    #expect(log.tableChecks.first?.agrees == true)
    #expect(log.ledger[.summaryTable].lines == 12 && log.ledger.calls == 3 && log.ledger.notUnderstood == 0)
  }

  @Test("R29 a log appended to with -A goes on after a table, with counts of its own") func appended() throws {
    let run = """
      7     read(3, "", 1) = 0 <0.000010>
      % time     seconds  usecs/call     calls    errors syscall
      ------ ----------- ----------- --------- --------- ----------------
      100.00    0.000011           0         1           read
      ------ ----------- ----------- --------- --------- ----------------
      100.00    0.000011           0         1           total

      """
    let log = try CallLog(run + run)
    #expect(log.tableChecks.map(\.agrees) == [true, true])
    #expect(log.tableChecks.map(\.firstLine) == [2, 8])
    #expect(log.ledger.calls == 2)
  }

  @Test("differences are told") func differences() throws {
    let log = try CallLog(
      """
      7     read(3, "", 1) = 0 <0.000010>
      7     close(3) = 0 <0.000010>
      % time     seconds  usecs/call     calls    errors syscall
      ------ ----------- ----------- --------- --------- ----------------
       50.00    0.000011           0         2           read
       50.00    0.000013           0         1           close
      ------ ----------- ----------- --------- --------- ----------------
      100.00    0.000011           0         1           total

      """)
    let check = try #require(log.tableChecks.first)
    #expect(check.differences.map(\.syscall) == ["read"])
    #expect(check.timeDifferences.map(\.syscall) == ["close"], "13 us for a sum of 10: truncation explains 2 at most")
  }

  @Test(
    "a table is no trace, and prose is no table",
    arguments: [
      "the calls made by syscall name", "read(3, \"calls errors syscall\", 9) = 9", "calls", "syscall",
    ])
  func noHeader(line: String) { #expect(!StraceTable.Reader.isHeader(line)) }
}
