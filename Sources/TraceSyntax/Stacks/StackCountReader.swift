/// Blocks of frames, one a line and the leaf first, with their count below: what stackcount, profile and offcputime of bcc print without `-f`
/// (tools/stackcount.py, `_print_frame` and `_comm_for_pid`; tools/stackcount_example.txt), and maps of bpftrace that are keyed by stacks.
///
/// ```
///   ffffffff817b05c1 tcp_sendmsg+0x1          @[
///   SyS_write                                     tcp_sendmsg+1
///     --                                          ksys_write+107
///   __write_nocancel                          ,
///     sshd [8234]                                 __write_nocancel+7
///     3                                       , sshd, 8234]: 3
/// ```
/// Addresses are those of `-v`, `--` of `-d` stands between kernel and user frames, the process is missing with `-p`. profile and offcputime
/// name it `-    mysqld (8234)`.
final class StackCountReader {
  private let naming: FrameNaming
  private let output: StackSamples
  /// Frames as they stand in the log -> their numbers, apart for those known to be the kernel's.
  private var known = [[Int32]](repeating: [], count: 2)
  private var texts = TextTable()
  /// Frames of the block being read, by their texts, the leaf first.
  private var pending: [Int32] = []
  /// How many of them a delimiter followed: the kernel's.
  private var kernelFrames = 0
  private var process: Int32 = -1
  private var isMap = false
  private var isCut = false

  init(_ naming: FrameNaming, _ output: StackSamples) {
    self.naming = naming
    self.output = output
  }

  /// Reads whole lines; the last may lack its newline. 128 readable bytes follow.
  func read(_ bytes: Pointer, count: Int) {
    output.begin()
    ChunkLines.forEach(bytes, count: count) { line($0, $1) }
  }

  /// A block without its count was cut: it is left out.
  func finish() {
    output.begin()
    if !pending.isEmpty { output.endsWithinSample = true }
    clear()
  }

  private func clear() {
    pending.removeAll(keepingCapacity: true)
    kernelFrames = 0
    process = -1
    isMap = false
    isCut = false
  }

  private func line(_ lineStart: Pointer, _ lineEnd: Pointer) {
    output.lines += 1
    var (start, end) = (lineStart, lineEnd)
    while end > start, PerfScriptHeader.isBlank(end[-1]) { end -= 1 }
    let isIndented = start < end && PerfScriptHeader.isBlank(start[0])
    while start < end, PerfScriptHeader.isBlank(start[0]) { start += 1 }
    guard start < end else { return }
    if isMap {
      if !takeMapEnd(start, end) { frame(start, end) }
    } else if Self.beginsMap(lineStart, lineEnd) {
      clear()
      isMap = true
      takeKeys(start, end)
    } else if isIndented {
      if let count = Self.count(lineStart, lineEnd), !pending.isEmpty || process >= 0 {
        close(count)
      } else if !takeProcess(start, end) {
        frame(start, end)
      }
    } else if pending.isEmpty {
      // What the tool says: `Tracing 1 functions for "ip_output"... Hit Ctrl-C to end.`, times of -T, `Detaching...`.
    } else {
      output.noteNotUnderstood()
    }
  }

  // MARK: bcc

  /// A number alone on an indented line.
  static func count(_ lineStart: Pointer, _ lineEnd: Pointer) -> Int64? {
    var (start, end) = (lineStart, lineEnd)
    while end > start, PerfScriptHeader.isBlank(end[-1]) { end -= 1 }
    while start < end, PerfScriptHeader.isBlank(start[0]) { start += 1 }
    guard start > lineStart, start < end, isDigit(start[0]) else { return nil }
    return PerfScriptHeader.number(start, end)
  }

  /// `--`, `sshd [8234]`, `-    mysqld (8234)`.
  private func takeProcess(_ start: Pointer, _ end: Pointer) -> Bool {
    if start[0] == UInt8(ascii: "-") {
      var name = start
      while name < end, name[0] == UInt8(ascii: "-") || PerfScriptHeader.isBlank(name[0]) { name += 1 }
      if name == end {
        kernelFrames = pending.count
        return true
      }
      guard name - start > 1, let (nameEnd, pid) = Self.numbered(name, end, UInt8(ascii: "("), UInt8(ascii: ")")) else {
        return false
      }
      setProcess(name, nameEnd, pid)
      return true
    }
    guard let (nameEnd, pid) = Self.numbered(start, end, UInt8(ascii: "["), UInt8(ascii: "]")) else { return false }
    setProcess(start, nameEnd, pid)
    return true
  }

