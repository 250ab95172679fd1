import Testing
import TraceCalls
import TraceInput
import TraceProcesses
import TraceTestSupport

@testable import TraceAnalyses

@Suite("The samples, and what their servers themselves logged")
struct SampleTests {
  /// A table of Samples/NAME.truth, without its header line.
  static func truth(_ name: String) throws -> [[String]] {
    try Fixture.sampleTruth(name).split(separator: "\n").dropFirst().map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
  }

  static func options(_ name: String) throws -> ProcessOptions {
    var options = ProcessOptions()
    for row in try truth("\(name).truth/tids.tsv") { options.tgids[Int32(row[0])!] = Int32(row[1])! }
    return options
  }

  @Test("every line is understood and strace's table agrees, time too", arguments: ["jvm-relay", "nginx-rtmp"])
  func table(name: String) throws {
    let reader = try CallReader(TraceFiles([Fixture.sample(name)]), options: ReadOptions(workers: 2))
    var events = 0
    while let batch = reader.next() { events += batch.events.count }
    #expect(events > 40_000)
    #expect(reader.ledger.notUnderstood == 0 && reader.ledger.abandoned.lines == 0)
    let check = try #require(reader.tableChecks.first)
    #expect(check.agrees && check.comparesTime && check.timeDifferences.isEmpty && check.calls == reader.ledger.calls)
  }

  @Test("fd-timeline sums to fds, for any number of workers", arguments: ["jvm-relay", "nginx-rtmp"], 1...3)
  func sums(name: String, workers: Int) throws {
    let paths = [Fixture.sample(name)]
    let options = try Self.options(name)
    let totals = try analyse(paths, Fds(), workers: workers, chunkSize: 1 << 16, processes: options).sums
    #expect(totals.count > 20)
    for attribution in FdTimeline.Attribution.allCases {
      #expect(try analyse(paths, timeline(attribution), workers: workers, chunkSize: 1 << 18, processes: options).sums == totals)
    }
  }

  @Test("hundreds of thousands of cells are merged as they come") func manyCells() throws {
    let paths = [Fixture.sample("jvm-relay")]
    let result = try analyse(paths, timeline(interval: 200_000))
    #expect(result.rows.count > 1 << 17)
    #expect(result.sums == (try analyse(paths, Fds()).sums))
    #expect(zip(result.rows, result.rows.dropFirst()).allSatisfy { ($0.interval, $0.series) < ($1.interval, $1.series) })
  }

  @Test("nginx: bytes of finished sessions, as its access log has them") func accessLog() throws {
    // 127.0.0.1 [time] PUBLISH "hls" "cam-dock" "" - 648187 409 ...; nginx leaves the handshake of 3073 bytes each way out.
    let handshake: Int64 = 3073
    let logged = try Fixture.sampleTruth("nginx-rtmp.truth/rtmp_access.log").split(separator: "\n").map { line -> String in
      let words = line.split(separator: " ")
      return "\(words[5].dropFirst().dropLast()) \(Int64(words[8])! + handshake) \(Int64(words[9])! + handshake)"
    }
    let result = try analyse([Fixture.sample("nginx-rtmp")], Fds(), processes: try Self.options("nginx-rtmp"))
    let found = result.rows.filter { $0.description.rtmp != nil && $0.incarnation.closedLine > 0 }.map {
      "\($0.description.stream ?? "") \($0.read.bytes) \($0.write.bytes)"
    }
    #expect(found.sorted() == logged.sorted())
  }

  @Test("nginx: peers of descriptors at three moments") func peers() throws {
    var moments: [String: Int64] = [:]
    for row in try Self.truth("nginx-rtmp.truth/events.tsv") where row[1] == "snapshot" {
      moments[row[3]] = Int64(Double(row[0])! * 1e6) * 1000
    }
    let result = try analyse([Fixture.sample("nginx-rtmp")], Fds(), processes: try Self.options("nginx-rtmp"))
    var compared = 0
    for row in try Self.truth("nginx-rtmp.truth/fdpeers.tsv") where row[3] == "tcp" && !row[5].hasSuffix("*") {
      let moment = try #require(moments[row[0]])
      // What was there at the attach is `pre`, met a little after it.
      let life = result.rows.first {
        $0.process == row[1] && $0.incarnation.descriptor == Int32(row[2])!
          && ($0.incarnation.openedBy == .pre || $0.incarnation.openedTime! <= moment)
          && ($0.incarnation.closedTime ?? .max) > moment
      }
      #expect(life?.description.local == row[4] && life?.description.peer == row[5], "\(row)")
      compared += 1
    }
    #expect(compared > 15)
  }

  @Test("jvm: reads and bytes of a session, as the server counted them") func session() throws {
    let rows = try Self.truth("jvm-relay.truth/sessions.tsv")
    let result = try analyse([Fixture.sample("jvm-relay")], Fds(), processes: try Self.options("jvm-relay"))
    // Sessions opened after the attach and closed before its end.
    for row in rows where row[1] == "close" {
      let (client, upstream) = (Int32(row[3])!, Int32(row[4])!)
      let ofClient = try #require(result.rows.first { $0.incarnation.descriptor == client && $0.incarnation.n == 0 })
      let ofUpstream = try #require(result.rows.first { $0.incarnation.descriptor == upstream && $0.incarnation.n == 0 })
      // One read more than the server counts: the end of the stream.
      #expect(ofClient.read.calls - ofClient.read.errors == Int(row[7])! + 1)
      #expect(ofClient.read.bytes == Int64(row[8])!)
      #expect(ofUpstream.write.bytes == Int64(row[9])!)
      #expect(ofClient.write.bytes == Int64(row[10])!)
      #expect(
        ofClient.description.stream == "cam-lobby"
          && ofClient.description.peer?.hasSuffix(row[5].split(separator: ":")[1]) == true)
    }
    #expect(rows.contains { $0[1] == "close" })
  }
}
