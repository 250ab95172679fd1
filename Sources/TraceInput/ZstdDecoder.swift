import CZstd

/// Zstandard (RFC 8878): several frames, skippable frames, long windows, through libzstd.
final class ZstdDecoder: StreamDecoder {
  private let context: OpaquePointer
  private var inFrame = false

  init(path: String, options: InputOptions) throws {
    guard let context = ZSTD_createDStream() else { throw InputError(path: path, reason: "libzstd could not be initialised") }
    self.context = context
    // 31 (2 GiB) is the format's largest window on 64-bit systems; the limit lowers it.
    var windowLog: Int32 = 31
    while windowLog > 10, UInt64(1) << UInt64(windowLog) > options.memoryLimit { windowLog -= 1 }
    ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, windowLog)
  }

  deinit { ZSTD_freeDStream(context) }

  func decode(
    _ input: CompressedBuffer, into buffer: UnsafeMutableRawBufferPointer
  ) throws -> (count: Int, outcome: DecodeOutcome) {
    var output = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
    while output.pos < output.size {
      let more = try input.refill()
      if !more, !inFrame { return (output.pos, .end) }
      let before = output.pos
      var source = ZSTD_inBuffer(src: input.pointer, size: input.available, pos: 0)
      let status = ZSTD_decompressStream(context, &output, &source)
      input.consume(source.pos)
      if ZSTD_isError(status) != 0 {
        let name = String(cString: ZSTD_getErrorName(status))
        let hint = name.contains("memory") ? "; raise --memory-limit" : ""
        return (output.pos, .damaged("zstd stream is corrupt or beyond the limits (\(name)\(hint))"))
      }
      inFrame = status != 0
      // Only now libzstd has given all that it held back while the buffer was full.
      if !more, inFrame, output.pos == before { return (output.pos, .damaged("zstd stream is truncated")) }
    }
    return (output.pos, .more)
  }
}
