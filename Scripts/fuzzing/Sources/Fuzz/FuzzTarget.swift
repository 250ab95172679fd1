/// One thing to fuzz: a function over arbitrary bytes that ends the process where a promise is broken.
struct FuzzTarget {
  let name: String
  /// Longer inputs show nothing new and cost time.
  let longest: Int
  /// Whether inputs are lists of lines, which the mutator then keeps whole.
  var hasLines = false
  let run: (UnsafeRawBufferPointer) -> Void

  /// Set once before the first run.
  nonisolated(unsafe) static var current = all[0]

  nonisolated(unsafe) static let all: [FuzzTarget] = [
    FuzzTarget(name: "line", longest: 512, hasLines: true, run: LineTarget.run),
    FuzzTarget(name: "log", longest: 4096, hasLines: true, run: LogTarget.run),
    FuzzTarget(name: "arguments", longest: 256, run: ArgumentTarget.run),
    FuzzTarget(name: "gzip", longest: 4096, run: DecoderTarget.gzip),
    FuzzTarget(name: "xz", longest: 4096, run: DecoderTarget.xz),
    FuzzTarget(name: "lzma", longest: 4096, run: DecoderTarget.lzma),
    FuzzTarget(name: "zstd", longest: 4096, run: DecoderTarget.zstd),
    FuzzTarget(name: "codec", longest: 4096, run: DecoderTarget.sniffed),
    FuzzTarget(name: "chunks", longest: 4096, hasLines: true, run: ChunkTarget.run),
    FuzzTarget(name: "rtmp", longest: 256, run: RTMPTarget.run),
    FuzzTarget(name: "protocols", longest: 640, run: ProtocolTarget.run),
    FuzzTarget(name: "table", longest: 1024, hasLines: true, run: TableTarget.run),
    FuzzTarget(name: "time", longest: 64, run: TimeTarget.run),
    FuzzTarget(name: "stacks", longest: 4096, hasLines: true, run: StackTarget.run),
    FuzzTarget(name: "rules", longest: 1024, hasLines: true, run: RuleTarget.run),
    FuzzTarget(name: "tids", longest: 512, hasLines: true, run: TidTarget.run),
  ]
}

/// Ends the process, which libFuzzer takes for a finding, where a promise does not hold.
@inline(__always)
func demand(_ holds: Bool, _ promise: @autoclosure () -> String) {
  if !holds { fatalError("broken promise: \(promise())") }
}
