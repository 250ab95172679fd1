/// A time in which nothing moved in one direction of a connection.
public struct MediaGap: Sendable {
  /// The ends of the calls around it; of the last one the end of the connection or of the log.
  public let start: Int64
  public let end: Int64
  /// The last call before it, and the first after it: 0 where nothing came after.
  public let lineBefore: Int
  public let lineAfter: Int
  /// The first call in it that the far end's full buffer refused (EAGAIN) or held up for most of the gap, 0 without one.
  public let blockedLine: Int

  public var length: Int64 { end &- start }
}

/// When bytes moved in one direction: its rhythm, and the gaps that may be none of it. Of fixed size but for those, and small once it is settled.
struct MediaGaps {
  /// Gaps by octave of milliseconds: below 1 ms, below 2, below 4 ...
  private var counts = [UInt32](repeating: 0, count: octaves)
  private var times = [Int64](repeating: 0, count: octaves)
  private var count = 0
  /// The rhythm of what is over: its counts are gone.
  private var settled: Int64?
  private var time: Int64 = 0
  private(set) var first: Int64?
  private(set) var last: Int64 = 0
  private(set) var lastLine = 0
  private var blockedLine = 0
  /// Gaps of at least the threshold, in order. Invariant: never more than ``limit``; beyond that the shorter half is dropped.
  private(set) var long: [MediaGap] = []
  private static let limit = 64
  /// Gaps that make a rhythm: an answer to play is written in fewer pieces.
  private static let fewest = 16
  /// The last one begins at 37 hours.
  private static let octaves = 28

  /// A call ended that moved bytes.
  mutating func move(at end: Int64, line: Int, took duration: Int64, threshold: Int64) {
    guard first != nil else {
      first = end
      last = end
      lastLine = line
      return
    }
    // Calls of several threads end in any order within a line or two.
    let length = max(0, end &- last)
    if !counts.isEmpty {
      let octave = Self.octave(length)
      counts[octave] &+= 1
      times[octave] = Self.sum(times[octave], length)
      time = Self.sum(time, length)
      count += 1
    }
    if length >= threshold {
      if duration > length / 2, blockedLine == 0 { blockedLine = line }
      keep(MediaGap(start: last, end: end, lineBefore: lastLine, lineAfter: line, blockedLine: blockedLine))
    }
    blockedLine = 0
    last = max(last, end)
    lastLine = line
  }

  /// A call found no room (EAGAIN).
  mutating func refuse(line: Int) { if blockedLine == 0 { blockedLine = line } }

  /// The connection is over: keeps its rhythm alone.
  mutating func settle() {
    settled = rhythm
    counts = []
    times = []
  }

  /// What is open when the connection or the log ends.
  mutating func conclude(at end: Int64, threshold: Int64) {
    guard first != nil, end &- last >= threshold else { return }
    keep(MediaGap(start: last, end: end, lineBefore: lastLine, lineAfter: 0, blockedLine: blockedLine))
  }

  private mutating func keep(_ gap: MediaGap) {
    if long.count == Self.limit {
      let shortest = long.indices.sorted { (long[$0].length, $0) < (long[$1].length, $1) }.prefix(Self.limit / 2).sorted()
      for index in shortest.reversed() { long.remove(at: index) }
    }
    long.append(gap)
  }

  /// Gaps up to this long are its rhythm: the upper end of the longest octave in which, or beyond which, at least four gaps lie that are one of a
  /// hundred, or half of the time. nil where bytes moved so seldom that there is none.
  var rhythm: Int64? {
    guard !counts.isEmpty else { return settled }
    guard count >= Self.fewest else { return nil }
    var (more, moreTime) = (0, Int64(0))
    for octave in counts.indices.reversed() {
      more += Int(counts[octave])
      moreTime = Self.sum(moreTime, times[octave])
      if more >= 4, more >= count / 100 || moreTime >= time / 2 { return Self.edge(octave) }
    }
    return nil
  }

  private static func octave(_ length: Int64) -> Int {
    let milliseconds = length / 1_000_000
    return min(octaves - 1, milliseconds == 0 ? 0 : 64 - milliseconds.leadingZeroBitCount)
  }

  private static func edge(_ octave: Int) -> Int64 { 1_000_000 << Int64(octave) }

  private static func sum(_ a: Int64, _ b: Int64) -> Int64 {
    let sum = a.addingReportingOverflow(b)
    return sum.overflow ? .max : sum.partialValue
  }
}
