import CLZMA

/// What lies around the blocks of an .xz file: headers and footers of streams, indexes, padding. Says what liblzma's own decoder
/// would say of it.
final class XZLayout {
  private let input: CompressedBuffer
  /// Of the stream at hand.
  private var flags = lzma_stream_flags()
  /// Sizes of its blocks, which its index repeats.
  private var sizes: OpaquePointer?
  private var isInStream = false
  private var isFirst = true

  init(_ input: CompressedBuffer) { self.input = input }

  deinit { lzma_index_hash_end(sizes, nil) }

  /// Goes on to the next block and reads its header: OK; `LZMA_STREAM_END` at the end of the file, anything else is damage.
  func next(_ block: XZBlock) throws -> lzma_ret {
    while true {
      if !isInStream {
        let status = try beginStream()
        guard status == LZMA_OK else { return status }
      }
      guard try input.refill() else { return LZMA_BUF_ERROR }
      let first = input.pointer.pointee
      if first != 0 {
        guard let bytes = try gather((Int(first) + 1) * 4) else { return LZMA_BUF_ERROR }
        return block.decodeHeader(bytes, check: flags.check)
      }
      let status = try endStream()
      guard status == LZMA_OK else { return status }
    }
  }

  /// Notes the sizes of a block, from its header or once it is decoded.
  func note(_ block: XZBlock) -> lzma_ret {
    lzma_index_hash_append(sizes, lzma_block_unpadded_size(block.header), block.header.pointee.uncompressed_size)
  }

  private func beginStream() throws -> lzma_ret {
    if !isFirst {
      var padding = 0
      while try input.refill(), input.pointer.pointee == 0 {
        input.consume(1)
        padding += 1
      }
      let hasMore = try input.refill()
      guard padding % 4 == 0 else {
        // The byte that is wrong here was read.
        if hasMore { input.consume(1) }
        return LZMA_DATA_ERROR
      }
      guard hasMore else { return LZMA_STREAM_END }
    }
    guard let bytes = try gather(Int(LZMA_STREAM_HEADER_SIZE)) else { return LZMA_BUF_ERROR }
    let status = lzma_stream_header_decode(&flags, bytes)
    guard status == LZMA_OK else { return ofLaterStream(status) }
    sizes = lzma_index_hash_init(sizes, nil)
    isInStream = true
    return sizes == nil ? LZMA_MEM_ERROR : LZMA_OK
  }

  private func ofLaterStream(_ status: lzma_ret) -> lzma_ret {
    status == LZMA_FORMAT_ERROR && !isFirst ? LZMA_DATA_ERROR : status
  }

  private func endStream() throws -> lzma_ret {
    var status = LZMA_OK
    while status == LZMA_OK {
      guard try input.refill() else { return LZMA_BUF_ERROR }
      var position = 0
      status = lzma_index_hash_decode(sizes, input.pointer, &position, input.available)
      input.consume(position)
    }
    guard status == LZMA_STREAM_END else { return status }
    guard let bytes = try gather(Int(LZMA_STREAM_HEADER_SIZE)) else { return LZMA_BUF_ERROR }
    var footer = lzma_stream_flags()
    status = lzma_stream_footer_decode(&footer, bytes)
    guard status == LZMA_OK else { return status == LZMA_FORMAT_ERROR ? LZMA_DATA_ERROR : status }
    guard lzma_index_hash_size(sizes) == footer.backward_size else { return LZMA_DATA_ERROR }
    isInStream = false
    isFirst = false
    return lzma_stream_flags_compare(&flags, &footer)
  }

  /// The next bytes, at most 1024 of them; nil where the file ends before.
  private func gather(_ count: Int) throws -> [UInt8]? {
    try input.gather(count)
    let bytes = Array(UnsafeBufferPointer(start: input.pointer, count: min(count, input.available)))
    input.consume(bytes.count)
    return bytes.count == count ? bytes : nil
  }
}
