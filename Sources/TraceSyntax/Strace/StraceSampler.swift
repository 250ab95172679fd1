/// Answers what the input stage asks about a log's first lines and stamps, so that it need not know the format.
public struct StraceSampler {
  private let parser = StraceChunkParser()
  public init() {}

  /// The stamp of a line in nanoseconds; nil where it has none, or only a relative one (those do not compare across files).
  public func stamp(of line: UnsafeRawBufferPointer) -> Int64? {
    guard let event = parse(line), event.stampKind == .timeOfDay || event.stampKind == .epoch else { return nil }
    return event.stamp
  }

  /// Whether a line is a stack frame or a dump, which belong to the line before.
  public func isAddition(_ line: UnsafeRawBufferPointer) -> Bool {
    let kind = parse(line)?.kind
    return kind == .stack || kind == .dump
  }

  /// Whether lines start with a pid; nil where no line tells.
  public func hasPid(in lines: UnsafeRawBufferPointer) -> Bool? {
    var start = 0
    while start < lines.count {
      let end = lines[start...].firstIndex(of: UInt8(ascii: "\n")) ?? lines.count
      if let event = parse(UnsafeRawBufferPointer(rebasing: lines[start..<end])), Self.isCallOrSignal(event) {
        return event.tid != 0
      }
      start = end + 1
    }
    return nil
  }

  /// Whether a line is a call, a half of one, or a signal: proof of strace.
  func isCallOrSignal(_ line: UnsafeRawBufferPointer) -> Bool { parse(line).map(Self.isCallOrSignal) ?? false }

  private static func isCallOrSignal(_ event: LineEvent) -> Bool {
    event.kind == .whole || event.kind == .unfinished || event.kind == .resumed || event.kind == .signal
  }

  /// Parses a copy: the parser wants readable bytes after the line.
  private func parse(_ line: UnsafeRawBufferPointer) -> LineEvent? {
    let count = min(line.count, 4096)
    guard count > 0 else { return nil }
    return withUnsafeTemporaryAllocation(byteCount: count + StraceChunkParser.padding, alignment: 1) { copy in
      copy.baseAddress!.initializeMemory(as: UInt8.self, repeating: 0, count: copy.count)
      copy.copyMemory(from: UnsafeRawBufferPointer(rebasing: line[..<count]))
      var length = count
      if copy[length - 1] == UInt8(ascii: "\n") { length -= 1 }
      copy[length] = 0
      return parser.parseLine(copy.baseAddress!.assumingMemoryBound(to: UInt8.self), count: length)
    }
  }
}
