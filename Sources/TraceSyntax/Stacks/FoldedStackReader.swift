import CTraceScan

/// Folded stacks, `comm;frame;frame 17`, as they are: what stackcollapse programs and this one print. Frames marked `_[k]`, `_[j]`, `_[i]` are known
/// for what they are.
final class FoldedStackReader {
  private let output: StackSamples

  init(_ output: StackSamples) { self.output = output }

  /// Reads whole lines; the last may lack its newline. 128 readable bytes follow.
  func read(_ bytes: Pointer, count: Int) {
    output.begin()
    for text in TextLines(UnsafeRawBufferPointer(start: bytes, count: count)) {
      output.lines += 1
      guard let base = text.baseAddress?.assumingMemoryBound(to: UInt8.self), !text.isEmpty else { continue }
      guard let (stack, weight) = Self.parts(base, base + text.count) else {
        if base[0] != UInt8(ascii: "#") { output.noteNotUnderstood() }
        continue
      }
      add(stack, weight)
    }
  }

  /// The stack and its count, 0 perhaps; nil where the line is no folded stack.
  static func parts(_ start: Pointer, _ lineEnd: Pointer) -> (stack: UnsafeBufferPointer<UInt8>, weight: Int64)? {
    var end = lineEnd
    while end > start, PerfScriptHeader.isBlank(end[-1]) { end -= 1 }
    var p = end
    while p > start, isDigit(p[-1]) { p -= 1 }
    guard p > start + 1, PerfScriptHeader.isBlank(p[-1]), !PerfScriptHeader.isBlank(start[0]),
      let weight = PerfScriptHeader.number(p, end)
    else { return nil }
    return (UnsafeBufferPointer(start: start, count: p - 1 - start), weight)
  }

  private func add(_ stack: UnsafeBufferPointer<UInt8>, _ weight: Int64) {
    let first = output.frames.count
    var end = stack.count
    var isCut = false
    while end >= 0 {
      var start = end
      while start > 0, stack[start - 1] != UInt8(ascii: ";") { start -= 1 }
      if let base = stack.baseAddress {
        if output.frames.count - first < StackSamples.deepest {
          output.frames.append(output.number(base + start, end - start, kind(base + start, end - start, isRoot: start == 0)))
        } else {
          isCut = true
        }
      }
      end = start - 1
    }
    if isCut { output.cutStacks += 1 }
    output.samples.append(StackSample(event: -1, time: nil, weight: weight, frames: first..<output.frames.count))
  }

  private func kind(_ name: Pointer, _ count: Int, isRoot: Bool) -> FrameKind {
    if isRoot { return .process }
    guard count > 4, name[count - 4] == UInt8(ascii: "_"), name[count - 3] == UInt8(ascii: "["),
      name[count - 1] == UInt8(ascii: "]")
    else { return .user }
    switch name[count - 2] {
    case UInt8(ascii: "k"): return .kernel
    case UInt8(ascii: "j"): return .jit
    case UInt8(ascii: "i"): return .inlined
    default: return .user
    }
  }
}
