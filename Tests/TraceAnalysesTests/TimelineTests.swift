import Testing
import TraceTestSupport

@testable import TraceAnalyses

@Suite("fd-timeline of a few lines")
struct TimelineTests {
  static let second: Int64 = 1_000_000_000

  /// `interval fd/n direction calls errors bytes time` of each row, intervals from the first.
  static func cells(_ text: String, _ analysis: FdTimeline = timeline()) throws -> [String] {
    let result = try analyse(text: text, analysis)
    return result.rows.map {
      let key = result.key($0)
      return
        "\($0.interval - result.origin) \(key.fd)/\(key.n) \(key.isRead ? "r" : "w") \($0.calls) \($0.errors) \($0.bytes) \($0.time)"
    }
  }

  @Test("calls count in the interval of their end, time where it was spent") func spread() throws {
    let text = "7     00:00:10.500000 read(3, \"x\", 1) = 1 <2.000000>\n"
    #expect(try Self.cells(text) == ["0 3/0 r 0 0 0 500000000", "1 3/0 r 0 0 0 1000000000", "2 3/0 r 1 0 1 500000000"])
    #expect(try Self.cells(text, timeline(.end)) == ["2 3/0 r 1 0 1 2000000000"])
  }

  @Test("a stitched call is busy before its end, never before its start") func stitched() throws {
    let text = "7     00:00:10 write(3, \"x\", 1 <unfinished ...>\n7     00:00:12 <... write resumed>) = 1 <1.500000>\n"
    #expect(try Self.cells(text) == ["0 3/0 w 0 0 0 500000000", "1 3/0 w 0 0 0 1000000000", "2 3/0 w 1 0 1 0"])
    // With -t a start is known to the second only: what does not fit between start and end lies after the end.
    let longer = "7     00:00:10 write(3, \"x\", 1 <unfinished ...>\n7     00:00:11 <... write resumed>) = 1 <1.500000>\n"
    #expect(try Self.cells(longer) == ["0 3/0 w 0 0 0 1000000000", "1 3/0 w 1 0 1 500000000"])
  }

  @Test("a call that ends on a boundary") func boundary() throws {
    let text = "7     00:00:10.500000 read(3, \"x\", 1) = 1 <0.500000>\n"
    #expect(try Self.cells(text) == ["0 3/0 r 0 0 0 500000000", "1 3/0 r 1 0 1 0"])
  }

  @Test("errors move no bytes; EBADF is at n = -1") func errors() throws {
    let text = """
      7     00:00:10 read(3, 0x1, 9) = -1 EAGAIN (Resource temporarily unavailable) <0.000010>
      7     00:00:10 read(4, 0x1, 9) = -1 EBADF (Bad file descriptor) <0.000020>
      7     00:00:10 read(3, 0x1, 9) = ? ERESTARTSYS (To be restarted if SA_RESTART is set) <0.000030>

      """
    #expect(try Self.cells(text) == ["0 3/0 r 2 2 0 40000", "0 4/-1 r 1 1 0 20000"])
  }

  @Test(
    "what is no transfer is no row",
    arguments: [
      "lseek(3, 0, SEEK_SET) = 5 <1.0>", "sendfile(3, 4, NULL, 9) = 9 <1.0>", "close(3) = 0 <1.0>", "exit_group(0) = ?",
      "futex(0x3, FUTEX_WAKE, 1) = 1 <1.0>",
    ])
  func noTransfer(line: String) throws { #expect(try Self.cells("7     00:00:10 \(line)\n").isEmpty) }

  @Test("messages move the sum of their lengths") func messages() throws {
    let text =
      "7     00:00:10 recvmmsg(3, [{msg_hdr={msg_iov=[{iov_base=\"msg_len=9\", iov_len=9}]}, msg_len=9}, {msg_hdr={}, msg_len=4}], 3, 0, NULL) = 2 <0.000010>\n"
    let cells = try Self.cells(text)
    #expect(cells == ["0 3/0 r 1 0 13 10000"])
    let plain =
      "7     00:00:10 sendmmsg(3, [{msg_hdr={}, msg_len=9}, {msg_hdr={}, msg_len=4}, {msg_hdr={}, msg_len=70}], 3, 0) = 2 <0.000010>\n"
    #expect(try Self.cells(plain) == ["0 3/0 w 1 0 13 10000"])
  }

  @Test("midnight") func midnight() throws {
    let text = "7     23:59:59.500000 read(3, \"x\", 1) = 1 <1.000000>\n7     00:00:01.000000 read(3, \"x\", 1) = 1 <0.000001>\n"
    #expect(try Self.cells(text) == ["0 3/0 r 0 0 0 500000000", "1 3/0 r 1 0 1 500000000", "2 3/0 r 1 0 1 1000"])
  }

  @Test("a clock that steps back") func stepBack() throws {
    let text = (0..<3).map { "7     00:00:1\($0).000000 read(3, \"x\", 1) = 1 <0.000001>\n" }.joined()
    let result = try Self.cells(text + "7     00:00:05.000000 read(3, \"x\", 1) = 1 <0.000001>\n" + text)
    #expect(result == ["-5 3/0 r 1 0 1 1000", "0 3/0 r 2 0 2 2000", "1 3/0 r 2 0 2 2000", "2 3/0 r 2 0 2 2000"])
  }

  @Test("without stamps everything is in one interval") func noClock() throws {
    #expect(try Self.cells("read(3, \"x\", 1) = 1 <0.5>\nread(3, \"x\", 1) = 1 <0.7>\n") == ["0 3/0 r 2 0 2 1200000000"])
  }

  @Test("without -T calls and bytes are there, times are not") func untimed() throws {
    let result = try analyse(text: "7     00:00:10 read(3, \"x\", 1) = 1\n", timeline())
    #expect(result.rows.count == 1 && result.rows[0].longest == -1 && !result.rows[0].hasTime)
  }

  @Test("--top keeps the busiest by time") func top() throws {
    let text = (3...6).map { "7     00:00:10 read(\($0), \"x\", 1) = 1 <0.00000\($0 == 5 ? 9 : $0)>\n" }.joined()
    let result = try analyse(text: text, timeline(top: 2))
    #expect(result.series.map(\.descriptor) == [5, 6])
    #expect(result.rows.count == 2)
  }

  @Test("percentiles of many calls stay within a thousandth") func percentiles() throws {
    let text = (1...6000).map {
      "7     00:00:10 read(3, \"x\", 1) = 1 <0.\(String(repeating: "0", count: 6 - "\($0)".count))\($0)>\n"
    }.joined()
    let row = try #require(try analyse(text: text, timeline(.end)).rows.max { $0.calls < $1.calls })
    #expect(row.calls == 6000 && row.longest == 6_000_000)
    #expect(abs(row.p50 - 3_000_000) <= 3000 && abs(row.p99 - 5_940_000) <= 6000)
  }

  @Test("a call of absurd length does not take all memory") func clamped() throws {
    let result = try analyse(
      text:
        "7     1795247280.000000 <... read resumed>\"x\", 1) = 1 <99999999.000000>\n7     1795247280.000000 read(3, \"x\", 1) = 1 <99999999.000000>\n",
      timeline(interval: 1_000_000))
    #expect(result.clampedSpans > 0)
    #expect(result.rows.reduce(0) { $0 + $1.time } == 99_999_999 * Self.second)
  }
}
