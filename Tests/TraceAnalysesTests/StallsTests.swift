import Testing
import TraceTestSupport

@testable import TraceAnalyses

func stalls(_ minimum: Int64 = 1_000_000_000, _ filter: CallFilter = CallFilter()) -> Stalls {
  var options = Stalls.Options()
  options.minimum = minimum
  options.filter = filter
  return Stalls(options)
}

/// Lines of a relay's log: a feed at descriptor 4, read ten times a second, and what is made of it.
private struct Script {
  var text = ""
  /// Nanoseconds.
  private var time: Int64 = 36_000_000_000_000

  init() {
    call("socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 4")
    call("socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 5")
  }

  mutating func call(_ call: String, _ seconds: Double = 0.0001, tid: Int = 7) {
    let duration = Int64(seconds * 1e9)
    text += "\(tid)     \(stamp(time)) \(call) <\(decimal(duration))>\n"
    time += duration + 100_000
  }

  /// Seconds of the feed: epoll_wait, then a read.
  mutating func feed(_ seconds: Double, every gap: Double = 0.1) {
    for _ in 0..<Int(seconds / gap) {
      call("epoll_wait(3, [{events=EPOLLIN, data={u32=4, u64=4}}], 8, -1) = 1", gap - 0.0003)
      call("read(4, \"0123456789abcdef\", 4096) = 1000")
    }
  }

  mutating func line(_ text: String, tid: Int = 7) { self.text += "\(tid)     \(stamp(time)) \(text)\n" }

  mutating func pass(_ seconds: Double) { time += Int64(seconds * 1e9) }

  private func stamp(_ time: Int64) -> String {
    let seconds = time / 1_000_000_000
    return "\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60)).\(six(time % 1_000_000_000 / 1000))"
  }

  private func decimal(_ time: Int64) -> String { "\(time / 1_000_000_000).\(six(time % 1_000_000_000 / 1000))" }
  private func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
  private func six(_ value: Int64) -> String { String(String(1_000_000 + value).dropFirst()) }
}

@Suite("stalls of a few lines")
struct StallsTests {
  /// `kind fd seconds cause` of each.
  private static func found(_ script: Script, _ minimum: Int64 = 1_000_000_000) throws -> [String] {
    let result = try analyse(text: script.text, stalls(minimum))
    return result.rows.map { row in
      let cause = row.stall.cause.map { cause in
        " \(cause.tid) \(cause.syscall.map { result.names[Int($0.rawValue)] } ?? "-") \(cause.descriptor.map(String.init) ?? "-")"
      }
      let tenths = (row.stall.duration + 50_000_000) / 100_000_000
      return "\(row.stall.kind.rawValue) \(row.descriptor.map(String.init) ?? "-") \(tenths / 10).\(tenths % 10)\(cause ?? "")"
    }
  }

  @Test("the source stopped: a thread stood by, nothing came") func source() throws {
    var script = Script()
    script.feed(5)
    script.feed(3, every: 3)
    script.feed(1)
    #expect(try Self.found(script) == ["source_stopped 4 3.0"])
    #expect(try Self.found(script, 4_000_000_000) == [])
  }

  @Test("to the log's end, or the connection's") func open() throws {
    var script = Script()
    script.feed(5)
    var closed = script
    script.call("epoll_wait(3, [], 8, 4000) = 0", 4)
    #expect(try Self.found(script) == ["source_stopped 4 4.0"])
    #expect(try analyse(text: script.text, stalls()).rows[0].stall.isOpen)
    closed.call("epoll_wait(3, [], 8, 4000) = 0", 4)
    closed.call("close(4) = 0")
    #expect(try Self.found(closed) == ["source_stopped 4 4.0"])
    #expect(try analyse(text: closed.text, stalls()).rows[0].stall.isOpen == false)
  }

  @Test("we did not read: the thread was held up in a write, or computed") func elsewhere() throws {
    var script = Script()
    script.feed(5)
    script.call("write(5, \"0123456789abcdef\", 4096) = 4096", 2)
    script.feed(0.1, every: 0.001)
    #expect(try Self.found(script) == ["did_not_read 4 2.0 7 write 5", "consumer_slow 5 2.0 7 write 5"])
    var busy = Script()
    busy.feed(5)
    busy.pass(3)
    busy.feed(0.1, every: 0.001)
    #expect(try Self.found(busy) == ["did_not_read 4 3.0 7 - -"])
  }

