import Foundation
import Testing
import TraceTestSupport

/// Over a log with planted secrets, in every place where one may stand: arguments of a program, its environment, payload in three spellings,
/// dump rows, decorations, paths, a program's own output, names that look like calls, a summary table.
@Suite("--redact")
struct RedactTests {
  static let log = Fixture.path("Fixtures/redact/secrets.log")
  static let secrets = [
    "S3cr3tKey", "Inst4nceKey", "tok_live_9f8e7d", "hunter2", "c00kie-jar", "wonderl4nd", "env-s3cret", "carol-h0me", "k-51f0c3",
    "QWxhZGRpbg", "aHVudGVyMg", "alice", "viewer", "63 30 30 6b 69 65", "746f6b",
  ]
  static let hosts = [
    "198.51.100", "203.0.113", "2001:db8", "example.net", "backend7", "ingest-h0st", "52:54:00", "origin",
  ]
  /// What stays, addresses hidden or not.
  static let kept = ["/run/ingest/control.sock", "ingest-bus", "/srv/cgi/status", "rtmp://", "/live/", "0.0.0.0", "htons(40112)"]

  static func check(_ bytes: [UInt8], _ scope: String, _ what: String) {
    let text = String(decoding: bytes, as: UTF8.self)
    for secret in secrets + (scope == "addresses" ? hosts : []) {
      #expect(!text.contains(secret), "\(secret) in \(what)")
    }
  }

