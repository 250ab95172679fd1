import Testing
import TraceTestSupport

@Suite("The command on damaged logs")
struct DamagedInputTests {
  @Test("an answer or a reason, never a crash", arguments: Tool.reports, 1...5 as ClosedRange<UInt64>)
  func damaged(report: String, seed: UInt64) throws {
    let folder = try TemporaryFolder([:])
    try folder.write(DamagedLog.make(from: try Capture.named("everything").bytes(), seed: seed), to: "strace.log")
    let outcome = try Tool.run(report, "--format", seed % 2 == 0 ? "json" : "table", folder.log)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(!outcome.output.isEmpty && outcome.errors.contains("lines not understood"))
  }

  @Test("a list of tids") func tids() throws {
    let folder = try TemporaryFolder([
      "good": "tid tgid comm\n6939\t6936\tx\n# a remark\n\n6942 6936\n", "bad": "tid tgid\n6939 6936\nsix seven\n",
    ])
    let good = try Tool.run("fds", "--tids", "\(folder.path)/good", Tool.fixture("attach"))
    #expect(good.status == 0)
    let bad = try Tool.run("fds", "--tids", "\(folder.path)/bad", Tool.fixture("attach"))
    #expect(bad.status == 2 && bad.errors.contains("line 3") && bad.errors.contains("six seven"))
  }
}
