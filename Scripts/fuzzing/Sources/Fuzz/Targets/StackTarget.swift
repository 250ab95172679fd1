import Tracestat

/// Arbitrary bytes as a profile, in the form that its first lines say or that the first byte picks: the same stacks wherever the input is cut,
/// nothing read behind the padding, and every report of them can be written; what was folded is folded again to the same.
enum StackTarget {
  nonisolated(unsafe) private static let text = PaddedText(capacity: 1 << 13, padding: 256)
  nonisolated(unsafe) private static let file = MemoryFile()

  static func run(_ input: UnsafeRawBufferPointer) {
    guard input.count > 1, input.count <= 1 << 13 else { return }
    let choice = input[0]
    let log = UnsafeRawBufferPointer(rebasing: input[1...])
    var naming = FrameNaming()
    naming.pid = choice & 1 != 0
    naming.tid = choice & 2 != 0
    naming.kernel = choice & 4 != 0
    naming.jit = choice & 4 != 0
    naming.addresses = choice & 8 != 0
    naming.sourceLines = choice & 16 != 0
    naming.threads = choice & 2 != 0
    let forms: [StackSyntax] = [.perfScript, .folded, .stackCount, .threadDump]
    let syntax = choice < 128 ? StackSyntax.sniff(log) : forms[Int(choice >> 5) & 3]
    guard let syntax, syntax != .calls, syntax != .perfData else { return }
    let whole = read(log, [log.count], naming, syntax)
    // Behind a newline in the middle.
    if let cut = log[(log.count / 2)...].firstIndex(of: 10) {
      demand(read(log, [cut + 1, log.count], naming, syntax) == whole, "the same stacks when cut")
    }
    fold(log, naming, syntax)
  }

  private static func read(
    _ log: UnsafeRawBufferPointer, _ ends: [Int], _ naming: FrameNaming, _ syntax: StackSyntax
  ) -> [[UInt8]] {
    let reader = StackReader(naming)
    let output = reader.output
    var stacks: [[UInt8]] = []
    func take() {
      for sample in output.samples {
        demand(sample.frames.lowerBound >= 0 && sample.frames.upperBound <= output.frames.count, "frames that there are")
        var stack = Array("\(sample.weight) \(sample.time ?? -1) \(sample.event) ".utf8)
        for frame in output.frames[sample.frames] {
          demand(frame >= 0 && Int(frame) < output.names.count, "names that there are")
          stack += output.names.text(frame)
          stack.append(0)
        }
        stacks.append(stack)
      }
    }
    var start = 0
    for end in ends {
      text.set(UnsafeRawBufferPointer(rebasing: log[start..<end]))
      reader.read(text.bytes, count: end - start, as: syntax)
      take()
      start = end
    }
    reader.finish(syntax)
    take()
    demand(output.kinds.count == output.names.count, "a kind for each name")
    stacks.append(Array("\(output.lines) \(output.notUnderstood) \(output.lostEvents)".utf8))
    return stacks
  }

  private static func fold(_ log: UnsafeRawBufferPointer, _ naming: FrameNaming, _ syntax: StackSyntax) {
    var options = FoldOptions()
    options.naming = naming
    options.syntax = syntax
    options.slice = 20_000_000
    var folder = StackFolder(options)
    guard (try? folder.read(LineChunkReader(MemorySource(log, step: 512)), path: "memory")) != nil else { return }
    let stacks = folder.finish()
    let lines = written { try stacks.writeFolded(to: $0) }
    _ = written { try FlameGraph(stacks).write(to: $0) }
    _ = written { try stacks.writeSpeedscope(to: $0, name: "fuzz") }
    _ = written { try stacks.writeFirefox(to: $0, name: "fuzz") }
    _ = written { try stacks.writePprof(to: $0) }
    if let map = HeatMap(stacks) { _ = written { try map.writeReport(to: $0) } }
    let difference = StackDifference(stacks, stacks.reversed)
    _ = written { try PathDifference(difference).write(to: $0, of: difference) }
    // Names with line ends, and blanks in front, are none of folded text.
    guard !lines.isEmpty, naming == FrameNaming(), !lines.contains(13), !lines.contains(9) else { return }
    options = FoldOptions()
    options.syntax = .folded
    var again = StackFolder(options)
    lines.withUnsafeBytes { bytes in try? again.read(LineChunkReader(MemorySource(bytes, step: 512)), path: "memory") }
    let twice = again.finish()
    if twice.notUnderstood == 0, twice.stacks == stacks.stacks {
      demand(written { try twice.writeFolded(to: $0) } == lines, "folded text is folded to itself")
    }
  }

  private static func written(_ write: (OutputSink) throws -> Void) -> [UInt8] {
    do {
      try write(OutputSink(path: file.path))
    } catch {
      fatalError("a report could not be written: \(error)")
    }
    return file.read()
  }
}
