/// Text that a parser writes for one chunk: grows, is reused, and is followed by padding like a chunk's bytes.
///
/// Invariant: `count <= capacity`; ``StraceChunkParser/padding`` initialised bytes follow `capacity`.
final class SideText: @unchecked Sendable {
  private(set) var base: UnsafeMutablePointer<UInt8>
  private(set) var capacity = 0
  /// Bytes written.
  var count = 0

  init() {
    base = .allocate(capacity: StraceChunkParser.padding)
    base.initialize(repeating: 0, count: StraceChunkParser.padding)
  }

  deinit { base.deallocate() }

  /// Makes room for so many bytes more; what is written moves.
  func reserve(_ more: Int) {
    guard capacity - count < more else { return }
    let wanted = max(capacity * 2, count + more)
    let bigger = UnsafeMutablePointer<UInt8>.allocate(capacity: wanted + StraceChunkParser.padding)
    bigger.initialize(repeating: 0, count: wanted + StraceChunkParser.padding)
    bigger.update(from: base, count: count)
    base.deallocate()
    base = bigger
    capacity = wanted
  }
}
