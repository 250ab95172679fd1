/// Which program wrote a log. A further syntax is a case here, its mark in ``sniff(_:)`` and its parser in ``LogChunkParser``; the rest
/// of the house sees line events only.
public enum LogSyntax: Sendable, Equatable {
  case strace
  /// strace's lines in colours, quotes or entities.
  case wrappedStrace(StraceWrapping)
  /// `perf trace`.
  case perfTrace
  /// Tracepoints of system calls, as `perf script` prints them.
  case perfSyscalls

  /// Whether perf wrote it: pointers stand where strace prints what they point to.
  public var isOfPerf: Bool { self == .perfTrace || self == .perfSyscalls }

  /// Decides by the first line that can be of one program only; nil where no line tells yet.
  public static func sniff(_ lines: UnsafeRawBufferPointer) -> LogSyntax? {
    let strace = StraceSampler()
    for line in TextLines(lines) {
      if PerfTraceSampler.isTelling(line) { return .perfTrace }
      if let wrapping = StraceWrapping(line, isCall: strace.isCallOrSignal(_:)) { return .wrappedStrace(wrapping) }
      if strace.isCallOrSignal(line) { return .strace }
      if PerfSyscallSampler.isTelling(line) { return .perfSyscalls }
    }
    return nil
  }
}

/// Bytes of whole lines -> line events, in the syntax that the log has. One per worker.
public final class LogChunkParser {
  private lazy var strace = StraceChunkParser()
  private let wrapped = StraceWrappedParser()
  private lazy var perfTrace = PerfTraceChunkParser()
  private lazy var perfSyscalls = PerfSyscallChunkParser()

  public init() {}

  /// Parses `count` bytes at `bytes` (``StraceChunkParser/padding`` readable bytes follow); the events refer to
  /// ``LineEventBuffer/text``.
  public func parse(_ bytes: UnsafePointer<UInt8>, count: Int, as syntax: LogSyntax, into events: LineEventBuffer) {
    switch syntax {
    case .strace: strace.parse(bytes, count: count, into: events)
    case .wrappedStrace(let wrapping): wrapped.parse(bytes, count: count, wrapping, with: strace, into: events)
    case .perfTrace: perfTrace.parse(bytes, count: count, into: events)
    case .perfSyscalls: perfSyscalls.parse(bytes, count: count, into: events)
    }
  }
}

/// Answers what the input stage asks about a log's first lines and stamps, so that it need not know any format.
public struct LogSampler {
  private let strace = StraceSampler()
  public init() {}

  /// A line's stamp on a clock common to several files (nil where it has none), the clock's cycle, and whether it is of a task.
  public func look(at line: UnsafeRawBufferPointer) -> (stamp: Int64?, cycle: Int64, isOfTask: Bool) {
    guard line.contains(0x1b), let wrapping = StraceWrapping(line, isCall: strace.isCallOrSignal(_:)) else {
      return strace.look(at: line)
    }
    return wrapping.withUnwrapped(line) { strace.look(at: $0) }
  }

  /// The number of their task that lines bear, 0 where they bear none; nil where no line tells, and for perf, which has no `-ff`:
  /// its files are pieces, in order.
  public func pid(in lines: UnsafeRawBufferPointer) -> Int32? {
    switch LogSyntax.sniff(lines) {
    case .perfTrace, .perfSyscalls: return nil
    case .wrappedStrace(let wrapping):
      return wrapping.withUnwrapped(lines) { strace.pid(in: $0) }
    case .strace, nil: return strace.pid(in: lines)
    }
  }
}
