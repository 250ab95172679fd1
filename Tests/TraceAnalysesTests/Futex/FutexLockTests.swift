import Testing
import TraceAnalyses
import TraceCalls
import TraceSyntax
import TraceTestSupport

@Suite("Futex: locks told from idleness, and who is to blame")
struct FutexLockTests {
  private static let wait = FutexTests.wait
  private static let wake = FutexTests.wake

  @Test("what an address is for") func uses() throws {
    var text = ""
    var time = 0
    func add(_ tid: Int, _ call: String) {
      time += 1000
      text += "\(tid)  10:00:\(time < 10_000_000 ? "0" : "")\(Double(time) / 1e6) \(call)\n"
    }
    for _ in 0..<3 {
      // A timer; a queue that two take from and one fills; a barrier; a parked thread; a mutex.
      add(
        1,
        "futex(0x10, FUTEX_WAIT_BITSET_PRIVATE, 0, {tv_sec=1, tv_nsec=0}, FUTEX_BITSET_MATCH_ANY) = -1 ETIMEDOUT (Connection timed out) <0.100000>"
      )
      for waiter in [2, 3] {
        add(waiter, "futex(0x20, FUTEX_WAIT_BITSET_PRIVATE, 0, NULL, FUTEX_BITSET_MATCH_ANY <unfinished ...>")
        add(9, "futex(0x20, FUTEX_WAKE_PRIVATE, 1) = 1 <0.000010>")
        add(waiter, "<... futex resumed>) = 0 <0.001000>")
      }
      for waiter in [4, 5, 6] { add(waiter, "futex(0x30, FUTEX_WAIT_PRIVATE, 77, NULL <unfinished ...>") }
      add(9, "futex(0x30, FUTEX_WAKE_PRIVATE, 2147483647) = 3 <0.000010>")
      for waiter in [4, 5, 6] { add(waiter, "<... futex resumed>) = 0 <0.001000>") }
      add(7, "futex(0x40, FUTEX_WAIT_BITSET_PRIVATE, 0, NULL, FUTEX_BITSET_MATCH_ANY <unfinished ...>")
      add(9, "futex(0x40, FUTEX_WAKE_PRIVATE, 1) = 1 <0.000010>")
      add(7, "<... futex resumed>) = 0 <0.001000>")
      add(8, "futex(0x50, FUTEX_WAIT_PRIVATE, 2, NULL <unfinished ...>")
      add(9, "futex(0x50, FUTEX_WAKE_PRIVATE, 1) = 1 <0.000010>")
      add(8, "<... futex resumed>) = 0 <0.001000>")
    }
    add(1, "futex(0x60, FUTEX_WAIT_BITSET|FUTEX_CLOCK_REALTIME, 8, NULL, FUTEX_BITSET_MATCH_ANY) = 0 <0.001000>")
    add(9, "futex(0x70, FUTEX_WAKE_PRIVATE, 1) = 0 <0.000010>")
    let result = try analyse(text: text, Futex())
    var uses: [UInt64: FutexResult.Use] = [:]
    for row in result.rows { uses[row.address] = row.use }
    #expect(uses == [0x10: .timer, 0x20: .condition, 0x30: .barrier, 0x40: .park, 0x50: .lock, 0x60: .once, 0x70: .none])
    #expect(result.rows[0].address == 0x50 && result.rows[0].lock == 0 && result.locks.count == 1)
    #expect(result.locks[0].waiters == [8] && result.locks[0].holder == 9 && !result.locks[0].isInferred)
  }