  @Test("the log holds what is looked for") func planted() throws {
    let text = try String(contentsOfFile: Self.log, encoding: .utf8)
    // The last is a part of the token as -xx spells it, without its `\x`.
    for secret in Self.secrets.dropLast() + Self.hosts + Self.kept { #expect(text.contains(secret), "\(secret)") }
  }

  @Test(
    "no output holds a planted secret", arguments: Tool.reports, ["table", "csv", "tsv", "json", "ndjson"])
  func reports(report: String, format: String) throws {
    for scope in ["secrets", "addresses"] {
      let option = scope == "secrets" ? "--redact" : "--redact=addresses"
      let outcome = try Tool.run(report, option, "--format", format, Self.log)
      // The log holds one request of HTTP, no futex and no stall.
      let isShort = format == "json" || ["http", "futex", "stalls"].contains(report)
      #expect(outcome.status == 0 && (outcome.lines.count > 1 || isShort), "\(outcome.errors)")
      Self.check(outcome.output + outcome.errors.utf8, scope, "\(report) \(option) --format \(format)")
      // Figures, order and shape are those of the report without.
      let plain = try Tool.run(report, "--format", format, Self.log)
      #expect(plain.lines.count == outcome.lines.count)
      let few = try Tool.run(report, option, "--format", format, "--jobs", "3", Self.log)
      #expect(few.output == outcome.output)
    }
  }

  @Test("nor do the views of reports", arguments: Tool.views, ["table", "csv", "json"])
  func views(view: [String], format: String) throws {
    for scope in ["secrets", "addresses"] {
      let option = scope == "secrets" ? "--redact" : "--redact=addresses"
      let outcome = try Tool.run(view + [option, "--format", format, Self.log])
      #expect(outcome.status == 0 && !outcome.output.isEmpty)
      Self.check(outcome.output + outcome.errors.utf8, scope, "\(view) \(option) --format \(format)")
      #expect(try Tool.run(view + ["--format", format, Self.log]).lines.count == outcome.lines.count)
    }
  }

  @Test("nor do lines, notes and errors", arguments: ["--redact", "--redact=addresses"]) func show(option: String) throws {
    let scope = option == "--redact" ? "secrets" : "addresses"
    let count = try String(contentsOfFile: Self.log, encoding: .utf8).split(separator: "\n").count
    let outcome = try Tool.run("show", option, "--line", "1", "--context", "\(count)", Self.log)
    #expect(outcome.status == 0 && outcome.lines.count == count)
    Self.check(outcome.output + outcome.errors.utf8, scope, "show")
    for word in Self.kept { #expect(outcome.text.contains(word), "\(word)") }
    let tids = try Tool.run("fds", option, "--tids", Self.log, Self.log)
    #expect(tids.status == 2)
    Self.check(Array(tids.errors.utf8), scope, "an error")
    let strict = try Tool.run("summary", option, "--strict", "--format", "table", Self.log)
    #expect(strict.status == 1 && strict.text.contains("call_"))
  }

  @Test("nor do pictures, their data and script", arguments: ["--redact", "--redact=addresses"]) func gnuplot(option: String)
    throws
  {
    let scope = option == "--redact" ? "secrets" : "addresses"
    let folder = try TemporaryFolder([:])
    let outcome = try Tool.run("fd-timeline", option, "--format", "gnuplot", "-o", "\(folder.path)/plots", Self.log)
    #expect(outcome.status == 0)
    for name in try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/plots") {
      Self.check([UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/plots/\(name)"))), scope, name)
    }
    let data = try String(contentsOfFile: "\(folder.path)/plots/fd-timeline.dat", encoding: .utf8)
    #expect(data.contains("stream-") && data.contains("host-") == (scope == "addresses"))
    let picture = "\(folder.path)/timeline.svg"
    let drawn = try Tool.run("fd-timeline", option, "--plot", picture, Self.log)
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/gnuplot") else {
      #expect(drawn.status == 2 && drawn.errors.contains("gnuplot is not installed"))
      return
    }
    #expect(drawn.status == 0)
    let svg = [UInt8](try Data(contentsOf: URL(fileURLWithPath: picture)))
    #expect(String(decoding: svg, as: UTF8.self).contains("stream-"))
    Self.check(svg, scope, "the picture")
  }

  /// The pseudonyms of a kind, in order.
  static func pseudonyms(_ kind: String, _ text: String) -> [String] {
    text.components(separatedBy: "\(kind)-").dropFirst().map { String($0.prefix(8)) }
  }

  @Test("a stream, a host and a query are called the same in every subcommand, for every packing") func agreement() throws {
    let show = try Tool.run("show", "--redact=addresses", "--line", "1", Self.log).text
    let stream = try #require(Self.pseudonyms("stream", show).first)
    let query = try #require(Self.pseudonyms("query", show).last)
    // rtmp://203.0.113.77/live/...
    let relay = try #require(show.components(separatedBy: "rtmp://host-").last?.prefix(8))
    for report in ["fd-timeline", "fds", "rtmp"] {
      let text = try Tool.run(report, "--redact=addresses", Self.log).text
      #expect(text.contains("stream-\(stream)?query-\(query)"), "\(report)")
      #expect(text.contains("stream-\(stream),") || text.contains("stream-\(stream)\n"), "\(report)")
      #expect(text.contains("host-\(relay):443") || report == "rtmp", "\(report)")
    }
    let piped = try Tool.run(["rtmp", "--redact=addresses", "-"], input: Self.log)
    #expect(piped.output == (try Tool.run("rtmp", "--redact=addresses", Self.log).output))
    let shown = try Tool.run(["show", "--redact", "--line", "5"], input: Self.log)
    #expect(Self.pseudonyms("stream", shown.text) == [stream])
  }

  @Test("a salt makes logs agree, from the option or the environment") func salt() throws {
    let text = try String(contentsOfFile: Self.log, encoding: .utf8)
    let other = try TemporaryFolder(log: "7     12:00:00 getpid() = 7 <0.1>\n" + text)
    let streams = { (arguments: [String]) in Self.pseudonyms("stream", try Tool.run(["rtmp", "--redact"] + arguments).text) }
    #expect(try streams([Self.log]) != streams([other.log]))
    #expect(try streams(["--redact-salt", "x", Self.log]) == streams(["--redact-salt", "x", other.log]))
    #expect(try streams(["--redact-salt", "x", Self.log]) != streams(["--redact-salt", "y", Self.log]))
    let environment = try Tool.shell("TRACESTAT_REDACT_SALT=x \"$0\" rtmp --redact -q \"$1\"", Self.log)
    #expect(try Self.pseudonyms("stream", environment.text) == streams(["--redact-salt", "x", Self.log]))
  }

  @Test("the option never takes the log's name, and nothing else is taken for it") func parsing() throws {
    let expected = try Tool.run("fds", "--redact=secrets", Self.log).output
    for arguments in [
      ["fds", "--redact", Self.log], ["fds", Self.log, "--redact"], ["fds", "--redact", "-q", Self.log],
      ["fds", "--redact", "--format", "csv", Self.log], ["fds", "--redact", "--", Self.log],
    ] {
      #expect(try Tool.run(arguments).output == expected, "\(arguments)")
    }
    let hosts = try Tool.run("fds", "--redact=addresses", Self.log).output
    #expect(try Tool.run("fds", "--redact=addresses", "--format", "csv", Self.log).output == hosts && hosts != expected)
    for arguments in [["--redact=address"], ["--redact="], ["--redact-salt", "x"], ["--redact", "--redact-salt", ""]] {
      let outcome = try Tool.run(["fds"] + arguments + [Self.log])
      #expect(outcome.status == 2 && outcome.output.isEmpty, "\(arguments)")
    }
  }

  @Test("names asked of DNS are hidden as hosts are: with their addresses") func names() throws {
    let plain = try Tool.run("dns", "--redact", Self.log).text
    #expect(plain.contains("db.backend7.example.net") && plain.contains("NXDOMAIN") && plain.contains("203.0.113.53:53"))
    let hidden = try Tool.run("dns", "--redact=addresses", Self.log)
    // Equal names, and the addresses that they lead to, have equal pseudonyms: a search list's tries can still be told.
    let names = Self.pseudonyms("host", hidden.text)
    #expect(hidden.lines.count == 3 && Set(names).count < names.count && hidden.text.contains(":53,"))
  }
}
