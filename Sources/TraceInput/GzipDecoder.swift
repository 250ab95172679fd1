import CZlib

/// gzip, concatenated members included (RFC 1952), through zlib.
final class GzipDecoder: StreamDecoder {
  private var stream = z_stream()
  private var inMember = false
  private var members = 0

  init() {
    // 15 + 16: any window size, gzip header.
    let status = inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib could not be initialised")
  }

  deinit { inflateEnd(&stream) }

  func decode(
    _ input: CompressedBuffer, into buffer: UnsafeMutableRawBufferPointer
  ) throws -> (count: Int, outcome: DecodeOutcome) {
    stream.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.avail_out = UInt32(clamping: buffer.count)
    var outcome = DecodeOutcome.more
    while stream.avail_out > 0 {
      let more = try input.refill()
      if !inMember {
        guard more else {
          outcome = .end
          break
        }
        // Zero padding between or after members is legal (tapes, block devices).
        if members > 0, input.pointer.pointee == 0 {
          input.consume(1)
          continue
        }
        guard members == 0 || input.pointer.pointee == 0x1f else {
          outcome = .trailingJunk("data after the last gzip member ignored")
          break
        }
        inflateReset(&stream)
        inMember = true
        members += 1
      }
      stream.next_in = input.pointer
      stream.avail_in = UInt32(clamping: input.available)
      let before = stream.avail_in
      let status = inflate(&stream, Z_NO_FLUSH)
      input.consume(Int(before - stream.avail_in))
      if status == Z_STREAM_END {
        inMember = false
      } else if status == Z_BUF_ERROR, !more {
        // Only now zlib has given all that it held back while the buffer was full.
        outcome = .damaged("gzip stream is truncated")
        break
      } else if status != Z_OK, status != Z_BUF_ERROR {
        let message = stream.msg.map { String(cString: $0) } ?? "zlib error \(status)"
        outcome = .damaged("gzip stream is corrupt (\(message))")
        break
      }
    }
    return (buffer.count - Int(stream.avail_out), outcome)
  }
}
