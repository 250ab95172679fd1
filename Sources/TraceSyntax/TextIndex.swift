/// Numbers for texts, from 0 in the order they are met; a text met again is found without an allocation.
///
/// Invariant: `slots` holds a power of two of numbers or -1, at most half of them numbers; `ends[n]` is where text `n` ends in `bytes`.
public struct TextIndex {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []
  private var slots = [Int32](repeating: -1, count: 64)
  private let limit: Int

  /// - Parameter limit: bytes that all texts together may take.
  public init(limit: Int) { self.limit = limit }

  public var count: Int { ends.count }

  /// The number of a text; nil where it is new and there is no room for it.
  public mutating func number(of text: UnsafeRawBufferPointer) -> Int32? {
    var place = slot(text)
    while slots[place] >= 0 {
      if equals(text, Int(slots[place])) { return slots[place] }
      place = (place + 1) & (slots.count - 1)
    }
    guard bytes.count + text.count <= limit else { return nil }
    let number = Int32(ends.count)
    bytes.append(contentsOf: text)
    ends.append(bytes.count)
    slots[place] = number
    if ends.count * 2 > slots.count { grow() }
    return number
  }

  /// The text of a number.
  public func withText<T>(_ number: Int32, _ body: (UnsafeRawBufferPointer) -> T) -> T {
    bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range(Int(number))])) }
  }

  private func range(_ number: Int) -> Range<Int> { (number == 0 ? 0 : ends[number - 1])..<ends[number] }

  private func equals(_ text: UnsafeRawBufferPointer, _ number: Int) -> Bool {
    let range = range(number)
    guard range.count == text.count else { return false }
    return bytes.withUnsafeBytes { $0[range].elementsEqual(text) }
  }

  /// Where a search begins. The standard library's hash: a log cannot know its seed and make texts that collide.
  private func slot(_ text: UnsafeRawBufferPointer) -> Int {
    var hasher = Hasher()
    hasher.combine(bytes: text)
    return hasher.finalize() & (slots.count - 1)
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 2)
    for number in ends.indices {
      var place = withText(Int32(number)) { slot($0) }
      while slots[place] >= 0 { place = (place + 1) & (slots.count - 1) }
      slots[place] = Int32(number)
    }
  }
}
