import Testing
import TraceTestSupport

@testable import TraceAnalyses
@testable import TraceCalls

@Suite("summary")
struct SummaryTests {
  @Test(
    "counts what strace's own table counts",
    arguments: Capture.all.filter {
      // m32 and a log of two runs have two tables each: StraceTableTests.
      $0.hasTable && !$0.isTableOnly && !$0.hidesCalls && $0.hasUsualColumns && !["m32", "appended"].contains($0.name)
    })
  func table(capture: Capture) throws {
    let result = try analyse(capture, Summary())
    // The table is the tail of the log: rows between its rulers.
    let text = String(decoding: try capture.bytes(), as: UTF8.self).split(separator: "\n").map(String.init)
    let header = try #require(text.lastIndex { $0.hasPrefix("% time") })
    var stated: [String: [Int]] = [:]
    for line in text[(header + 2)...].prefix(while: { !$0.hasPrefix("---") }) {
      let words = line.split(separator: " ")
      stated[String(words.last!)] = [Int(words[3])!, words.count > 5 ? Int(words[4])! : 0]
    }
    #expect(
      Dictionary(uniqueKeysWithValues: result.rows.filter { $0.calls > 0 }.map { ($0.syscall, [$0.calls, $0.errors]) }) == stated)
    #expect(result.calls == stated.values.reduce(0) { $0 + $1[0] })
  }

  @Test("times of a few calls") func times() throws {
    let text = (1...100).map {
      "7     00:00:10 read(3, \"x\", 1) = 1 <0.\(String(repeating: "0", count: 6 - "\($0)".count))\($0)>\n"
    }.joined()
    let row = try #require(
      try analyse(text: text + "7     00:00:11 read(3, 0x1, 1 <unfinished ...>\n7     00:00:11 close(3) = 0\n", Summary()).rows
        .first)
    #expect(row.syscall == "read" && row.calls == 100 && row.time == 5_050_000 && row.timed == 100)
    #expect(row.shortest == 1000 && row.longest == 100_000 && row.mean == 50_500)
    #expect(abs((row.p50 ?? 0) - 50_000) <= 50 && abs((row.p99 ?? 0) - 99_000) <= 99 && (row.p999 ?? 0) <= 100_000)
    #expect(row.p90.map { abs($0 - 90_000) <= 90 } == true)
  }

  @Test("times that no sum holds: no row is more than the whole") func hugeTimes() throws {
    let log = ["read", "write", "close"].flatMap { name in
      repeatElement("7     00:00:10 \(name)(3) = 0 <999999999.999999999>\n", count: name == "close" ? 1 : 9)
    }
    let result = try analyse(text: log.joined(), Summary())
    #expect(result.rows.count == 3 && result.time == .max)
    #expect(result.rows.allSatisfy { ($0.time ?? 0) > 0 && ($0.time ?? 0) <= result.time })
  }

  @Test("what is in flight at the end is counted apart") func inFlight() throws {
    let result = try analyse(
      text: "7     read(3,  <unfinished ...>\n8     futex(0x1, FUTEX_WAIT, 2, NULL <detached ...>\n9     exit_group(0) = ?\n",
      Summary())
    #expect(result.calls == 0 && result.inFlight == 2)
    #expect(result.rows.map(\.syscall).sorted() == ["futex", "read"])
  }

  @Test("by time, then calls, then name") func order() throws {
    let result = try analyse(
      text: "7     getpid() = 7 <0.000001>\n7     gettid() = 7 <0.000001>\n7     close(3) = 0 <0.5>\n7     gettid() = 7 <0>\n",
      Summary())
    #expect(result.rows.map(\.syscall) == ["close", "gettid", "getpid"])
  }
}
