import CTraceScan

/// The lines of a chunk that are looked at one by one: with the ends of each, without its newline. The last may lack one.
enum ChunkLines {
  /// 66 readable bytes follow the last line.
  @inline(__always)
  static func forEach(_ bytes: Pointer, count: Int, _ body: (_ start: Pointer, _ end: Pointer) -> Void) {
    let end = bytes + count
    var lineStart = bytes
    var block = bytes
    while block < end {
      var mask = trace_newline_mask(block)
      if end - block < 64 { mask &= (1 << UInt64(end - block)) - 1 }
      while mask != 0 {
        let lineEnd = block + mask.trailingZeroBitCount
        mask &= mask &- 1
        body(lineStart, lineEnd)
        lineStart = lineEnd + 1
      }
      block += 64
    }
    if lineStart < end { body(lineStart, end) }
  }
}
