import CTraceScan

/// The last few ` EAGAIN (Resource temporarily unavailable)` seen, by their last sixteen bytes: a log holds a handful of them, thousands of
/// times each. A hit is verified byte for byte, so forgetting one costs time only.
struct ErrorTexts {
  private static let slotBits: UInt64 = 6
  private static let slotCount = 1 << Int(slotBits)
  private static let longest = 64

  /// Invariant: `count` is 0 (empty) or at least 16, and the text is the first `count` bytes of the slot's part of `texts`.
  private struct Slot {
    var count = 0
    var errno = Errno.none
  }

  private let slots: UnsafeMutablePointer<Slot>
  private let texts: UnsafeMutablePointer<UInt8>

  init() {
    slots = .allocate(capacity: Self.slotCount)
    slots.initialize(repeating: Slot(), count: Self.slotCount)
    // Compared in steps of sixteen bytes.
    texts = .allocate(capacity: Self.slotCount * Self.longest + 16)
    texts.initialize(repeating: 0, count: Self.slotCount * Self.longest + 16)
  }

  func deallocate() {
    slots.deallocate()
    texts.deallocate()
  }

  @inline(__always)
  private static func slot(_ end: UnsafePointer<UInt8>) -> Int {
    // By the last eight alone, the two errors that threaded logs are full of would drive each other out: `unavailable)` and `timed out)`.
    let mixed = (trace_load8(end - 8) &* 0x9e37_79b9_7f4a_7c15) ^ trace_load8(end - 16)
    return Int(truncatingIfNeeded: (mixed &* 0x9e37_79b9_7f4a_7c15) >> (64 - slotBits))
  }

  /// The known text that ends at `end` and starts after `low`.
  @inline(__always)
  func find(_ end: UnsafePointer<UInt8>, _ low: UnsafePointer<UInt8>) -> (errno: Errno, count: Int)? {
    guard end - low > 16 else { return nil }
    let index = Self.slot(end)
    let slot = slots[index]
    guard slot.count > 0, end - low > slot.count,
      trace_is_equal(end - slot.count, texts + index * Self.longest, UInt64(truncatingIfNeeded: slot.count)) != 0
    else { return nil }
    return (slot.errno, slot.count)
  }

  func learn(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ errno: Errno) {
    let count = end - start
    guard count >= 16, count <= Self.longest else { return }
    let index = Self.slot(end)
    slots[index] = Slot(count: count, errno: errno)
    (texts + index * Self.longest).update(from: start, count: count)
  }
}
