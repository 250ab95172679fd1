import Glibc

/// An open-addressing table from short ASCII names to small numbers, filled once, then only read.
///
/// A name is looked up by its first sixteen bytes, shorter ones padded with zeros, and its length: all of it, but for a few. The padding behind
/// chunks makes the loads safe. The length of `slots` is a power of two at least four times the names; `count` of an empty slot is 0. Names lie at
/// a fixed stride, padded with zeros.
struct NameTable: @unchecked Sendable {
  private static let stride = 32
  private let slots: UnsafeMutablePointer<Slot>
  private let shift: UInt64
  private let mask: Int
  /// Names longer than the key, at their slot's `index`.
  private let blob: UnsafeMutablePointer<UInt8>
  /// Sixteen ones and sixteen zeros: the mask of a name's bytes is at 16 less its length.
  private let ones: UnsafeMutablePointer<UInt8>

  private struct Slot {
    var key = Key(low: 0, high: 0)
    var value: UInt16 = 0
    var count: UInt16 = 0
    var index: UInt32 = 0
  }

  private struct Key {
    var low: UInt64
    var high: UInt64

    @inline(__always)
    var hash: UInt64 { (low ^ (high &* 0xc2b2_ae3d_27d4_eb4f)) &* 0x9e37_79b9_7f4a_7c15 }
    @inline(__always)
    static func == (a: Self, b: Self) -> Bool { (a.low ^ b.low) | (a.high ^ b.high) == 0 }
  }

  /// `names` must be distinct and shorter than ``stride``. The storage lives as long as the process.
  init(_ names: [(name: [UInt8], value: UInt16)]) {
    var bits: UInt64 = 6
    while 1 << bits < names.count * 4 { bits += 1 }
    shift = 64 - bits
    mask = 1 << Int(bits) - 1
    slots = .allocate(capacity: mask + 1)
    slots.initialize(repeating: Slot(), count: mask + 1)
    ones = .allocate(capacity: 32)
    ones.initialize(repeating: 0, count: 32)
    ones.update(repeating: 0xff, count: 16)
    blob = .allocate(capacity: names.count * Self.stride + Self.stride)
    blob.initialize(repeating: 0, count: names.count * Self.stride + Self.stride)
    for (index, entry) in names.enumerated() {
      precondition(entry.name.count < Self.stride && !entry.name.isEmpty)
      let name = blob + index * Self.stride
      for (i, byte) in entry.name.enumerated() { name[i] = byte }
      let key = key(name, entry.name.count)
      var slot = Int(truncatingIfNeeded: key.hash &>> shift)
      while slots[slot].count != 0 { slot = (slot + 1) & mask }
      slots[slot] = Slot(key: key, value: entry.value, count: UInt16(entry.name.count), index: UInt32(index))
    }
  }

  @inline(__always)
  private func key(_ p: UnsafePointer<UInt8>, _ count: Int) -> Key {
    let bytes = ones + (16 &- min(count, 16))
    return Key(low: p.word & UnsafePointer(bytes).word, high: (p + 8).word & UnsafePointer(bytes + 8).word)
  }

  /// The value of the `count` bytes at `p`; 32 readable bytes follow `p`.
  @inline(__always)
  func find(_ p: UnsafePointer<UInt8>, _ count: Int) -> UInt16? {
    guard count > 0, count < Self.stride else { return nil }
    let key = key(p, count)
    var slot = Int(truncatingIfNeeded: key.hash &>> shift)
    while true {
      let entry = slots + slot
      if entry.pointee.key == key, Int(entry.pointee.count) == count,
        count <= 16 || memcmp(blob + Int(entry.pointee.index) * Self.stride, p, count) == 0
      {
        return entry.pointee.value
      }
      if entry.pointee.count == 0 { return nil }
      slot = (slot &+ 1) & mask
    }
  }
}
