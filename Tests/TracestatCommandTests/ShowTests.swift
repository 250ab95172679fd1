import Testing
import TraceTestSupport

@Suite("show")
struct ShowTests {
  @Test("a line of a log, packed or not", arguments: ["plain.log", "one.gz", "streams.xz"]) func line(name: String) throws {
    let expected = try Fixture.text("Fixtures/packed/plain.log").split(separator: "\n").map(String.init)
    let outcome = try Tool.run("show", "--line", "7", Tool.packed(name))
    #expect(outcome.status == 0)
    #expect(outcome.text.contains(expected[6]))
  }
}
