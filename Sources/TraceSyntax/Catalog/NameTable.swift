import CTraceScan

/// An open-addressing table from short ASCII names to small numbers, filled once, then only read.
///
/// Shape: `slots` holds index + 1 of an entry, 0 for empty; its length is a power of two at least four times the entries,
/// so a probe run is short. Names lie in one blob.
struct NameTable: @unchecked Sendable {
  private let slots: UnsafeMutablePointer<UInt16>
  private let mask: Int
  private let entryStorage: UnsafeMutablePointer<(offset: Int, count: Int, value: UInt16)>
  private let blob: UnsafeMutablePointer<UInt8>

  /// `names` must be distinct. The storage lives as long as the process.
  init(_ names: [(name: [UInt8], value: UInt16)]) {
    var size = 64
    while size < names.count * 4 { size *= 2 }
    mask = size - 1
    slots = .allocate(capacity: size)
    slots.initialize(repeating: 0, count: size)
    entryStorage = .allocate(capacity: max(1, names.count))
    blob = .allocate(capacity: names.reduce(1) { $0 + $1.name.count })
    var offset = 0
    for (index, entry) in names.enumerated() {
      for (i, byte) in entry.name.enumerated() { blob[offset + i] = byte }
      (entryStorage + index).initialize(to: (offset, entry.name.count, entry.value))
      var slot = Int(Self.hash(blob + offset, entry.name.count)) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = UInt16(index + 1)
      offset += entry.name.count
    }
  }

  @inline(__always)
  static func step(_ hash: UInt32, _ byte: UInt8) -> UInt32 { (hash ^ UInt32(byte)) &* 0x0100_0193 }
  @inline(__always)
  static var seed: UInt32 { 0x811c_9dc5 }
  @inline(__always)
  static func finish(_ hash: UInt32) -> UInt32 { hash ^ (hash >> 15) }

  static func hash(_ p: UnsafePointer<UInt8>, _ count: Int) -> UInt32 {
    var h = seed
    for i in 0..<count { h = step(h, p[i]) }
    return finish(h)
  }

  /// The value of the name at `p`, whose hash the caller built with ``step(_:_:)``.
  @inline(__always)
  func find(_ p: UnsafePointer<UInt8>, _ count: Int, hash: UInt32) -> UInt16? {
    var slot = Int(hash) & mask
    while slots[slot] != 0 {
      let entry = entryStorage[Int(slots[slot]) - 1]
      if entry.count == count {
        var i = 0
        while i < count, blob[entry.offset + i] == p[i] { i += 1 }
        if i == count { return entry.value }
      }
      slot = (slot + 1) & mask
    }
    return nil
  }
}
