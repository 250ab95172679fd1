import CTraceScan

/// An open-addressing table from short ASCII names to small numbers, filled once, then only read.
///
/// A name is looked up by its first and last eight bytes and its length, three loads instead of a loop over bytes; the padding behind
/// chunks makes the loads safe. `slots` holds index + 1 of an entry, 0 for empty; its length is a power of two at least four times the
/// entries. Names lie at a fixed stride, padded with zeros.
struct NameTable: @unchecked Sendable {
  private static let stride = 32
  private let slots: UnsafeMutablePointer<UInt16>
  private let shift: UInt64
  private let mask: Int
  private let entries: UnsafeMutablePointer<(count: Int, value: UInt16)>
  private let blob: UnsafeMutablePointer<UInt8>

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
      (entries + index).initialize(to: (entry.name.count, entry.value))
      var slot = Int(hash(name, entry.name.count))
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = UInt16(index + 1)
    }
  }

  @inline(__always)
  private func hash(_ p: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
    let first = trace_load8(p)
    let last: UInt64
    let head: UInt64
    if count >= 8 {
      head = first
      last = trace_load8(p + count - 8)
    } else {
      head = Self.low(first, count)
      last = 0
    }
    let mixed = (head ^ UInt64(truncatingIfNeeded: count)) &* 0x9e37_79b9_7f4a_7c15 &+ last &* 0xc2b2_ae3d_27d4_eb4f
    return ((mixed ^ (mixed >> 29)) &* 0x9e37_79b9_7f4a_7c15) >> shift
  }

  /// The first `count` bytes in memory order of a word from ``trace_load8``.
  @inline(__always)
  private static func low(_ word: UInt64, _ count: Int) -> UInt64 {
    #if _endian(little)
      return word & ((1 << UInt64(count * 8)) - 1)
    #else
      return count == 0 ? 0 : word >> UInt64(64 - count * 8)
    #endif
  }

  /// The value of the `count` bytes at `p`; 32 readable bytes follow `p`.
  @inline(__always)
  func find(_ p: UnsafePointer<UInt8>, _ count: Int) -> UInt16? {
    guard count > 0, count < Self.stride else { return nil }
    var slot = Int(hash(p, count))
    while slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      if entries[index].count == count, equals(blob + index * Self.stride, p, count) { return entries[index].value }
      slot = (slot + 1) & mask
    }
    return nil
  }

  @inline(__always)
  private func equals(_ name: UnsafePointer<UInt8>, _ p: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    var i = 0
    while count - i >= 8 {
      if trace_load8(name + i) != trace_load8(p + i) { return false }
      i += 8
    }
    return count == i || Self.low(trace_load8(name + i), count - i) == Self.low(trace_load8(p + i), count - i)
  }
}
