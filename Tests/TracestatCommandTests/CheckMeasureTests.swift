import Foundation
import Testing
import TraceTestSupport

/// Every figure of `check` is one that another subcommand prints, or follows from its rows.
@Suite("Measures of check")
struct CheckMeasureTests {
  private static let rtmp = Fixture.sample("nginx-rtmp")
  private static let jvm = Fixture.sample("jvm-relay")

  private func rows(_ arguments: String...) throws -> [[String: Any]] {
    try Tool.run(arguments + ["--format", "ndjson"]).lines.map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  private func numbers(_ rows: [[String: Any]], _ column: String) -> [Double] {
    rows.compactMap { ($0[column] as? NSNumber)?.doubleValue }
  }

  /// What `check` measures, and what was expected of it.
  private func compare(_ log: String, _ expected: [(measure: String, value: Double?)], _ place: SourceLocation = #_sourceLocation)
    throws
  {
    let folder = try TemporaryFolder(["rules.yaml": "rules:\n" + expected.map { "  - '\($0.measure) >= 0'\n" }.joined()])
    let found = try rows("check", "\(folder.path)/rules.yaml", log)
    try #require(found.count == expected.count, sourceLocation: place)
    for (row, expected) in zip(found, expected) {
      let value = try #require(expected.value, "\(expected.measure)", sourceLocation: place)
      let measured = try #require((row["measured"] as? NSNumber)?.doubleValue, "\(expected.measure)", sourceLocation: place)
      #expect(
        (measured - value).magnitude <= value.magnitude * 1e-12, "\(expected.measure): \(measured), expected \(value)",
        sourceLocation: place)
    }
  }

  /// Nearest rank.
  private func percentile(_ values: [Double], _ percent: Int) -> Double? {
    values.isEmpty ? nil : values.sorted()[max(1, (values.count * percent + 99) / 100) - 1]
  }

  @Test("parts, bytes and rates of calls") func calls() throws {
    let summary = try rows("summary", Self.rtmp)
    let sizes = try rows("summary", "--sizes", Self.rtmp)
    let sendto = summary.filter { $0["syscall"] as? String == "sendto" }
    let stamps = try rows("fd-timeline", "--interval", "1ms", Self.rtmp)
    #expect(!stamps.isEmpty)
    let (calls, time) = (numbers(summary, "calls").reduce(0, +), numbers(summary, "time_ns").reduce(0, +))
    let errors = numbers(summary, "errors").reduce(0, +)
    let bytes = numbers(sizes.filter { $0["syscall"] as? String == "sendto" }, "bytes").first
    try compare(
      Self.rtmp,
      [
        ("calls", calls), ("errors", errors), ("time", time),
        ("share(sendto)", numbers(sendto, "time_ns").first.map { $0 / time }),
        ("call_share(sendto)", numbers(sendto, "calls").first.map { $0 / calls }), ("error_share", errors / calls),
        ("errors / calls", errors / calls), ("bytes(sendto)", bytes), ("p(99, sendto)", numbers(sendto, "p99_ns").first),
        ("rate(sendto) * duration", numbers(sendto, "calls").first), ("throughput(sendto) * duration", bytes),
      ])
  }

  @Test("silences") func silences() throws {
    let stalls = numbers(try rows("stalls", Self.rtmp), "duration_ns")
    let freezes = numbers(try rows("rtmp", "--freezes", Self.rtmp), "length_ns")
    let connections = try rows("connections", Self.rtmp)
    let silent = numbers(connections.filter { $0["protocol"] as? String == "rtmp" }, "longest_silence_ns")
    try compare(
      Self.rtmp,
      [
        ("longest_stall", stalls.max()), ("stalled", stalls.reduce(0, +)), ("longest_freeze", freezes.max()),
        ("longest_silence(where protocol == rtmp)", silent.max()),
        ("stalls(where duration > 9.5s)", Double(stalls.count { $0 > 9.5e9 })),
        (
          "connections(where peer_role == player)", Double(connections.count { $0["peer_role"] as? String == "player" })
        ),
      ])
  }

  @Test("HTTP and DNS") func messages() throws {
    let http = Fixture.path("Fixtures/network/http.log")
    let latencies = numbers(try rows("http", http), "latency_ns")
    let statuses = numbers(try rows("http", http), "status")
    try compare(
      http,
      [
        ("http_p50", percentile(latencies, 50)), ("http_p90", percentile(latencies, 90)), ("http_p99", percentile(latencies, 99)),
        ("http_max", latencies.max()), ("http_mean", (latencies.reduce(0, +) / Double(latencies.count)).rounded(.down)),
        ("http_errors", Double(statuses.count { $0 >= 500 })),
        ("http_error_share", Double(statuses.count { $0 >= 500 }) / Double(statuses.count)),
        ("http_rate * duration", Double(try rows("http", http).count)),
        ("http_requests(where latency > 1ms)", Double(latencies.count { $0 > 1e6 })),
      ])
    let dns = Fixture.path("Fixtures/network/dns.log")
    let answers = numbers(try rows("dns", dns), "latency_ns")
    try compare(
      dns, [("dns_p50", percentile(answers, 50)), ("dns_p99", percentile(answers, 99)), ("dns_max", answers.max())])
  }

  @Test("locks and threads") func threads() throws {
    let futexes = try rows("futex", Self.jvm)
    let locks = futexes.filter { $0["lock"] is NSNumber && $0["waits"] as? Int ?? 0 > 0 }
    let perLock = Dictionary(grouping: futexes.filter { $0["use"] as? String == "lock" }) { $0["lock"] as? Int ?? 0 }
    #expect(!locks.isEmpty && !perLock.isEmpty)
    // Of the locks with an address of their own every wait counts.
    let own = perLock.filter { $0.value.count == 1 && $0.key > 1 }.values.flatMap { $0 }
    try compare(
      Self.jvm,
      [
        ("futex_waits", numbers(futexes, "waits").reduce(0, +)), ("futex_time", numbers(futexes, "wait_time_ns").reduce(0, +)),
        ("futex_waits(where use == lock)", numbers(futexes.filter { $0["use"] as? String == "lock" }, "waits").reduce(0, +)),
        ("longest_lock_wait(where waits < 89)", numbers(own, "max_wait_ns").max()),
      ])
    let table = try Tool.run("futex", "--format", "table", Self.jvm)
    let waits = table.lines.dropFirst().prefix { !$0.hasPrefix("A lock") }.compactMap { line in
      line.split(separator: "  ").compactMap { Int($0.trimmingPrefix(while: \.isWhitespace)) }.dropFirst().first
    }
    #expect(waits.count == 5)
    try compare(Self.jvm, [("lock_waits", Double(waits.reduce(0, +)))])
    let blocked = Fixture.path("Fixtures/stalls/blocked.log")
    let saturated = try rows("threads", blocked).filter { $0["role"] as? String == "io worker" }
    let shares = zip(numbers(saturated, "saturated_ns"), numbers(saturated, "present_ns")).map { $0 / $1 }
    try compare(
      blocked,
      [
        ("saturation", shares.max()),
        ("threads(where role == \"timer\")", Double(try rows("threads", blocked).count { $0["role"] as? String == "timer" })),
      ])
  }

  @Test("calls by names of threads") func names() throws {
    let blocked = Fixture.path("Fixtures/stalls/blocked.log")
    let ticker = try #require(try rows("threads", blocked).first { $0["name"] as? String == "ticker" })
    let tid = try #require(ticker["tid"] as? Int)
    let calls = numbers(try rows("summary", "--tid", String(tid), blocked), "calls").reduce(0, +)
    try compare(blocked, [("calls(where thread == ticker)", calls), ("calls(where tid == \(tid))", calls)])
  }

  @Test("growth of open descriptors: what was gained behind the first interval, per time") func growth() throws {
    // Ten descriptors in the first ten seconds, six in the twenty behind them, one closed.
    var lines = (0..<10).map {
      "7     \(1_700_000_000 + Double($0) / 10) openat(AT_FDCWD, \"/tmp/a\(10 + $0)\", O_RDONLY) = \(10 + $0) <0.000010>"
    }
    lines += (0..<6).map { "7     \(1_700_000_012 + $0) openat(AT_FDCWD, \"/tmp/b\($0)\", O_RDONLY) = \(30 + $0) <0.000010>" }
    lines.append("7     1700000025.000000 close(30) = 0 <0.000010>")
    let text = lines.map { line in
      // Stamps as -ttt has them.
      let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true)
      let stamp = String(format: "%.6f", Double(words[1]) ?? 0)
      return "\(words[0])     \(stamp) \(words[2])\n"
    }.joined()
    let folder = try TemporaryFolder(log: text)
    let last = try #require(try rows("fds", "--growth", folder.log).last)
    #expect(last["open"] as? Int == 15)
    try compare(folder.log, [("open_fds_growth", 5.0 / 20), ("open_fds", 16), ("leaks", 15), ("leaks(where path ~ /tmp/b*)", 5)])
  }

  @Test("the ledger's") func ledger() throws {
    let attached = Tool.fixture("attach")
    let lines = try rows("ledger", attached)
    func count(_ kind: String) -> Double { numbers(lines.filter { $0["kind"] as? String == kind }, "lines").reduce(0, +) }
    let total = numbers(lines, "lines").reduce(0, +)
    try compare(
      attached,
      [
        ("lines", total), ("not_understood", count("not understood") / total), ("exits", count("exit")),
        ("signals", count("signal or stop")),
      ])
    let perf = Fixture.path("Fixtures/perf-trace/perf-events.log")
    let said = try Tool.run("ledger", perf).errors
    let lost = said.split(separator: "perf lost ").dropFirst().first.flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
    try compare(perf, [("lost_events", Double(lost)), ("damages", 0)])
    let cut = try TemporaryFolder(
      log: """
        7     1700000001.000000 read(3, "x", 1) = 1 <0.000100>
        8     1700000001.500000 <... write resumed>) = 1 <0.000200>
        7     1700000001.700000 gibberish
        7     1700000002.000000 close(3) = 0 <0.000100>

        """)
    try compare(cut.log, [("unpaired", 1.0 / 3), ("not_understood", 0.25), ("duration", 1e9)])
  }
}
