import CTraceScan

/// Texts met before with a number for each: what stands before the work of finding the number by the text's meaning.
///
/// A hash table with open addressing; the texts lie in one run of bytes. It never holds more than ``mostTexts`` texts nor ``mostBytes`` of them (24 MiB
/// with its slots): one that is full is emptied, so that a log of other texts than before is known as well. A text that is not known is no
/// error, and texts that would need more than ``longestProbe`` steps are not kept: nothing in a log can make it slow.
struct SeenTexts: ~Copyable {
  private struct Slot {
    /// The upper half of the hash.
    var tag: UInt32
    /// Of the text, which begins at `start`; 0 for a free slot.
    var count: UInt32
    var start: UInt32
    var number: Int32
  }

  /// What a lookup needs. By a pointer, so that a constant can be added to, and no access is checked at run time.
  private struct Storage {
    var slots: UnsafeMutablePointer<Slot>
    /// How many slots there are, a power of two, less 1. At most half of them are used.
    var mask: Int
    var bytes: UnsafeMutablePointer<UInt8>
    var room: Int
    var used = 0
    var texts = 0
  }
  private let storage = UnsafeMutablePointer<Storage>.allocate(capacity: 1)

  private let mostTexts: Int
  private static let mostBytes = 16 << 20
  private static let longestProbe = 32
  /// Longer ones are not kept.
  static let longest = 512
  /// Behind the last text, since they are compared in steps of 16 bytes.
  private static let padding = 16

  init(mostTexts: Int = 1 << 18) {
    self.mostTexts = mostTexts
    let room = 1 << 14
    storage.initialize(to: Storage(slots: Self.slots(1 << 10), mask: (1 << 10) - 1, bytes: Self.bytes(room), room: room))
  }

  deinit {
    storage.pointee.slots.deallocate()
    storage.pointee.bytes.deallocate()
    storage.deallocate()
  }

  private static func slots(_ count: Int) -> UnsafeMutablePointer<Slot> {
    let slots = UnsafeMutablePointer<Slot>.allocate(capacity: count)
    slots.initialize(repeating: Slot(tag: 0, count: 0, start: 0, number: 0), count: count)
    return slots
  }

  private static func bytes(_ room: Int) -> UnsafeMutablePointer<UInt8> {
    let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: room + padding)
    bytes.initialize(repeating: 0, count: room + padding)
    return bytes
  }

  /// The number given to a text, of which 15 further bytes may be read; nil where it is not known.
  @inline(__always)
  func number(of text: Pointer, _ count: Int) -> Int32? {
    guard count > 0, count <= Self.longest else { return nil }
    let hash = Self.hash(text, count)
    let tag = UInt32(truncatingIfNeeded: hash >> 32)
    let (slots, mask, bytes) = (storage.pointee.slots, storage.pointee.mask, storage.pointee.bytes)
    var place = Int(truncatingIfNeeded: hash) & mask
    for _ in 0..<Self.longestProbe {
      let slot = slots[place]
      if slot.tag == tag, Int(slot.count) == count, trace_is_equal(bytes + Int(slot.start), text, UInt64(count)) != 0 {
        return slot.number
      }
      if slot.count == 0 { return nil }
      place = (place &+ 1) & mask
    }
    return nil
  }

  /// Gives a number to a text that is not known.
  func remember(_ text: Pointer, _ count: Int, _ number: Int32) {
    guard count > 0, count <= Self.longest else { return }
    if storage.pointee.texts == mostTexts || storage.pointee.used + count > Self.mostBytes { forget() }
    if storage.pointee.used + count > storage.pointee.room { growBytes() }
    if storage.pointee.texts * 2 > storage.pointee.mask { growSlots() }
    let hash = Self.hash(text, count)
    guard let place = free(hash) else { return }
    let start = storage.pointee.used
    (storage.pointee.bytes + start).update(from: text, count: count)
    storage.pointee.slots[place] = Slot(
      tag: UInt32(truncatingIfNeeded: hash >> 32), count: UInt32(count), start: UInt32(start), number: number)
    storage.pointee.used += count
    storage.pointee.texts += 1
  }

  private func free(_ hash: UInt64) -> Int? {
    var place = Int(truncatingIfNeeded: hash) & storage.pointee.mask
    for _ in 0..<Self.longestProbe {
      if storage.pointee.slots[place].count == 0 { return place }
      place = (place + 1) & storage.pointee.mask
    }
    return nil
  }

  private func forget() {
    let slots = storage.pointee.mask + 1
    storage.pointee.slots.update(repeating: Slot(tag: 0, count: 0, start: 0, number: 0), count: slots)
    storage.pointee.used = 0
    storage.pointee.texts = 0
  }

  private func growBytes() {
    let room = min(storage.pointee.room * 2, Self.mostBytes)
    let bigger = Self.bytes(room)
    bigger.update(from: storage.pointee.bytes, count: storage.pointee.used)
    storage.pointee.bytes.deallocate()
    storage.pointee.bytes = bigger
    storage.pointee.room = room
  }

  private func growSlots() {
    let (old, count) = (storage.pointee.slots, storage.pointee.mask + 1)
    storage.pointee.slots = Self.slots(count * 2)
    storage.pointee.mask = count * 2 - 1
    for i in 0..<count where old[i].count > 0 {
      let text = UnsafePointer(storage.pointee.bytes + Int(old[i].start))
      if let place = free(Self.hash(text, Int(old[i].count))) { storage.pointee.slots[place] = old[i] }
    }
    old.deallocate()
  }

  /// Sixteen bytes at a step; of the last ones only those of the text count.
  @inline(__always)
  private static func hash(_ text: Pointer, _ count: Int) -> UInt64 {
    var hash = 0x9e37_79b9_7f4a_7c15 ^ UInt64(truncatingIfNeeded: count)
    var p = text
    var left = count
    while left > 16 {
      hash = mix(trace_load8(p) ^ hash, trace_load8(p + 8) ^ 0xd6e8_feb8_6659_fd93)
      p += 16
      left &-= 16
    }
    let first = trace_load8(p) &<< UInt64(truncatingIfNeeded: max(0, 8 &- left) &* 8)
    // 0 where it is shifted out whole.
    let second = trace_load8(p + 8) << UInt64(truncatingIfNeeded: (16 &- left) &* 8)
    return mix(first ^ hash, second ^ 0xd6e8_feb8_6659_fd93)
  }

  @inline(__always)
  private static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
  }
}
