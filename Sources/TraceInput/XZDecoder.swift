import CLZMA

/// .xz (several streams, padding, several blocks: these in parallel) and the older .lzma, through liblzma.
final class XZDecoder: StreamDecoder {
  enum Format { case xz, alone }
  private var stream = lzma_stream()
  private let memoryLimit: UInt64

  init(_ format: Format, path: String, options: InputOptions) throws {
    memoryLimit = options.memoryLimit
    let status: lzma_ret
    switch format {
    case .xz:
      var parallel = lzma_mt()
      parallel.flags = tracestat_lzma_concatenated
      parallel.threads = UInt32(clamping: max(1, options.decoderThreads))
      // Beyond this the decoder goes on with one thread; beyond the limit it stops.
      parallel.memlimit_threading = min(options.memoryLimit, 256 << 20)
      parallel.memlimit_stop = options.memoryLimit
      status = lzma_stream_decoder_mt(&stream, &parallel)
    case .alone:
      status = lzma_alone_decoder(&stream, options.memoryLimit)
    }
    guard status == LZMA_OK else { throw InputError(path: path, reason: "liblzma could not be initialised (\(status.rawValue))") }
  }

  deinit { lzma_end(&stream) }

  func decode(
    _ input: CompressedBuffer, into buffer: UnsafeMutableRawBufferPointer
  ) throws -> (count: Int, outcome: DecodeOutcome) {
    stream.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.avail_out = buffer.count
    var outcome = DecodeOutcome.more
    decoding: while stream.avail_out > 0 {
      let more = try input.refill()
      stream.next_in = UnsafePointer(input.pointer)
      stream.avail_in = input.available
      let status = lzma_code(&stream, more ? LZMA_RUN : LZMA_FINISH)
      input.consume(input.available - stream.avail_in)
      switch status {
      case LZMA_OK: break
      case LZMA_STREAM_END:
        outcome = .end
        break decoding
      case LZMA_BUF_ERROR where !more:
        outcome = .damaged("xz stream is truncated")
        break decoding
      case LZMA_BUF_ERROR: break
      case LZMA_MEMLIMIT_ERROR:
        outcome = .damaged("xz stream needs \(lzma_memusage(&stream) >> 20) MiB, more than --memory-limit \(memoryLimit >> 20)M")
        break decoding
      case LZMA_FORMAT_ERROR:
        outcome = .damaged("not an xz stream here")
        break decoding
      case LZMA_OPTIONS_ERROR:
        outcome = .damaged("xz stream uses options that this liblzma does not know")
        break decoding
      default:
        outcome = .damaged("xz stream is corrupt")
        break decoding
      }
    }
    return (buffer.count - stream.avail_out, outcome)
  }
}