  /// Where the name before ` [8234]` ends, and the number.
  private static func numbered(
    _ start: Pointer, _ end: Pointer, _ open: UInt8, _ close: UInt8
  ) -> (nameEnd: Pointer, number: Int64)? {
    guard end - start > 3, end[-1] == close else { return nil }
    var p = end - 1
    while p > start, isDigit(p[-1]) { p -= 1 }
    guard p - start > 2, p[-1] == open, PerfScriptHeader.isBlank(p[-2]), let number = PerfScriptHeader.number(p, end - 1) else {
      return nil
    }
    var nameEnd = p - 2
    while nameEnd > start, PerfScriptHeader.isBlank(nameEnd[-1]) { nameEnd -= 1 }
    return (nameEnd, number)
  }

  private func setProcess(_ start: Pointer, _ end: Pointer, _ pid: Int64) {
    var name = Array(UnsafeBufferPointer(start: start, count: min(end - start, 4096)))
    if naming.pid || naming.tid { name += Array("-\(pid)".utf8) }
    process = output.number(Self.tidied(name), .process)
  }

  private static func tidied(_ name: [UInt8]) -> [UInt8] {
    name.map { $0 == UInt8(ascii: " ") ? UInt8(ascii: "_") : $0 == UInt8(ascii: ";") ? UInt8(ascii: ":") : $0 }
  }

  // MARK: bpftrace

  /// `@[`, `@name[`, `@[nginx, `: frames follow.
  static func beginsMap(_ start: Pointer, _ end: Pointer) -> Bool {
    guard start < end, start[0] == UInt8(ascii: "@") else { return false }
    let text = UnsafeBufferPointer(start: start, count: end - start)
    guard let open = text.firstIndex(of: UInt8(ascii: "[")) else { return false }
    let rest = text[(open + 1)...].reversed().drop(while: PerfScriptHeader.isBlank)
    return rest.isEmpty || rest.first == UInt8(ascii: ",")
  }

  /// Keys before the first stack.
  private func takeKeys(_ start: Pointer, _ end: Pointer) {
    let text = UnsafeBufferPointer(start: start, count: end - start)
    guard let open = text.firstIndex(of: UInt8(ascii: "[")) else { return }
    name(after: text[(open + 1)...])
  }

  /// `]: 3`, `, sshd, 8234]: 3`, or the comma between two stacks.
  private func takeMapEnd(_ start: Pointer, _ end: Pointer) -> Bool {
    if start[0] == UInt8(ascii: ","), end - start == 1 {
      kernelFrames = pending.count
      return true
    }
    guard start[0] == UInt8(ascii: "]") || start[0] == UInt8(ascii: ",") else { return false }
    var digits = end
    while digits > start, isDigit(digits[-1]) { digits -= 1 }
    guard digits - start > 2, digits[-1] == UInt8(ascii: " "), digits[-2] == UInt8(ascii: ":"), digits[-3] == UInt8(ascii: "]"),
      let count = PerfScriptHeader.number(digits, end)
    else {
      // A map of something else: statistics, histograms.
      output.noteNotUnderstood()
      clear()
      return true
    }
    name(after: UnsafeBufferPointer(start: start, count: digits - 3 - start)[...])
    close(count)
    return true
  }

  /// Keys that are no stacks name the process: `sshd-8234`.
  private func name(after text: Slice<UnsafeBufferPointer<UInt8>>) {
    let separators = [UInt8(ascii: ","), UInt8(ascii: " ")]
    let keys = text.prefix(4096).split(separator: UInt8(ascii: ",")).map { key in
      key.drop { separators.contains($0) }.reversed().drop { separators.contains($0) }.reversed()
    }.filter { !$0.isEmpty }
    guard !keys.isEmpty else { return }
    let before = process >= 0 ? [Array(output.names.text(process))] : []
    let name = (before + keys.map { Array($0) }).joined(separator: [UInt8(ascii: "-")])
    process = output.number(Self.tidied(Array(name)), .process)
  }

