import Glibc

/// Bytes of a block, stored or decoded; reused for the next one.
///
/// Invariant: `count <= capacity`.
final class BlockBuffer {
  private(set) var bytes: UnsafeMutablePointer<UInt8>?
  private(set) var capacity = 0
  var count = 0

  deinit { free(bytes) }

  /// Makes room for so many bytes; keeps those there are.
  func grow(to wanted: Int) {
    guard wanted > capacity else { return }
    var memory: UnsafeMutableRawPointer?
    // Huge pages where the system has them: a fault for two mebibytes instead of one for each page.
    let page = 2 << 20
    guard posix_memalign(&memory, wanted < page ? 64 : page, wanted) == 0, let memory else {
      // What was asked for is within the limits, but for memory that is not there there is no other answer.
      fatalError("out of memory")
    }
    if wanted >= page { madvise(memory, wanted, MADV_HUGEPAGE) }
    let bigger = memory.assumingMemoryBound(to: UInt8.self)
    if let bytes { bigger.update(from: bytes, count: count) }
    free(bytes)
    bytes = bigger
    capacity = wanted
  }

  /// What is behind the bytes there are, up to `end`.
  func room(upTo end: Int) -> UnsafeMutableRawBufferPointer {
    let end = min(end, capacity)
    return UnsafeMutableRawBufferPointer(start: bytes.map { $0 + count }, count: max(0, end - count))
  }

  subscript(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: bytes.map { $0 + range.lowerBound }, count: range.count)
  }
}
