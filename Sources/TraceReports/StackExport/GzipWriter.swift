import CZlib

/// Writes to a sink what is given to it, as one gzip member without name and time: the same bytes give the same file.
final class GzipWriter {
  private let sink: OutputSink
  private var stream = z_stream()
  private var isOpen: Bool
  private var output = [UInt8](repeating: 0, count: 64 << 10)

  init(_ sink: OutputSink) {
    self.sink = sink
    // 16 more than the window's 15 bits: a header of gzip.
    let status = deflateInit2_(
      &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)
    )
    isOpen = status == Z_OK
  }

  deinit { if isOpen { deflateEnd(&stream) } }

  func write(_ bytes: [UInt8]) throws(OutputError) { try deflate(bytes, Z_NO_FLUSH) }

  func finish() throws(OutputError) {
    try deflate([], Z_FINISH)
    try sink.flush()
  }

  private func deflate(_ bytes: [UInt8], _ flush: Int32) throws(OutputError) {
    guard isOpen else { throw .failed(path: sink.path, reason: "zlib has no memory") }
    var rest = bytes[...]
    repeat {
      var part = Array(rest.prefix(1 << 24))
      rest = rest.dropFirst(part.count)
      let isLast = rest.isEmpty
      var packed: [UInt8] = []
      part.withUnsafeMutableBufferPointer { input in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        repeat {
          output.withUnsafeMutableBufferPointer {
            stream.next_out = $0.baseAddress
            stream.avail_out = UInt32($0.count)
            _ = CZlib.deflate(&stream, isLast ? flush : Z_NO_FLUSH)
          }
          packed += output[..<(output.count - Int(stream.avail_out))]
        } while stream.avail_out == 0
      }
      try sink.write(packed)
    } while !rest.isEmpty
  }
}
