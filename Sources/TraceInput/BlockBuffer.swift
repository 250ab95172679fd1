/// The stored bytes of a block; reused for the next one.
///
/// Invariant: `count <= capacity`.
final class BlockBuffer {
  private(set) var bytes: UnsafeMutablePointer<UInt8>?
  private(set) var capacity = 0
  var count = 0

  deinit { bytes?.deallocate() }

  /// Makes room for as many bytes again as there is room for, so that the next block, a little larger, needs no more; keeps those there are.
  func grow() {
    let wanted = max(1 << 20, capacity * 2)
    let bigger = UnsafeMutablePointer<UInt8>.allocate(capacity: wanted)
    if let bytes { bigger.update(from: bytes, count: count) }
    bytes?.deallocate()
    bytes = bigger
    capacity = wanted
  }

  /// What is behind the bytes there are, up to `end`.
  func room(upTo end: Int) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: bytes.map { $0 + count }, count: max(0, min(end, capacity) - count))
  }
}
