import Foundation
import Testing
import TraceTestSupport

@testable import TraceAnalyses

/// Captures of one small server (Scripts/capture-compare), with and without a planted change.
@Suite("Comparison of captures")
struct ComparisonTests {
  private static func read(_ name: String) throws -> Behaviour.Result {
    try analyse([Fixture.path("Fixtures/compare/\(name)")], Behaviour())
  }

  private func compare(_ before: String, _ after: String) throws -> Comparison {
    Comparison(before: [try Self.read("\(before).log.xz")], after: [try Self.read("\(after).log.xz")])
  }

  private func names(_ comparison: Comparison) -> [String] {
    comparison.findings.map {
      [$0.change.rawValue, $0.subject.syscall, $0.subject.connectionClass, $0.subject.errno, $0.subject.name]
        .filter { !$0.isEmpty }.joined(separator: " ")
    }
  }

  @Test("the same server without a change is quiet, either way") func quiet() throws {
    #expect(names(try compare("before", "again")) == [])
    #expect(names(try compare("again", "before")) == [])
  }

  @Test("a log and itself is quiet", arguments: ["before", "delay", "errors", "release"]) func itself(name: String) throws {
    let comparison = try compare(name, name)
    #expect(comparison.findings.isEmpty && comparison.rows.count > 20)
  }

