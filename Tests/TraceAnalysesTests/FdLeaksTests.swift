import Testing
import TraceProcesses
import TraceTestSupport

@testable import TraceAnalyses

@Suite("Leaks")
struct FdLeaksTests {
  static func rows(_ text: String, _ options: FdLeaks.Options = .init()) throws -> [FdLeaks.Row] {
    try analyse(text: text, FdLeaks(options)).rows
  }

  static let files =
    (0..<6).map { "7     10:00:0\($0) openat(AT_FDCWD, \"/tmp/part-\($0 + 8).dat\", O_RDONLY) = \($0 + 3)\n" }.joined()

  @Test("what one place opened is one row, with what it closed") func group() throws {
    let rows = try Self.rows(Self.files + "7     10:00:09 close(4) = 0\n7     10:00:09 close(8) = 0\n")
    let row = try #require(rows.first)
    #expect(rows.count == 1 && row.path == "/tmp/part-*.dat" && row.open == 4 && row.opened == 6 && row.untilExit == 0)
    #expect(row.first.openedLine == 1 && row.first.descriptor == 3 && row.last.openedLine == 5 && row.tasks == 1)
  }

  @Test("one path alone is named in full") func single() throws {
    #expect(try Self.rows("7     openat(AT_FDCWD, \"/tmp/part-8.dat\", O_RDONLY) = 3\n").map(\.path) == ["/tmp/part-8.dat"])
  }

  @Test("what was there before, what a call closed and what an exec closed are none") func closed() throws {
    let log = """
      7     read(9, "x", 1) = 1
      7     open("/a", O_RDONLY) = 3
      7     close(3) = 0
      7     open("/b", O_RDONLY|O_CLOEXEC) = 3
      7     execve("/x", ["x"], 0x7f) = 0
      7     open("/c", O_RDONLY) = 3
      7     dup2(9, 3) = 3

      """
    let rows = try Self.rows(log)
    #expect(rows.map(\.kind) == [.unknown] && rows.map(\.first.openedLine) == [7])
  }

  @Test("what nothing but the end of the process closed") func exit() throws {
    let log = """
      7     open("/a", O_RDONLY) = 3
      7     clone(child_stack=NULL, flags=SIGCHLD) = 8
      8     open("/b", O_RDONLY) = 4
      8     +++ exited with 0 +++
      7     +++ exited with 0 +++

      """
    let rows = try Self.rows(log)
    // Not the child's copy of /a.
    #expect(rows.map(\.path) == ["/a", "/b"] && rows.map(\.untilExit) == [1, 1] && rows.map(\.open) == [0, 0])
  }

  @Test("clients of a port are one place, whatever their ports; servers are told apart") func peers() throws {
    func address(_ host: String, _ port: Int) -> String {
      "{sa_family=AF_INET, sin_port=htons(\(port)), sin_addr=inet_addr(\"\(host)\")}"
    }
    let log =
      (0..<3).map { "7     accept(3, \(address("10.0.0.9", 5000 + $0)), [16]) = \($0 + 4)\n" }.joined()
      + (0..<2).map {
        "7     socket(AF_INET, SOCK_STREAM, 0) = \($0 + 20)\n7     connect(\($0 + 20), \(address("10.0.0.1", 80 + $0)), 16) = 0\n"
      }.joined()
    let rows = try Self.rows(log)
    #expect(rows.map(\.peer) == ["10.0.0.9:*", "10.0.0.1:80", "10.0.0.1:81"] && rows.map(\.open) == [3, 1, 1])
  }

  @Test("by thread, and within a time") func options() throws {
    let log = """
      7     10:00:00 clone(child_stack=0x1, flags=CLONE_VM|CLONE_FILES|CLONE_THREAD) = 8
      7     10:00:01 open("/a", O_RDONLY) = 3
      8     10:00:02 open("/a", O_RDONLY) = 4
      8     10:00:03 open("/a", O_RDONLY) = 5
      8     10:00:09 close(5) = 0

      """
    #expect(try Self.rows(log).map(\.tasks) == [2])
    var options = FdLeaks.Options()
    options.isByThread = true
    #expect(try Self.rows(log, options).map(\.last.openedTid) == [7, 8])
    options.filter.from = TimePoint("10:00:02")
    options.filter.to = TimePoint("10:00:05")
    // Not closed yet at 10:00:05.
    #expect(try Self.rows(log, options).map(\.open) == [2])
  }

