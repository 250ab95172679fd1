import CTraceScan

/// Bytes of whole lines -> line events. One per worker; reads nothing but the bytes it is given.
public final class StraceChunkParser {
  private let parser = StraceLineParser()
  /// The clone family's numbers lie side by side: firstClone ... firstClone + cloneSpan.
  private let firstClone: UInt16
  private let cloneSpan: UInt16

  public init() {
    let roles = SyscallCatalog.shared.roles
    let first = roles.firstIndex(of: .clone) ?? roles.count
    firstClone = UInt16(first)
    cloneSpan = UInt16((roles.lastIndex(of: .clone) ?? first) - first)
  }

  deinit { parser.deallocate() }

  /// How many readable bytes must follow the last line.
  public static let padding = 128

  /// Parses `count` bytes at `bytes`; the last line may lack its newline. ``padding`` bytes after them are readable, the
  /// first of them a newline or zero.
  public func parse(_ bytes: UnsafePointer<UInt8>, count: Int, into events: LineEventBuffer) {
    events.removeAll(text: bytes)
    let end = bytes + count
    var cursor = Cursor(out: events.base, capacity: events.capacity)
    var lineStart = bytes
    var block = bytes
    while block < end {
      var mask = trace_newline_mask(block)
      if end - block < 64 { mask &= (1 << UInt64(end - block)) - 1 }
      while mask != 0 {
        let lineEnd = block + mask.trailingZeroBitCount
        mask &= mask &- 1
        one(lineStart, lineEnd, bytes, &cursor, events)
        lineStart = lineEnd + 1
      }
      block += 64
    }
    if lineStart < end { one(lineStart, end, bytes, &cursor, events) }
    events.count = cursor.lines
  }

  /// The buffer's fields, in registers for the time of a chunk.
  private struct Cursor {
    var out: UnsafeMutablePointer<LineEvent>
    var capacity: Int
    var lines = 0
  }

  @inline(__always)
  private func one(
    _ start: UnsafePointer<UInt8>, _ lineEnd: UnsafePointer<UInt8>, _ bytes: UnsafePointer<UInt8>, _ cursor: inout Cursor,
    _ events: LineEventBuffer
  ) {
    if cursor.lines == cursor.capacity {
      events.grow(from: cursor.lines)
      cursor.out = events.base
      cursor.capacity = events.capacity
    }
    let event = cursor.out + cursor.lines
    event.initialize(to: LineEvent())
    parser.parse(start, lineEnd, base: bytes, into: &event.pointee)
    if event.pointee.syscall.rawValue &- firstClone <= cloneSpan { noteBirth(event.pointee, line: cursor.lines, events) }
    cursor.lines += 1
  }

  private func noteBirth(_ event: LineEvent, line: Int, _ events: LineEventBuffer) {
    guard event.result > 0, event.kind == .whole || event.kind == .resumed else { return }
    guard let child = TaskNumber.onHost(of: event.tid, event.result) else { return }
    let text = UnsafeRawBufferPointer(
      start: events.text + Int(event.argumentsStart), count: Int(event.argumentsEnd &- event.argumentsStart))
    events.births.append(.init(line: line, parent: event.tid, child: child, sharesFiles: Arguments(text).sharesFiles))
  }

  /// Parses one line that the consumer put together from pieces.
  public func parseLine(_ bytes: UnsafePointer<UInt8>, count: Int) -> LineEvent {
    var event = LineEvent()
    parser.parse(bytes, bytes + count, base: bytes, into: &event)
    return event
  }
}
