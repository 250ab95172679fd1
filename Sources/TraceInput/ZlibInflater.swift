import CZlib

/// zlib: everywhere, and what its words for damage are, ours are.
final class ZlibInflater: Inflater {
  private var stream = z_stream()

  init() {
    // 15 + 16: any window size, gzip header.
    let status = inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib could not be initialised")
  }

  deinit { inflateEnd(&stream) }

  func begin() { inflateReset(&stream) }

  func inflate(
    _ input: CompressedBuffer, into buffer: UnsafeMutableRawBufferPointer
  ) -> (count: Int, outcome: InflateOutcome) {
    stream.next_in = input.pointer
    stream.avail_in = UInt32(clamping: input.available)
    stream.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.avail_out = UInt32(clamping: buffer.count)
    let (availableIn, availableOut) = (stream.avail_in, stream.avail_out)
    let status = CZlib.inflate(&stream, Z_NO_FLUSH)
    input.consume(Int(availableIn - stream.avail_in))
    let count = Int(availableOut - stream.avail_out)
    switch status {
    case Z_OK, Z_BUF_ERROR: return (count, .more)
    case Z_STREAM_END: return (count, .endOfMember)
    default: return (count, .refused(stream.msg.map { String(cString: $0) } ?? "zlib error \(status)"))
    }
  }
}
