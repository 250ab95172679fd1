import CLZMA

/// Makes .xz files that `xz` does not, and changes them with their checksums.
enum XZMaker {
  /// Blocks of so many bytes with their sizes in their headers, as `xz -T` makes them.
  static func blocks(
    _ bytes: [UInt8], blockSize: Int, check: lzma_check = LZMA_CHECK_CRC64, delta: Bool = false,
    _ change: (inout lzma_options_lzma) -> Void = { _ in }
  ) -> [UInt8] {
    var options = lzma_options_lzma()
    lzma_lzma_preset(&options, 1)
    change(&options)
    var distance = lzma_options_delta(
      type: LZMA_DELTA_TYPE_BYTE, dist: 1, reserved_int1: 0, reserved_int2: 0, reserved_int3: 0, reserved_int4: 0,
      reserved_ptr1: nil, reserved_ptr2: nil)
    var made = [UInt8](repeating: 0, count: bytes.count * 2 + 4096 + bytes.count / max(1, blockSize) * 256)
    withUnsafeMutableBytes(of: &options) { options in
      withUnsafeMutableBytes(of: &distance) { distance in
        var filters = [lzma_filter(id: 0x21, options: options.baseAddress), lzma_filter(id: .max, options: nil)]
        if delta { filters.insert(lzma_filter(id: 3, options: distance.baseAddress), at: 0) }
        filters.withUnsafeBufferPointer { filters in
          var parallel = lzma_mt()
          parallel.threads = 1
          parallel.block_size = UInt64(blockSize)
          parallel.filters = filters.baseAddress
          parallel.check = check
          var stream = lzma_stream()
          guard lzma_stream_encoder_mt(&stream, &parallel) == LZMA_OK else {
            made = []
            return
          }
          let room = made.count
          let left = bytes.withUnsafeBufferPointer { input in
            made.withUnsafeMutableBufferPointer { output in
              stream.next_in = input.baseAddress
              stream.avail_in = input.count
              stream.next_out = output.baseAddress
              stream.avail_out = output.count
              while lzma_code(&stream, LZMA_FINISH) == LZMA_OK {}
              return stream.avail_out
            }
          }
          made.removeLast(min(room, left))
          lzma_end(&stream)
        }
      }
    }
    return made
  }

  /// The file with the sizes changed that the header of its first block claims.
  static func claiming(_ packed: [UInt8], _ change: (inout lzma_block) -> Void) -> [UInt8] {
    var filters = [lzma_filter](repeating: lzma_filter(id: .max, options: nil), count: Int(LZMA_FILTERS_MAX) + 1)
    var block = lzma_block()
    block.version = 1
    block.check = LZMA_CHECK_CRC64
    block.header_size = (UInt32(packed[12]) + 1) * 4
    let headerEnd = 12 + Int(block.header_size)
    return filters.withUnsafeMutableBufferPointer { filters in
      block.filters = filters.baseAddress
      guard lzma_block_header_decode(&block, nil, Array(packed[12..<headerEnd])) == LZMA_OK else { return [] }
      change(&block)
      var header = [UInt8](repeating: 0, count: 1024)
      guard lzma_block_header_size(&block) == LZMA_OK, lzma_block_header_encode(&block, &header) == LZMA_OK else { return [] }
      lzma_filters_free(filters.baseAddress, nil)
      var claiming = Array(packed[..<12])
      claiming += header[..<Int(block.header_size)]
      claiming += packed[headerEnd...]
      return claiming
    }
  }

  /// The file with one bit of its index changed, and the checksum of that made anew.
  static func misindexed(_ packed: [UInt8]) -> [UInt8] {
    let footer = packed.count - 12
    var backward = 0
    for i in 0..<4 { backward |= Int(packed[footer + 4 + i]) << (8 * i) }
    let index = footer - (backward + 1) * 4
    var changed = packed
    // Behind its number of records: the first one's size as stored.
    changed[index + 2] ^= 1
    let crc = lzma_crc32(Array(changed[index..<(footer - 4)]), footer - 4 - index, 0)
    for i in 0..<4 { changed[footer - 4 + i] = UInt8(truncatingIfNeeded: crc >> (8 * UInt32(i))) }
    return changed
  }
}
