import Testing
import TraceProcesses
import TraceTestSupport

@testable import TraceAnalyses

@Suite("RTMP sessions")
struct RtmpSessionsTests {
  static func result(_ sample: String, threshold: Int64? = nil, workers: Int = 1) throws -> RtmpSessions.Result {
    if threshold == nil, workers == 1, let known = known[sample] { return try known.get() }
    return try read(sample, threshold: threshold, workers: workers)
  }

  /// Read once for all tests that ask for nothing special.
  private static let known = Dictionary(
    uniqueKeysWithValues: ["nginx-rtmp", "jvm-relay"].map { sample in (sample, Result { try read(sample) }) })

  private static func read(_ sample: String, threshold: Int64? = nil, workers: Int = 1) throws -> RtmpSessions.Result {
    var options = RtmpSessions.Options()
    if let threshold { options.threshold = threshold }
    return try analyse(
      [Fixture.sample(sample)], RtmpSessions(options), workers: workers, chunkSize: 1 << 18,
      processes: try SampleTests.options(sample))
  }

  /// `127.0.0.1:60718` of `from 127.0.0.1:60718`, with the stream and the time of the event.
  struct Connected {
    let time: Int64
    let app: String
    let stream: String
    let peer: String
  }

  static func connected(_ sample: String, _ event: String) throws -> [Connected] {
    try SampleTests.truth("\(sample).truth/events.tsv").filter { $0[1] == event }.map {
      let names = $0[3].split(separator: "/").map(String.init)
      return Connected(
        time: Int64(Double($0[0])! * 1e6) * 1000, app: names[0], stream: names[1], peer: String($0[4].split(separator: " ")[1]))
    }
  }

  @Test("nginx: every publisher and player that connected under strace, by app and stream", arguments: ["publisher", "player"])
  func roles(role: String) throws {
    let sessions = try Self.result("nginx-rtmp").sessions
    let truth = try Self.connected("nginx-rtmp", "\(role)_connected").filter { $0.stream != "early-show" }
    for one in truth {
      let session = try #require(sessions.first { $0.connection.description.peer == one.peer }, "\(one)")
      #expect(session.role?.rawValue == role && session.app == one.app && session.stream == one.stream)
      // The far end says it is connected after the handshake.
      let moments = [session.handshake, session.connect, session.start].compactMap { $0 }
      #expect(moments.count == 3 && zip(moments, moments.dropFirst()).allSatisfy { $0.line < $1.line && $0.time <= $1.time })
      #expect(abs((session.connect?.time ?? 0) - one.time) < 1_000_000_000)
    }
    #expect(truth.count == (role == "publisher" ? 4 : 7))
    #expect(sessions.count { $0.role?.rawValue == role } == truth.count)
  }

  @Test("nginx: who ended, and that nobody else did") func ends() throws {
    let sessions = try Self.result("nginx-rtmp").sessions
    let ended = sessions.filter { $0.connection.endedBy != "" }
    // Each was ended by the far end, as rtmp_access.log has it.
    #expect(ended.allSatisfy { $0.connection.endedBy == "eof" })
    let logged = try Fixture.sampleTruth("nginx-rtmp.truth/rtmp_access.log").split(separator: "\n").count
    #expect(ended.count == logged)
  }

  @Test("nginx: each player has the publisher of its stream, by name and by what threads did") func feeds() throws {
    let feeds = try Self.result("nginx-rtmp").feeds
    for feed in feeds {
      #expect(feed.source.stream == feed.sink.stream && feed.source.app == feed.sink.app)
      if feed.source.connection.process == feed.sink.connection.process { #expect((feed.share ?? 0) > 0.85) }
    }
    let players = try Self.connected("nginx-rtmp", "player_connected").map(\.peer)
    #expect(Set(feeds.compactMap(\.sink.connection.description.peer)) == Set(players))
  }

  @Test("nginx: the same where -s cut the players' names") func feedsByReads() throws {
    let whole = try Self.result("nginx-rtmp").feeds.filter { $0.share != nil }
    let folder = try TemporaryFolder([:])
    try folder.write(Self.cut(try Fixture.samplePrefix("nginx-rtmp", bytes: 64 << 20), to: 32), to: "log")
    let cut = try analyse(
      ["\(folder.path)/log"], RtmpSessions(), processes: try SampleTests.options("nginx-rtmp")
    ).feeds
    func ends(_ feed: RtmpSessions.Feed) -> [Int32] { [feed.source.connection.descriptor, feed.sink.connection.descriptor] }
    #expect(Set(cut.map(ends)) == Set(whole.map(ends)) && whole.count == 5)
    #expect(cut.allSatisfy { $0.basis == .reads } && whole.count { $0.basis == .nameAndReads } == 4)
  }

  /// Strings of a log as a lower `-s` prints them.
  static func cut(_ log: [UInt8], to limit: Int) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(log.count)
    let (quote, backslash) = (UInt8(ascii: "\""), UInt8(ascii: "\\"))
    var at = 0
    while at < log.count {
      result.append(log[at])
      at += 1
      guard log[at - 1] == quote else { continue }
      var count = 0
      while at < log.count, log[at] != quote {
        let start = at
        at += log[at] == backslash ? 2 : 1
        if log[start] == backslash, (48...55).contains(log[start + 1]) {
          while at < start + 4, (48...55).contains(log[at]) { at += 1 }
        }
        if count < limit { result += log[start..<at] }
        count += 1
      }
      result.append(quote)
      at += 1
      if count > limit, log[at] != UInt8(ascii: ".") { result += Array("...".utf8) }
    }
    return result
  }

