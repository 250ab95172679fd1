import CTraceScan

/// Bytes of whole lines -> line events. One per worker; reads nothing but the bytes it is given.
public final class StraceChunkParser {
  private let parser = StraceLineParser()
  private let cloneIDs: [SyscallID]

  public init() {
    let catalog = SyscallCatalog.shared
    cloneIDs = (0..<catalog.count).filter { catalog.roles[$0] == .clone }.map { SyscallID(rawValue: UInt16($0)) }
  }

  deinit { parser.deallocate() }

  /// How many readable bytes must follow the last line.
  public static let padding = 128

  /// Parses `count` bytes at `bytes`; the last line may lack its newline. ``padding`` bytes after them are readable, the
  /// first of them no digit or letter.
  public func parse(_ bytes: UnsafePointer<UInt8>, count: Int, into events: LineEventBuffer) {
    events.removeAll()
    let end = bytes + count
    var lineStart = bytes
    var block = bytes
    while block < end {
      var mask = trace_newline_mask(block)
      if end - block < 64 { mask &= (1 << UInt64(end - block)) - 1 }
      while mask != 0 {
        let lineEnd = block + mask.trailingZeroBitCount
        mask &= mask &- 1
        one(lineStart, lineEnd, bytes, events)
        lineStart = lineEnd + 1
      }
      block += 64
    }
    if lineStart < end { one(lineStart, end, bytes, events) }
  }

  @inline(__always)
  private func one(
    _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ base: UnsafePointer<UInt8>,
    _ events: LineEventBuffer
  ) {
    var event = LineEvent()
    parser.parse(start, end, base: base, into: &event)
    if event.result > 0, event.kind == .whole || event.kind == .resumed, event.syscall.rawValue >= cloneIDs[0].rawValue,
      cloneIDs.contains(event.syscall)
    {
      events.births.append(.init(line: events.count, parent: event.tid, child: event.result))
    }
    events.append(event)
  }

  /// Parses one line that the consumer put together from pieces.
  public func parseLine(_ bytes: UnsafePointer<UInt8>, count: Int) -> LineEvent {
    var event = LineEvent()
    parser.parse(bytes, bytes + count, base: bytes, into: &event)
    return event
  }
}
