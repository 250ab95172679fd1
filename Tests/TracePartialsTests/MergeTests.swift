import Testing
import TraceTestSupport

@testable import TracePartials
@testable import Tracestat

@Suite("Partials: merging")
struct MergeTests {
  /// Every analysis, made into a partial of one log.
  static let analyses: [(name: String, of: @Sendable (String) throws -> Partial)] = {
    var all: [(String, @Sendable (String) throws -> Partial)] = [
      ("fd-timeline", { try TraceLog($0).partial(FdTimeline()) }), ("fds", { try TraceLog($0).partial(Fds()) }),
      ("fds --leaks", { try TraceLog($0).partial(FdLeaks()) }), ("fds --growth", { try TraceLog($0).partial(FdGrowth()) }),
      ("connections", { try TraceLog($0).partial(Connections()) }), ("rtmp", { try TraceLog($0).partial(Rtmp()) }),
      ("rtmp --sessions", { try TraceLog($0).partial(RtmpSessions()) }), ("http", { try TraceLog($0).partial(Http()) }),
      ("dns", { try TraceLog($0).partial(Dns()) }), ("futex", { try TraceLog($0).partial(Futex()) }),
      ("threads", { try TraceLog($0).partial(Threads()) }),
      ("threads --timeline", { try TraceLog($0).partial(Partials.threadTimeline) }),
      ("stalls", { try TraceLog($0).partial(Stalls()) }),
      (
        "ledger",
        {
          let log = TraceLog($0)
          _ = try log.analyze(Summary())
          return try log.partial(PartialStatement("ledger"), .ledger)
        }
      ),
    ]
    for key in [nil] + Summary.Key.allCases.map(Optional.some) {
      let name = key.map { "summary --by \($0.rawValue)" } ?? "summary"
      all.append((name, { try TraceLog($0).partial(Partials.summary(key, sizes: true, buckets: false, interval: nil)) }))
      all.append(
        ("\(name) --histogram", { try TraceLog($0).partial(Partials.summary(key, sizes: false, buckets: true, interval: nil)) }))
      all.append(
        (
          "\(name) --interval",
          { try TraceLog($0).partial(Partials.summary(key, sizes: false, buckets: false, interval: 1_000_000_000)) }
        )
      )
    }
    return all
  }()

  /// Logs of one clock, and logs of three: a dated one, one of the time of day, one of neither.
  static let sets = [
    ["stalls/blocked", "stalls/source", "strace/f-ttt-yy-T-C-w"], ["strace/everything", "strace/attach-yy", "strace/f"],
    ["network/http", "network/dns", "network/nginx"],
  ]

  @Test("merged in any order and grouping, it is the same to the byte, in every format", arguments: analyses.indices, sets)
  func anyOrder(analysis: Int, logs: [String]) throws {
    let of = Self.analyses[analysis].of
    let parts = try logs.map { try of(Fixture.path("Fixtures/\($0).log")) }
    var found: Set<[UInt8]> = []
    var printed: Set<String> = []
    var refusals = 0
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
      for isLeft in [true, false] {
        var (a, b, c) = (parts[order[0]], parts[order[1]], parts[order[2]])
        do {
          if isLeft {
            try a.merge(b)
            // As if between the two it had been on a disk.
            a = try Partial(bytes: a.bytes(), name: "ab")
            try a.merge(c)
          } else {
            try b.merge(c)
            c = try Partial(bytes: b.bytes(), name: "bc")
            try a.merge(c)
          }
        } catch {
          refusals += 1
          continue
        }
        // All formats once for what is equal to the byte; one of them as it stands in memory.
        if found.insert(try a.bytes()).inserted { _ = try Partials.outputs(a) }
        printed.insert(try Partials.text { try a.write(to: $0, .csv) })
        #expect(a.logs.count == 3)
      }
    }
    // Where one order is refused, for clocks that do not meet, all are.
    if refusals == 0 { #expect(found.count == 1 && printed.count == 1) } else { #expect(refusals == 12) }
  }

  @Test("counters of several logs are those of one pass over them", arguments: [nil, .path, .errno] as [Summary.Key?])
  func onePass(key: Summary.Key?) throws {
    for (sizes, buckets, interval) in [
      (false, false, nil), (true, false, nil), (true, true, nil), (false, true, nil), (false, false, 1_000_000_000),
    ] as [(Bool, Bool, Int64?)] {
      let analysis = Partials.summary(key, sizes: sizes, buckets: buckets, interval: interval)
      var options = TraceLog.Options()
      options.arrangement = .sequence
      let once = try TraceLog(Partials.days, options: options).partial(analysis)
      let merged = try #require(try Partial.merged(Partials.days.map { try TraceLog($0).partial(analysis) }))
      #expect(merged.logs.count == 6 && once.logs.count == 1)
      #expect(try Partials.outputs(merged) == Partials.outputs(once))
    }
  }

