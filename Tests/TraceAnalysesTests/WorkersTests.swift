import Foundation
import Testing
import Tracestat

@Test("a pass has a thread for each processor that it may run on, as the kernel lists them") func workers() throws {
  let status = try String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8)
  let field = "Cpus_allowed:"
  let mask = try #require(status.split(separator: "\n").first { $0.hasPrefix(field) }).dropFirst(field.count)
  #expect(TraceLog.Options().workers == mask.compactMap(\.hexDigitValue).reduce(0) { $0 + $1.nonzeroBitCount })
}
