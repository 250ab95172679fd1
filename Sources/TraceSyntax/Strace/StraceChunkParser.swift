import CTraceScan

/// Bytes of whole lines -> line events. One per worker; reads nothing but the bytes it is given.
public final class StraceChunkParser {
  private let parser = StraceLineParser()
  /// Where the newlines are in the ``run`` blocks looked at.
  private let masks = UnsafeMutablePointer<UInt64>.allocate(capacity: run)
  /// The clone family's numbers lie side by side: firstClone ... firstClone + cloneSpan.
  private let firstClone: UInt16
  private let cloneSpan: UInt16

  public init() {
    let roles = SyscallCatalog.shared.roles
    let first = roles.firstIndex(of: .clone) ?? roles.count
    firstClone = UInt16(first)
    cloneSpan = UInt16((roles.lastIndex(of: .clone) ?? first) - first)
  }

  deinit {
    parser.deallocate()
    masks.deallocate()
  }

  /// How many readable bytes must follow the last line.
  public static let padding = 128

  /// Parses `count` bytes at `bytes`; the last line may lack its newline. ``padding`` bytes after them are readable, the
  /// first of them a newline or zero.
  public func parse(_ bytes: UnsafePointer<UInt8>, count: Int, into events: LineEventBuffer) {
    events.removeAll(text: bytes)
    var lines = Lines(out: events.base, capacity: events.capacity)
    var lineStart = bytes
    var done = 0
    while done < count {
      let blocks = min(Self.run, (count - done + 63) / 64)
      trace_newline_masks(bytes + done, UInt64(blocks), masks)
      if done + blocks * 64 >= count { endText(masks + (blocks - 1), (count - 1) & 63) }
      var block = bytes + done
      var index = 0
      while index < blocks {
        var mask = masks[index]
        index &+= 1
        while mask != 0 {
          let lineEnd = block + mask.trailingZeroBitCount
          mask &= mask &- 1
          // A last line without a newline ends behind its last byte.
          let isOpen = lineEnd[0] != UInt8(ascii: "\n")
          one(lineStart, isOpen ? lineEnd + 1 : lineEnd, bytes, &lines, events)
          lineStart = lineEnd + 1
        }
        block += 64
      }
      done += blocks * 64
    }
    events.count = lines.count
  }

  /// Blocks of 64 bytes looked at in one go.
  private static let run = 64

  /// Cuts the last block's mask off at the last byte, which ends a line whatever it is.
  private func endText(_ mask: UnsafeMutablePointer<UInt64>, _ bit: Int) {
    mask.pointee &= ~0 &>> UInt64(truncatingIfNeeded: 63 - bit)
    mask.pointee |= 1 &<< UInt64(truncatingIfNeeded: bit)
  }

  /// The buffer's fields, in registers for the time of a chunk.
  private struct Lines {
    var out: UnsafeMutablePointer<LineEvent>
    var capacity: Int
    var count = 0
  }

  @inline(__always)
  private func one(
    _ start: UnsafePointer<UInt8>, _ lineEnd: UnsafePointer<UInt8>, _ bytes: UnsafePointer<UInt8>, _ lines: inout Lines,
    _ events: LineEventBuffer
  ) {
    if lines.count == lines.capacity {
      events.grow(from: lines.count)
      lines.out = events.base
      lines.capacity = events.capacity
    }
    let event = lines.out + lines.count
    event.initialize(to: LineEvent())
    parser.parse(start, lineEnd, base: bytes, into: &event.pointee)
    if event.pointee.syscall.rawValue &- firstClone <= cloneSpan { noteBirth(event.pointee, line: lines.count, events) }
    lines.count &+= 1
  }

  @inline(never)
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
