import Tracestat

/// A source over bytes that gives at most `step` of them a time.
final class MemorySource: ByteSource {
  let path = "memory"
  private(set) var storedOffset: Int64 = 0
  private var rest: UnsafeRawBufferPointer
  private let step: Int

  init(_ bytes: UnsafeRawBufferPointer, step: Int) {
    rest = bytes
    self.step = max(1, step)
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(step, buffer.count, rest.count)
    buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest.prefix(count)))
    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    storedOffset += Int64(count)
    return count
  }
}
