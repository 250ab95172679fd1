import Testing
import TraceTestSupport

@testable import TraceAnalyses

func threads(interval: Int64 = 1_000_000_000, _ filter: CallFilter = CallFilter(), names: [Int32: String] = [:]) -> Threads {
  var options = Threads.Options()
  options.interval = interval
  options.isTimeline = true
  options.filter = filter
  options.names = names
  return Threads(options)
}

@Suite("threads of a few lines")
struct ThreadsTests {
  /// `interval tid activity=ns ...` of each row, intervals from the first, nothing for zeros.
  static func cells(_ text: String, _ analysis: Threads = threads()) throws -> [String] {
    let result = try analyse(text: text, analysis)
    return result.rows.map { row in
      let times = Activity.allCases.filter { row.times[$0] != 0 }.map { " \($0.name)=\(row.times[$0])" }.joined()
      return "\(row.interval - result.origin) \(result.threads[row.thread].tid)\(times)"
    }
  }

  @Test("calls, the gaps between them, and a long call over several intervals") func spread() throws {
    let text = """
      7     00:00:10.000000 fsync(3) = 0 <0.200000>
      7     00:00:10.500000 epoll_wait(4, [], 8, 5000) = 0 <3.000000>
      7     00:00:13.600000 getpid() = 7 <0.100000>

      """
    #expect(
      try Self.cells(text) == [
        "0 7 sync=200000000 idle=500000000 untraced=300000000", "1 7 idle=1000000000", "2 7 idle=1000000000",
        "3 7 idle=500000000 other=100000000 untraced=100000000",
      ])
  }

  @Test("a thread goes on to the log's end, or to its own") func ends() throws {
    let text = """
      7     00:00:10.000000 getpid() = 7 <0.000000>
      8     00:00:10.200000 getpid() = 7 <0.000000>
      8     00:00:10.300000 +++ exited with 0 +++
      7     00:00:10.400000 read(3,  <unfinished ...>
      9     00:00:11.000000 getpid() = 7 <0.000000>

      """
    #expect(
      try Self.cells(text) == ["0 7 other=600000000 untraced=400000000", "0 8 untraced=100000000"])
  }

  @Test("a call that began before the log holds its thread since the log began") func before() throws {
    let text = """
      7     00:00:10.000000 getpid() = 7 <0.000000>
      8     00:00:10.500000 <... futex resumed>) = 0 <7.000000>
      8     00:00:10.500000 getpid() = 7 <0.000000>

      """
    #expect(try Self.cells(text) == ["0 7 untraced=500000000", "0 8 idle=500000000"])
  }

  @Test("with stamps of whole seconds calls are laid end to end: no time is lost, none is counted twice") func packed() throws {
    let text = """
      7     00:00:10 fsync(3) = 0 <0.400000>
      7     00:00:10 fsync(3) = 0 <0.400000>
      7     00:00:10 fsync(3) = 0 <0.400000>
      7     00:00:12 fsync(3) = 0 <0.100000>

      """
    #expect(
      try Self.cells(text) == ["0 7 sync=1000000000", "1 7 sync=200000000 untraced=800000000", "2 7 sync=100000000"])
  }

  @Test("without -T a call on two lines lasts from the one to the other, one on one line not at all") func untimed() throws {
    let text = """
      7     00:00:10.000000 fsync(3) = 0
      7     00:00:10.100000 fsync(3 <unfinished ...>
      8     00:00:10.200000 getpid() = 7
      7     00:00:10.300000 <... fsync resumed>) = 0

      """
    let result = try analyse(text: text, threads())
    #expect(try Self.cells(text)[0] == "0 7 sync=200000000 untraced=100000000")
    #expect(result.threads.map(\.untimed) == [1, 1])
    #expect(result.notes.contains { $0.contains("2 calls have no duration") })
  }

  @Test("without stamps sums of calls are there, other time is not") func clockless() throws {
    let result = try analyse(text: "fsync(3) = 0 <0.200000>\ngetpid() = 7 <0.000001>\n", threads())
    #expect(result.threads.count == 1 && result.threads[0].times[.sync] == 200_000_000 && result.threads[0].present == nil)
    #expect(result.notes.contains { $0.contains("no time stamps") })
  }

  @Test("a clock that was set back: what lies before is left out and said") func stepBack() throws {
    let text = """
      7     1795255200.000000 fsync(3) = 0 <0.200000>
      7     1795255190.000000 fsync(3) = 0 <0.200000>
      7     1795255201.000000 fsync(3) = 0 <0.200000>

      """
    let result = try analyse(text: text, threads())
    #expect(result.threads[0].times[.sync] == 400_000_000 && result.clipped == 200_000_000)
    #expect(result.threads[0].times.total == 1_200_000_000)
  }

  @Test("names: what -Y prints, what a thread calls itself, what a file says wins") func names() throws {
    let text = """
      7<java>  00:00:10.000000 getpid() = 7 <0.000000>
      8<java>  00:00:10.000000 prctl(PR_SET_NAME, "GC Thread#0") = 0 <0.000000>
      9<a b>  00:00:10.000000 getpid() = 7 <0.000000>
      [pid    10<sh>] 00:00:10.000000 getpid() = 7 <0.000000>

      """
    let result = try analyse(text: text, threads(names: [9: "other"]))
    #expect(result.threads.map(\.name) == ["java", "GC Thread#0", "other", "sh"])
    #expect(result.threads[1].role == .gc)
  }

  @Test("no idle left: intervals of an event loop in which it never waited") func saturation() throws {
    var text = ""
    for second in 10..<13 {
      for tenth in 0..<10 {
        text += "7     00:00:\(second).\(tenth)00000 recvfrom(3, \"x\", 1, 0, NULL, NULL) = 1 <0.050000>\n"
        if second != 11 { text += "7     00:00:\(second).\(tenth)50000 epoll_wait(4, [], 8, 50) = 0 <0.050000>\n" }
      }
    }
    let result = try analyse(text: text, threads())
    #expect(result.rows.map(\.isSaturated) == [false, true, false])
    #expect(result.threads[0].saturated == 1_000_000_000 && result.threads[0].role == .ioWorker)
  }

  @Test(
    "--from and --to cut the time",
    arguments: [("00:00:11", "00:00:12", 1_000_000_000), ("00:00:10.5", "00:00:10.75", 250_000_000)] as [(String, String, Int64)])
  func window(from: String, to: String, length: Int64) throws {
    var filter = CallFilter()
    filter.from = TimePoint(from)
    filter.to = TimePoint(to)
    let text = "7     00:00:10.000000 epoll_wait(4, [], 8, 5000) = 0 <3.000000>\n7     00:00:13.000000 getpid() = 7 <0.000000>\n"
    let result = try analyse(text: text, threads(filter))
    #expect(result.threads[0].times.total == length && result.threads[0].times[.idle] == length)
  }

  @Test("a call of centuries is one row, not a million") func long() throws {
    let text = "7     00:00:10.000000 read(3, \"x\", 1) = 1 <900000000.000000>\n"
    let result = try analyse(text: text, threads(interval: 1000))
    #expect(result.cells.count <= 3 && result.threads[0].times.total == 900_000_000_000_000_000)
  }

  @Test("nothing, and one thread only") func small() throws {
    #expect(try analyse(text: "\n", threads()).threads.isEmpty)
    #expect(try analyse(text: "read(3, \"x\", 1) = 1\n", threads()).threads.count == 1)
  }
}

