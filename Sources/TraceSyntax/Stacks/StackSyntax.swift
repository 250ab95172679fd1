/// In which form a log holds stacks.
public enum StackSyntax: String, Sendable, CaseIterable {
  /// The text of `perf script`.
  case perfScript
  /// One line for each stack, its count at the end.
  case folded
  /// Blocks of frames with a count below: stackcount, profile, offcputime of bcc, and maps of bpftrace.
  case stackCount
  /// Thread dumps of a JVM, best many of them.
  case threadDump
  /// Calls of strace or perf trace, with the stacks of `strace -k` or without.
  case calls
  /// perf's own file, which `perf script` turns into text.
  case perfData

  /// Decides by the first line that tells; nil where none does yet.
  public static func sniff(_ lines: UnsafeRawBufferPointer) -> StackSyntax? {
    // tools/perf/util/header.c, `__perf_magic2` and the magic of 2009.
    if lines.starts(with: "PERFILE2".utf8) || lines.starts(with: "PERFFILE".utf8) { return .perfData }
    let strace = StraceSampler()
    var weak: StackSyntax?
    var hasFrames = false
    for line in TextLines(lines) {
      guard let start = line.baseAddress?.assumingMemoryBound(to: UInt8.self), !line.isEmpty, start[0] != UInt8(ascii: "#") else {
        continue
      }
      // Lines of a binary file can end in a blank and a digit.
      if line.contains(where: { $0 < 32 && !PerfScriptHeader.isBlank($0) && $0 != 0x1b }) { continue }
      let end = start + line.count
      if PerfScriptHeader.stamp(start, end) != nil { return .perfScript }
      if isCall(line, strace) { return .calls }
      if line.starts(with: ThreadDumpReader.head.utf8) { return .threadDump }
      if StackCountReader.beginsMap(start, end) { return .stackCount }
      if PerfScriptHeader.isBlank(start[0]) {
        if let frame = PerfScriptFrame(start, end), !frame.module.isEmpty { return .perfScript }
        if StackCountReader.count(start, end) == nil { hasFrames = true } else if hasFrames { return .stackCount }
      } else if let (stack, _) = FoldedStackReader.parts(start, end) {
        if stack.contains(UInt8(ascii: ";")) { return .folded }
        // A stack of one frame, or a line of anything that ends in a number.
        weak = weak ?? .folded
      } else if let header = PerfScriptHeader(start, end), !header.event.isEmpty {
        return .perfScript
      }
    }
    return weak
  }

  private static func isCall(_ line: UnsafeRawBufferPointer, _ strace: StraceSampler) -> Bool {
    PerfTraceSampler.isTelling(line) || strace.isCallOrSignal(line)
      || StraceWrapping(line, isCall: strace.isCallOrSignal(_:)) != nil
  }
}

/// Reads stacks of one log in the form that it has.
public final class StackReader {
  public let output = StackSamples()
  private lazy var perfScript = PerfScriptReader(naming, output)
  private lazy var folded = FoldedStackReader(output)
  private lazy var stackCount = StackCountReader(naming, output)
  private lazy var threadDump = ThreadDumpStackReader(naming, output)
  private let naming: FrameNaming

  public init(_ naming: FrameNaming) { self.naming = naming }

  /// Reads whole lines, of which 128 readable bytes follow; complete samples are then in ``output``.
  public func read(_ bytes: UnsafePointer<UInt8>, count: Int, as syntax: StackSyntax) {
    switch syntax {
    case .perfScript: perfScript.read(bytes, count: count)
    case .folded: folded.read(bytes, count: count)
    case .stackCount: stackCount.read(bytes, count: count)
    case .threadDump: threadDump.read(bytes, count: count)
    case .calls, .perfData: output.begin()
    }
  }

  /// Ends a log; its last sample may come out yet. Another may follow.
  public func finish(_ syntax: StackSyntax) {
    switch syntax {
    case .perfScript: perfScript.finish()
    case .stackCount: stackCount.finish()
    case .threadDump: threadDump.finish()
    case .folded, .calls, .perfData: output.begin()
    }
  }
}