  @Test("we did not read what a poll had named, whatever its rhythm") func reported() throws {
    var script = Script()
    script.feed(0.2)
    script.call("epoll_wait(3, [{events=EPOLLIN, data={u32=4, u64=4}}], 8, -1) = 1", 20)
    script.call("fsync(9) = 0", 2)
    script.call("read(4, \"0123456789abcdef\", 4096) = 1000")
    let result = try analyse(text: script.text, stalls())
    #expect(try Self.found(script) == ["did_not_read 4 2.0 7 fsync 9"] && result.rows[0].stall.wasReported)
  }

  @Test("a consumer that does not take: EAGAIN, or a short write, until bytes go again") func refused() throws {
    for refusal in [
      "write(5, \"x\", 4096) = -1 EAGAIN (Resource temporarily unavailable)", "write(5, \"x\", 4096) = 10",
      "writev(5, [{iov_base=\"x\", iov_len=4096}], 1) = 10",
    ] {
      var script = Script()
      script.feed(1)
      script.call("write(5, \"x\", 4096) = 4096")
      script.call(refusal)
      script.feed(2)
      script.call("write(5, \"x\", 4096) = 4096")
      script.feed(1)
      #expect(try Self.found(script).map { $0.prefix(19) } == ["consumer_slow 5 2.0"], "\(refusal)")
    }
  }

  @Test("what is no stall") func healthy() throws {
    var script = Script()
    // Too short to have a rhythm; then a rhythm that has such pauses.
    script.feed(2)
    for _ in 0..<10 { script.feed(2, every: 2) }
    // Requests and answers: the client may think.
    for _ in 0..<50 {
      script.call("epoll_wait(3, [{events=EPOLLIN, data={u32=4, u64=4}}], 8, -1) = 1", 0.1)
      script.call("read(4, \"0123456789abcdef\", 4096) = 1000")
      script.call("write(4, \"0123456789abcdef\", 16) = 16")
    }
    script.call("epoll_wait(3, [{events=EPOLLIN, data={u32=4, u64=4}}], 8, -1) = 1", 30)
    script.call("read(4, \"0123456789abcdef\", 4096) = 1000")
    #expect(try Self.found(script) == [])
  }

  @Test("single bytes that wake a loop are no stream") func wakeups() throws {
    var script = Script()
    for _ in 0..<60 {
      script.call("epoll_wait(3, [{events=EPOLLIN, data={u32=4, u64=4}}], 8, -1) = 1", 0.1)
      script.call("read(4, \"x\", 64) = 1")
    }
    script.call("epoll_wait(3, [{events=EPOLLIN, data={u32=4, u64=4}}], 8, -1) = 1", 5)
    script.call("read(4, \"x\", 64) = 1")
    #expect(try Self.found(script) == [])
  }

  @Test("a thread that is handed work was not elsewhere while it waited for that") func pool() throws {
    var script = Script()
    for round in 0..<60 {
      script.line("futex(0x7f, FUTEX_WAIT_PRIVATE, 0, NULL <unfinished ...>")
      script.call("epoll_wait(3, [{events=EPOLLIN, data={u32=4, u64=4}}], 8, -1) = 1", round == 55 ? 4 : 0.1, tid: 8)
      script.line("<... futex resumed>) = 0 <\(round == 55 ? 4 : 0).100300>")
      script.call("read(4, \"0123456789abcdef\", 4096) = 1000")
    }
    #expect(try Self.found(script).map { $0.prefix(14) } == ["source_stopped"])
  }

  @Test("the whole process stood still: a wait was overdue") func process() throws {
    var script = Script()
    script.feed(5)
    script.call("epoll_wait(3, [], 8, 100) = 0", 4)
    script.feed(1)
    #expect(try Self.found(script) == ["process_stopped - 4.0 7 epoll_wait -"])
    var waiting = Script()
    waiting.call("epoll_wait(3, [], 8, 4000) = 0", 4)
    #expect(try Self.found(waiting) == [])
  }