  // MARK: Frames

  private func frame(_ start: Pointer, _ end: Pointer) {
    guard pending.count < StackSamples.deepest else {
      isCut = true
      return
    }
    let (text, isNew) = texts.number(start, end - start)
    if isNew { for i in known.indices { known[i].append(-1) } }
    pending.append(text)
  }

  private func close(_ count: Int64) {
    let first = output.frames.count
    for (i, text) in pending.enumerated() { output.frames.append(number(of: text, isKernel: i < kernelFrames)) }
    if process >= 0 { output.frames.append(process) }
    if isCut { output.cutStacks += 1 }
    output.samples.append(StackSample(event: -1, time: nil, weight: count, frames: first..<output.frames.count))
    clear()
  }

  private func number(of text: Int32, isKernel: Bool) -> Int32 {
    let list = isKernel ? 1 : 0
    let found = known[list][Int(text)]
    if found >= 0 { return found }
    let number = Array(texts.text(text)).withUnsafeBufferPointer { bytes -> Int32 in
      let frame = PerfScriptFrame(block: bytes, isKernel: isKernel)
      // A JIT's inlining (`a->b`) is one frame here: blocks are short of other signs of one.
      let names = naming.names(of: frame, isJava: false)
      let name = names.map(\.name).joined(separator: Array("->".utf8))
      return output.number(Array(name), names.first?.kind ?? .user)
    }
    known[list][Int(text)] = number
    return number
  }
}

extension PerfScriptFrame {
  private static let kernel: StaticString = "[kernel.kallsyms]"

  /// `ffffffff817b05c1 tcp_sendmsg+0x1`, `tcp_sendmsg+1`, `0x7f120511e6e0`, `malloc [libc.so.6]`, `7f12 main+15 (/srv/x)`.
  init(block text: Text, isKernel: Bool) {
    let none = Text(start: nil, count: 0)
    (address, symbol, module) = (none, none, none)
    guard let base = text.baseAddress, !text.isEmpty else { return }
    var (start, end) = (base, base + text.count)
    var digits = start + (text.starts(with: "0x".utf8) ? 2 : 0)
    let hexStart = digits
    while digits < end, TextRedactor.isHexDigit(digits[0]) { digits += 1 }
    if digits - hexStart >= 8, digits - hexStart <= 16, digits == end || PerfScriptHeader.isBlank(digits[0]) {
      address = Text(start: hexStart, count: digits - hexStart)
      start = digits
      while start < end, PerfScriptHeader.isBlank(start[0]) { start += 1 }
    }
    // ` [libc.so.6]` or ` (/srv/x)`.
    if end - start > 3, end[-1] == UInt8(ascii: "]") || (end[-1] == UInt8(ascii: ")") && !address.isEmpty) {
      let opening = end[-1] == UInt8(ascii: "]") ? UInt8(ascii: "[") : UInt8(ascii: "(")
      var p = end - 1
      while p > start, p[0] != opening { p -= 1 }
      if p > start, PerfScriptHeader.isBlank(p[-1]) {
        module = Text(start: p + 1, count: end - p - 2)
        end = p
        while end > start, PerfScriptHeader.isBlank(end[-1]) { end -= 1 }
      }
    }
    end = Self.withoutOffset(start, end)
    var plus = end
    while plus > start, isDigit(plus[-1]) { plus -= 1 }
    if plus < end, plus > start + 1, plus[-1] == UInt8(ascii: "+") { end = plus - 1 }
    symbol = Text(start: start, count: end - start)
    // Addresses of the upper half are the kernel's (Documentation/arch/x86/x86_64/mm.rst).
    let isUpper = address.count == 16 && (address[0] | 0x20) == UInt8(ascii: "f")
    if module.isEmpty, isKernel || isUpper {
      module = Text(start: Self.kernel.utf8Start, count: Self.kernel.utf8CodeUnitCount)
    }
  }
}