  @Test("jvm: the two ends of each relayed session are put together") func relay() throws {
    let feeds = try Self.result("jvm-relay").feeds
    var pairs: Set<Set<Int32>> = []
    for row in try SampleTests.truth("jvm-relay.truth/sessions.tsv") where row[1] == "open" {
      pairs.insert([Int32(row[3])!, Int32(row[4])!])
    }
    #expect(Set(feeds.map { [$0.source.connection.descriptor, $0.sink.connection.descriptor] }) == pairs)
    #expect(
      Set(feeds.compactMap(\.source.role)) == [.publisher, .pull] && Set(feeds.compactMap(\.sink.role)) == [.push, .player])
  }

  @Test("frozen publishers are found within a second, with the players that starved", arguments: ["nginx-rtmp", "jvm-relay"])
  func freezes(sample: String) throws {
    let events = try SampleTests.truth("\(sample).truth/events.tsv")
    func time(_ name: String) throws -> Int64 { Int64(Double(try #require(events.first { $0[1] == name })[0])! * 1e6) * 1000 }
    let (from, to) = (try time("publisher_freeze"), try time("publisher_resume"))
    let result = try Self.result(sample)
    // The log of jvm-relay has a clock without a date.
    let day: Int64 = result.clock.kind == .epoch ? 0 : 86_400_000_000_000
    func isNear(_ a: Int64, _ b: Int64) -> Bool { abs(a - (day > 0 ? b % day : b)) <= 1_000_000_000 }
    let publishers = result.freezes.filter { $0.session.role == .publisher }
    #expect(publishers.map(\.session.stream) == ["cam-stage"])
    #expect(publishers.allSatisfy { isNear($0.gap.start, from) && isNear($0.gap.end, to) && $0.cause == .unknown })
    let starved = result.freezes.filter { $0.cause == .sourceSilent }
    #expect(starved.contains { $0.session.role == .player } && starved.allSatisfy { isNear($0.gap.end, to) })
  }

  @Test("nginx: what else was silent, and why") func causes() throws {
    let result = try Self.result("nginx-rtmp")
    let others = result.freezes.filter { $0.cause != .sourceSilent && $0.session.role == .player }
    let causes = others.map { "\($0.session.connection.descriptor) \($0.cause.rawValue)" }
    // Of cam-dock, killed; of cam-lobby, which did not read from 09:48:44 to 09:48:55; and both of cam-lobby's when that stopped.
    #expect(causes == ["20 source ended", "17 not reading", "18 source ended", "17 source ended"])
    let events = try SampleTests.truth("nginx-rtmp.truth/events.tsv")
    let resumed = Int64(Double(try #require(events.first { $0[1] == "player_resume" })[0])! * 1e6) * 1000
    #expect(abs(others[1].gap.end - resumed) < 1_000_000_000 && others[1].gap.blockedLine > 0)
  }

  @Test("healthy streams have none, for any threshold above their rhythm") func healthy() throws {
    let result = try Self.result("nginx-rtmp", threshold: 500_000_000)
    let frozen = Set(result.freezes.compactMap { $0.session.role == .publisher ? $0.session.connection.descriptor : nil })
    #expect(frozen == [14])
  }

  @Test("players of other workers, which nothing feeds, are no freezes below the threshold") func unfed() throws {
    let result = try Self.result("nginx-rtmp", threshold: 1_000_000_000)
    let unfed = result.freezes.filter { $0.cause == .neverFed }
    // nginx sent them 436 bytes, its log says.
    #expect(
      Set(unfed.map(\.session.connection.process)) == ["14898"] && unfed.count == 3 && unfed.allSatisfy { $0.rhythm == nil })
  }

  @Test("the same for any number of workers") func workers() throws {
    let (one, three) = (try Self.result("nginx-rtmp"), try Self.result("nginx-rtmp", workers: 3))
    #expect(one.sessions.map(\.connection.connection) == three.sessions.map(\.connection.connection))
    #expect(
      one.feeds.map(\.writes) == three.feeds.map(\.writes)
        && one.freezes.map(\.gap.lineBefore) == three.freezes.map(\.gap.lineBefore))
  }

  /// A client's calls on descriptor 4 from `10:00:01` on, one a second, and what the server writes.
  static func session(_ calls: [String]) throws -> RtmpSessions.Result {
    let accept =
      #"7     10:00:00 accept(3, {sa_family=AF_INET, sin_port=htons(50000), sin_addr=inet_addr("10.0.0.9")}, [16]) = 4 <0.000010>"#
    let lines = calls.enumerated().map { "7     10:\(10 + $0 / 60):\(10 + $0 % 50) \($1) <0.000010>" }
    return try analyse(text: ([accept] + lines).joined(separator: "\n") + "\n", RtmpSessions())
  }

  static let handshake = #"read(4, "\3\0\0\0\0\0\0\0\0\1\2\3"..., 4096) = 1537"#
  static func command(_ name: String, _ value: String = "") -> String {
    let octal = String(name.utf8.count, radix: 8)
    return #"read(4, "\3\0\0\0\0\0\200\24\0\0\0\0\2\0\"# + octal + name + #"\0?\360\0\0\0\0\0\0"# + value + #"", 4096) = 60"#
  }
  static let opening = [
    handshake, command("connect", #"\3\0\3app\2\0\4live"#), command("createStream", #"\5"#),
    command("publish", #"\5\2\0\3cam\2\0\4live"#),
  ]

  @Test("from handshake to deleteStream") func story() throws {
    let result = try Self.session(Self.opening + [Self.command("deleteStream", #"\5"#), "close(4) = 0"])
    let session = try #require(result.sessions.first)
    #expect(result.sessions.count == 1 && session.role == .publisher && session.app == "live" && session.stream == "cam")
    let moments = [session.handshake, session.connect, session.createStream, session.start, session.stop]
    #expect(moments.map(\.?.line) == [2, 3, 4, 5, 6] && session.starts == 1)
    #expect(session.connection.endedBy == "close" && session.connection.read.bytes == 1777)
  }

  @Test("a second publish goes on, and a connection without one is a client's") func restart() throws {
    let more = [Self.command("closeStream", #"\5"#), Self.command("publish", #"\5\2\0\3cam\2\0\4live"#)]
    let session = try #require(try Self.session(Self.opening + more).sessions.first)
    #expect(session.starts == 2 && session.stop == nil && session.start?.line == 5)
    #expect(try Self.session(Array(Self.opening.prefix(3))).sessions.map(\.role) == [.client])
  }

  @Test(
    "names agree without their queries, and as far as they are shown",
    arguments: [
      ("cam?key=1", "cam", true), ("cam?key=1", "cam?user=2", true), ("cam", "cam2", false), ("", "cam", false),
    ])
  func names(published: String, played: String, agree: Bool) throws {
    func says(_ command: String, _ name: String) -> String {
      let octal = String(name.utf8.count, radix: 8)
      return Self.command(command, #"\5\2\0\"# + octal + name)
    }
    func on(_ descriptor: Int, _ calls: [String]) -> [String] { calls.map { $0.replacing("(4,", with: "(\(descriptor),") } }
    let opening = [Self.handshake, Self.command("connect", #"\3\0\3app\2\0\4live"#)]
    let result = try Self.session(
      on(4, opening + [says("publish", published)]) + on(5, opening + [says("play", played)]))
    #expect(result.sessions.count == 2 && result.feeds.map(\.basis) == (agree ? [.name] : []))
  }

  @Test("who is the client itself pushes") func push() throws {
    let calls = Self.opening.map { $0.replacing("read(", with: "write(") }
    #expect(try Self.session(calls).sessions.map(\.role) == [.push])
  }

  @Test("a filter picks sessions, not what is known of the others") func filter() throws {
    var options = RtmpSessions.Options()
    options.filter.descriptors = [19]
    let result = try analyse(
      [Fixture.sample("nginx-rtmp")], RtmpSessions(options), processes: try SampleTests.options("nginx-rtmp"))
    #expect(result.sessions.map(\.connection.descriptor) == [19] && result.feeds.count == 1)
    #expect(result.freezes.map(\.causedBy?.connection.descriptor) == [14])
  }
}