  @Test("without -T what a thread did between two lines is taken for its last call") func untimed() throws {
    var script = Script()
    script.feed(5)
    script.feed(3, every: 3)
    script.feed(1)
    for _ in 0..<50 { script.call("read(4, \"0123456789abcdef\", 4096) = 1000", 0.1) }
    script.call("read(4, \"0123456789abcdef\", 4096) = 1000", 3)
    for _ in 0..<50 { script.call("read(4, \"0123456789abcdef\", 4096) = 1000", 0.1) }
    script.call("fsync(9) = 0", 3)
    script.feed(0.1, every: 0.001)
    script.text = script.text.replacing(try Regex(" <[0-9.]+>"), with: "")
    #expect(try Self.found(script) == ["source_stopped 4 3.0", "source_stopped 4 3.0", "did_not_read 4 3.0 7 fsync 9"])
    #expect(try analyse(text: script.text, stalls()).notes.contains { $0.contains("have no duration") })
  }

  @Test("no stamps, no -T, nothing") func poor() throws {
    #expect(try analyse(text: "read(3, \"x\", 1) = 1\n", stalls()).notes.count == 1)
    #expect(try analyse(text: "\n", stalls()).rows.isEmpty)
    #expect(try analyse(text: "10:00:00 read(3, \"x\", 1) = 1\n10:00:09 read(3, \"x\", 1) = 1\n", stalls()).rows.isEmpty)
  }
}

@Suite("stalls of real programs")
struct RealStallsTests {
  struct Case: Sendable, CustomStringConvertible {
    let name: String
    let kinds: [Stall.Kind]
    var description: String { name }
  }

  /// What Scripts/capture-stalls did to the relay for three seconds, from five seconds on, and nothing else.
  static let cases = [
    Case(name: "healthy", kinds: []), Case(name: "source", kinds: [.sourceStopped]),
    Case(name: "blocked", kinds: [.consumerSlow, .notRead, .notRead]), Case(name: "refused", kinds: [.consumerSlow]),
    Case(name: "stopped", kinds: [.processStopped]), Case(name: "paused", kinds: [.processStopped]),
  ]

  @Test("found as what they are, when they were, and nothing else", arguments: cases) func relay(of: Case) throws {
    let result = try analyse([Fixture.path("Fixtures/stalls/\(of.name).log")], stalls())
    #expect(result.rows.map(\.stall.kind.rawValue).sorted() == of.kinds.map(\.rawValue).sorted())
    let events = OutsideEvents(try Fixture.text("Fixtures/stalls/\(of.name).tsv")).on(result.clock)
    for row in result.rows {
      // The buffers of a socket hide the first second of a consumer's.
      #expect(abs(row.stall.start - events[0].time) < 2_000_000_000 && abs(row.stall.end - events[1].time) < 1_000_000_000)
      if row.stall.kind == .notRead { #expect(row.stall.cause?.descriptor == 5) }
    }
  }

  @Test("of the samples: a publisher that froze, a player that stopped reading, and what they did to others") func samples()
    throws
  {
    let nginx = try analyse([Fixture.sample("nginx-rtmp")], stalls())
    #expect(
      nginx.rows.map { "\($0.stall.kind.rawValue) \($0.stream ?? "")" } == [
        "source_stopped cam-stage", "consumer_slow cam-lobby",
      ])
    let events = OutsideEvents(try Fixture.sampleTruth("nginx-rtmp.truth/events.tsv")).on(nginx.clock)
    for (row, name) in zip(nginx.rows, ["publisher", "player"]) {
      let freeze = try #require(events.first { $0.what.hasPrefix("\(name)_freeze") }?.time)
      let resume = try #require(events.first { $0.what.hasPrefix("\(name)_resume") }?.time)
      // A player's buffers fill first.
      #expect(abs(row.stall.start - freeze) < (name == "player" ? 2_500_000_000 : 500_000_000))
      #expect(abs(row.stall.end - resume) < 500_000_000 && !row.stall.isOpen)
    }
    let relay = try analyse([Fixture.sample("jvm-relay")], stalls())
    #expect(relay.rows.map(\.stall.kind) == [.sourceStopped, .sourceStopped])
  }

  @Test("programs without a stall have none", arguments: ["everything", "f-tt", "attach", "f-ttt-yy-T-C-w", "stderr-mixed"])
  func healthy(name: String) throws { #expect(try analyse(Capture.named(name), stalls()).rows.isEmpty) }
}
