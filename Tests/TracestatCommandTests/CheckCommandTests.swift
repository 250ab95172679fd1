import Foundation
import Testing
import TraceTestSupport
import Tracestat

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// `check`: exit statuses, outputs, what it says of logs that are damaged or none.
@Suite("check")
struct CheckCommandTests {
  private static let everything = Tool.fixture("everything")

  private func check(_ rules: [String], _ arguments: [String]) throws -> Tool.Outcome {
    let folder = try TemporaryFolder(["rules.yaml": "rules:\n" + rules.map { "  - \($0)\n" }.joined()])
    return try Tool.run(["check", "\(folder.path)/rules.yaml"] + arguments)
  }

  /// Cells of the csv by column; no cell here holds a comma.
  private func rows(_ outcome: Tool.Outcome) -> [[String: String]] {
    guard let header = outcome.lines.first?.split(separator: ",").map(String.init) else { return [] }
    return outcome.lines.dropFirst().map { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      return Dictionary(uniqueKeysWithValues: zip(header, cells))
    }
  }

  // MARK: Exit statuses

  @Test("0: all rules are kept") func kept() throws {
    let outcome = try check(["not_understood == 0", "calls > 10"], [Self.everything])
    #expect(outcome.status == 0 && outcome.text.contains("ok") && outcome.errors.hasPrefix("tracestat: 1 log, 2 rules: 2 kept"))
    #expect(try check(["calls > 10"], ["-q", Self.everything]).errors == "")
  }

