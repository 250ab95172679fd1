import TraceAnalyses
import TraceInput

/// Profiles to fold: the text of `perf script`, or folded stacks, plain or compressed.
///
/// ```swift
/// import Tracestat
/// let stacks = try StackLog("perf.txt.xz").fold()
/// try stacks.writeFolded(to: OutputSink())
/// ```
public struct StackLog {
  public let paths: [String]
  public var input = InputOptions()
  /// Called now and then while a log is read.
  public var progress: ((PassProgress) -> Void)?

  /// Several logs are summed; none is standard input, like `-`.
  public init(_ paths: [String]) { self.paths = paths.isEmpty ? ["-"] : paths }
  public init(_ paths: String...) { self.init(paths) }

  /// Folds all of the logs.
  /// - Parameters:
  ///   - options: what is folded, and how frames are named.
  ///   - onDamage: called with what could not be read.
  /// - Throws: `InputError` where a log cannot be read at all, or holds no stacks.
  public func fold(_ options: FoldOptions = FoldOptions(), onDamage: (InputDamage) -> Void = { _ in }) throws -> FoldedStacks {
    var folder = StackFolder(options)
    let size = TraceFiles(paths, options: input).storedSize
    var (stored, bytes): (Int64, Int64) = (0, 0)
    for path in paths {
      let source = try TraceFiles([path], arrangement: .sequence, options: input).open(Self.plain).source
      let reader = LineChunkReader(source, longestLine: input.longestLine)
      try folder.read(reader, path: path == "-" ? "standard input" : path) {
        progress?(PassProgress(stored: stored + reader.storedOffset, size: size, bytes: bytes + reader.bytesRead))
      }
      stored += reader.storedOffset
      bytes += reader.bytesRead
      for damage in reader.damages { onDamage(damage) }
    }
    return folder.finish()
  }

  /// Files are read one by one: nothing is asked of their lines.
  private static var plain: TraceFiles.Format {
    TraceFiles.Format(line: { _ in TraceFiles.Format.Line(stamp: nil, isOfTask: false) }, pid: { _ in nil })
  }
}