  @Test("the waker is asked what it did meanwhile, and its waker") func chain() throws {
    let result = try analyse(
      text: FutexTests.log(
        "1 00.000000 \(Self.wait("0xa0", 2)) <unfinished ...>",
        "2 00.001000 write(5, \"x\", 1) = 1 <0.009000>",
        "2 00.010000 \(Self.wait("0xb0", 2)) <unfinished ...>",
        "3 00.020000 write(6, \"x\", 1 <unfinished ...>",
        "3 00.900000 <... write resumed>) = 1 <0.880000>",
        "3 00.900100 \(Self.wake("0xb0", 1)) = 1 <0.000010>",
        "2 00.900120 <... futex resumed>) = 0 <0.890110>",
        "2 00.901000 \(Self.wake("0xa0", 1)) = 1 <0.000010>",
        "1 00.901020 <... futex resumed>) = 0 <0.901010>"), Futex())
    let wait = try #require(result.locks[0].longestWaits.first)
    #expect(wait.tid == 1 && wait.waker == 2 && wait.duration == 901_010_000)
    #expect(wait.blame.map(\.tid) == [2, 3])
    #expect(wait.blame[0].parts.map(\.time) == [890_110_000, 9_000_000] && wait.blame[0].parts[0].address == 0xb0)
    #expect(wait.blame[0].parts[1].syscall == "write" && wait.blame[0].parts[1].descriptor == 5)
    #expect(wait.blame[1].parts[0].descriptor == 6 && wait.blame[1].parts[0].time == 880_000_000)
    #expect(wait.blame[1].parts[0].firstLine == 4 && wait.blame[1].parts[0].lastLine == 5)
    #expect(wait.blame[0].outsideCalls == 1_900_000)
  }

  @Test("two that wait for each other for ever, or once a second is over; not a wait that somebody answers") func deadlock()
    throws
  {
    let both = FutexTests.log(
      "1 00.000000 \(Self.wait("0xa0", 2)) <unfinished ...>", "2 00.000100 \(Self.wait("0xb0", 2)) <unfinished ...>")
    #expect(try analyse(text: both, Futex()).deadlocks.map { $0.members.map(\.tid) } == [[1, 2]])
    let one = FutexTests.log("1 00.000000 \(Self.wait("0xa0", 2)) <unfinished ...>", "2 00.500000 getpid() = 2 <0.000010>")
    #expect(try analyse(text: one, Futex()).deadlocks.isEmpty)
    let long = one + FutexTests.log("2 01.500000 getpid() = 2 <0.000010>")
    #expect(try analyse(text: long, Futex()).deadlocks.map { $0.members.map(\.waited) } == [[1_500_000_000]])
    let answered = one + FutexTests.log("2 01.500000 \(Self.wake("0xa0", 1)) = 1 <0.000010>")
    #expect(try analyse(text: answered, Futex()).deadlocks.isEmpty)
    // Each was let in by the other, and waits for it.
    let cycle = FutexTests.log(
      "1 00.000000 \(Self.wait("0xa0", 2)) <unfinished ...>", "2 00.100000 \(Self.wake("0xa0", 1)) = 1 <0.000010>",
      "1 00.100020 <... futex resumed>) = 0 <0.100010>", "2 00.200000 \(Self.wait("0xa0", 2)) <unfinished ...>",
      "1 00.300000 \(Self.wait("0xb0", 2)) <unfinished ...>", "3 05.000000 getpid() = 3 <0.000010>")
    let found = try #require(try analyse(text: cycle, Futex()).deadlocks.first)
    #expect(found.members.map(\.owner) == [1, nil] && found.isCycle)
  }

  /// Lines of a truth of Scripts/capture-locks by their first word.
  private static func truth(_ name: String, _ word: String) throws -> [[String]] {
    try Fixture.text("Fixtures/locks/\(name).truth.tsv").split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
      .filter { $0[0] == word }
  }

