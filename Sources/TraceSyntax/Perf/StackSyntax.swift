/// In which form a log holds stacks.
public enum StackSyntax: Sendable, Equatable {
  case perfScript
  /// One line for each stack, its count at the end.
  case folded
  /// perf's own file, which `perf script` turns into text.
  case perfData

  /// Decides by the first line that tells; nil where none does yet.
  public static func sniff(_ lines: UnsafeRawBufferPointer) -> StackSyntax? {
    // tools/perf/util/header.c, `__perf_magic2` and the magic of 2009.
    if lines.starts(with: "PERFILE2".utf8) || lines.starts(with: "PERFFILE".utf8) { return .perfData }
    for line in TextLines(lines) {
      guard let start = line.baseAddress?.assumingMemoryBound(to: UInt8.self), !line.isEmpty, start[0] != UInt8(ascii: "#") else {
        continue
      }
      // Lines of a binary file can end in a blank and a digit.
      if line.contains(where: { $0 < 32 && !PerfScriptHeader.isBlank($0) }) { continue }
      let end = start + line.count
      if PerfScriptHeader.stamp(start, end) != nil { return .perfScript }
      if FoldedStackReader.parts(start, end) != nil { return .folded }
      if PerfScriptHeader.isBlank(start[0]) {
        if let frame = PerfScriptFrame(start, end), !frame.module.isEmpty { return .perfScript }
      } else if let header = PerfScriptHeader(start, end), !header.event.isEmpty {
        return .perfScript
      }
    }
    return nil
  }
}

/// Reads stacks of one log in the form that it has.
public final class StackReader {
  public let output = StackSamples()
  private lazy var perfScript = PerfScriptReader(naming, output)
  private lazy var folded = FoldedStackReader(output)
  private let naming: FrameNaming

  public init(_ naming: FrameNaming) { self.naming = naming }

  /// Reads whole lines, of which 128 readable bytes follow; complete samples are then in ``output``.
  public func read(_ bytes: UnsafePointer<UInt8>, count: Int, as syntax: StackSyntax) {
    switch syntax {
    case .perfScript: perfScript.read(bytes, count: count)
    case .folded: folded.read(bytes, count: count)
    case .perfData: output.samples.removeAll()
    }
  }

  /// Ends a log; its last sample may come out yet. Another may follow.
  public func finish(_ syntax: StackSyntax) {
    if syntax == .perfScript { perfScript.finish() } else { output.samples.removeAll() }
  }
}