@Suite("threads adds up")
struct ThreadSumTests {
  @Test("the rows of a thread sum to its totals; none exceeds its interval", arguments: Capture.all, [10_000_000, 1_000_000_000])
  func sums(capture: Capture, interval: Int64) throws {
    let result = try analyse(capture, threads(interval: interval))
    var sums = [ActivityTimes](repeating: ActivityTimes(), count: result.threads.count)
    var last: (Int64, Int) = (.min, -1)
    for row in result.rows {
      #expect(row.times.total <= interval)
      for activity in Activity.allCases { #expect(row.times[activity] >= 0) }
      sums[row.thread].add(row.times)
      #expect(last < (row.interval, row.thread))
      last = (row.interval, row.thread)
    }
    guard result.clock.kind != .none else { return }
    for (thread, sum) in zip(result.threads, sums) {
      for activity in Activity.allCases { #expect(sum[activity] == thread.times[activity]) }
    }
  }

  @Test("workers and chunks change nothing") func workers() throws {
    let capture = Capture.named("everything")
    let (one, three) = (try analyse(capture, threads()), try analyse(capture, threads(), workers: 3, chunkSize: 4096))
    #expect(one.rows.map { "\($0)" } == three.rows.map { "\($0)" })
    #expect(one.threads.map { "\($0)" } == three.threads.map { "\($0)" })
  }
}
