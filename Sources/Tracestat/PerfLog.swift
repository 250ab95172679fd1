import TraceAnalyses
import TraceInput

/// The text of `perf script`, plain or compressed: samples, and tracepoints with what they print.
///
/// ```swift
/// import Tracestat
/// var options = PerfCount.Options()
/// options.keys = [.comm, .symbol]
/// let (counts, _) = try PerfLog("perf.txt.xz").run(PerfCount(options))
/// for row in counts.rows.prefix(10) { print(row.samples, row.values) }
/// ```
public struct PerfLog {
  public let paths: [String]
  public var input = InputOptions()
  /// Called now and then while a log is read.
  public var progress: ((PassProgress) -> Void)?

  /// Several logs are read one after the other; none is standard input, like `-`.
  public init(_ paths: [String]) { self.paths = paths.isEmpty ? ["-"] : paths }
  public init(_ paths: String...) { self.init(paths) }

  /// Reads all of the logs.
  /// - Parameters:
  ///   - analysis: what takes the samples.
  ///   - filter: which samples it takes.
  /// - Returns: the analysis's answer, and what was read and could not be.
  /// - Throws: `InputError` where a log cannot be read at all, or holds no samples.
  public func run<A: PerfAnalysis>(_ analysis: A, filter: PerfFilter = PerfFilter()) throws -> (A.Result, PerfReadings) {
    var pass = PerfPass(analysis, filter: filter)
    let size = TraceFiles(paths, options: input).storedSize
    var (stored, bytes): (Int64, Int64) = (0, 0)
    for path in paths {
      let reader = LineChunkReader(try TraceFiles.source(path, input), longestLine: input.longestLine)
      try pass.read(reader, path: path == "-" ? "standard input" : path) {
        progress?(PassProgress(stored: stored + reader.storedOffset, size: size, bytes: bytes + reader.bytesRead))
      }
      stored += reader.storedOffset
      bytes += reader.bytesRead
    }
    return pass.finish()
  }
}
