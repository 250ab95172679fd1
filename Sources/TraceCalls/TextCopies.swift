/// Memory for texts whose chunk is about to go while a call or an event still needs them. What is given back stays as it is until the next
/// batch, since events of this one may point into it, and is used again then: a log in its stride allocates nothing.
///
/// Invariant: buffers of `spare` have ``usual`` bytes.
struct TextCopies {
  /// Arguments longer than this are rare.
  private static let usual = 512
  private static let mostSpare = 4096
  private var spare: [UnsafeMutableRawBufferPointer] = []
  private var given: [UnsafeMutableRawBufferPointer] = []

  /// Room for so many bytes or more, the caller's until it is given back.
  mutating func take(_ count: Int) -> UnsafeMutableRawBufferPointer {
    if count <= Self.usual, let buffer = spare.popLast() { return buffer }
    return .allocate(byteCount: max(count, Self.usual), alignment: 1)
  }

  mutating func giveBack(_ buffer: UnsafeMutableRawBufferPointer) { if !buffer.isEmpty { given.append(buffer) } }

  /// No event points into what was given back any more.
  mutating func beginBatch() {
    guard !given.isEmpty else { return }
    for buffer in given {
      if buffer.count == Self.usual, spare.count < Self.mostSpare { spare.append(buffer) } else { buffer.deallocate() }
    }
    given.removeAll(keepingCapacity: true)
  }

  func deallocate() {
    for buffer in spare { buffer.deallocate() }
    for buffer in given { buffer.deallocate() }
  }
}
