import TraceSyntax

/// Puts the two halves of a stitched call's arguments together.
///
/// Its buffer is its own, so that what it returns stays valid until it is asked again.
public final class ArgumentJoiner: @unchecked Sendable {
  private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 1)

  public init() {}
  deinit { buffer.deallocate() }

  /// The whole argument text of a call; no copy is made where it is in one piece.
  public func arguments(of event: CallEvent) -> Arguments {
    if event.opening.isEmpty { return Arguments(event.closing) }
    if event.closing.isEmpty { return Arguments(event.opening) }
    let count = event.opening.count + event.closing.count
    if buffer.count < count {
      buffer.deallocate()
      buffer = .allocate(byteCount: count * 2, alignment: 1)
    }
    buffer.copyMemory(from: event.opening)
    UnsafeMutableRawBufferPointer(rebasing: buffer[event.opening.count...]).copyMemory(from: event.closing)
    return Arguments(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
  }
}
