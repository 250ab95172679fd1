import CLZMA

/// .xz (several streams, padding, several blocks: these in parallel where their headers tell their sizes) and the older .lzma,
/// through liblzma.
///
/// Several threads read ahead, so that where they meet damage they cannot tell its place: one thread reads such a file again from
/// its start then, and has the last word.
final class XZDecoder: StreamDecoder {
  enum Format { case xz, alone }
  private var stream = lzma_stream()
  private let memoryLimit: UInt64
  private let canRewind: Bool
  private var isThreaded = false
  /// Bytes given out, and how many of them are decoded again.
  private var given: Int64 = 0
  private var repeated: Int64 = 0
  private lazy var scratch = [UInt8](repeating: 0, count: 256 << 10)

  /// - Parameter canRewind: whether the input can be read twice.
  init(_ format: Format, path: String, canRewind: Bool, options: InputOptions) throws {
    memoryLimit = options.memoryLimit
    self.canRewind = canRewind
    let status: lzma_ret
    switch format {
    case .xz where options.decoderThreads > 1:
      isThreaded = true
      var parallel = lzma_mt()
      // All that was decoded before damage comes first: not LZMA_FAIL_FAST, and no timeout.
      parallel.flags = tracestat_lzma_concatenated
      parallel.threads = UInt32(clamping: options.decoderThreads)
      // Threads hold whole blocks. Beyond this there are fewer of them, down to one; beyond the limit it stops.
      parallel.memlimit_threading = min(options.memoryLimit, options.threadMemory)
      parallel.memlimit_stop = options.memoryLimit
      status = lzma_stream_decoder_mt(&stream, &parallel)
    case .xz: status = lzma_stream_decoder(&stream, memoryLimit, tracestat_lzma_concatenated)
    case .alone: status = lzma_alone_decoder(&stream, memoryLimit)
    }
    guard status == LZMA_OK else { throw InputError(path: path, reason: "liblzma could not be initialised (\(status.rawValue))") }
  }

  deinit { lzma_end(&stream) }

  func decode(
    _ input: CompressedBuffer, into buffer: UnsafeMutableRawBufferPointer
  ) throws -> (count: Int, outcome: DecodeOutcome) {
    while true {
      let (count, status) = try step(input, into: buffer)
      given += Int64(count)
      if status == LZMA_OK { return (count, .more) }
      if status == LZMA_STREAM_END { return (count, .end) }
      guard startOver(input, after: status) else { return (count, .damaged(reason(status))) }
      if count > 0 { return (count, .more) }
    }
  }

  /// Fills the buffer as far as possible; all but OK is an end.
  private func step(
    _ input: CompressedBuffer, into buffer: UnsafeMutableRawBufferPointer
  ) throws -> (count: Int, status: lzma_ret) {
    while repeated > 0 {
      let wanted = Int(min(repeated, Int64(scratch.count)))
      var status = LZMA_OK
      let count = try scratch.withUnsafeMutableBytes { bytes in
        let (count, ended) = try run(input, into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<wanted]))
        status = ended
        return count
      }
      repeated -= Int64(count)
      if status != LZMA_OK { return (0, status) }
    }
    return try run(input, into: buffer)
  }

  private func run(
    _ input: CompressedBuffer, into buffer: UnsafeMutableRawBufferPointer
  ) throws -> (count: Int, status: lzma_ret) {
    stream.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.avail_out = buffer.count
    var status = LZMA_OK
    while stream.avail_out > 0, status == LZMA_OK {
      let more = try input.refill()
      stream.next_in = UnsafePointer(input.pointer)
      stream.avail_in = input.available
      status = lzma_code(&stream, more ? LZMA_RUN : LZMA_FINISH)
      input.consume(input.available - stream.avail_in)
      // Without progress once is no error while there is input.
      if status == LZMA_BUF_ERROR, more { status = LZMA_OK }
    }
    return (buffer.count - stream.avail_out, status)
  }

  /// From here on one thread decodes, beginning with the file once more; false where it did already, or the place is right.
  private func startOver(_ input: CompressedBuffer, after status: lzma_ret) -> Bool {
    // The end of the file is where it is, and what follows a stream is read by the first thread, after all blocks.
    guard isThreaded, canRewind, status != LZMA_BUF_ERROR, status != LZMA_FORMAT_ERROR else { return false }
    // A stream that has ended in an error can be initialised anew, and is left as it is where that fails.
    guard lzma_stream_decoder(&stream, memoryLimit, tracestat_lzma_concatenated) == LZMA_OK, input.rewind(to: 0) else {
      return false
    }
    isThreaded = false
    repeated = given
    return true
  }

  private func reason(_ status: lzma_ret) -> String {
    switch status {
    case LZMA_BUF_ERROR: "xz stream is truncated"
    case LZMA_MEMLIMIT_ERROR:
      "xz stream needs \(lzma_memusage(&stream) >> 20) MiB, more than --memory-limit \(memoryLimit >> 20)M"
    case LZMA_FORMAT_ERROR: "not an xz stream here"
    case LZMA_OPTIONS_ERROR: "xz stream uses options that this liblzma does not know"
    default: "xz stream is corrupt"
    }
  }
}
