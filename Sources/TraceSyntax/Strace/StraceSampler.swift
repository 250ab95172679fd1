/// Answers what the input stage asks about a log's first lines and stamps, so that it need not know the format.
public struct StraceSampler {
  private let parser = StraceChunkParser()
  public init() {}

  /// A line's stamp in nanoseconds, and how long its clock's cycle is (0: it has none); nil where it has no stamp, or only a
  /// relative one (those do not compare across files). And whether the line is one of a task.
  public func look(at line: UnsafeRawBufferPointer) -> (stamp: Int64?, cycle: Int64, isOfTask: Bool) {
    guard let event = parse(line) else { return (nil, 0, false) }
    let isOfTask =
      switch event.kind {
      case .stack, .dump, .blank, .note, .fragment, .other: false
      default: true
      }
    switch event.stampKind {
    case .epoch: return (event.stamp, 0, isOfTask)
    case .timeOfDay: return (event.stamp, 86_400_000_000_000, isOfTask)
    default: return (nil, 0, isOfTask)
    }
  }

  /// The pid that lines start with, 0 where they start with none; nil where no line tells.
  func pid(in lines: UnsafeRawBufferPointer) -> Int32? {
    for line in TextLines(lines) {
      if let event = parse(line), Self.isCallOrSignal(event) { return event.tid }
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
