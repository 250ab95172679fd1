import Testing
import TraceAnalyses
import TraceSyntax
import TraceTestSupport

@Suite("Futex: what is counted, and who woke whom")
struct FutexTests {
  /// Lines `tid seconds text`, the stamp in microseconds.
  static func log(_ lines: String...) -> String {
    lines.map { line in
      let parts = line.split(separator: " ", maxSplits: 2)
      return "\(parts[0])  10:00:\(parts[1]) \(parts[2])\n"
    }.joined()
  }

  static func wait(_ address: String, _ value: Int = 2) -> String { "futex(\(address), FUTEX_WAIT_PRIVATE, \(value), NULL" }
  static func wake(_ address: String, _ count: Int = 1) -> String { "futex(\(address), FUTEX_WAKE_PRIVATE, \(count))" }

  @Test("outcomes of waits, wakes, what is in flight") func outcomes() throws {
    let result = try analyse(
      text: Self.log(
        "7 00.000000 \(Self.wait("0xa0")) <unfinished ...>",
        "8 00.500000 \(Self.wake("0xa0")) = 1 <0.000010>",
        "7 00.500020 <... futex resumed>) = 0 <0.500015>",
        "7 00.600000 \(Self.wait("0xa0"))) = -1 EAGAIN (Resource temporarily unavailable) <0.000005>",
        "7 00.700000 futex(0xa0, FUTEX_WAIT_BITSET_PRIVATE, 0, {tv_sec=0, tv_nsec=7}, FUTEX_BITSET_MATCH_ANY) = -1 ETIMEDOUT (Connection timed out) <0.100000>",
        "7 00.900000 \(Self.wait("0xa0"))) = ? ERESTARTSYS (To be restarted if SA_RESTART is set) <0.001000>",
        "7 01.000000 \(Self.wait("0xa0"))) = -1 EINTR (Interrupted system call) <0.002000>",
        "7 01.100000 \(Self.wait("0xa0"))) = -1 EFAULT (Bad address) <0.000001>",
        "8 01.200000 \(Self.wake("0xa0")) = 0 <0.000010>",
        "8 02.000000 \(Self.wait("0xb0")) <unfinished ...>",
        "7 03.500000 getpid() = 7 <0.000001>"), Futex())
    let row = try #require(result.rows.first { $0.address == 0xa0 })
    #expect(
      row.waits == 6 && row.woken == 1 && row.eagain == 1 && row.timeouts == 1 && row.interrupted == 2 && row.otherErrors == 1)
    #expect(row.waitTime == 603_021_000 && row.longest == 500_015_000)
    #expect(row.wakes == 2 && row.threadsWoken == 1 && row.waiters == 1 && row.wakers == 1)
    #expect(row.topWaiter == 7 && row.topWaker == 8)
    // From the return of the wake, 0.50001, to that of the wait.
    #expect(row.handOff?.longest == 10_000)
    let open = try #require(result.rows.first { $0.address == 0xb0 })
    #expect(open.waits == 0 && open.inFlight == 1 && open.inFlightTime == 1_500_000_000 && open.waitTime == 0)
    #expect(result.notes.isEmpty)
  }

  @Test("the waker's result may come after the woken thread went on; each wake ends as many waits as it woke") func waker() throws
  {
    let result = try analyse(
      text: Self.log(
        "1 00.000000 \(Self.wait("0xa0")) <unfinished ...>",
        "2 00.000001 \(Self.wait("0xa0")) <unfinished ...>",
        "3 00.100000 \(Self.wake("0xa0")) = 1 <0.000010>",
        "1 00.100020 <... futex resumed>) = 0 <0.100015>",
        "4 00.200000 futex(0xa0, FUTEX_WAKE_PRIVATE, 1 <unfinished ...>",
        "2 00.200010 <... futex resumed>) = 0 <0.200000>",
        "4 00.200020 <... futex resumed>) = 1 <0.000020>",
        // Nobody was woken by this one.
        "5 00.300000 \(Self.wait("0xa0")) <unfinished ...>",
        "3 00.400000 futex(0xa0, FUTEX_WAKE_PRIVATE, 1 <unfinished ...>",
        "6 00.400001 \(Self.wake("0xa0")) = 1 <0.000001>",
        "5 00.400010 <... futex resumed>) = 0 <0.100000>",
        "3 00.400020 <... futex resumed>) = 0 <0.000020>"), Futex())
    let waits = result.rows[0].longestWaits.sorted { $0.tid < $1.tid }
    #expect(waits.map(\.tid) == [1, 2, 5] && waits.map(\.waker) == [3, 4, 6])
    #expect(waits.map(\.wakeLine) == [3, 5, 10] && waits.map(\.startLine) == [1, 2, 8] && waits.map(\.endLine) == [4, 6, 11])
  }

  @Test("requeued waiters are woken at the other address; WAKE_OP wakes at both") func requeue() throws {
    let result = try analyse(
      text: Self.log(
        "1 00.000000 \(Self.wait("0xa0", 7)) <unfinished ...>",
        "2 00.100000 futex(0xa0, FUTEX_CMP_REQUEUE_PRIVATE, 0, 2147483647, 0xb0, 7) = 1 <0.000010>",
        "3 00.200000 \(Self.wake("0xb0")) = 1 <0.000010>",
        "1 00.200020 <... futex resumed>) = 0 <0.200010>",
        "4 00.300000 \(Self.wait("0xd0", 7)) <unfinished ...>",
        "2 00.400000 futex(0xc0, FUTEX_WAKE_OP_PRIVATE, 1, 1, 0xd0, FUTEX_OP_SET<<28|0<<12|FUTEX_OP_CMP_GT<<24|0x1) = 1 <0.000010>",
        "4 00.400020 <... futex resumed>) = 0 <0.100010>"), Futex())
    func row(_ address: UInt64) throws -> FutexResult.Row { try #require(result.rows.first { $0.address == address }) }
    #expect(try row(0xa0).longestWaits.map(\.waker) == [3])
    #expect(try row(0xa0).wakes == 1 && row(0xa0).threadsWoken == 1 && row(0xb0).wakes == 1)
    #expect(try row(0xd0).longestWaits.map(\.waker) == [2])
  }

  @Test("PI locks, futex_waitv and the calls of Linux 6.7") func otherCalls() throws {
    let result = try analyse(
      text: Self.log(
        "1 00.000000 futex(0xa0, FUTEX_LOCK_PI_PRIVATE, NULL <unfinished ...>",
        "2 00.100000 futex(0xa0, FUTEX_UNLOCK_PI_PRIVATE) = 0 <0.000010>",
        "1 00.100020 <... futex resumed>) = 0 <0.100010>",
        "1 00.200000 futex_waitv([{val=0, uaddr=0xb0, flags=FUTEX2_SIZE_U32|FUTEX2_PRIVATE}, {val=0, uaddr=0xc0, flags=FUTEX2_SIZE_U32|FUTEX2_PRIVATE}], 2, 0, NULL, CLOCK_MONOTONIC) = 1 <0.010000>",
        "1 00.300000 futex_wait(0xd0, 2, 0xffffffff, FUTEX2_SIZE_U32|FUTEX2_PRIVATE, NULL, CLOCK_MONOTONIC <unfinished ...>",
        "2 00.400000 futex_wake(0xd0, 0xffffffff, 1, FUTEX2_SIZE_U32|FUTEX2_PRIVATE) = 1 <0.000010>",
        "1 00.400020 <... futex_wait resumed>) = 0 <0.100010>"), Futex())
    func row(_ address: UInt64) throws -> FutexResult.Row { try #require(result.rows.first { $0.address == address }) }
    #expect(try row(0xa0).use == .lock && row(0xa0).waits == 1 && row(0xa0).wakes == 0 && row(0xa0).longestWaits[0].waker == 2)
    #expect(try row(0xb0).waits == 1 && row(0xc0).waits == 1 && row(0xc0).waitTime == 10_000_000)
    #expect(try row(0xd0).use == .lock && row(0xd0).longestWaits[0].waker == 2 && row(0xd0).wakes == 1)
  }

  @Test("words that processes share are woken from another one") func shared() throws {
    let result = try analyse(
      text: """
        1  10:00:00.000000 fork() = 2 <0.000100>
        1  10:00:00.001000 futex(0xa0, FUTEX_WAIT, 0, NULL <unfinished ...>
        2  10:00:00.101000 futex(0xa0, FUTEX_WAKE, 1) = 1 <0.000010>
        1  10:00:00.101020 <... futex resumed>) = 0 <0.100010>

        """, Futex())
    #expect(result.rows.map(\.process) == ["1", "2"])
    #expect(result.rows[0].longestWaits.map(\.waker) == [2] && result.rows[1].wakes == 1)
  }

  @Test("without -T, without stamps, raw, cut, addresses only") func poor() throws {
    let bare = try analyse(
      text: "7     futex(0xa0, FUTEX_WAIT_PRIVATE, 2, NULL) = 0\n8     futex(0xa0, FUTEX_WAKE_PRIVATE, 1) = 1\n", Futex())
    #expect(bare.rows[0].waits == 1 && bare.rows[0].waitTime == nil && bare.rows[0].longest == nil && bare.rows[0].handOff == nil)
    #expect(bare.notes == ["some waits have no known duration (record with strace -T)"])
    let raw = try analyse(
      text: "7     10:00:00 futex(0xa0, 0x80, 0x2, 0) = 0 <0.5>\n7     10:00:00 futex(0xa0, 0x81, 0x1) = 0x1 <0.1>\n", Futex())
    #expect(raw.rows[0].waits == 1 && raw.rows[0].waitTime == 500_000_000 && raw.rows[0].threadsWoken == 1)
    let cut = try analyse(
      text: "7     10:00:00 futex(0xa0) = 0 <0.5>\n8     10:00:00 <... futex resumed>) = 0 <1.0>\n9     10:00:01 futex() = 0\n",
      Futex())
    #expect(cut.rows.map(\.waits) == [0] && cut.notes.count == 2)
    let ended = try analyse(
      text:
        "7     10:00:00.0 futex(0xa0, FUTEX_WAIT_PRIVATE, 2, NULL <unfinished ...>\n7     10:00:01.0 +++ exited with 0 +++\n8     10:00:02.0 getpid() = 8\n",
      Futex())
    #expect(ended.rows.map(\.inFlight) == [0] && ended.rows.map(\.waits) == [0])
  }

  @Test("filters: task, process, time") func filters() throws {
    let text = Self.log(
      "1 00.000000 \(Self.wait("0xa0"))) = 0 <0.100000>", "2 01.000000 \(Self.wait("0xa0"))) = 0 <0.100000>",
      "2 02.000000 \(Self.wait("0xb0"))) = 0 <0.100000>")
    var options = Futex.Options()
    options.filter.tids = [2]
    #expect(try analyse(text: text, Futex(options)).rows.map(\.waits) == [1, 1])
    options.filter.to = TimePoint("10:00:02")
    #expect(try analyse(text: text, Futex(options)).rows.map(\.address) == [0xa0])
    options.filter.processes = ["99"]
    #expect(try analyse(text: text, Futex(options)).rows.isEmpty)
  }

  @Test("a series sums to the totals, time spread over the intervals that a wait touched") func timeline() throws {
    var options = Futex.Options()
    options.interval = 1_000_000_000
    let result = try analyse(
      text: Self.log(
        "1 00.500000 \(Self.wait("0xa0")) <unfinished ...>", "2 02.750000 \(Self.wake("0xa0")) = 1 <0.000010>",
        "1 02.750020 <... futex resumed>) = 0 <2.250000>"), Futex(options))
    #expect(result.timeline.map(\.time) == [499_980_000, 1_000_000_000, 750_020_000])
    #expect(result.timeline.map(\.waits) == [0, 0, 1] && result.timeline.map(\.wakes) == [0, 0, 1])
    let sample = try analyse([Fixture.path("Fixtures/locks/planted.log")], Futex(options), workers: 2)
    for (index, row) in sample.rows.enumerated() {
      let cells = sample.timeline.filter { $0.row == index }
      #expect(cells.reduce(0) { $0 + $1.time } == row.waitTime ?? 0)
      #expect(cells.reduce(0) { $0 + $1.waits } == row.waits && cells.reduce(0) { $0 + $1.wakes } == row.wakes)
    }
  }
}
