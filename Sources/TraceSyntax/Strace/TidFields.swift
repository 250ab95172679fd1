/// Fields of pids as they stand in front of lines, `3721  `, with their numbers: a log holds some hundreds of them, a hundred thousand times each.
/// Forgetting one costs time only.
struct TidFields {
  /// Invariant: an entry's bytes are a number and blanks up to ``width`` at the time; bytes 0 stand for no field at all.
  private struct Entry {
    var bytes: UInt64 = 0
    var tid: Int32 = 0
  }

  private let entries: UnsafeMutablePointer<Entry>
  private var mask: UInt64
  /// Bytes of the field, 0...8.
  var width: Int { didSet { mask = Self.mask(width) } }

  init(width: Int) {
    entries = .allocate(capacity: 256)
    entries.initialize(repeating: Entry(), count: 256)
    self.width = width
    mask = Self.mask(width)
  }

  func deallocate() { entries.deallocate() }

  private static func mask(_ width: Int) -> UInt64 { width == 0 ? 0 : ~0 &>> UInt64(truncatingIfNeeded: 64 &- width &* 8) }

  /// The number of the field at the start of a word of eight bytes; nil where it is no number with blanks up to ``width``.
  @inline(__always)
  func tid(_ word: UInt64) -> Int32? {
    let bytes = word & mask
    let entry = entries + Int(truncatingIfNeeded: (bytes &* 0x9e37_79b9_7f4a_7c15) &>> 56)
    return entry.pointee.bytes == bytes ? entry.pointee.tid : read(bytes, into: entry)
  }

  @inline(never)
  private func read(_ bytes: UInt64, into entry: UnsafeMutablePointer<Entry>) -> Int32? {
    guard width > 0 else { return 0 }
    let digits = DecimalWord.leading(bytes)
    let blanks = (bytes ^ 0x2020_2020_2020_2020) & mask
    guard digits > 0, digits < width, blanks &>> UInt64(truncatingIfNeeded: digits &* 8) == 0 else { return nil }
    let tid = DecimalWord.first(digits, of: bytes)
    guard tid < TaskNumber.limit else { return nil }
    entry.pointee = Entry(bytes: bytes, tid: Int32(truncatingIfNeeded: tid))
    return entry.pointee.tid
  }
}