  @Test("3: a rule is breached, with the lines that show it") func breached() throws {
    let outcome = try check(["errors(openat) == 0", "calls > 10"], [Self.everything])
    #expect(outcome.status == 3 && outcome.errors.contains("1 kept, 1 breached"))
    #expect(outcome.text.contains("rules.yaml:2:5: breach: errors(openat) == 0"))
    let evidence = try #require(outcome.lines.first { $0.contains(": openat") && $0.contains("failed: ") })
    let line = try #require(
      evidence.trimmingPrefix(while: \.isWhitespace).split(separator: ":").dropFirst().first.flatMap { Int($0) })
    let text = try String(contentsOfFile: Self.everything, encoding: .utf8).split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(text[line - 1].contains("openat(") && text[line - 1].contains(" = -1 E"))
  }

  @Test("3 wins over 1 and over 2") func worst() throws {
    let rules = ["calls == 0"]
    #expect(try check(rules, [Tool.packed("truncated.gz")]).status == 3)
    #expect(try check(rules, ["/no/such/log", Self.everything]).status == 3)
    #expect(try check(["calls >= 0"], ["/no/such/log", Self.everything, Tool.packed("truncated.gz")]).status == 2)
  }

  @Test("1: damaged input; the rules are judged all the same") func damaged() throws {
    let outcome = try check(["calls >= 0"], [Tool.packed("truncated.gz")])
    #expect(outcome.status == 1 && outcome.text.contains("ok") && outcome.text.contains("partial"))
    #expect(try check(["damages == 0"], [Tool.packed("truncated.gz")]).status == 3)
  }

  @Test("a warning fails nothing") func warning() throws {
    let outcome = try check(["{rule: calls == 0, severity: warning, why: because}"], [Self.everything])
    #expect(outcome.status == 0 && outcome.text.contains("warning") && outcome.text.contains("why: because"))
  }

  @Test("2: wrong rules, all of them said, and nothing on standard output") func wrongRules() throws {
    let outcome = try check(["p98(read) < 5ms", "calls < 5ms", "calls < 7"], [Self.everything])
    #expect(outcome.status == 2 && outcome.output.isEmpty)
    let said = outcome.errors.split(separator: "\n")
    #expect(
      said.count == 2 && said[0].contains("rules.yaml:2:5: unknown measure") && said[1].contains("rules.yaml:3:13: 'calls'"))
  }

  @Test("2: usage", arguments: [[], ["/no/rules.yaml", "x"], ["--list-measures", "--format", "junit"], ["r", "-0", "x"]])
  func usage(arguments: [String]) throws {
    let outcome = try Tool.run(["check"] + arguments)
    #expect(outcome.status == 2 && outcome.output.isEmpty && !outcome.errors.isEmpty)
  }

  // MARK: What a log cannot tell

  @Test(
    "not measured, and why",
    arguments: [
      ("p99 < 1s", "7     read(3, \"x\", 1) = 1\n", "no durations"),
      ("rate < 1/s", "7     read(3, \"x\", 1) = 1 <0.1>\n", "no time stamps"),
      ("stalls == 0", "7     read(3, \"x\", 1) = 1 <0.1>\n", "no time stamps"),
      ("p99(write) < 1s", "7     read(3, \"x\", 1) = 1 <0.1>\n", "no call is meant"),
      ("http_p99 < 1s", "7     1.5 read(3, \"x\", 1) = 1 <0.1>\n", "nothing that"),
      ("errors(write) / calls(write) < 1%", "7     1.5 read(3, \"x\", 1) = 1 <0.1>\n", "divided by zero"),
    ])
  func notMeasured(rule: String, log: String, reason: String) throws {
    let folder = try TemporaryFolder(log: log)
    let lax = try check(["'\(rule)'"], [folder.log, "--format", "csv"])
    let row = try #require(rows(lax).first)
    #expect(lax.status == 0 && row["outcome"] == "not measured" && row["message"]?.contains(reason) == true)
    #expect(lax.errors.contains("1 not measured"))
    #expect(try check(["'\(rule)'"], [folder.log, "--strict"]).status == 1)
    #expect(try check(["{rule: '\(rule)', severity: warning}"], [folder.log, "--strict"]).status == 0)
  }

  @Test("a table of -c alone has no calls, but a ledger") func tableOnly() throws {
    let outcome = try check(
      ["calls < 5", "stalls == 0", "not_understood == 0"], [Tool.fixture("summary-only"), "--format", "csv"])
    let rows = rows(outcome)
    #expect(outcome.status == 0 && rows.map { $0["outcome"] } == ["not measured", "not measured", "ok"])
    #expect(rows[0]["message"]?.contains("strace -c") == true)
  }

  // MARK: Measures are the figures of the subcommands

  @Test("calls: as summary has them") func calls() throws {
    let summary = try Tool.run("summary", "--format", "csv", Fixture.sample("nginx-rtmp"))
    let header = summary.lines[0].split(separator: ",").map(String.init)
    let row = try #require(summary.lines.first { $0.hasPrefix("sendto,") }).split(
      separator: ",", omittingEmptySubsequences: false)
    let cells = Dictionary(uniqueKeysWithValues: zip(header, row.map(String.init)))
    let measures = [
      "calls": "calls", "errors": "errors", "time": "time_ns", "min": "min_ns", "mean": "mean_ns", "p50": "p50_ns",
      "p90": "p90_ns",
      "p99": "p99_ns", "p999": "p999_ns", "max": "max_ns", "in_flight": "in_flight",
    ]
    let names = measures.keys.sorted()
    let outcome = try check(names.map { "\($0)(sendto) >= 0" }, [Fixture.sample("nginx-rtmp"), "--format", "csv"])
    #expect(outcome.status == 0)
    for (name, found) in zip(names, rows(outcome)) {
      let column = try #require(measures[name])
      #expect(found["measured"] == cells[column], "\(name)")
    }
  }

  @Test("conditions: as the filters of summary have them") func conditions() throws {
    let log = Fixture.sample("nginx-rtmp")
    for (condition, filter) in [
      ("protocol == rtmp", ["--protocol", "rtmp"]), ("fd == 14", ["--fd", "14"]),
      ("stream ~ *cam-stage*", ["--stream", "cam-stage"]),
    ] {
      let summary = try Tool.run(["summary", "--format", "csv"] + filter + [log])
      let row = try #require(summary.lines.first { $0.hasPrefix("sendto,") }).split(
        separator: ",", omittingEmptySubsequences: false)
      let outcome = try check(
        [
          "calls(sendto where \(condition)) >= 0", "p99(sendto where \(condition)) >= 0",
          "p99(where syscall == sendto and \(condition)) >= 0",
        ],
        [log, "--format", "csv"])
      #expect(rows(outcome).map { $0["measured"] } == [String(row[1]), String(row[8]), String(row[8])], "\(condition)")
    }
    // By the path of an argument, and by that of a descriptor.
    let paths = try Tool.run("summary", "--by", "path", "--format", "csv", Self.everything)
    for syscall in ["openat", "read"] {
      let row = try #require(paths.lines.first { $0.hasPrefix("sample.txt,\(syscall),") }).split(separator: ",")
      let outcome = try check(["calls(\(syscall) where path ~ sam*.txt) >= 0"], [Self.everything, "--format", "csv"])
      #expect(rows(outcome).map { $0["measured"] } == [String(row[2])])
    }
  }

  @Test("rows: as many as the subcommands print") func rowCounts() throws {
    func count(_ arguments: [String], where holds: (String) -> Bool = { _ in true }) throws -> String {
      String(try Tool.run(arguments).lines.filter(holds).count)
    }
    let rtmp = Fixture.sample("nginx-rtmp")
    let http = Fixture.path("Fixtures/network/http.log")
    let dns = Fixture.path("Fixtures/network/dns.log")
    let deadlock = Fixture.path("Fixtures/locks/deadlock.log")
    let expected: [(log: String, rule: String, count: String)] = [
      (rtmp, "stalls >= 0", try count(["stalls", "--format", "ndjson", rtmp])),
      (rtmp, "stalls(longer than 3s) >= 0", try count(["stalls", "--min", "3s", "--format", "ndjson", rtmp])),
      (
        rtmp, "stalls(where kind == consumer_slow) >= 0",
        try count(["stalls", "--format", "ndjson", rtmp]) { $0.contains("consumer_slow") }
      ),
      (rtmp, "freezes >= 0", try count(["rtmp", "--freezes", "--format", "ndjson", rtmp])),
      (
        rtmp, "freezes(longer than 8s) >= 0", try count(["rtmp", "--freezes", "--threshold", "8s", "--format", "ndjson", rtmp])
      ),
      (rtmp, "rtmp_sessions >= 0", try count(["rtmp", "--sessions", "--format", "ndjson", rtmp])),
      (
        rtmp, "rtmp_sessions(where role == player) >= 0",
        try count(["rtmp", "--sessions", "--format", "ndjson", rtmp]) { $0.contains("\"role\":\"player\"") }
      ),
      (http, "http_requests >= 0", try count(["http", "--format", "ndjson", http])),
      (
        http, "http_requests(where status == 4xx) >= 0",
        try count(["http", "--format", "ndjson", http]) { $0.contains("\"status\":4") }
      ),
      (dns, "dns_queries >= 0", try count(["dns", "--format", "ndjson", dns])),
      (
        dns, "dns_failures >= 0",
        try count(["dns", "--format", "ndjson", dns]) {
          !$0.contains("\"outcome\":\"NOERROR\"") && !$0.contains("\"outcome\":null")
        }
      ),
      (rtmp, "threads >= 0", try count(["threads", "--format", "ndjson", rtmp])),
      (
        rtmp, "connections(where protocol == rtmp) >= 0",
        try count(["connections", "--protocol", "rtmp", "--format", "ndjson", rtmp])
      ),
    ]
    for (log, rule, count) in expected {
      let row = try #require(rows(try check([rule], [log, "--format", "csv"])).first)
      #expect(row["measured"] == count, "\(rule)")
      if !rule.contains("4xx") { #expect(count != "0", "\(rule)") }
    }
    let found = try #require(rows(try check(["deadlocks == 0"], [deadlock, "--format", "csv"])).first)
    #expect(found["outcome"] == "breach" && found["evidence_lines"]?.isEmpty == false)
  }

  @Test("descriptors: as fds has them") func descriptors() throws {
    let log = Fixture.sample("jvm-relay")
    let leaks = try Tool.run(["fds", "--leaks", "--format", "csv", log])
    let header = leaks.lines[0].split(separator: ",").map(String.init)
    let places = try ["open", "until_exit"].map { try #require(header.firstIndex(of: $0)) }
    let sum = leaks.lines.dropFirst().reduce(0) { sum, line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      return sum + places.reduce(0) { $0 + (Int(cells[$1]) ?? 0) }
    }
    let growth = try Tool.run(["fds", "--growth", "--format", "csv", log])
    let most = growth.lines.dropFirst().compactMap { Int($0.split(separator: ",", omittingEmptySubsequences: false)[6]) }.max()
    let found = rows(try check(["leaks >= 0", "open_fds >= 0", "open_fds_growth > -1/s"], [log, "--format", "csv"]))
    #expect(found.map { $0["measured"] }.prefix(2) == [String(sum), most.map(String.init)])
  }

  // MARK: Baselines

  @Test("a baseline is written, read, and compared with") func baseline() throws {
    let folder = try TemporaryFolder([:])
    let file = "\(folder.path)/baseline.json"
    let rules = ["calls(read) <= baseline", "time(read) < 1.2 * baseline", "calls(read) < baseline - 10%"]
    let without = try check(rules, [Self.everything])
    #expect(without.status == 2 && without.errors.contains("--write-baseline"))
    let written = try check(rules, [Self.everything, "--write-baseline", file])
    #expect(written.status == 0 && written.text.contains("no baseline for this log"))
    #expect(try String(contentsOfFile: file, encoding: .utf8).hasPrefix("{\"format\":\"tracestat-baseline\",\"version\":1,"))
    let compared = try check(rules, [Self.everything, "--baseline", file, "--format", "csv"])
    #expect(compared.status == 3 && rows(compared).map { $0["outcome"] } == ["ok", "ok", "breach"])
    let other = try check(["calls(write) < baseline"], [Self.everything, "--baseline", file])
    #expect(other.status == 0 && other.text.contains("the baseline does not have 'calls(write)'"))
    for text in [
      "", "{}", "{\"format\":\"tracestat-baseline\",\"version\":2}", "[",
      "{\"format\":\"tracestat-baseline\",\"version\":1,\"logs\":[{}]}",
    ] {
      try folder.write(Array(text.utf8), to: "wrong.json")
      let outcome = try check(rules, [Self.everything, "--baseline", "\(folder.path)/wrong.json"])
      #expect(outcome.status == 2 && outcome.errors.contains("wrong.json:1:") && outcome.errors.contains("--write-baseline"))
    }
  }

  // MARK: Outputs

  @Test("JUnit's XML is well-formed, and counts what is in it") func junit() throws {
    let folder = try TemporaryFolder(["a<&\"'>.log": "7     read(3, \"x\", 1) = 1 <0.1>\n"])
    let file = "\(folder.path)/junit.xml"
    let rules = ["calls == 0", "calls > 0", "p99(write) < 1s", "{rule: calls > 5, severity: warning, name: \"<&>\\u0001\"}"]
    let outcome = try check(rules, ["\(folder.path)/a<&\"'>.log", "/no/such/log", Tool.packed("truncated.gz"), "--junit", file])
    #expect(outcome.status == 3)
    let reader = JUnitReader()
    let parser = XMLParser(data: try Data(contentsOf: URL(fileURLWithPath: file)))
    parser.delegate = reader
    #expect(parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "")")
    #expect(reader.suites.count == 3 && reader.suites[0].hasSuffix("a<&\"'>.log"))
    #expect(reader.cases == 3 + 4 + 4 && reader.failures >= 2 && reader.errors == 2)
    #expect(
      reader.total == ["tests": reader.cases, "failures": reader.failures, "errors": reader.errors, "skipped": reader.skipped])
    let strict = try check(rules, ["\(folder.path)/a<&\"'>.log", "--strict", "--format", "junit"])
    #expect(strict.text.contains("<error message=\"not measured: "))
  }

  @Test("annotations of GitHub are escaped") func github() throws {
    let folder = try TemporaryFolder(["a,b:c%.log": "7     read(3, \"x\", 1) = 1 <0.1>\n"])
    let rules = ["{rule: calls == 0, name: \"50%, x: y\", why: \"two\\nlines\"}", "{rule: calls == 0, severity: warning}"]
    let outcome = try check(rules, ["\(folder.path)/a,b:c%.log", "/no/such/log", "--format", "github"])
    #expect(outcome.lines.count == 3 && outcome.lines.allSatisfy { $0.hasPrefix("::") })
    #expect(outcome.lines[0].hasPrefix("::error file=") && outcome.lines[0].contains("rules.yaml,line=2,col="))
    #expect(outcome.lines[0].contains(",title=breach%3A 50%25%2C x%3A y::"))
    #expect(outcome.lines[0].contains("a,b:c%25.log: calls == 0: measured 1, budget == 0%0Awhy: two%0Alines%0A"))
    #expect(outcome.lines[1].hasPrefix("::warning file="))
    #expect(outcome.lines[2].hasPrefix("::error title=tracestat check%3A unreadable::/no/such/log: "))
    let both = try check(rules, ["\(folder.path)/a,b:c%.log", "--github"])
    #expect(both.text.contains("breach") && both.text.contains("\n::error file="))
  }

  @Test("JSON holds each log and rule") func json() throws {
    let outcome = try check(["calls == 0"], [Self.everything, "/no/such/log", "--format", "json"])
    let report = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output)) as? [String: Any])
    #expect(report["format"] as? String == "tracestat-check" && report["status"] as? Int == 3)
    let logs = try #require(report["logs"] as? [[String: Any]])
    #expect(logs.map { $0["outcome"] as? String } == ["breach", "unreadable"])
    let rule = try #require((logs[0]["rules"] as? [[String: Any]])?.first)
    #expect(rule["outcome"] as? String == "breach" && (rule["evidence"] as? [[String: Any]])?.count == 3)
  }

  @Test("a call's name that is anybody's text is hidden on demand") func redacted() throws {
    let folder = try TemporaryFolder(log: "7     secret_call(3) = 1 <0.1>\n")
    let plain = try check(["calls == 0"], [folder.log])
    let hidden = try check(["calls == 0"], [folder.log, "--redact"])
    #expect(plain.text.contains("secret_call") && !hidden.text.contains("secret_call") && hidden.text.contains("call_"))
  }

  @Test("measures are listed", arguments: ["table", "csv", "json"]) func list(format: String) throws {
    let outcome = try Tool.run("check", "--list-measures", "--format", format)
    #expect(outcome.status == 0 && outcome.text.contains("open_fds_growth") && outcome.text.contains("stalls"))
  }

  @Test("in a script: one log in a pass with others, many with a report") func script() throws {
    let rules = try RuleSet("rules: [errors(openat) == 0, calls > 10]", path: "rules.yaml")
    let (result, summary) = try TraceLog(Self.everything).analyze(RuleCheck(rules), Summary())
    #expect(result.outcomes.map(\.verdict) == [.breached, .kept])
    #expect(result.outcomes[1].measured == Double(summary.calls))
    let report = rules.check(LogCollection.find([Self.everything, "/no/such/log"]).logs)
    #expect(report.status == .breached && report.logs.map { report.status(of: $0) } == [.breached, .unreadable])
    #expect(report.baseline.logs.map(\.name) == ["everything.log"])
  }

  // MARK: Many logs

  @Test("good, damaged, missing, empty and binary logs: each has its row, for one job and for four") func mixture() throws {
    let folder = try TemporaryFolder(["empty.log": "", "other.txt": "hello\n"])
    try folder.write((0..<5000).map { _ in UInt8.random(in: 0...255) }, to: "binary.log")
    let logs = [
      Self.everything, Tool.packed("truncated.xz"), "/no/such/log", "\(folder.path)/empty.log", "\(folder.path)/binary.log",
      Tool.fixture("f-tt"), "/no/such/*.log",
    ]
    let rules = ["errors(openat) == 0", "{rule: calls > 100, only: everything.log}"]
    for format in ["table", "json", "csv", "junit", "github"] {
      let one = try check(rules, logs + ["--format", format, "--jobs", "1"])
      let four = try check(rules, logs + ["--format", format, "--jobs", "4"])
      #expect(one.status == 3 && four.status == 3)
      // The rules' folder is another one each time.
      let lines = [one, four].map { $0.lines.map { $0.replacing(/\/[^ ]*rules.yaml/, with: "rules.yaml") } }
      #expect(lines[0] == lines[1], "\(format)")
      if format == "csv" {
        let outcomes = Set(rows(one).map { "\($0["log"]?.split(separator: "/").last ?? "") \($0["outcome"] ?? "")" })
        #expect(
          outcomes.isSuperset(of: [
            "everything.log breach", "everything.log ok", "truncated.xz partial", "log unreadable", "empty.log unreadable",
            "binary.log unreadable", "*.log unreadable",
          ]), "\(outcomes)")
      }
    }
    let stopped = try check(
      ["calls == 0"], [Self.everything, Self.everything + ".", Tool.fixture("f-tt"), "--no-keep-going", "--format", "csv"])
    #expect(rows(stopped).map { $0["outcome"] } == ["breach", "not run", "not run"])
  }

  @Test("folders, patterns, lists and -ff sets") func collections() throws {
    let folder = try TemporaryFolder(["notes.txt": "hello\n", "list": ""])
    let manager = FileManager.default
    try manager.createDirectory(atPath: "\(folder.path)/deep/er", withIntermediateDirectories: true)
    try manager.copyItem(atPath: Self.everything, toPath: "\(folder.path)/deep/er/no-suffix")
    try manager.copyItem(atPath: Tool.packed("one.gz"), toPath: "\(folder.path)/deep/packed")
    for path in Capture.named("ff").paths {
      try manager.copyItem(atPath: path, toPath: "\(folder.path)/deep/ff.\(path.split(separator: ".").last ?? "")")
    }
    func names(_ arguments: [String]) throws -> [String] {
      let outcome = try check(["lines > 0"], arguments + ["--format", "csv"])
      #expect(outcome.status == 0, "\(outcome.errors)")
      return rows(outcome).compactMap { $0["log"].map { $0.replacing(folder.path, with: "") } }
    }
    let all = ["/deep/er/no-suffix", "/deep/ff.*", "/deep/packed"]
    #expect(try names([folder.path]) == all)
    #expect(try check(["lines > 0"], [folder.path]).errors.contains("2 files are no logs"))
    #expect(try names(["\(folder.path)/deep/*"]) == all)
    #expect(try names(["\(folder.path)/deep/packed", "\(folder.path)/deep/packed"]) == ["/deep/packed"])
    try folder.write(Array("\(folder.path)/deep/packed\n\(folder.path)/deep/er\n".utf8), to: "list")
    #expect(try names(["--files-from", "\(folder.path)/list"]) == ["/deep/packed", "/deep/er/no-suffix"])
    try folder.write(Array("\(folder.path)/deep/packed\0".utf8), to: "list")
    #expect(try names(["--files-from", "\(folder.path)/list", "-0"]) == ["/deep/packed"])
    #expect(try names(Capture.named("ff").paths + ["--files", "ff"]).count == 1)
    // The set is one log: its calls are those of all tasks together.
    let joined = try check(["calls >= 0"], ["\(folder.path)/deep/ff.*", "--format", "csv"])
    let summary = try Tool.run(["ledger", "--format", "csv"] + Capture.named("ff").paths)
    #expect(summary.errors.contains(" \(rows(joined)[0]["measured"] ?? "?") calls"))
  }
}

/// Counts what is in a report.
private final class JUnitReader: NSObject, XMLParserDelegate {
  var suites: [String] = []
  var cases = 0
  var failures = 0
  var errors = 0
  var skipped = 0
  var total: [String: Int] = [:]

  func parser(
    _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    switch element {
    case "testsuites":
      for name in ["tests", "failures", "errors", "skipped"] { total[name] = attributes[name].flatMap { Int($0) } }
    case "testsuite": suites.append(attributes["name"] ?? "")
    case "testcase": cases += 1
    case "failure": failures += 1
    case "error": errors += 1
    case "skipped": skipped += 1
    default: break
    }
  }
}
