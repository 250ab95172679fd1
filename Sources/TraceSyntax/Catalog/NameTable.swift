import Glibc

/// An open-addressing table from short ASCII names to small numbers, filled once, then only read.
///
/// A name is looked up by its first and last eight bytes and its length, which are all of it up to sixteen bytes; the padding behind
/// chunks makes the loads safe. `slots` holds index + 1 of an entry, 0 for empty; its length is a power of two at least four times the
/// entries. Names lie at a fixed stride, padded with zeros.
struct NameTable: @unchecked Sendable {
  private static let stride = 32
  private let slots: UnsafeMutablePointer<UInt16>
  private let shift: UInt64
  private let mask: Int
  private let entries: UnsafeMutablePointer<Entry>
  private let blob: UnsafeMutablePointer<UInt8>

  private struct Entry {
    var key: Key
    var value: UInt16
  }

  /// The first eight bytes (fewer are padded with zeros), the last eight of at least eight, and the length.
  private struct Key {
    var head: UInt64
    var last: UInt64
    var count: Int

    @inline(__always)
    init(_ p: UnsafePointer<UInt8>, _ count: Int) {
      self.count = count
      if count >= 8 {
        head = p.word
        last = (p + count - 8).word
      } else {
        head = p.word & ((1 &<< UInt64(truncatingIfNeeded: count &* 8)) &- 1)
        last = 0
      }
    }

    @inline(__always)
    var hash: UInt64 {
      (head ^ UInt64(truncatingIfNeeded: count)) &* 0x9e37_79b9_7f4a_7c15 &+ last &* 0xc2b2_ae3d_27d4_eb4f
    }

    @inline(__always)
    static func == (a: Self, b: Self) -> Bool { (a.head ^ b.head) | (a.last ^ b.last) == 0 && a.count == b.count }
  }

  /// `names` must be distinct and shorter than ``stride``. The storage lives as long as the process.
  init(_ names: [(name: [UInt8], value: UInt16)]) {
    var bits: UInt64 = 6
    while 1 << bits < names.count * 4 { bits += 1 }
    shift = 64 - bits
    mask = 1 << Int(bits) - 1
    slots = .allocate(capacity: mask + 1)
    slots.initialize(repeating: 0, count: mask + 1)
    entries = .allocate(capacity: max(1, names.count))
    blob = .allocate(capacity: names.count * Self.stride + Self.stride)
    blob.initialize(repeating: 0, count: names.count * Self.stride + Self.stride)
    for (index, entry) in names.enumerated() {
      precondition(entry.name.count < Self.stride && !entry.name.isEmpty)
      let name = blob + index * Self.stride
      for (i, byte) in entry.name.enumerated() { name[i] = byte }
      let key = Key(name, entry.name.count)
      (entries + index).initialize(to: Entry(key: key, value: entry.value))
      var slot = self.slot(key)
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = UInt16(index + 1)
    }
  }

  @inline(__always)
  private func slot(_ key: Key) -> Int {
    let hash = key.hash
    return Int(truncatingIfNeeded: ((hash ^ (hash &>> 29)) &* 0x9e37_79b9_7f4a_7c15) &>> shift)
  }

  /// The value of the `count` bytes at `p`; 32 readable bytes follow `p`.
  @inline(__always)
  func find(_ p: UnsafePointer<UInt8>, _ count: Int) -> UInt16? {
    guard count > 0, count < Self.stride else { return nil }
    let key = Key(p, count)
    var slot = slot(key)
    while slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      let entry = entries + index
      if entry.pointee.key == key, count <= 16 || memcmp(blob + index * Self.stride, p, count) == 0 { return entry.pointee.value }
      slot = (slot + 1) & mask
    }
    return nil
  }
}
