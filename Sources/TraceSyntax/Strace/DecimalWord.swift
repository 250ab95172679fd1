/// Decimal digits eight at a time, in a word of the bytes in memory order, the first lowest.
enum DecimalWord {
  /// The top bit of every byte that is no digit.
  @inline(__always)
  private static func others(_ word: UInt64) -> UInt64 {
    let digits = word ^ 0x3030_3030_3030_3030
    return (((digits & 0x7f7f_7f7f_7f7f_7f7f) &+ 0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080
  }

  /// How many digits the word begins with.
  @inline(__always)
  static func leading(_ word: UInt64) -> Int { others(word).trailingZeroBitCount >> 3 }

  /// How many digits the word ends with.
  @inline(__always)
  static func trailing(_ word: UInt64) -> Int { others(word).leadingZeroBitCount >> 3 }

  /// The number of the first 1...8 bytes, which are digits.
  @inline(__always)
  static func first(_ count: Int, of word: UInt64) -> Int64 {
    number((word ^ 0x3030_3030_3030_3030) &<< UInt64(truncatingIfNeeded: 64 &- count &* 8))
  }

  /// The number of the last 1...8 bytes, which are digits.
  @inline(__always)
  static func last(_ count: Int, of word: UInt64) -> Int64 {
    let shift = UInt64(truncatingIfNeeded: 64 &- count &* 8)
    return number(((word ^ 0x3030_3030_3030_3030) &>> shift) &<< shift)
  }

  /// Eight bytes of 0...9 as a number: pairs, then fours, then all.
  @inline(__always)
  private static func number(_ digits: UInt64) -> Int64 {
    let pairs = ((digits &* 2561) &>> 8) & 0x00ff_00ff_00ff_00ff
    let fours = ((pairs &* 6_553_601) &>> 16) & 0x0000_ffff_0000_ffff
    return Int64(truncatingIfNeeded: (fours &* 42_949_672_960_001) &>> 32)
  }
}

extension UnsafePointer<UInt8> {
  /// The eight bytes here, the first lowest.
  @inline(__always)
  var word: UInt64 { UInt64(littleEndian: UnsafeRawPointer(self).loadUnaligned(as: UInt64.self)) }
  @inline(__always)
  var halfWord: UInt32 { UInt32(littleEndian: UnsafeRawPointer(self).loadUnaligned(as: UInt32.self)) }
  @inline(__always)
  var pair: UInt16 { UInt16(littleEndian: UnsafeRawPointer(self).loadUnaligned(as: UInt16.self)) }
}
