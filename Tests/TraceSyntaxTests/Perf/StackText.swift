@testable import TraceSyntax

/// Reads a text in one piece, or cut into two runs of lines.
struct StackText {
  var stacks: [String] = []
  var samples: [StackSample] = []
  let reader: StackReader

  init(_ text: String, _ naming: FrameNaming = FrameNaming(), cutAfterLine: Int? = nil) {
    reader = StackReader(naming)
    let bytes = Array(text.utf8)
    let syntax = bytes.withUnsafeBytes { StackSyntax.sniff($0) } ?? .perfScript
    var lines = bytes.split(separator: 10, omittingEmptySubsequences: false).map { Array($0) + [10] }
    if bytes.last == 10 { lines.removeLast() } else if !lines.isEmpty { lines[lines.count - 1].removeLast() }
    let cut = min(cutAfterLine ?? lines.count, lines.count)
    for part in [lines[..<cut], lines[cut...]] {
      let run = Array(part.joined()) + [UInt8](repeating: 0, count: 256)
      run.withUnsafeBufferPointer { reader.read($0.baseAddress!, count: $0.count - 256, as: syntax) }
      take()
    }
    reader.finish(syntax)
    take()
  }

  private mutating func take() {
    let output = reader.output
    for sample in output.samples {
      samples.append(sample)
      let names = output.frames[sample.frames].reversed().map { String(decoding: output.names.text($0), as: UTF8.self) }
      stacks.append(names.joined(separator: ";"))
    }
  }

  func event(_ i: Int) -> String { String(decoding: reader.output.events.text(samples[i].event), as: UTF8.self) }
}
