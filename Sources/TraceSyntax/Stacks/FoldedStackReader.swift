import CTraceScan

/// Folded stacks, `comm;frame;frame 17`, as they are: what stackcollapse programs and this one print. Frames marked `_[k]`, `_[j]`, `_[i]` are known
/// for what they are.
final class FoldedStackReader {
  private let output: StackSamples
  /// Frames met before.
  private let known = SeenTexts()
  /// Frames of the line being read, the leaf first: at most ``StackSamples/deepest``.
  private let pending = UnsafeMutablePointer<Int32>.allocate(capacity: StackSamples.deepest)

  init(_ output: StackSamples) { self.output = output }

  deinit { pending.deallocate() }

  /// Reads whole lines; the last may lack its newline. 128 readable bytes follow.
  func read(_ bytes: Pointer, count: Int) {
    output.begin()
    var lines = output.lines
    ChunkLines.forEach(bytes, count: count) { start, end in
      lines &+= 1
      guard start < end else { return }
      if let (stack, weight) = Self.parts(start, end) { add(stack, weight) } else { other(start, number: lines) }
    }
    output.lines = lines
  }

  /// Not inlined: what it does to the output's counts would be checked for each block of lines.
  @inline(never)
  private func other(_ start: Pointer, number: Int) {
    output.lines = number
    if start[0] != UInt8(ascii: "#") { output.noteNotUnderstood() }
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
    guard let start = stack.baseAddress else { return }
    var depth = 0
    var isCut = false
    var end = start + stack.count
    // From the leaf on: the last block first, and in it the last semicolon.
    var offset = (stack.count - 1) & ~63
    while offset >= 0 {
      let block = start + offset
      var mask = trace_equal_mask(block, UInt8(ascii: ";"))
      if stack.count - offset < 64 { mask &= (1 &<< UInt64(stack.count - offset)) - 1 }
      while mask != 0 {
        let last = 63 - mask.leadingZeroBitCount
        mask ^= 1 &<< UInt64(last)
        let semicolon = block + last
        if depth < StackSamples.deepest {
          pending[depth] = number(semicolon + 1, end - semicolon - 1, isRoot: false)
          depth += 1
        } else {
          isCut = true
        }
        end = semicolon
      }
      offset -= 64
    }
    if depth < StackSamples.deepest {
      pending[depth] = number(start, end - start, isRoot: true)
      depth += 1
    } else {
      isCut = true
    }
    if isCut { noteCut() }
    output.append(
      StackSample(event: -1, time: nil, weight: weight, frames: 0..<0), UnsafeBufferPointer(start: pending, count: depth))
  }

  @inline(never)
  private func noteCut() { output.cutStacks += 1 }

  @inline(__always)
  private func number(_ name: Pointer, _ count: Int, isRoot: Bool) -> Int32 {
    if let found = known.number(of: name, count) { return found }
    return new(name, count, isRoot: isRoot)
  }

  @inline(never)
  private func new(_ name: Pointer, _ count: Int, isRoot: Bool) -> Int32 {
    let number = output.number(name, count, kind(name, count, isRoot: isRoot))
    known.remember(name, count, number)
    return number
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
