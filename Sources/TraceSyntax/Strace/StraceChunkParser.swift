import CTraceScan

/// Bytes of whole lines -> line events. One per worker; reads nothing but the bytes it is given.
public final class StraceChunkParser {
  private let parser = StraceLineParser()
  /// Where the newlines are in a run of blocks.
  private let places = UnsafeMutablePointer<UInt32>.allocate(capacity: run * 64 + 2)
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
    places.deallocate()
  }

  /// How many readable bytes must follow the last line.
  public static let padding = 128

  /// Parses `count` bytes at `bytes`; the last line may lack its newline. ``padding`` bytes after them are readable, the
  /// first of them a newline or zero.
  public func parse(_ bytes: UnsafePointer<UInt8>, count: Int, into events: LineEventBuffer) {
    events.removeAll(text: bytes)
    var lineStart = bytes
    var done = 0
    // Whether the bytes since the last newline may hold an AMF0 header.
    var pending: Int32 = 0
    while done < count {
      let blocks = min(Self.run, (count - done + 63) / 64)
      var found = Int(trace_newlines(bytes + done, UInt64(blocks), places, &pending))
      if done + blocks * 64 >= count { found = endText(found, count - done) }
      events.reserve(found)
      var (place, event) = (UnsafePointer(places), events.base + events.count)
      let start = bytes + done
      while place != places + found {
        let lineEnd = start + Int(place.pointee & ~Self.mayHoldAMF)
        one(lineStart, lineEnd, bytes, mayHoldAMF: place.pointee & Self.mayHoldAMF != 0, event, events)
        lineStart = lineEnd + 1
        place += 1
        event += 1
      }
      events.count += found
      done += blocks * 64
    }
  }

  /// Blocks of 64 bytes looked at in one go: what is found is still near the core when its lines are parsed.
  private static let run = 256
  /// The bit of a newline's place that says it of its line.
  private static var mayHoldAMF: UInt32 { TRACE_MAY_HOLD_AMF }

  /// Of the newlines found in the last run, how many are in the text; its end is one more where the last line has none.
  private func endText(_ found: Int, _ count: Int) -> Int {
    var found = found
    while found > 0, Int(places[found - 1] & ~Self.mayHoldAMF) >= count { found -= 1 }
    if found == 0 || Int(places[found - 1] & ~Self.mayHoldAMF) != count - 1 {
      places[found] = UInt32(truncatingIfNeeded: count) | Self.mayHoldAMF
      found += 1
    }
    return found
  }

  @inline(__always)
  private func one(
    _ start: UnsafePointer<UInt8>, _ lineEnd: UnsafePointer<UInt8>, _ bytes: UnsafePointer<UInt8>, mayHoldAMF: Bool,
    _ event: UnsafeMutablePointer<LineEvent>, _ events: LineEventBuffer
  ) {
    parser.parse(start, lineEnd, base: bytes, mayHoldAMF: mayHoldAMF, into: event)
    if event.pointee.syscall.rawValue &- firstClone <= cloneSpan { noteBirth(event.pointee, line: event - events.base, events) }
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
    parser.parse(bytes, bytes + count, base: bytes, mayHoldAMF: true, into: &event)
    return event
  }
}