  private static func address(_ text: String) throws -> UInt64 { try #require(UInt64(text.dropFirst(2), radix: 16)) }

  @Test("the planted lock comes first, its holder was in send(); the program tells the same", arguments: [1 << 20, 4096])
  func planted(chunkSize: Int) throws {
    let result = try analyse([Fixture.path("Fixtures/locks/planted.log")], Futex(), workers: 2, chunkSize: chunkSize)
    let held = try Self.truth("planted", "held")
    let holder = try #require(Int32(held[0][3]))
    let lock = try #require(result.locks.first)
    #expect(try lock.rows.map { result.rows[$0].address } == [Self.address(Self.truth("planted", "registry")[0][1])])
    #expect(lock.holder == holder && lock.rows == [0])
    // What the threads measured around pthread_mutex_lock, in microseconds: strace's own time is in it.
    let waited = try Self.truth("planted", "waited").map { try #require(Int64($0[2])) }.reduce(0, +)
    #expect(abs(lock.waitTime / 1000 - waited) < waited / 50)
    let wait = try #require(lock.longestWaits.first)
    #expect(wait.duration > 1_000_000_000 && wait.blame.last?.tid == holder)
    let part = try #require(wait.blame.last?.parts.first)
    #expect(part.syscall == "sendto" && part.target == "127.0.0.1:1935" && part.time * 10 > wait.duration * 9)
    // Who is idle is apart.
    let uses = Set(result.rows.filter { $0.lock == nil && $0.waits > 1 }.map(\.use))
    #expect(uses == [.park, .timer])
  }

  @Test("its healthy twin raises no alarm") func healthy() throws {
    let result = try analyse([Fixture.path("Fixtures/locks/healthy.log")], Futex())
    #expect(result.deadlocks.isEmpty && result.locks.allSatisfy { $0.longest < 10_000_000 })
  }

  @Test("a deadlock that a log ends in") func captured() throws {
    let result = try analyse([Fixture.path("Fixtures/locks/deadlock.log")], Futex())
    let threads = try Self.truth("deadlock", "thread").filter { ["first-0", "second-0"].contains($0[2]) }.map { Int32($0[1]) }
    #expect(result.deadlocks.map { $0.members.map(\.tid).sorted() } == [threads.compactMap { $0 }.sorted()])
  }

  @Test("a JVM's lock has no address: it is told by who wakes whom, and a dump names it") func machine() throws {
    let result = try analyse([Fixture.sample("jvm-relay")], Futex(), workers: 2)
    let dump = try #require(
      try Fixture.unpackedSampleTruth("jvm-relay.truth/jstack.txt.xz").withUnsafeBytes { ThreadDump.all(in: $0) }.first)
    let lock = try #require(result.locks.first)
    #expect(lock.holder.flatMap { dump.thread($0)?.name } == "housekeeping" && lock.isInferred)
    #expect(
      lock.waiters.allSatisfy { tid in
        dump.thread(tid).map { $0.name.hasPrefix("worker-") || $0.name.hasPrefix("meter-") } ?? false
      })
    // Held for 1.8 s once; who came right then waited for as long.
    let held = try Fixture.sampleTruth("jvm-relay.truth/hot-lock.tsv").contains("locked\t1800")
    #expect(held && lock.longest > 1_700_000_000 && lock.longest < 1_900_000_000)
    #expect(result.deadlocks.isEmpty)
  }

  @Test("servers of one thread have no locks") func nginx() throws {
    let result = try analyse([Fixture.sample("nginx-rtmp")], Futex(), workers: 2)
    #expect(result.locks.isEmpty && result.deadlocks.isEmpty)
  }

  @Test("garbled logs are no trap", arguments: 1...20) func damaged(seed: Int) throws {
    var bytes = try Fixture.bytes("Fixtures/locks/planted.log").prefix(60_000)
    var random = SeededRandom(seed: UInt64(seed))
    for _ in 0..<400 { bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random) }
    let folder = try TemporaryFolder(log: String(decoding: bytes, as: UTF8.self))
    let result = try analyse([folder.log], Futex())
    #expect(result.rows.allSatisfy { $0.woken + $0.eagain + $0.timeouts + $0.interrupted + $0.otherErrors == $0.waits })
  }
}