  @Test("5 ms more for each write are on top, with their size", arguments: ["before", "again"]) func delay(before: String) throws
  {
    let comparison = try compare(before, "delay")
    let first = try #require(comparison.findings.first)
    #expect(first.change == .slower && first.subject.syscall == "write" && first.subject.level == .call && first.quantile == 0.5)
    let (old, new) = (try #require(first.before.p50), try #require(first.after.p50))
    #expect((4_950_000...5_300_000).contains(new - old))
    let (ratio, superiority) = (try #require(first.ratio), try #require(first.superiority))
    #expect(abs(ratio.value - Double(new) / Double(old)) < 0.01 * ratio.value)
    #expect(ratio.low > 30 && ratio.low < ratio.value && ratio.high > ratio.value)
    #expect(superiority.value > 0.95 && superiority.low > 0.9)
    // Some 50 writes a second, each 5 ms and more longer.
    #expect((0.15e9...1e9).contains(try #require(first.effect)))
    #expect(first.evidence?.isAfter == true && (first.evidence?.line ?? 0) > 30)
    // The connections that it is of follow it.
    #expect(comparison.findings[1].subject.connectionClass == "tcp server" && comparison.findings[1].parent == 0)
    // Nothing else but waits, of which less is left.
    #expect(comparison.findings.dropFirst(2).allSatisfy { $0.isWait })
    // And the other way round.
    let back = try #require(try compare("delay", before).findings.first)
    #expect(back.change == .faster && back.subject.syscall == "write")
  }

  @Test("errors that were planted", arguments: ["before", "again"]) func errors(before: String) throws {
    let comparison = try compare(before, "errors")
    #expect(names(comparison) == ["new write ECONNRESET"])
    let finding = try #require(comparison.findings.first)
    #expect(abs((finding.after.errorShare ?? 0) - 0.05) < 0.002 && finding.before.errors == 0)
    #expect(finding.evidence?.line == 204)
    #expect(names(try compare("errors", before)) == ["vanished write ECONNRESET"])
  }

  @Test("calls, a path and a peer of the next release", arguments: ["before", "again"]) func release(before: String) throws {
    let comparison = try compare(before, "release")
    #expect(
      Set(names(comparison)) == [
        "new getcpu", "new connect", "new sendto", "new recvfrom", "new prices.conf", "new tcp client 127.0.0.1:18493",
      ])
    #expect(comparison.findings.allSatisfy { ($0.evidence?.line ?? 0) > 30 && $0.evidence?.isAfter == true })
    #expect(comparison.findings.first { $0.subject.syscall == "getcpu" }?.after.calls == 62)
    #expect(Set(names(try compare("release", before)).map { $0.replacing("vanished", with: "new") }) == Set(names(comparison)))
  }

  @Test("several runs of each side") func runs() throws {
    let (before, again, delay) = (try Self.read("before.log.xz"), try Self.read("again.log.xz"), try Self.read("delay.log.xz"))
    let comparison = Comparison(before: [before, again], after: [delay, delay])
    #expect(names(comparison).first == "slower write" && comparison.before.runs == 2)
    #expect(comparison.findings.first?.evidence?.run == 0)
    // A run that differs from the others of its side is no change.
    #expect(names(Comparison(before: [before, delay], after: [again, again])).filter { $0.hasPrefix("faster") } == [])
  }

  @Test("one side much shorter") func shorter() throws {
    let bytes = try Fixture.unpacked("Fixtures/compare/before.log.xz")
    let lines = bytes.split(separator: UInt8(ascii: "\n"))
    for (slice, isShort) in [(lines[2000..<3500], false), (lines[5000..<5700], true)] {
      let text = String(decoding: Array(slice.joined(separator: [UInt8(ascii: "\n")])), as: UTF8.self) + "\n"
      let whole = try Self.read("before.log.xz")
      let part = try analyse(text: text, Behaviour())
      for comparison in [Comparison(before: [whole], after: [part]), Comparison(before: [part], after: [whole])] {
        // How much there was to do was not the same all the time.
        #expect(comparison.findings.allSatisfy { $0.subject.level == .load }, "\(names(comparison))")
        #expect(comparison.notes.contains { $0.contains("times as long") } == isShort)
      }
    }
  }

  @Test("without -T, without stamps: what cannot be compared is said, the rest is compared") func lessToSee() throws {
    let release = try Fixture.unpacked("Fixtures/compare/release.log.xz")
    let before = try Fixture.unpacked("Fixtures/compare/before.log.xz")
    func cut(_ bytes: [UInt8], stamps: Bool, times: Bool) throws -> Behaviour.Result {
      let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { line -> String in
        var line = String(line)
        if !times, line.hasSuffix(">"), let mark = line.range(of: " <0.", options: .backwards) {
          line.removeSubrange(mark.lowerBound...)
        }
        if !stamps {
          let words = line.split(separator: " ", maxSplits: 2)
          line = words.count > 2 ? "\(words[0])  \(words[2])" : line
        }
        return line
      }
      return try analyse(text: lines.joined(separator: "\n") + "\n", Behaviour())
    }
    let planted: Set = [
      "new getcpu", "new connect", "new sendto", "new recvfrom", "new prices.conf", "new tcp client 127.0.0.1:18493",
    ]
    let untimed = Comparison(
      before: [try cut(before, stamps: true, times: false)], after: [try cut(release, stamps: true, times: false)])
    #expect(Set(names(untimed)) == planted)
    #expect(untimed.notes.contains { $0.contains("no durations") } && untimed.rows.allSatisfy { $0.shift == nil })
    let unstamped = Comparison(
      before: [try cut(before, stamps: false, times: true)], after: [try cut(release, stamps: false, times: true)])
    #expect(Set(names(unstamped)) == planted)
    #expect(unstamped.notes.contains { $0.contains("no time stamps") } && unstamped.rows.contains { $0.shift != nil })
    #expect(unstamped.findings.allSatisfy { $0.effect == nil } && unstamped.before.span == nil)
    let delay = try cut(try Fixture.unpacked("Fixtures/compare/delay.log.xz"), stamps: false, times: true)
    let slower = Comparison(before: [try cut(before, stamps: false, times: true)], after: [delay])
    #expect(names(slower).contains("slower write"))
  }

  @Test("traced with another filter, or another program") func others() throws {
    let whole = try Self.read("before.log.xz")
    let text = String(decoding: try Fixture.unpacked("Fixtures/compare/again.log.xz"), as: UTF8.self)
    let network = text.split(separator: "\n").filter { line in
      ["accept4(", "socket(", "bind(", "listen(", "setsockopt("].contains { line.contains($0) }
    }
    let filtered = Comparison(before: [whole], after: [try analyse(text: network.joined(separator: "\n") + "\n", Behaviour())])
    #expect(filtered.notes.contains { $0.contains("-e trace=") })
    #expect(filtered.findings.allSatisfy { $0.change != .vanished })
    let other = Comparison(before: [whole], after: [try analyse(Capture.named("f-ns"), Behaviour())])
    #expect(other.notes.contains { $0.contains("different programs") || $0.contains("different processes") })
  }

  @Test("tables of strace -c on either side") func tables() throws {
    let (before, delay) = (try Self.read("before.c.txt"), try Self.read("delay.c.txt"))
    #expect(before.isTable)
    let both = Comparison(before: [before], after: [delay])
    #expect(names(both).first == "slower write" && both.notes.contains { $0.contains("strace -c") })
    #expect(both.findings.allSatisfy { $0.superiority == nil && $0.pValue == nil })
    #expect(Comparison(before: [before], after: [before]).findings.isEmpty)
    let mixed = Comparison(before: [before], after: [try Self.read("release.log.xz")])
    #expect(Set(names(mixed)) == ["new getcpu", "new connect", "new sendto", "new recvfrom"])
    #expect(mixed.notes.contains { $0.contains("mean times are not compared") })
  }

  @Test("tables by columns of -U", arguments: ["C-U-few", "C-U-S", "c-S", "summary-only"]) func columns(name: String) throws {
    let text = try Fixture.text("Fixtures/strace/\(name).log")
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let header = try #require(lines.firstIndex { $0.contains("calls") && !$0.contains("(") })
    let table = try analyse(text: lines[header...].joined(separator: "\n"), Behaviour())
    #expect(table.isTable)
    let comparison = Comparison(before: [table], after: [table])
    #expect(comparison.findings.isEmpty && !comparison.rows.isEmpty && comparison.before.calls > 0)
  }

  @Test("results are the same for any number of workers and any cuts") func workers() throws {
    let path = Fixture.path("Fixtures/compare/release.log.xz")
    let before = try Self.read("before.log.xz")
    let one = Comparison(before: [before], after: [try analyse([path], Behaviour(), workers: 1)])
    let three = Comparison(before: [before], after: [try analyse([path], Behaviour(), workers: 3, chunkSize: 40_000)])
    #expect(names(one) == names(three) && one.findings.map(\.effect) == three.findings.map(\.effect))
  }
}
