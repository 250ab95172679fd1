import LineChecks
import Tracestat

/// Arbitrary bytes through `StraceChunkParser`: every line gives one event that keeps its invariants, whatever lies behind the
/// bytes, whatever the parser saw before, and wherever chunks are cut.
enum LineTarget {
  nonisolated(unsafe) private static let parser = StraceChunkParser()
  /// Sees the same lines in other chunks: what it remembers of them differs.
  nonisolated(unsafe) private static let other = StraceChunkParser()
  nonisolated(unsafe) private static let text = PaddedText(capacity: 1 << 12, padding: StraceChunkParser.padding)
  private static let events = LineEventBuffer(capacity: 64)
  private static let pieces = LineEventBuffer(capacity: 64)

  static func run(_ input: UnsafeRawBufferPointer) {
    guard input.count <= 1 << 12 else { return }
    text.set(input)
    parser.parse(text.bytes, count: input.count, into: events)
    checkLines(input)
    for i in 0..<events.count { checkEvent(events.base[i]) }

    // What follows the last line's end is not the parser's to understand.
    text.set(input, junk: "\n) = 7 <0.000001>\n")
    other.parse(text.bytes, count: input.count, into: pieces)
    demand(pieces.count == events.count, "as many lines whatever follows")
    for i in 0..<events.count { checkSame(pieces.base[i], events.base[i], from: 0) }
    checkBirths(from: 0, lines: 0, to: events.births.count)

    // Cut behind one of the newlines.
    guard events.count > 1 else { return }
    let cut = Int(events.base[1 + Int(input[0]) % (events.count - 1)].offset)
    var line = 0
    var birth = 0
    for part in [0..<cut, cut..<input.count] {
      text.set(UnsafeRawBufferPointer(rebasing: input[part]))
      other.parse(text.bytes, count: part.count, into: pieces)
      for i in 0..<pieces.count {
        demand(line + i < events.count, "no more lines when cut")
        checkSame(pieces.base[i], events.base[line + i], from: part.lowerBound)
      }
      checkBirths(from: birth, lines: line, to: birth + pieces.births.count)
      birth += pieces.births.count
      line += pieces.count
    }
    demand(line == events.count && birth == events.births.count, "as many lines and births when cut")
  }

  /// Events lie on the lines, in order, and cover them all.
  private static func checkLines(_ input: UnsafeRawBufferPointer) {
    var start = 0
    var line = 0
    while start < input.count {
      var end = start
      while end < input.count, input[end] != 10 { end += 1 }
      demand(line < events.count, "an event for every line")
      let event = events.base[line]
      let length = end > start && input[end - 1] == 13 ? end - start - 1 : end - start
      demand(Int(event.offset) == start && Int(event.length) == length, "line \(line) is \(start) + \(length): \(event)")
      line += 1
      start = end + 1
    }
    demand(line == events.count, "no event without a line")
  }

  private static func checkEvent(_ event: LineEvent) {
    demand(event.keepsInvariants, "offsets in their line, no negative times: \(event)")
    demand(event.stampKind != .none || event.stamp == 0, "no stamp without a kind: \(event)")
    demand(!event.flags.contains(.noResult) || event.errno == .none, "`?` with an errno is a result: \(event)")
    demand(!event.flags.isSuperset(of: [.noResult, .unavailable]), "unavailable is a result: \(event)")
    demand((event.kind == .blank) == (event.length == 0), "blank lines are empty: \(event)")
    let isCall = event.kind == .whole || event.kind == .unfinished || event.kind == .resumed || event.kind == .detached
    demand(!isCall || event.argumentsStart > event.bodyStart, "a call has a name: \(event)")
    demand(
      event.kind != .resumed || !event.flags.contains(.stillOpen) || event.result == 0, "an open call has no result: \(event)")
  }

  private static func checkSame(_ a: LineEvent, _ b: LineEvent, from shift: Int) {
    demand(a.isSame(as: b, shift: shift), "the same event from another chunk, \(shift) bytes in: \(a) and \(b)")
  }

  private static func checkBirths(from: Int, lines: Int, to: Int) {
    demand(to <= events.births.count, "no more births when cut")
    for (a, b) in zip(pieces.births, events.births[from..<to]) {
      demand(a.line + lines == b.line && a.parent == b.parent && a.child == b.child, "the same births")
    }
  }
}
