import Testing
import TraceAnalyses
import TraceCalls
import TraceInput
import TraceProcesses
import TraceTestSupport

@Suite("Protocols of which only the names are asked") struct ProtocolNameTests {
  static func names(_ paths: [String], only: Bool) throws -> [String] {
    let context = TraceContext(
      reader: try CallReader(TraceFiles(paths), options: ReadOptions(workers: 1)), processes: ProcessOptions())
    if only { context.prepare(for: Fds()) }
    while context.next() != nil {}
    return context.model.descriptions.map { "\($0.protocolName) \($0.stream ?? "")" }
  }

  @Test("are the same that are told with all else", arguments: Capture.all + Capture.perfTrace)
  func captures(capture: Capture) throws {
    #expect(try Self.names(capture.paths, only: true) == Self.names(capture.paths, only: false))
  }

  @Test("of servers and clients that speak them", arguments: ["dns", "http", "http-s32", "nginx"]) func spoken(log: String) throws
  {
    let path = Fixture.path("Fixtures/network/\(log).log")
    let names = try Self.names([path], only: true)
    #expect(try names == Self.names([path], only: false))
    #expect(Set(names).count > 1)
  }
}