  @Test(
    "things of a log are counted as in one pass, and say which log they are of",
    arguments: [.process, .thread, .fd] as [Summary.Key])
  func onePassOfOwnThings(key: Summary.Key) throws {
    let analysis = Partials.summary(key, sizes: false, buckets: false, interval: nil)
    var options = TraceLog.Options()
    options.arrangement = .sequence
    let once = try TraceLog(Partials.days, options: options).partial(analysis)
    let merged = try #require(try Partial.merged(Partials.days.map { try TraceLog($0).partial(analysis) }))
    let all = Partials.rows(try Partials.text { try merged.write(to: $0, .csv) })
    #expect(Set(all.map { $0["log"] }).subtracting([""]).count == 6)
    // Connections have numbers of the pass; the tasks' numbers are what tells these logs apart.
    func facts(_ rows: [[String: String]]) -> [[String: String]] {
      rows.map { $0.filter { $0.key != "log" } }.sorted {
        $0.description(of: ["process", "tid", "fd", "n", "syscall"])
          < $1.description(of: ["process", "tid", "fd", "n", "syscall"])
      }
    }
    #expect(facts(all) == facts(Partials.rows(try Partials.text { try once.write(to: $0, .csv) })))
  }

  @Test(
    "rows of several logs are the rows of each, by time where they have one",
    arguments: ["fd-timeline", "stalls", "connections", "fds", "http", "dns", "threads --timeline", "fds --growth"])
  func rows(name: String) throws {
    let of = try #require(Self.analyses.first { $0.name == name }).of
    let logs =
      name == "http" || name == "dns"
      ? ["http", "dns", "http-s32"].map { Fixture.path("Fixtures/network/\($0).log") } : Partials.days
    let parts = try logs.map(of)
    let merged = try #require(try Partial.merged(parts))
    // Independent of the merge: lines of each, sorted as text, since these logs have stamps of one length.
    let time = ["fd-timeline": 0, "stalls": 1, "http": 0, "dns": 0, "threads --timeline": 0, "fds --growth": 0][name]
    var expected: [(time: String, log: Int, line: String)] = []
    var header = ""
    let order = logs.indices.sorted { parts[$0].logs[0].precedes(parts[$1].logs[0]) }
    for (rank, index) in order.enumerated() {
      let lines = try Partials.text { try parts[index].write(to: $0, .tsv) }.split(separator: "\n").map(String.init)
      header = lines[0]
      for line in lines.dropFirst() {
        let cells = line.split(separator: "\t", omittingEmptySubsequences: false)
        expected.append((time.map { String(cells[$0]) } ?? "", rank, "\(line)\t\(logs[index])"))
      }
    }
    let sorted = expected.enumerated().sorted {
      ($0.element.time, $0.element.log, $0.offset) < ($1.element.time, $1.element.log, $1.offset)
    }
    let text = ([header + "\tlog"] + sorted.map(\.element.line)).joined(separator: "\n") + "\n"
    #expect(try Partials.text { try merged.write(to: $0, .tsv) } == text)
    #expect(sorted.count > (name == "stalls" ? 3 : 5))
  }

