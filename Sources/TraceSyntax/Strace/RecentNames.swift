/// The names of calls met last, by their first bytes: nearly every name of a log is one of a few. A hit is all of the name and the byte that
/// ends it, compared at once; the table is asked where there is none, so forgetting one costs time only.
struct RecentNames {
  /// Invariant: `low` and `high` are the first sixteen bytes of a name and of what ends it, zero where the masks are; an empty entry equals nothing.
  private struct Entry {
    var low: UInt64 = 1
    var lowMask: UInt64 = 0
    var high: UInt64 = 0
    var highMask: UInt64 = 0
    var count = 0
    var syscall: UInt16 = 0
  }

  private static let bits: UInt64 = 7
  private let entries: UnsafeMutablePointer<Entry>

  init() {
    entries = .allocate(capacity: 1 << Int(Self.bits))
    entries.initialize(repeating: Entry(), count: 1 << Int(Self.bits))
  }

  func deallocate() { entries.deallocate() }

  @inline(__always)
  private func entry(_ word: UInt64, _ end: UInt8) -> UnsafeMutablePointer<Entry> {
    // Five bytes, one of which may be what ends the name; the seventh where the sixth is a letter or `_`, which tells epoll_wait from epoll_ctl.
    let key = word & 0xff_ffff_ffff ^ UInt64(end) &<< 40 ^ (word &>> 46 & 1) &* (word & 0xff_0000_0000_0000)
    return entries + Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) &>> (64 - Self.bits))
  }

  /// The length and the number of the name at `name` that `end` follows, where it is remembered; 16 readable bytes follow `name`.
  @inline(__always)
  func find(_ name: Pointer, endedBy end: UInt8) -> (count: Int, syscall: UInt16)? {
    let word = name.word
    let entry = entry(word, end)
    guard word & entry.pointee.lowMask == entry.pointee.low, (name + 8).word & entry.pointee.highMask == entry.pointee.high
    else { return nil }
    return (entry.pointee.count, entry.pointee.syscall)
  }

  /// Remembers a name shorter than sixteen bytes.
  func learn(_ name: Pointer, _ count: Int, endedBy end: UInt8, _ syscall: UInt16) {
    // With the byte that ends it; a shift by 64 is none.
    let bits = UInt64(truncatingIfNeeded: (count + 1) * 8)
    let lowMask: UInt64 = bits >= 64 ? .max : (1 &<< bits) &- 1
    let highMask: UInt64 = bits >= 128 ? .max : bits > 64 ? (1 &<< (bits &- 64)) &- 1 : 0
    entry(name.word, end).pointee = Entry(
      low: name.word & lowMask, lowMask: lowMask, high: (name + 8).word & highMask, highMask: highMask, count: count,
      syscall: syscall)
  }
}
