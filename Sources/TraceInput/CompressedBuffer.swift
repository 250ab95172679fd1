/// The window of compressed bytes that a decoder works through.
///
/// Invariant: the bytes not yet consumed are [next, next + available) of `storage`.
final class CompressedBuffer {
  let file: FileSource
  let storage: UnsafeMutableRawBufferPointer
  var next = 0
  var available = 0
  private(set) var atEnd = false

  init(_ file: FileSource, capacity: Int = 256 << 10) {
    self.file = file
    storage = .allocate(byteCount: capacity, alignment: 64)
  }

  deinit { storage.deallocate() }

  /// Reads more when everything was consumed; false at the end of the file.
  func refill() throws -> Bool {
    try gather(1)
    return available > 0
  }

  /// Reads on until so many bytes are at hand in one piece, or the file ends; at most as many as the window holds.
  func gather(_ count: Int) throws {
    guard available < min(count, storage.count), !atEnd else { return }
    if available > 0 { storage.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[next..<(next + available)])) }
    next = 0
    while available < min(count, storage.count), !atEnd {
      let got = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: storage[available...]))
      available += got
      atEnd = got == 0
    }
  }

  /// Takes bytes out, at most as many as the buffer holds, past this window where nothing is in it; 0 at the end of the file.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    guard available == 0 else {
      let count = min(available, buffer.count)
      buffer.copyMemory(from: UnsafeRawBufferPointer(start: pointer, count: count))
      consume(count)
      return count
    }
    guard !atEnd else { return 0 }
    let count = try file.read(into: buffer)
    atEnd = count == 0
    return count
  }

  var pointer: UnsafeMutablePointer<UInt8> {
    (storage.baseAddress! + next).assumingMemoryBound(to: UInt8.self)
  }

  func consume(_ count: Int) {
    next += count
    available -= count
  }

  /// Goes back in the file; false where that cannot be done.
  func rewind(to offset: Int64) -> Bool {
    guard file.rewind(to: offset) else { return false }
    next = 0
    available = 0
    atEnd = false
    return true
  }

  /// Offset in the file of the next byte to consume.
  var offset: Int64 { file.storedOffset - Int64(available) }
}
