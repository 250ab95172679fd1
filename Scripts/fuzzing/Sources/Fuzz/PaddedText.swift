import CFuzzer

/// A place for copies of inputs: exactly the text and its padding can be read, every byte before and behind is poisoned. One
/// allocation for all inputs, since an allocation an input costs more than parsing it.
final class PaddedText {
  private static let margin = 64
  private let storage: UnsafeMutableRawPointer
  private let capacity: Int
  private let padding: Int
  private(set) var count = 0

  /// - Parameters:
  ///   - capacity: the longest text.
  ///   - padding: how many bytes behind it may be read.
  init(capacity: Int, padding: Int) {
    self.capacity = capacity
    self.padding = padding
    storage = .allocate(byteCount: Self.margin + capacity + padding, alignment: 64)
    __asan_poison_memory_region(storage, Self.margin)
  }

  var bytes: UnsafePointer<UInt8> { UnsafePointer((storage + Self.margin).assumingMemoryBound(to: UInt8.self)) }
  var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: storage + Self.margin, count: count) }

  /// Takes a copy; `junk` and blanks, or zeros where there is none, lie behind it.
  func set(_ text: UnsafeRawBufferPointer, junk: StaticString? = nil) {
    precondition(text.count <= capacity, "a longer input than the target asked for")
    let start = storage + Self.margin
    __asan_unpoison_memory_region(start, capacity + padding)
    if let base = text.baseAddress { start.copyMemory(from: base, byteCount: text.count) }
    let behind = (start + text.count).initializeMemory(as: UInt8.self, repeating: junk == nil ? 0 : 32, count: padding)
    if let junk {
      for i in 0..<min(junk.utf8CodeUnitCount, padding) { behind[i] = junk.utf8Start[i] }
    }
    count = text.count
    __asan_poison_memory_region(start + text.count + padding, capacity - text.count)
  }
}
