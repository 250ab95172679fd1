/// How regular something is: since when all its gaps have been shorter than half a second, a second, two, and so on.
///
/// A gap is out of the rhythm when for long enough before it all were shorter than a third of it. What comes in bursts has no rhythm of
/// its bursts' scale, since each pause between them begins it anew.
struct Rhythm {
  /// Ends of the last gaps that were at least ``shortest`` times 1, 2, 4 ... long.
  private var breaks = InlineArray<10, Int64>(repeating: .min)
  private(set) var last: Int64
  private static let shortest: Int64 = 500_000_000
  /// Less than this is no rhythm yet.
  private static let leastRun: Int64 = 3_000_000_000

  init(_ time: Int64) {
    last = time
    for scale in breaks.indices { breaks[scale] = time }
  }

  /// Whether a silence from the last beat on, of this length, is out of the rhythm.
  func isBroken(by gap: Int64) -> Bool {
    for scale in breaks.indices {
      let length = Self.shortest << Int64(scale)
      if length > gap / 3 { return false }
      if last &- breaks[scale] >= max(Self.leastRun, length * 5) { return true }
    }
    return false
  }

  /// The next beat.
  /// - Parameter gap: since the last one, at least.
  @inline(__always)
  mutating func beat(_ time: Int64, gap: Int64) {
    if gap >= Self.shortest { breakUp(time, gap) }
    if time > last { last = time }
  }

  @inline(never)
  private mutating func breakUp(_ time: Int64, _ gap: Int64) {
    for scale in breaks.indices where gap >= Self.shortest << Int64(scale) { breaks[scale] = time }
  }
}
