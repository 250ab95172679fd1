import CTraceScan
import Glibc

/// Byte strings -> small numbers, each string kept once: a hash table with open addressing over one run of bytes.
///
/// Numbers count from 0 in the order of first sight. Texts are cut at 16 KiB. Memory follows the distinct texts.
public struct TextTable: Sendable {
  private var bytes: [UInt8] = []
  /// Where text `i` ends in `bytes`; it begins where the one before ends.
  private var ends: [Int] = []
  private var hashes: [UInt64] = []
  /// The number + 1 of a text in the lower half, the upper half of its hash in the upper one, so that other texts are seldom looked at; 0 for a
  /// free slot. Invariant: a power of two, at most half of it used.
  private var slots: [UInt64] = Array(repeating: 0, count: 64)

  static var longest: Int { 1 << 14 }

  public init() {}

  public var count: Int { ends.count }

  /// The text of a number given out; empty for any other.
  public func text(_ number: Int32) -> ArraySlice<UInt8> {
    guard ends.indices.contains(Int(number)) else { return [] }
    return bytes[start(Int(number))..<ends[Int(number)]]
  }

  /// Adds the text of a number given out to others.
  public func append(_ number: Int32, to texts: inout [UInt8]) {
    guard ends.indices.contains(Int(number)) else { return }
    bytes.withUnsafeBufferPointer {
      texts.append(contentsOf: UnsafeBufferPointer(rebasing: $0[start(Int(number))..<ends[Int(number)]]))
    }
  }

  /// Calls `body` with what gives the texts of numbers given out, as long as it runs.
  func withUnsafeTexts<Result>(_ body: ((Int) -> UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    bytes.withUnsafeBufferPointer { bytes in
      ends.withUnsafeBufferPointer { ends in
        body { i in
          let start = i == 0 ? 0 : ends[i - 1]
          return UnsafeBufferPointer(rebasing: bytes[start..<ends[i]])
        }
      }
    }
  }

  private func start(_ i: Int) -> Int { i == 0 ? 0 : ends[i - 1] }

  /// Of the bytes, as the table hashes them. May read up to seven bytes past them.
  @inline(__always)
  static func hash(_ text: Pointer, _ count: Int, seed: UInt64 = 0x9e37_79b9_7f4a_7c15) -> UInt64 {
    var hash = seed ^ UInt64(truncatingIfNeeded: count)
    var p = text
    var left = count
    while left >= 8 {
      hash = mix(hash ^ trace_load8(p))
      p += 8
      left -= 8
    }
    if left > 0 { hash = mix(hash ^ (trace_load8(p) & ((1 << (UInt64(left) * 8)) - 1))) }
    return hash
  }

  @inline(__always)
  private static func mix(_ word: UInt64) -> UInt64 {
    let product = word.multipliedFullWidth(by: 0xd6e8_feb8_6659_fd93)
    return product.high ^ product.low
  }

  /// The number of a text whose seven following bytes may be read, and whether it is new.
  @inline(__always)
  public mutating func number(_ text: UnsafePointer<UInt8>, _ wholeCount: Int) -> (number: Int32, isNew: Bool) {
    let count = min(wholeCount, Self.longest)
    let hash = Self.hash(text, count)
    let (found, slot) = find(text, count, hash)
    return found >= 0 ? (found, false) : (add(text, count, hash, slot), true)
  }

  /// The number of a text whose seven following bytes may be read; nil where it is not there.
  @inline(__always)
  func number(ofKnown text: Pointer, _ count: Int) -> Int32? {
    let found = find(text, count, Self.hash(text, count)).number
    return found >= 0 ? found : nil
  }

  /// The number, or -1 and the slot for it.
  @inline(__always)
  private func find(_ text: Pointer, _ count: Int, _ hash: UInt64) -> (number: Int32, slot: Int) {
    let mask = slots.count &- 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while true {
      let word = slots[slot]
      if word == 0 { return (-1, slot) }
      if (word ^ hash) >> 32 == 0 {
        let known = Int(truncatingIfNeeded: word & 0xffff_ffff) &- 1
        if isEqual(known, text, count) { return (Int32(truncatingIfNeeded: known), slot) }
      }
      slot = (slot &+ 1) & mask
    }
  }

  @inline(__always)
  private func isEqual(_ known: Int, _ text: Pointer, _ count: Int) -> Bool {
    let first = start(known)
    guard ends[known] - first == count else { return false }
    return bytes.withUnsafeBufferPointer { all in
      guard let base = all.baseAddress else { return true }
      return memcmp(base + first, text, count) == 0
    }
  }

  private mutating func add(_ text: Pointer, _ count: Int, _ hash: UInt64, _ slot: Int) -> Int32 {
    bytes.append(contentsOf: UnsafeBufferPointer(start: text, count: count))
    ends.append(bytes.count)
    hashes.append(hash)
    slots[slot] = (hash >> 32) << 32 | UInt64(ends.count)
    if ends.count * 2 > slots.count { grow() }
    return Int32(ends.count - 1)
  }

  private mutating func grow() {
    var bigger = [UInt64](repeating: 0, count: slots.count * 2)
    let mask = bigger.count - 1
    for (i, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & mask
      while bigger[slot] != 0 { slot = (slot + 1) & mask }
      bigger[slot] = (hash >> 32) << 32 | UInt64(i + 1)
    }
    slots = bigger
  }
}
