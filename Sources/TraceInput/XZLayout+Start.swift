import CLZMA

extension XZLayout {
  /// Whether a file begins with a block after which there are others, as far as sizes tell, and several threads may decode them.
  static func isOfManyBlocks(_ file: FileSource, _ options: InputOptions) throws -> Bool {
    let streamHeader = Int(LZMA_STREAM_HEADER_SIZE)
    guard options.decoderThreads > 1, let size = file.size else { return false }
    let start = try file.peek(streamHeader + Int(LZMA_BLOCK_HEADER_SIZE_MAX))
    var flags = lzma_stream_flags()
    guard start.count > streamHeader, lzma_stream_header_decode(&flags, start) == LZMA_OK else { return false }
    let end = streamHeader + (Int(start[streamHeader]) + 1) * 4
    let block = XZBlock()
    guard start[streamHeader] > 0, end <= start.count,
      block.decodeHeader(Array(start[streamHeader..<end]), check: flags.check) == LZMA_OK, let stored = block.storedSize
    else { return false }
    return stored < UInt64(clamping: size) / 2 && block.memory <= min(options.memoryLimit, options.threadMemory) / 2
  }
}
