/// The lines of a text, without their newlines; nothing is copied.
struct TextLines: Sequence, IteratorProtocol {
  private let text: UnsafeRawBufferPointer
  private var start = 0

  init(_ text: UnsafeRawBufferPointer) { self.text = text }

  mutating func next() -> UnsafeRawBufferPointer? {
    guard start < text.count else { return nil }
    let end = text[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
    defer { start = end + 1 }
    return UnsafeRawBufferPointer(rebasing: text[start..<end])
  }
}
