import TraceAnalyses
import TraceCalls
import TraceInput
import TraceSyntax

/// Profiles to fold: the text of `perf script`, blocks of stackcount, thread dumps, logs of strace with `-k` or without, folded stacks; plain or
/// compressed.
///
/// ```swift
/// import Tracestat
/// let stacks = try StackLog("perf.txt.xz").fold()
/// try stacks.writeFolded(to: OutputSink())
/// ```
public struct StackLog {
  public let paths: [String]
  public var input = InputOptions()
  /// How logs of calls are read; what it says of input is ``input``'s.
  public var calls = TraceLog.Options()
  /// Called now and then while a log is read.
  public var progress: ((PassProgress) -> Void)?

  /// Several logs are summed; none is standard input, like `-`. Several of calls are one log, as strace's `-ff` writes it.
  public init(_ paths: [String]) { self.paths = paths.isEmpty ? ["-"] : paths }
  public init(_ paths: String...) { self.init(paths) }

  /// Folds all of the logs.
  /// - Parameters:
  ///   - options: what is folded, and how frames are named.
  ///   - onDamage: called with what could not be read.
  /// - Throws: `InputError` where a log cannot be read at all, or holds no stacks.
  public func fold(_ options: FoldOptions = FoldOptions(), onDamage: (InputDamage) -> Void = { _ in }) throws -> FoldedStacks {
    let first = try TraceFiles.source(paths[0], input)
    let syntax = options.syntax ?? first.head.withUnsafeBytes { StackSyntax.sniff($0) }
    if syntax == .calls { return try foldCalls(options, first, onDamage) }
    var folder = StackFolder(options)
    let size = TraceFiles(paths, options: input).storedSize
    var (stored, bytes): (Int64, Int64) = (0, 0)
    for (i, path) in paths.enumerated() {
      let source = i == 0 ? first : try TraceFiles.source(path, input)
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

  private func foldCalls(
    _ options: FoldOptions, _ first: PeekedSource, _ onDamage: (InputDamage) -> Void
  ) throws -> FoldedStacks {
    var calls = calls
    calls.input = input
    let log = TraceLog(paths, options: calls)
    if paths.count == 1 { log.opened = first }
    log.progress = progress
    var stacks = try log.analyze(CallStacks(options))
    guard let report = log.report else { return stacks }
    for damage in report.damages { onDamage(damage) }
    stacks.lines = report.ledger.lines
    stacks.notUnderstood = report.ledger.notUnderstood
    stacks.firstNotUnderstood = report.ledger.notUnderstood > 0 ? report.ledger[.notUnderstood].firstLine : nil
    stacks.sourceNotes = report.notes
    return stacks
  }
}
