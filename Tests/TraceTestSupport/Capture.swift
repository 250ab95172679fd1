import Foundation

/// A log of Tests/Fixtures/strace, perf-trace or perf-syscalls, as the MANIFEST.tsv there describes it.
public struct Capture: Sendable, CustomStringConvertible {
  /// How far the traced program's own tally holds.
  public enum Truth: String, Sendable { case exact, partial, no }

  public let name: String
  /// `strace`, `perf-trace` or `perf-syscalls`.
  public let tracer: String
  public let options: [String]
  /// Whether strace's own summary table ends it.
  public let hasTable: Bool
  /// How many lines no reader can place: what was written when strace was killed.
  public let missedLines: Int
  public let truth: Truth

  public var description: String { name }
  /// The log's files: several for a `-ff` set.
  public var paths: [String] {
    let folder = Fixture.path("Fixtures/\(tracer)/\(name)")
    guard let files = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return ["\(folder).log"] }
    return files.sorted().map { "\(folder)/\($0)" }
  }

  /// All bytes of the log, files one after the other.
  public func bytes() throws -> [UInt8] {
    try paths.flatMap { [UInt8](try Data(contentsOf: URL(fileURLWithPath: $0))) }
  }

  /// Whether calls have a printed duration.
  public var hasDurations: Bool { options.contains("-T") || options.contains("--syscall-times=ns") }
  /// Whether calls of another outcome than those asked for are missing; strace before 6.3 counts them in its table.
  public var hidesCalls: Bool { options.contains { ["-z", "-Z"].contains($0) || $0.hasPrefix("status=") } }
  /// Whether the table stands alone.
  public var isTableOnly: Bool { options.contains("-c") }
  /// Whether the table's seconds are wall time, and its columns the usual ones.
  public var hasWallTable: Bool { hasTable && options.contains("-w") }
  public var hasUsualColumns: Bool { !options.contains("-U") }
  /// Whether the log's start and end were the program's own.
  public var isAttached: Bool { options.contains("-p") }

  /// strace's logs.
  public static let all = read("strace")
  /// Those of perf trace.
  public static let perfTrace = read("perf-trace")
  /// Tracepoints of system calls, as perf script prints them.
  public static let perfSyscalls = read("perf-syscalls")

  private static func read(_ tracer: String) -> [Capture] {
    let text = (try? Fixture.text("Fixtures/\(tracer)/MANIFEST.tsv")) ?? ""
    return text.split(separator: "\n").dropFirst().map { line in
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      return Capture(
        name: cells[0], tracer: tracer, options: cells[1].split(separator: " ").map(String.init), hasTable: cells[3] == "yes",
        missedLines: Int(cells[6]) ?? 0, truth: Truth(rawValue: cells[4]) ?? .no)
    }
  }

  public static func named(_ name: String) -> Capture { (all + perfTrace + perfSyscalls).first { $0.name == name }! }
}
