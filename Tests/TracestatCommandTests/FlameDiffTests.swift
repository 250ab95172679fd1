import Foundation
import Testing
import TraceTestSupport

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite("flame diff")
struct FlameDiffTests {
  static let before = "a;f;g 30\na;f;h 10\nb;g 60\n"
  static let after = "a;f;g 90\na;f;k;h 20\nb;g 90\n"

  private func diff(_ options: String...) throws -> Tool.Outcome {
    let folder = try TemporaryFolder(["before": Self.before, "after": Self.after])
    return try Tool.run(["flame", "diff"] + options + ["\(folder.path)/before", "\(folder.path)/after"])
  }

  @Test("frames by the change of their own share") func frames() throws {
    let outcome = try diff()
    #expect(outcome.status == 0 && outcome.errors.contains("100 before, 200 after; compared as shares of these"))
    #expect(outcome.lines[0] == "frame,self_before,self_after,self_change,total_before,total_after,total_change")
    // No frame's own share changed: they come by that of what they are in.
    #expect(
      outcome.lines.dropFirst() == [
        "a,0,0,0.0000,40,110,15.0000", "b,0,0,0.0000,60,90,-15.0000", "f,0,0,0.0000,40,110,15.0000", "k,0,0,0.0000,0,20,10.0000",
        "g,90,180,0.0000,90,180,0.0000", "h,10,20,0.0000,10,20,0.0000",
      ])
    let absolute = try diff("--absolute", "--top", "2", "--format", "tsv")
    #expect(
      absolute.lines[1] == "g\t90\t180\t90\t90\t180\t90" && absolute.lines.count == 3 && absolute.errors.contains("4 more frames")
    )
    let json = try JSONSerialization.jsonObject(with: Data(try diff("--format", "json").output)) as? [[String: Any]]
    #expect(json?.count == 6)
  }

  @Test("folded with both weights, the first scaled to the second's whole") func folded() throws {
    #expect(try diff("--folded").lines == ["a;f;g 60 90", "a;f;h 20 0", "a;f;k;h 0 20", "b;g 120 90"])
    #expect(try diff("--folded", "--absolute").lines == ["a;f;g 30 90", "a;f;h 10 0", "a;f;k;h 0 20", "b;g 60 90"])
  }

  @Test("paths: what was inserted where") func paths() throws {
    let text = try diff("--paths").text
    #expect(text.contains("3 stacks before, 3 after; 2 in both (180 -> 180)\n"))
    #expect(text.contains("  above f: 20 -> 20 in 1 pair\n    + k\n"))
    #expect(text.contains("pair 1: 20 -> 20\n    a\n    f\n  + k\n    h\n"))
  }

  @Test("a graph as wide as the second profile, red where it grew") func draw() throws {
    let outcome = try diff("--draw")
    #expect(XMLParser(data: Data(outcome.output)).parse())
    #expect(outcome.text.contains("<title>g (90, 45 %, +15 points, itself +15 points)</title>"))
    #expect(outcome.text.contains("<title>g (90, 45 %, -15 points, itself -15 points)</title>"))
    #expect(outcome.text.contains("hsl(12,88%,62%)") && outcome.text.contains("hsl(212,82%,62%)"))
    #expect(try diff("--draw", "--absolute").text.contains("g (90, 45 %, +60, itself +60)"))
    #expect(try diff("--draw", "--reverse").text.contains("<title>k (20, 10 %, +10 points, itself 0 points)</title>"))
  }

  @Test("logs of calls: what another run has not is no difference") func calls() throws {
    func log(_ pid: Int, _ port: Int, _ microseconds: Int) -> String {
      """
      \(pid)  10:00:00.000001 accept4(3, {sa_family=AF_INET, sin_port=htons(\(port)), sin_addr=inet_addr("127.0.0.1")}, [16], 0) = 7 <0.000010>
      \(pid)  10:00:00.000100 recvfrom(7, "GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n", 4096, 0, NULL, NULL) = 27 <0.000020>
      \(pid)  10:00:00.000200 openat(AT_FDCWD, "/etc/hosts", O_RDONLY) = 8 <0.000005>
      \(pid)  10:00:00.000300 read(8, "x", 10) = 1 <0.0000\(microseconds)>

      """
    }
    let folder = try TemporaryFolder(["before": log(100, 40001, 30), "after": log(200, 51234, 70)])
    let outcome = try Tool.run("flame", "diff", "--absolute", "--folded", "\(folder.path)/before", "\(folder.path)/after")
    #expect(outcome.lines.contains("recvfrom;http server 20000 20000") && outcome.lines.contains("read;/etc/hosts 30000 70000"))
    #expect(outcome.lines.allSatisfy { !$0.hasSuffix(" 0") && !$0.contains(" 0 ") && !$0.contains("00;") })
  }

  @Test("any two inputs; what cannot be compared is refused") func inputs() throws {
    let same = try Tool.run("flame", "diff", "--folded", FlameInputTests.jstack, FlameInputTests.jstack)
    #expect(same.status == 0 && same.lines.allSatisfy { $0.hasSuffix(" 3 3") || $0.hasSuffix(" 6 6") })
    #expect(try Tool.run("flame", "diff", FlameInputTests.jstack).status == 2)
    let units = try Tool.run("flame", "diff", FlameInputTests.jstack, FlameInputTests.strace)
    #expect(units.status == 2 && units.errors.contains("--weight calls"))
    // Both profiles hide a name alike.
    let folder = try TemporaryFolder(["a": "x;/live/show.m3u8 1\n", "b": "y 1\nx;/live/show.m3u8 2\n"])
    let hidden = try Tool.run("flame", "diff", "--redact", "--folded", "\(folder.path)/a", "\(folder.path)/b")
    #expect(hidden.lines.contains { $0.hasPrefix("x;/live/stream-") && $0.hasSuffix(" 3 2") } && !hidden.text.contains("show"))
  }
}
