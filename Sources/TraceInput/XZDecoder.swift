import CLZMA

/// .xz (several streams, padding, several blocks: these in parallel where their headers tell their sizes) and the older .lzma,
/// through liblzma.
///
/// Where several threads meet damage, one thread reads the file again from its start if it can, and has the last word.
final class XZDecoder: StreamDecoder {
  enum Format { case xz, alone }
  private var stream = lzma_stream()
  private let options: InputOptions
  private let canRewind: Bool
  /// Several threads are to decode, or do so.
  private var isParallel: Bool
  private var blocks: XZBlockPipeline?
  /// Bytes given out, and how many of them are decoded again.
  private var given: Int64 = 0
  private var repeated: Int64 = 0
  private lazy var scratch = [UInt8](repeating: 0, count: 256 << 10)

  /// - Parameter canRewind: whether the input can be read twice.
  init(_ format: Format, path: String, canRewind: Bool, options: InputOptions) throws {
    self.options = options
    self.canRewind = canRewind
    isParallel = format == .xz && options.decoderThreads > 1
    guard !isParallel else { return }
    let status =
      format == .xz
      ? lzma_stream_decoder(&stream, options.memoryLimit, tracestat_lzma_concatenated)
      : lzma_alone_decoder(&stream, options.memoryLimit)
    guard status == LZMA_OK else { throw InputError(path: path, reason: "liblzma could not be initialised (\(status.rawValue))") }
  }

  deinit {
    blocks?.stop()
    lzma_end(&stream)
  }

  var decodesAhead: Bool { blocks.map { !$0.isDone } ?? false }

  func decode(
    _ input: CompressedBuffer, into buffer: UnsafeMutableRawBufferPointer
  ) throws -> (count: Int, outcome: DecodeOutcome) {
    if isParallel {
      let blocks = blocks ?? XZBlockPipeline(input, isReadAgain: canRewind, options)
      self.blocks = blocks
      let step = try blocks.read(into: buffer)
      if step.status == LZMA_STREAM_END { return (step.count, .end) }
      // What this step gave is decoded again, too.
      if step.status == LZMA_OK || !startOver(input, after: step.status) {
        given += Int64(step.count)
        guard step.status != LZMA_OK else { return (step.count, .more) }
        return (step.count, .damaged(reason(step.status, needed: step.neededMemory), at: step.offset))
      }
    }
    let (count, status) = try step(input, into: buffer)
    if status == LZMA_OK { return (count, .more) }
    if status == LZMA_STREAM_END { return (count, .end) }
    return (count, .damaged(reason(status, needed: lzma_memusage(&stream))))
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

  /// From here on one thread decodes, beginning with the file once more; false where the file's end is what is wrong, or it cannot
  /// be read again.
  private func startOver(_ input: CompressedBuffer, after status: lzma_ret) -> Bool {
    guard canRewind, status != LZMA_BUF_ERROR else { return false }
    blocks?.stop()
    guard lzma_stream_decoder(&stream, options.memoryLimit, tracestat_lzma_concatenated) == LZMA_OK, input.rewind(to: 0) else {
      return false
    }
    blocks = nil
    isParallel = false
    repeated = given
    return true
  }

  private func reason(_ status: lzma_ret, needed: UInt64) -> String {
    switch status {
    case LZMA_BUF_ERROR: "xz stream is truncated"
    case LZMA_MEMLIMIT_ERROR:
      "xz stream needs \(needed >> 20) MiB, more than --memory-limit \(options.memoryLimit >> 20)M"
    case LZMA_FORMAT_ERROR: "not an xz stream here"
    case LZMA_OPTIONS_ERROR: "xz stream uses options that this liblzma does not know"
    default: "xz stream is corrupt"
    }
  }
}
