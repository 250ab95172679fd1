import Testing
import TraceTestSupport

@testable import TraceAnalyses

@Suite("threads: waits for locks and parked threads are told apart")
struct ThreadsFutexTests {
  private static func wait(_ address: String, _ value: Int) -> String { "futex(\(address), FUTEX_WAIT_PRIVATE, \(value), NULL" }

  @Test("a thread parked at its own address is idle, one at a mutex is not; both in one interval, and in flight at the end")
  func parked() throws {
    var text = ""
    // 7 parks at 0xa0 until 9 has work, and finds the mutex 0xb0 taken, each second; 8 sleeps with a timeout.
    for second in 10..<14 {
      text += """
        7     00:00:\(second).000000 \(Self.wait("0xa0", 0)) <unfinished ...>
        8     00:00:\(second).000000 futex(0xc0, FUTEX_WAIT_PRIVATE, 0, {tv_sec=1, tv_nsec=0}) = -1 ETIMEDOUT (Connection timed out) <1.000000>
        9     00:00:\(second).500000 futex(0xa0, FUTEX_WAKE_PRIVATE, 1) = 1 <0.000010>
        7     00:00:\(second).500000 <... futex resumed>) = 0 <0.500000>
        7     00:00:\(second).500000 getpid() = 7 <0.100000>
        7     00:00:\(second).600000 \(Self.wait("0xb0", 2)) <unfinished ...>
        9     00:00:\(second).800000 futex(0xb0, FUTEX_WAKE_PRIVATE, 1) = 1 <0.000010>
        7     00:00:\(second).800000 <... futex resumed>) = 0 <0.200000>

        """
    }
    text += "7     00:00:14.000000 \(Self.wait("0xa0", 0)) <unfinished ...>\n8     00:00:15.000000 getpid() = 7 <0.000000>\n"
    let result = try analyse(text: text, threads())
    let seven = result.threads[0]
    #expect(seven.times[.idle] == 3_000_000_000 && seven.parked == 3_000_000_000)
    #expect(seven.times[.lock] == 800_000_000 && seven.times.total == 5_000_000_000)
    #expect(result.threads[1].times[.idle] == 4_000_000_000 && result.threads[1].times[.lock] == 0)
    #expect(result.rows.filter { $0.thread == 0 }.map(\.parked) == [500, 500, 500, 500, 1000].map { $0 * 1_000_000 })
    #expect(result.rows.filter { $0.thread == 0 }.map { $0.times[.lock] } == [200, 200, 200, 200, 0].map { $0 * 1_000_000 })
    #expect(seven.role == .pool && !result.notes.contains { $0.contains("parked") })
  }

  @Test("a wait without an address is what the thread's other waits are") func unknown() throws {
    let text = """
      6     00:00:10.000000 getpid() = 7 <0.000000>
      7     00:00:10.500000 <... futex resumed>) = 0 <7.000000>
      8     00:00:10.500000 <... futex resumed>) = 0 <7.000000>
      8     00:00:10.500000 \(Self.wait("0xb0", 2)) <unfinished ...>
      6     00:00:10.700000 futex(0xb0, FUTEX_WAKE_PRIVATE, 1) = 1 <0.000010>
      8     00:00:10.700000 <... futex resumed>) = 0 <0.200000>

      """
    let result = try analyse(text: text, threads())
    #expect(result.threads[1].parked == 500_000_000 && result.threads[1].times[.idle] == 500_000_000)
    #expect(result.threads[2].parked == 0 && result.threads[2].times[.lock] == 700_000_000)
  }

  @Test("an event loop that parks has idle left, one that waits for a mutex has none") func saturation() throws {
    var text = ""
    for (tid, value) in [(7, 0), (8, 2)] {
      for second in 10..<13 {
        for tenth in 0..<10 {
          let stamp = "00:00:\(second).\(tenth)"
          text += "\(tid)     \(stamp)00000 recvfrom(3, \"x\", 1, 0, NULL, NULL) = 1 <0.050000>\n"
          if second == 11 {
            text += "\(tid)     \(stamp)50000 \(Self.wait("0x\(tid)0", value)) <unfinished ...>\n"
            text += "9     \(stamp)90000 futex(0x\(tid)0, FUTEX_WAKE_PRIVATE, 1) = 1 <0.000010>\n"
            text += "\(tid)     \(stamp)99999 <... futex resumed>) = 0 <0.049999>\n"
          } else {
            text += "\(tid)     \(stamp)50000 epoll_wait(4, [], 8, 50) = 0 <0.050000>\n"
          }
        }
      }
    }
    let folder = try TemporaryFolder(
      log: text.split(separator: "\n").sorted { $0.dropFirst(6) < $1.dropFirst(6) }.joined(separator: "\n") + "\n")
    let result = try analyse([folder.log], threads())
    #expect(result.threads.map(\.saturated) == [0, 1_000_000_000, 0])
    #expect(result.rows.filter { $0.thread == 0 }.map(\.isSaturated) == [false, false, false])
    #expect(result.rows.filter { $0.thread == 1 }.map(\.isSaturated) == [false, true, false])
    var sums = Threads.Options()
    sums.isTimeline = false
    #expect(try analyse([folder.log], Threads(sums)).threads.map(\.saturated) == [0, 1_000_000_000, 0])
  }

  @Test("the planted lock: threads waited for locks as long as futex says, and its twin hardly ever")
  func planted() throws {
    for name in ["planted", "healthy", "deadlock"] {
      let path = Fixture.path("Fixtures/locks/\(name).log")
      let (threads, futex) = (try analyse([path], threads()), try analyse([path], Futex()))
      let locks = threads.threads.reduce(0) { $0 + $1.times[.lock] }
      let rows = futex.rows.filter { $0.use.isContention }
      let expected = rows.reduce(Int64(0)) { $0 + ($1.waitTime ?? 0) + ($1.inFlightTime ?? 0) }
      #expect(abs(locks - expected) <= expected / 100 + 1_000_000, "\(name): \(locks) \(expected)")
      #expect(name != "healthy" || locks < 20_000_000)
    }
  }

  @Test("a JVM's pool threads are idle, those kept by the planted holder are not") func machine() throws {
    let result = try analyse([Fixture.sample("jvm-relay")], threads(), workers: 2)
    let sum = result.threads.reduce(into: ActivityTimes()) { $0.add($1.times) }
    // strace -c: 452 s of futex. Locks are 19 s of it, and barriers.
    #expect(sum[.lock] > 15_000_000_000 && sum[.lock] < 40_000_000_000)
    #expect(result.threads.reduce(0) { $0 + $1.parked } > 350_000_000_000)
    let longest = try #require(result.rows.max { $0.times[.lock] < $1.times[.lock] })
    #expect(longest.times[.lock] > 900_000_000)
  }

  @Test("threads that wait at very many addresses: time is kept, memory is not used up") func many() throws {
    var text = ""
    for number in 0..<300_000 {
      text +=
        "7     00:00:\(10 + number / 100_000) futex(0x\(String(number * 8 + 4096, radix: 16)), FUTEX_WAIT_PRIVATE, 2, NULL) = 0 <0.000010>\n"
    }
    let result = try analyse(text: text, threads())
    #expect(result.threads[0].times[.lock] == 3_000_000_000 && result.threads[0].parked == 0)
  }
}
