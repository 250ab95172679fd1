/// Which program wrote a log. A further syntax is a case here, its mark in ``sniff(_:)`` and its parser in ``LogChunkParser``; the rest
/// of the house sees line events only.
public enum LogSyntax: Sendable {
  case strace
  /// `perf trace`.
  case perfTrace

  /// Decides by the first line that can be of one program only; nil where no line tells yet.
  public static func sniff(_ lines: UnsafeRawBufferPointer) -> LogSyntax? {
    let strace = StraceSampler()
    var start = 0
    while start < lines.count {
      let end = lines[start...].firstIndex(of: UInt8(ascii: "\n")) ?? lines.count
      let line = UnsafeRawBufferPointer(rebasing: lines[start..<end])
      if PerfTraceSampler.isTelling(line) { return .perfTrace }
      if strace.isCallOrSignal(line) { return .strace }
      start = end + 1
    }
    return nil
  }
}

/// Bytes of whole lines -> line events, in the syntax that the log has. One per worker.
public final class LogChunkParser {
  private lazy var strace = StraceChunkParser()
  private lazy var perfTrace = PerfTraceChunkParser()

  public init() {}

  /// Parses `count` bytes at `bytes` (``StraceChunkParser/padding`` readable bytes follow); the events refer to
  /// ``LineEventBuffer/text``.
  public func parse(_ bytes: UnsafePointer<UInt8>, count: Int, as syntax: LogSyntax, into events: LineEventBuffer) {
    switch syntax {
    case .strace: strace.parse(bytes, count: count, into: events)
    case .perfTrace: perfTrace.parse(bytes, count: count, into: events)
    }
  }
}

/// Answers what the input stage asks about a log's first lines and stamps, so that it need not know any format.
public struct LogSampler {
  private let strace = StraceSampler()
  public init() {}

  /// A line's stamp on a clock common to several files (nil where it has none), the clock's cycle, and whether it is of a task.
  public func look(at line: UnsafeRawBufferPointer) -> (stamp: Int64?, cycle: Int64, isOfTask: Bool) { strace.look(at: line) }

  /// Whether lines bear the number of their task, or the log is in one piece anyway; nil where no line tells. perf trace has no `-ff`: its
  /// files are pieces, in order.
  public func hasPid(in lines: UnsafeRawBufferPointer) -> Bool? {
    LogSyntax.sniff(lines) == .perfTrace ? true : strace.hasPid(in: lines)
  }
}
