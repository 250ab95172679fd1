#if canImport(CISAL)
  import CISAL

  /// Intel's ISA-L, several times as fast as zlib.
  final class ISALInflater: Inflater {
    private let state = UnsafeMutablePointer<inflate_state>.allocate(capacity: 1)

    init() {
      // It has no memory of its own, and its init leaves some as it is.
      UnsafeMutableRawPointer(state).initializeMemory(as: UInt8.self, repeating: 0, count: MemoryLayout<inflate_state>.size)
      isal_inflate_init(state)
      state.pointee.crc_flag = UInt32(ISAL_GZIP)
    }

    deinit { state.deallocate() }

    func begin() { isal_inflate_reset(state) }

    func inflate(
      _ input: CompressedBuffer, into buffer: UnsafeMutableRawBufferPointer
    ) -> (count: Int, outcome: InflateOutcome) {
      state.pointee.next_in = input.pointer
      state.pointee.avail_in = UInt32(clamping: input.available)
      state.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
      state.pointee.avail_out = UInt32(clamping: buffer.count)
      let (availableIn, availableOut) = (state.pointee.avail_in, state.pointee.avail_out)
      let status = isal_inflate(state)
      // What it refuses, it may count as more than there is, in and out.
      guard status >= 0, state.pointee.avail_in <= availableIn, state.pointee.avail_out <= availableOut else {
        return (0, .refused("ISA-L error \(status)"))
      }
      input.consume(Int(availableIn - state.pointee.avail_in))
      let count = Int(availableOut - state.pointee.avail_out)
      return (count, state.pointee.block_state == ISAL_BLOCK_FINISH ? .endOfMember : .more)
    }
  }
#endif
