import CLZMA

#if canImport(CISAL)
  import CISAL
#endif

/// The check of a block, computed as the block is decoded, by ISA-L: liblzma takes 8 times as long for CRC64 and 35 times as long for
/// CRC32. Other checks, and all where there is no ISA-L, are left to liblzma.
struct XZCheck {
  private var kind = LZMA_CHECK_NONE
  private var crc: UInt64 = 0

  /// Whether ISA-L computes it.
  static func isKnown(_ kind: lzma_check) -> Bool {
    #if canImport(CISAL)
      kind == LZMA_CHECK_CRC32 || kind == LZMA_CHECK_CRC64
    #else
      false
    #endif
  }

  /// Begins anew; a check that is not known is taken to be right.
  mutating func begin(_ kind: lzma_check) {
    self.kind = Self.isKnown(kind) ? kind : LZMA_CHECK_NONE
    crc = 0
  }

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    #if canImport(CISAL)
      guard let base = bytes.bindMemory(to: UInt8.self).baseAddress else { return }
      switch kind {
      case LZMA_CHECK_CRC32: crc = UInt64(crc32_gzip_refl(UInt32(truncatingIfNeeded: crc), base, UInt64(bytes.count)))
      case LZMA_CHECK_CRC64: crc = crc64_ecma_refl(crc, base, UInt64(bytes.count))
      default: break
      }
    #endif
  }

  /// Whether the check stored behind the block, little-endian, is that of its bytes.
  func isRight(_ stored: UnsafeRawBufferPointer) -> Bool {
    switch kind {
    case LZMA_CHECK_CRC32: stored.loadUnaligned(as: UInt32.self).littleEndian == UInt32(truncatingIfNeeded: crc)
    case LZMA_CHECK_CRC64: stored.loadUnaligned(as: UInt64.self).littleEndian == crc
    default: true
    }
  }
}