  @Test("pictures of several logs hold the lines of each")
  func pictures() throws {
    for (name, of) in Self.analyses where ["fd-timeline", "threads --timeline", "fds --growth"].contains(name) {
      let merged = try #require(try Partial.merged([Partials.days[1], Partials.days[2]].map(of)))
      let pictures = try #require(try merged.pictures())
      let data = try Partials.text { try pictures.writeData(to: $0) }
      #expect(data.contains("source.log:24586") && data.contains("blocked.log:24705"), "\(name)")
      let alone = try #require(try of(Partials.days[2]).pictures())
      #expect(alone.script.contains("gnuplot"))
    }
    let foreign = try #require(
      try Partial.merged(
        ["stalls/blocked", "network/http"].map { try TraceLog(Fixture.path("Fixtures/\($0).log")).partial(FdTimeline()) }))
    #expect(throws: PartialError.self) { try foreign.pictures() }
    #expect(try TraceLog(Partials.days[0]).partial(Http()).pictures() == nil)
  }

  @Test("ledgers sum up")
  func ledgers() throws {
    let of = try #require(Self.analyses.first { $0.name == "ledger" }).of
    let parts = try Partials.days.map(of)
    let merged = try #require(try Partial.merged(parts))
    var sums: [String: Int] = [:]
    for part in parts {
      for row in Partials.rows(try Partials.text { try part.write(to: $0, .csv) }) {
        sums[row["kind"] ?? "", default: 0] += Int(row["lines"] ?? "") ?? 0
      }
    }
    let rows = Partials.rows(try Partials.text { try merged.write(to: $0, .csv) })
    #expect(rows.count == sums.count && rows.count > 3)
    for row in rows { #expect(Int(row["lines"] ?? "") == sums[row["kind"] ?? ""]) }
    #expect(merged.verdict.hasPrefix("6 logs; "))
  }

  @Test("weights of equal stacks sum up")
  func stacks() throws {
    let logs = ["chains", "events"].map { StackLog(Fixture.path("Fixtures/perf-script/\($0).txt")) }
    var options = FoldOptions()
    options.countsSamples = true
    options.event = "cpu-clock"
    let both = try StackLog(logs.flatMap(\.paths)).fold(options)
    let once = try Partials.text { try both.writeFolded(to: $0) }
    let parts = try logs.map { $0.partial(try $0.fold(options), options) }
    let merged = try #require(try Partial.merged(parts))
    #expect(try Partials.text { try merged.write(to: $0, .csv) } == once)
    #expect(try Partial.merged(parts.reversed())?.bytes() == merged.bytes())
    #expect(once.split(separator: "\n").count > 3)
  }

  @Test("what cannot be merged is told, with both names")
  func refusals() throws {
    let (a, b) = (Partials.days[0], Partials.days[1])
    func refusal(_ one: Partial, _ other: Partial) -> String {
      do {
        _ = try Partial.merged([one, other])
        return "nothing"
      } catch {
        return "\(error)"
      }
    }
    func read(_ partial: Partial, _ name: String) throws -> Partial { try Partial(bytes: partial.bytes(), name: name) }
    let first = try read(TraceLog(a).partial(Summary()), "a.partial")
    #expect(
      refusal(first, try read(TraceLog(b).partial(Fds()), "b.partial"))
        == "a.partial is of `summary`, b.partial of `fds`: only partials of one analysis merge")
    var options = Summary.Options()
    options.key = .path
    options.filter.descriptors = [7]
    #expect(
      refusal(first, try read(TraceLog(b).partial(Summary(options)), "b.partial"))
        == "a.partial is of `summary` with no other options, b.partial with --by path --fd 7: only partials of equal options merge"
    )
    #expect(
      refusal(first, try read(TraceLog(a).partial(Summary()), "b.partial"))
        == "\(a) is in a.partial, and in b.partial: the same log twice would count twice")
    // By what is in it, not by its name.
    let folder = try TemporaryFolder(["copy.log": try Fixture.text("Fixtures/stalls/healthy.log")])
    let copy = try read(TraceLog("\(folder.path)/copy.log").partial(Summary()), "b.partial")
    #expect(refusal(first, copy).contains("as \(folder.path)/copy.log: the same log twice"))
  }

  @Test("two logs of one name are told apart")
  func equalNames() throws {
    let folders = try [1, 2].map {
      try TemporaryFolder(log: try Fixture.text("Fixtures/stalls/\($0 == 1 ? "healthy" : "source").log"))
    }
    let partials = try folders.map { folder in
      let log = TraceLog(folder.log)
      let result = try log.analyze(Fds())
      let same = PartialLog(name: "strace.log", bytes: log.report?.bytes ?? 0, head: log.head ?? [])
      return Partial(Fds().statement, of: same, try Fds().contents(of: result, redaction: .none))
    }
    let merged = try #require(try Partial.merged(partials))
    let labels = PartialLog.labels(merged.logs)
    #expect(Set(labels).count == 2 && labels.allSatisfy { $0.hasPrefix("strace.log#") && $0.count == 19 })
  }

  @Test("secrets that are hidden in the report are hidden in the partial")
  func redaction() throws {
    let log = TraceLog(Fixture.sample("nginx-rtmp"))
    let redaction = Redaction(.addresses, key: .init(salt: "a salt"))
    for partial in [
      try log.partial(Connections(), redaction: redaction), try log.partial(FdTimeline(), redaction: redaction),
      try log.partial(Partials.summary(.connection, sizes: false, buckets: false, interval: nil), redaction: redaction),
      try log.partial(Partials.summary(.path, sizes: false, buckets: false, interval: nil), redaction: redaction),
    ] {
      let message = String(decoding: try partial.message(), as: UTF8.self)
      #expect(!message.contains("cam-stage"), "\(partial.analysis)")
      #expect(partial.options.contains(PartialOption("--redact", "addresses")))
    }
    #expect(String(decoding: try log.partial(Connections()).message(), as: UTF8.self).contains("cam-stage"))
  }
}

extension [String: String] {
  fileprivate func description(of names: [String]) -> String { names.map { self[$0] ?? "" }.joined(separator: " ") }
}
