import Glibc

extension TextTable {
  /// The place of each text among all, by its number, in the order of their bytes.
  public func places() -> [Int32] { places(endings: [nil]) }

  /// The places of each text as the end of a line and with more behind a separator: among all of both, in the order of their bytes. Those of text `i`
  /// are at `2 * i` and `2 * i + 1`.
  public func places(endingOrBefore separator: UInt8) -> [Int32] { places(endings: [nil, separator]) }

  /// Those of text `i` are from `i * endings.count` on.
  private func places(endings: [UInt8?]) -> [Int32] {
    withUnsafeTexts { texts in
      var keys: [Key] = []
      keys.reserveCapacity(count * endings.count)
      for i in 0..<count {
        let text = texts(i)
        for (j, ending) in endings.enumerated() {
          keys.append(Key(first: Self.first(text, ending), number: Int32(truncatingIfNeeded: i * endings.count + j)))
        }
      }
      keys.sort { a, b in
        if a.first != b.first { return a.first < b.first }
        let (i, j) = (Int(a.number) / endings.count, Int(b.number) / endings.count)
        return Self.precedes(
          texts(i), endings[Int(a.number) - i * endings.count], texts(j), endings[Int(b.number) - j * endings.count])
      }
      var places = [Int32](repeating: 0, count: keys.count)
      for (place, key) in keys.enumerated() { places[Int(key.number)] = Int32(truncatingIfNeeded: place) }
      return places
    }
  }

  private struct Key {
    /// The first eight bytes, zeros behind a shorter text: most texts differ in them.
    var first: UInt64
    var number: Int32
  }

  private static func first(_ text: UnsafeBufferPointer<UInt8>, _ ending: UInt8?) -> UInt64 {
    var word: UInt64 = 0
    for i in 0..<8 {
      let byte = i < text.count ? text[i] : i == text.count ? ending ?? 0 : 0
      word = word << 8 | UInt64(byte)
    }
    return word
  }

  private static func precedes(
    _ a: UnsafeBufferPointer<UInt8>, _ end: UInt8?, _ b: UnsafeBufferPointer<UInt8>, _ otherEnd: UInt8?
  ) -> Bool {
    let common = min(a.count, b.count)
    if common > 0, let left = a.baseAddress, let right = b.baseAddress {
      let order = memcmp(left, right, common)
      if order != 0 { return order < 0 }
    }
    let next = a.count > common ? a[common] : end
    let otherNext = b.count > common ? b[common] : otherEnd
    guard let next, let otherNext else { return next == nil && otherNext != nil }
    // Behind an ending nothing is told, and a text that goes on is longer.
    return next == otherNext ? a.count < b.count : next < otherNext
  }
}
