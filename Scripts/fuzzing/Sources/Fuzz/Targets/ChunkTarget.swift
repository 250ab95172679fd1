import Glibc
import Tracestat

/// Lines cut into chunks: joined they are the bytes that came in, but for the tails of over-long lines, which are counted.
enum ChunkTarget {
  static func run(_ input: UnsafeRawBufferPointer) {
    guard input.count > 2 else { return }
    let text = UnsafeRawBufferPointer(rebasing: input.dropFirst(2))
    let reader = LineChunkReader(MemorySource(text, step: 1 + Int(input[0])), longestLine: 1024)
    let chunk = LineChunk(capacity: 1 + Int(input[1]) * 8)
    var position = 0
    while reader.next(into: chunk) {
      demand(chunk.count > 0, "no empty chunk")
      let isEnd = position + chunk.count + Int(chunk.skippedBytes) >= text.count
      demand(isEnd || chunk.bytes[chunk.count - 1] == 10 || chunk.skippedBytes > 0, "whole lines")
      if chunk.skippedBytes == 0 {
        demand(position + chunk.count <= text.count, "no more than came in")
        demand(memcmp(chunk.bytes, text.baseAddress! + position, chunk.count) == 0, "the bytes that came in")
      }
      for i in 0..<StraceChunkParser.padding { demand(chunk.bytes[chunk.count + i] == 0, "zeros behind a chunk") }
      position += chunk.count + Int(chunk.skippedBytes)
    }
    demand(
      position == text.count && reader.bytesRead == text.count && reader.damages.isEmpty,
      "every byte: \(position) of \(text.count)")
  }
}
