import CTraceScan

/// Whole lines of `perf trace` -> line events, whose text is rewritten into strace's spelling. One per worker.
public final class PerfTraceChunkParser {
  private let parser = PerfTraceLineParser()

  public init() {}
  deinit { parser.deallocate() }

  /// Like `StraceChunkParser.parse`; the events refer to what the parser wrote into the buffer's side text.
  public func parse(_ bytes: UnsafePointer<UInt8>, count: Int, into events: LineEventBuffer) {
    let side = events.side
    side.count = 0
    side.reserve(count + count / 4 + 4096)
    events.removeAll(text: UnsafePointer(side.base))
    ChunkLines.forEach(bytes, count: count) { one($0, $1, events) }
    events.text = UnsafePointer(side.base)
  }

  @inline(__always)
  private func one(_ start: Pointer, _ lineEnd: Pointer, _ events: LineEventBuffer) {
    events.reserve(1)
    events.side.reserve(PerfTraceLineParser.room(for: lineEnd - start))
    let event = events.base + events.count
    event.initialize(to: LineEvent())
    parser.parse(start, lineEnd, into: &event.pointee, events.side)
    if event.pointee.kind == .whole || event.pointee.kind == .resumed, parser.isClone(event.pointee.syscall),
      let child = TaskNumber.onHost(of: event.pointee.tid, event.pointee.result)
    {
      events.births.append(.init(line: events.count, parent: event.pointee.tid, child: child))
    }
    events.count += 1
  }
}

/// Tells lines of perf trace in an unknown log.
enum PerfTraceSampler {
  /// Whether a line can be of perf trace only: a stamp in milliseconds and a duration in parentheses, or the head of its summary.
  static func isTelling(_ line: UnsafeRawBufferPointer) -> Bool {
    let count = min(line.count, 128)
    return withUnsafeTemporaryAllocation(byteCount: count + StraceChunkParser.padding, alignment: 1) { copy in
      copy.initializeMemory(as: UInt8.self, repeating: 0)
      copy.copyMemory(from: UnsafeRawBufferPointer(rebasing: line[..<count]))
      guard let base = copy.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return false }
      var event = LineEvent()
      var p = Pointer(base)
      if PerfTraceLineParser.parseTimes(&p, &event) == .both { return true }
      return StraceLineParser.hasPrefix(Pointer(base), base + count, " Summary of events:")
    }
  }
}
