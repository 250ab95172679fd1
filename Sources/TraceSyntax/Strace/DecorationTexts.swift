import Glibc

/// A number for the text of a `<...>` decoration, by which it is told from another without being read.
public enum Decoration {
  /// The mark of the decoration whose text this is, without its brackets: what ``LineEvent/decoration`` is on a line that prints it.
  public static func mark(_ text: UnsafeRawBufferPointer) -> UInt32 {
    var printed: [UInt8] = [UInt8(ascii: "<")]
    printed += text
    printed.append(UInt8(ascii: ">"))
    return printed.withUnsafeBytes { fingerprint($0) }
  }

  /// Of what is printed, brackets included. Never 0. Different texts share it once in four thousand million.
  public static func fingerprint(_ text: UnsafeRawBufferPointer) -> UInt32 {
    var hash = UInt64(truncatingIfNeeded: text.count) &+ 1
    var i = 0
    while i + 8 <= text.count {
      hash = (hash ^ text.loadUnaligned(fromByteOffset: i, as: UInt64.self)) &* 0x9e37_79b9_7f4a_7c15
      hash ^= hash >> 32
      i += 8
    }
    while i < text.count {
      hash = (hash ^ UInt64(text[i])) &* 0x100_0000_01b3
      i += 1
    }
    // Every byte reaches the upper half of a product, not the lower.
    return max(1, UInt32(truncatingIfNeeded: (hash &* 0x9e37_79b9_7f4a_7c15) >> 32))
  }
}

/// The decorations seen last, by task and descriptor: with `-y` every line has one, and it is that of the descriptor's line before. A hit is
/// verified byte for byte, so forgetting one costs time only.
struct DecorationTexts {
  private static let slotBits: UInt64 = 9
  private static let longest = 120

  /// Invariant: `count` is 0 (empty) or the text from its bracket to its bracket is the first `count` bytes of the slot's part of `texts`.
  private struct Slot {
    var count: UInt32 = 0
    var fingerprint: UInt32 = 0
  }

  private let slots: UnsafeMutablePointer<Slot>
  private let texts: UnsafeMutablePointer<UInt8>

  init() {
    slots = .allocate(capacity: 1 << Int(Self.slotBits))
    slots.initialize(repeating: Slot(), count: 1 << Int(Self.slotBits))
    // Written where it is used: a log without decorations leaves it untouched.
    texts = .allocate(capacity: (1 << Int(Self.slotBits)) * Self.longest)
  }

  func deallocate() {
    slots.deallocate()
    texts.deallocate()
  }

  /// The fingerprint of the decoration that opens at `open`; 0 where it does not end before `end`.
  @inline(__always)
  func fingerprint(_ open: Pointer, _ end: Pointer, tid: Int32, descriptor: Int32) -> UInt32 {
    let key = UInt64(UInt32(bitPattern: tid)) &<< 32 | UInt64(UInt32(bitPattern: descriptor))
    let index = Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) &>> (64 - Self.slotBits))
    let slot = slots[index]
    let count = Int(slot.count)
    // `(deleted)` may follow.
    if count > 0, end - open > count, memcmp(open, texts + index * Self.longest, count) == 0, open[count] != UInt8(ascii: "(") {
      return slot.fingerprint
    }
    return learn(open, end, index)
  }

  @inline(never)
  private func learn(_ open: Pointer, _ end: Pointer, _ index: Int) -> UInt32 {
    guard let after = StraceLineParser.afterDecoration(open, end) else { return 0 }
    let fingerprint = Decoration.fingerprint(UnsafeRawBufferPointer(start: open, count: after - open))
    // A text with `(deleted)` behind it is read anew each time.
    if after - open <= Self.longest, after[-1] == UInt8(ascii: ">") {
      slots[index] = Slot(count: UInt32(after - open), fingerprint: fingerprint)
      (texts + index * Self.longest).update(from: open, count: after - open)
    }
    return fingerprint
  }
}
