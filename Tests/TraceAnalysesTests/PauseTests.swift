import Testing
import TraceAnalyses
import TraceTestSupport

@Suite("stalls: a virtual machine holds all its threads")
struct PauseTests {
  private static func stalls(_ minimum: Int64 = 1_000_000_000, names: [Int32: String] = [:]) -> Stalls {
    var options = Stalls.Options()
    options.minimum = minimum
    options.names = names
    return Stalls(options)
  }

  /// Fields of the rows of a truth beside a log.
  private static func rows(_ name: String) throws -> [[String]] {
    try Fixture.text("Fixtures/jvm/\(name).tsv").split(separator: "\n").dropFirst().map {
      $0.split(separator: "\t").map(String.init)
    }
  }

  @Test(
    "each long pause of the JVM's own log is found, at its time, with the thread that held the others; no other",
    arguments: ["serial", "parallel", "g1", "running"], [400, 1000])
  func recorded(name: String, milliseconds: Int64) throws {
    let path = Fixture.path("Fixtures/jvm/\(name).log.xz")
    let result = try analyse([path], Self.stalls(milliseconds * 1_000_000), workers: 2, chunkSize: 4096)
    let first = try #require(result.clock.first)
    // The JVM's log has milliseconds. What began before the log is not in it.
    let truth = try Self.rows("\(name).pauses").compactMap { row -> (start: Int64, end: Int64)? in
      let end = Int64(row[0].replacing(".", with: "")).map { $0 * 1_000_000 } ?? 0
      let length = Int64(row[1]) ?? 0
      return length >= milliseconds * 1_000_000 && end - length > first ? (end - length, end) : nil
    }
    #expect(name == "running" ? truth.isEmpty : truth.count >= 2)
    let found = result.rows.map(\.stall)
    #expect(found.allSatisfy { $0.kind == .processStopped && $0.held > 1 })
    #expect(found.count == truth.count)
    let machine = try Self.rows("\(name).tids").first { $0[2] == "VM Thread" }.map { Int32($0[0]) }
    for (stall, pause) in zip(found, truth) {
      #expect(abs(stall.end - pause.end) < 50_000_000)
      // Up to the last call of a thread that went on for a while.
      #expect(stall.start >= pause.start - 50_000_000 && stall.duration > (pause.end - pause.start) * 8 / 10)
      #expect(stall.cause.map(\.tid) == machine)
    }
  }

  private static let wait = "futex(0xb0, FUTEX_WAIT_PRIVATE, 7, NULL"

  /// 1 ticks, 2 asks for readiness; both are held at 0xb0 for two seconds by 9, while 8 goes on with short waits. `extra` are lines in between.
  private static func pause(_ extra: [String] = [], ticks: Bool = true, waker: [String] = []) -> String {
    var lines = [
      "9 10.000000 futex(0x90, FUTEX_WAKE_PRIVATE, 1) = 0 <0.000010>",
      "2 10.000100 epoll_wait(4, [{events=EPOLLIN, data={u32=5, u64=5}}], 8, 500) = 1 <0.000100>",
      "2 10.010000 read(5, \"x\", 8) = 1 <0.000010>", "2 10.010100 \(wait) <unfinished ...>",
    ]
    lines += waker
    if ticks {
      lines.append(
        "1 10.000200 futex(0xc0, FUTEX_WAIT_PRIVATE, 0, {tv_sec=0, tv_nsec=200000000}) = -1 ETIMEDOUT (Connection timed out) <0.200000>"
      )
    }
    lines.append("1 10.200500 \(wait) <unfinished ...>")
    for tenth in 2..<20 {
      lines.append(
        "8 1\(tenth / 10).\(tenth % 10)60000 futex(0xd0, FUTEX_WAIT_PRIVATE, 0, {tv_sec=0, tv_nsec=50000000}) = -1 ETIMEDOUT (Connection timed out) <0.050000>"
      )
    }
    lines += extra
    lines += [
      "9 12.010000 futex(0xb0, FUTEX_WAKE_PRIVATE, 2147483647) = 2 <0.000010>", "1 12.010050 <... futex resumed>) = 0 <1.809550>",
      "2 12.010060 <... futex resumed>) = 0 <1.999960>", "2 12.010100 write(5, \"x\", 1) = 1 <0.000010>",
      "1 12.010200 getpid() = 1 <0.000010>",
    ]
    return lines.map { line in
      let words = line.split(separator: " ", maxSplits: 2)
      return (words[1], "\(words[0])    00:00:\(words[1]) \(words[2])\n")
    }.sorted { $0.0 < $1.0 }.map(\.1).joined()
  }

  @Test("two threads held together, one of them when its time was up") func held() throws {
    let found = try analyse(text: Self.pause(), Self.stalls()).rows.map(\.stall)
    #expect(found.count == 1 && found.first?.kind == .processStopped && found.first?.held == 2)
    #expect(found.first?.cause?.tid == 9 && found.first?.duration == 1_999_950_000)
  }

  @Test("not one: they waited for work, others went on with theirs, or who let them go had waited itself")
  func healthy() throws {
    // Nothing was due.
    let idle = Self.pause(ticks: false).replacing(
      "epoll_wait(4, [{events=EPOLLIN, data={u32=5, u64=5}}], 8, 500) = 1", with: "getpid() = 2")
    #expect(try analyse(text: idle, Self.stalls()).rows.isEmpty)
    for extra in [
      "3 11.000000 recvfrom(6, \"x\", 1, 0, NULL, NULL) = 1 <0.000010>", "3 11.000000 epoll_wait(7, [], 8, 0) = 0 <0.000010>",
    ] {
      #expect(try analyse(text: Self.pause([extra]), Self.stalls()).rows.isEmpty)
    }
    // Five others read files.
    let files = (3..<8).map { "\($0) 11.00000\($0) pread64(6, \"x\", 1, 0) = 1 <0.000010>" }
    #expect(try analyse(text: Self.pause(files), Self.stalls()).rows.isEmpty)
    for call in [
      "9 10.020000 accept(3, NULL, NULL) = 5 <1.980000>",
      "9 10.020000 futex(0xe0, FUTEX_WAIT_PRIVATE, 0, {tv_sec=1, tv_nsec=900000000}) = -1 ETIMEDOUT (Connection timed out) <1.900000>",
    ] {
      #expect(try analyse(text: Self.pause(waker: [call]), Self.stalls()).rows.isEmpty)
    }
  }

  @Test("a name says what nothing else does; names of the log, and those from outside") func names() throws {
    let idle = Self.pause(ticks: false).replacing(
      "epoll_wait(4, [{events=EPOLLIN, data={u32=5, u64=5}}], 8, 500) = 1", with: "getpid() = 2")
    let named = try analyse(text: idle, Self.stalls(names: [9: "VM Thread"])).rows.map(\.stall)
    #expect(named.map { $0.cause?.name } == ["VM Thread"])
    let own = "9    00:00:09.000000 prctl(PR_SET_NAME, \"VM Thread\") = 0 <0.000010>\n" + idle
    #expect(try analyse(text: own, Self.stalls()).rows.map { $0.stall.cause?.name } == ["VM Thread"])
  }
}
