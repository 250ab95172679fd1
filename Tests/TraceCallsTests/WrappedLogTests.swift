import Testing
import TraceTestSupport

@testable import TraceCalls

/// A log with something around every line says what it says without it.
@Suite("Wrapped logs")
struct WrappedLogTests {
  static let plain = """
    12345 07:48:00 openat(AT_FDCWD, "/etc/hosts", O_RDONLY) = 3</etc/hosts> <0.000011>
    12345 07:48:00 read(3</etc/hosts>,  <unfinished ...>
    12346 07:48:01 write(1, "a & b > c", 9) = 9 <0.000021>
    12345 07:48:02 <... read resumed>"127.0.0.1", 4096) = 9 <1.000011>
     > /usr/lib/x86_64-linux-gnu/libc.so.6(read+0x51) [0xf8011]
    12345 07:48:02 close(3</etc/hosts>) = -1 EIO (Input/output error) <0.000011>
    12345 07:48:02 +++ exited with 0 +++

    """

  static func wrap(_ line: @escaping (String) -> String) -> String {
    plain.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map { line(String($0)) + "\n" }.joined()
  }

  static let wrapped: [(String, String)] = [
    ("quoted", wrap { "> " + $0 }), ("quoted twice", wrap { "> > " + $0 }), ("in front of quotes", wrap { "  > " + $0 }),
    ("indented", wrap { "    " + $0 }), ("tabs", wrap { "\t" + $0 }),
    ("colours", wrap { $0.replacing("(", with: "\u{1b}[0m(").replacing(" = ", with: " = \u{1b}[1;34m") + "\u{1b}[0m" }),
    ("colours from the start", wrap { "\u{1b}[33m" + $0 + "\u{1b}[0m\u{1b}[K" }),
    (
      "HTML",
      wrap {
        $0.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
      }
    ),
  ]

  @Test("they are read as if it were not there", arguments: wrapped.indices, [1 << 20, 64]) func readAlike(index: Int, size: Int)
    throws
  {
    let log = try CallLog(Self.wrapped[index].1, workers: 2, chunkSize: size)
    let plain = try CallLog(Self.plain)
    #expect(log.steps == plain.steps, "\(Self.wrapped[index].0)")
    #expect(log.ledger.kinds.map(\.lines) == plain.ledger.kinds.map(\.lines), "\(Self.wrapped[index].0)")
    #expect(plain.ledger.notUnderstood == 0 && plain.calls.count == 4)
  }

  @Test("a coloured -ff set is one") func set() throws {
    let folder = try TemporaryFolder([
      "log.12": "\u{1b}[33m07:48:00\u{1b}[0m getpid() = 12\n07:48:02 \u{1b}[33mgetppid\u{1b}[0m() = 1\n",
      "log.13": "\u{1b}[33m07:48:01\u{1b}[0m getpid() = 13\n",
    ])
    let log = try CallLog(paths: folder("log.12", "log.13"))
    #expect(log.calls.map(\.tid) == [12, 13, 12])
  }

  @Test("--always-show-pid repeats the suffix of a -ff set") func shownPid() throws {
    let folder = try TemporaryFolder([
      "log.12": "12    07:48:00 getpid() = 12\n12    07:48:02 getppid() = 1\n", "log.13": "13    07:48:01 getpid() = 13\n",
    ])
    let log = try CallLog(paths: folder("log.12", "log.13"))
    #expect(log.calls.map(\.tid) == [12, 13, 12])
  }

  @Test("a file of a -ff set may end in an open call, without a newline, and its task's end stuck to it") func openEnds() throws {
    let folder = try TemporaryFolder([
      "log.12": "1795266473.1 getpid() = 12\n1795266473.4 <... execve resumed> ) = 0\n1795266473.9 getpid() = 12\n",
      "log.13": "1795266473.2 getpid() = 12\n1795266473.3 execve(\"/bin/true\", [\"true\"], [/* 4 vars */]",
      "log.14": "1795266473.3 read(3, 1795266473.5 +++ killed by SIGKILL +++\n",
    ])
    let log = try CallLog(paths: folder("log.12", "log.13", "log.14"))
    #expect(log.calls.map(\.syscall) == ["getpid", "getpid", "execve", "getpid"])
    #expect(log.calls.contains { $0.syscall == "execve" && $0.hasStart })
    #expect(log.ledger.notUnderstood == 0 && log.ledger[.exit].lines == 1)
    #expect(log.steps.contains { $0.phase == .abandoned && $0.syscall == "read" && $0.tid == 14 })
  }

  @Test("entities and escapes in strings are the program's") func payload() throws {
    let log = try CallLog("7 write(1, \"&lt;b&gt; \\33[0m\", 12) = 12\n7 write(1, \"&amp;\", 5) = 5\n")
    #expect(log.calls.map(\.arguments) == ["1, \"&lt;b&gt; \\33[0m\", 12", "1, \"&amp;\", 5"])
  }
}