  @Test(
    "patterns of paths",
    arguments: [
      ("/tmp/a1/22", "/tmp/a*/*"), ("/x/0a1b2c3d-4455/f", "/x/*-*/f"), ("/proc/self/fd", "/proc/self/fd"),
      ("/deadbeef", "/deadbeef"),
      ("", ""), ("/é1", "/é*"),
    ])
  func pattern(path: String, expected: String) { #expect(FdLeaks.pattern(path) == expected) }
}

@Suite("Growth")
struct FdGrowthTests {
  static func result(_ text: String, interval: Int64 = 1_000_000_000, _ filter: CallFilter = CallFilter()) throws
    -> FdGrowth.Result
  {
    var options = FdGrowth.Options()
    options.interval = interval
    options.filter = filter
    return try analyse(text: text, FdGrowth(options))
  }

  static let log = """
    7     10:00:00 read(9, "x", 1) = 1
    7     10:00:01 open("/a", O_RDONLY) = 3
    7     10:00:01 open("/b", O_RDONLY) = 4
    7     10:00:01 close(3) = 0
    7     10:00:04 socket(AF_INET, SOCK_STREAM, 0) = 3
    7     10:00:04 read(8, "x", 1) = 1
    7     10:00:06 dup2(3, 4) = 4
    7     10:00:07 +++ exited with 0 +++

    """

  @Test("opened, closed, open and most open") func counts() throws {
    let rows = try Self.result(Self.log).rows
    #expect(rows.map(\.opened) == [0, 2, 1, 1, 0] && rows.map(\.closed) == [0, 1, 0, 1, 4])
    // 8 and 9 were there before.
    #expect(rows.map(\.open.all) == [2, 3, 4, 4, 0] && rows.map(\.peak) == [2, 4, 4, 4, 4])
    #expect(rows[3].open == FdGrowth.Counts(files: 0, sockets: 2, pipes: 0, others: 2))
  }

  @Test("longer intervals, a part of the time, one descriptor") func options() throws {
    let long = try Self.result(Self.log, interval: 5_000_000_000)
    #expect(long.rows.map(\.opened) == [3, 1] && long.rows.map(\.closed) == [1, 5] && long.rows.map(\.peak) == [4, 4])
    var filter = CallFilter()
    filter.from = TimePoint("10:00:04")
    filter.to = TimePoint("10:00:07")
    #expect(try Self.result(Self.log, filter).rows.map(\.open.all) == [4, 4])
    filter = CallFilter()
    filter.descriptors = [3]
    #expect(try Self.result(Self.log, filter).rows.map(\.open.all) == [0, 1, 0])
  }

  @Test("the sums are those of the lives of descriptors", arguments: ["everything", "f-tt-T-C-w", "attach-yy"])
  func sums(name: String) throws {
    let capture = Capture.named(name)
    let lives = try analyse(capture, Fds()).rows.filter { $0.incarnation.n >= 0 }
    let rows = try analyse(capture, FdGrowth()).rows
    #expect(
      rows.map(\.opened).reduce(0, +) == lives.count { $0.incarnation.openedBy != .pre && $0.incarnation.openedTime != nil })
    #expect(rows.map(\.closed).reduce(0, +) == lives.count { $0.incarnation.closedBy != .none })
    let last = Dictionary(rows.map { ($0.process, $0.open.all) }) { $1 }
    #expect(last.values.reduce(0, +) == lives.count { $0.incarnation.closedBy == .none })
    #expect(rows.allSatisfy { $0.open.all >= 0 && $0.peak >= $0.open.all })
  }

  @Test("a log without stamps has no rows") func timeless() throws {
    #expect(try Self.result("7     open(\"/a\", O_RDONLY) = 3\n").rows.isEmpty)
  }
}
