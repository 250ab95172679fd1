import Foundation
import Testing
import Tracestat

@Test("a pass has a thread for each processor that it may run on, as the kernel lists them") func workers() throws {
  /// Of a list such as `0-3,8`.
  func numbers(_ list: some StringProtocol) -> Set<Int> {
    Set(
      list.split(separator: ",").flatMap { range in
        let ends = range.split(separator: "-").compactMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        return ends.first.map { Array($0...(ends.last ?? $0)) } ?? []
      })
  }
  let status = try String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8)
  let field = "Cpus_allowed_list:"
  let allowed = numbers(try #require(status.split(separator: "\n").first { $0.hasPrefix(field) }).dropFirst(field.count))
  // Those that are switched off or not plugged in may be allowed too.
  let online = numbers(try String(contentsOfFile: "/sys/devices/system/cpu/online", encoding: .utf8))
  #expect(TraceLog.Options().workers == allowed.intersection(online).count)
}
