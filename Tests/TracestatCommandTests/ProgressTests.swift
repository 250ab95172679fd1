import Testing

@testable import TracestatCommand

@Suite("Progress")
struct ProgressTests {
  @Test("bytes of all, share, rate, time left") func known() {
    var text = ProgressText(start: 100)
    #expect(text.line(at: 102, read: 1_240_000_000, of: 5_000_000_000) == "1.2 GB of 5.0 GB (24 %), 620 MB/s, 7 s left")
  }

  @Test("without a size there is neither share nor end") func unknown() {
    var text = ProgressText(start: 0)
    #expect(text.line(at: 1, read: 812_000_000, of: nil) == "812 MB, 812 MB/s")
    #expect(text.line(at: 2, read: 812_000_000, of: 0) == "812 MB, 406 MB/s")
  }

  @Test("the rate is that of the last seconds") func rate() {
    var text = ProgressText(start: 0)
    for second in 1...20 { _ = text.line(at: Double(second), read: Int64(second) * 100_000_000, of: nil) }
    for second in 21...24 { _ = text.line(at: Double(second), read: 2_000_000_000 + Int64(second - 20) * 10_000_000, of: nil) }
    #expect(text.line(at: 25, read: 2_050_000_000, of: 2_100_000_000) == "2.0 GB of 2.1 GB (97 %), 10 MB/s, 5 s left")
  }

  @Test(
    "long waits are told in minutes and hours",
    arguments: [(99, "99 s"), (100, "2 min"), (5940, "99 min"), (12_000, "3 h 20 min")])
  func left(seconds: Int64, words: String) {
    var text = ProgressText(start: 0)
    #expect(text.line(at: 1, read: 1_000_000, of: (seconds + 1) * 1_000_000).hasSuffix(", 1.0 MB/s, \(words) left"))
  }

  @Test("a standstill, a step back and a file that grew have no end to tell, or none left") func odd() {
    var text = ProgressText(start: 0)
    #expect(text.line(at: 0, read: 0, of: 100) == "0 B of 100 B (0 %), 0 B/s")
    #expect(text.line(at: 1, read: 1000, of: 100) == "1.0 kB of 100 B (100 %), 1.0 kB/s, 0 s left")
    #expect(text.line(at: 9, read: 500, of: 100) == "500 B of 100 B (100 %), 0 B/s")
  }
}
