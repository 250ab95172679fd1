import CTraceScan

/// Lines of `perf script` -> samples. Samples go on from one run of lines to the next.
///
/// A sample is a header (``PerfScriptHeader``), the frames below it and a blank line; or, recorded without call chains, a line of its own, with
/// its only frame at the end or none. perf fills up the comm of such lines with blanks in front, so that a line with blanks in front is a frame
/// while a sample is open, and a sample otherwise.
final class PerfScriptReader {
  private let naming: FrameNaming
  private let output: StackSamples
  /// Symbol and module as they stand in the log -> their frames; apart for Java, whose names are spelled another way.
  private let known = UnsafeMutablePointer<KnownFrames>.allocate(capacity: 2)
  /// The sample being read.
  private var isOpen = false
  private var isJava = false
  private var sample = StackSample(event: -1, time: nil, weight: 1, frames: 0..<0)
  private var process: Int32 = -1
  /// Its frames so far, the leaf first: `depth` of them, at most ``StackSamples/deepest``.
  private let pending = UnsafeMutablePointer<Int32>.allocate(capacity: StackSamples.deepest)
  private var depth = 0
  private var isCut = false
  /// Whether the log has headers; frames without one are then astray.
  private var hasHeaders = false
  /// What the line taken apart last is: a frame, or -1 - the place of several.
  private var lastText: Int32 = 0
  /// How many frames the last line made; a source line adds to them.
  private var lastFrames = 0
  private let scratch = UnsafeMutablePointer<UInt8>.allocate(capacity: 2 * TextTable.longest + 128)

  /// Frames of lines seen before.
  private struct KnownFrames {
    var texts = TextTable()
    /// By the text's number: a frame, or -1 - the place of several in `lists`.
    var frames: [Int32] = []
    var lists: [[Int32]] = []
    /// What stands behind the address of a line -> its frame: nearly every line was met before, and is not taken apart again.
    var tails = TextTable()
    var tailFrames: [Int32] = []
  }

  /// More of them, or longer ones, are taken apart each time.
  private static let mostTails = 1 << 18
  private static let longestTail = 512

  init(_ naming: FrameNaming, _ output: StackSamples) {
    self.naming = naming
    self.output = output
    scratch.initialize(repeating: 0, count: 2 * TextTable.longest + 128)
    known.initialize(repeating: KnownFrames(), count: 2)
  }

  deinit {
    scratch.deallocate()
    pending.deallocate()
    known.deinitialize(count: 2).deallocate()
  }

  /// Reads whole lines; the last may lack its newline. 128 readable bytes follow.
  func read(_ bytes: Pointer, count: Int) {
    output.begin()
    ChunkLines.forEach(bytes, count: count) { line($0, $1) }
  }

  /// Ends the last sample, where nothing did.
  func finish() {
    output.begin()
    if isOpen { output.endsWithinSample = true }
    if isOpen { close() }
  }

  @inline(__always)
  private func line(_ start: Pointer, _ end: Pointer) {
    output.lines += 1
    guard start < end, start[0] != UInt8(ascii: "\r") else {
      if isOpen { close() }
      return
    }
    let isIndented = PerfScriptHeader.isBlank(start[0])
    if isOpen, isIndented, let tail = tail(start, end) {
      if takeKnown(tail, end - tail) { return }
      if let frame = PerfScriptFrame(start, end), isFrame(frame, isIndented, start, end) {
        let before = depth
        push(frame)
        if depth > before { remember(tail, end - tail, frame) }
        return
      }
    }
    if start[0] == UInt8(ascii: "#") { return }
    if isOpen {
      if let frame = PerfScriptFrame(start, end), isFrame(frame, isIndented, start, end) {
        push(frame)
      } else {
        other(start, end, isIndented)
      }
    } else {
      begin(start, end, isIndented)
    }
  }

  /// Where the text behind the address of an indented line starts; nil where there is no address, or names depend on it.
  @inline(__always)
  private func tail(_ start: Pointer, _ end: Pointer) -> Pointer? {
    if naming.addresses { return nil }
    var p = start + 1
    // Addresses are right-aligned: eight blanks at a time.
    while p < end {
      let others = trace_load8(p) ^ 0x2020_2020_2020_2020
      if others != 0 {
        p += others.trailingZeroBitCount >> 3
        break
      }
      p += 8
    }
    let digits = p
    while p < end, PerfScriptFrame.isHex(p[0]) { p += 1 }
    guard p > digits, p - digits <= 16, p < end, p[0] == UInt8(ascii: " "), end - p <= Self.longestTail else { return nil }
    return p
  }

  @inline(__always)
  private func takeKnown(_ tail: Pointer, _ count: Int) -> Bool {
    let frames = known + (isJava ? 1 : 0)
    guard let number = frames.pointee.tails.number(ofKnown: tail, count) else { return false }
    append(frames.pointee.tailFrames[Int(number)], frames)
    return true
  }

  /// Such a line is a frame wherever it stands in a sample.
  private func remember(_ tail: Pointer, _ count: Int, _ frame: PerfScriptFrame) {
    guard !frame.module.isEmpty, let byte = frame.symbol.first, !isDigit(byte) else { return }
    let frames = known + (isJava ? 1 : 0)
    guard frames.pointee.tails.count < Self.mostTails, frames.pointee.tails.number(tail, count).isNew else { return }
    frames.pointee.tailFrames.append(lastText)
  }

  /// Whether a line that reads like a frame is none but a header: `dd` and `cafe` are numbers to perf's eyes too.
  @inline(__always)
  private func isFrame(_ frame: PerfScriptFrame, _ isIndented: Bool, _ start: Pointer, _ end: Pointer) -> Bool {
    if isIndented, !frame.module.isEmpty, let byte = frame.symbol.first, !isDigit(byte) { return true }
    if !isIndented, frame.module.isEmpty { return false }
    return PerfScriptHeader.stamp(start, end) == nil
  }

  /// A line within a sample that is no frame: a source line, or the next header after a sample whose blank line is missing.
  private func other(_ start: Pointer, _ end: Pointer, _ isIndented: Bool) {
    if !isIndented || PerfScriptHeader.stamp(start, end) != nil, let header = PerfScriptHeader(start, end) {
      close()
      begin(header, isIndented)
    } else if isIndented {
      if naming.sourceLines { addSourceLine(start, end) }
    } else {
      output.noteNotUnderstood()
    }
  }

  private func begin(_ start: Pointer, _ end: Pointer, _ isIndented: Bool) {
    let stamp = PerfScriptHeader.stamp(start, end)
    if stamp == nil, isIndented, !hasHeaders, let frame = PerfScriptFrame(start, end), !frame.module.isEmpty {
      // -F ip,sym,dso: stacks without headers.
      open(StackSample(event: -1, time: nil, weight: 1, frames: 0..<0), process: -1, isJava: false)
      push(frame)
    } else if stamp != nil || !isIndented, let header = PerfScriptHeader(start, end) {
      begin(header, isIndented)
    } else if !isBlank(start, end) {
      output.noteNotUnderstood()
    }
  }

  private func isBlank(_ start: Pointer, _ end: Pointer) -> Bool {
    UnsafeBufferPointer(start: start, count: end - start).allSatisfy(PerfScriptHeader.isBlank)
  }

  private func begin(_ header: PerfScriptHeader, _ isIndented: Bool) {
    hasHeaders = true
    if header.event.isEmpty, header.rest.starts(with: "PERF_RECORD_".utf8) {
      let lost = PerfScriptHeader.lostEvents(header.rest) ?? 0
      output.lostEvents = output.lostEvents.addingReportingOverflow(lost).partialValue
      return
    }
    var event: Int32 = -1
    if let base = header.event.baseAddress, !header.event.isEmpty {
      event = output.events.number(base, header.event.count).number
    }
    let weight = max(1, header.period ?? 1)
    open(
      StackSample(event: event, time: header.time, weight: weight, frames: 0..<0), process: process(of: header),
      isJava: header.comm.starts(with: "java".utf8))
    guard let base = header.rest.baseAddress, !header.rest.isEmpty else {
      if isIndented { close() }
      return
    }
    if let frame = PerfScriptFrame(base, base + header.rest.count), !frame.module.isEmpty {
      push(frame)
      close()
    } else if isIndented {
      close()
    }
  }

  private func open(_ sample: StackSample, process: Int32, isJava: Bool) {
    self.sample = sample
    self.process = process
    self.isJava = isJava
    isOpen = true
    depth = 0
    isCut = false
    lastFrames = 0
  }

  private func close() {
    let first = output.frames.count
    output.frames.append(contentsOf: UnsafeBufferPointer(start: pending, count: depth))
    if process >= 0 { output.frames.append(process) }
    sample.frames = first..<output.frames.count
    output.samples.append(sample)
    if isCut { output.cutStacks += 1 }
    isOpen = false
  }

  /// The frame of the process: its comm, blanks as underscores, and the task's numbers where asked for, `?` for one that perf did not print.
  private func process(of header: PerfScriptHeader) -> Int32 {
    var count = 0
    for byte in header.comm.prefix(4096) {
      switch byte {
      case UInt8(ascii: " "): scratch[count] = UInt8(ascii: "_")
      case UInt8(ascii: ";"): scratch[count] = UInt8(ascii: ":")
      default: scratch[count] = byte
      }
      count += 1
    }
    if naming.pid || naming.tid {
      let pid = header.pid.map { "\($0)" } ?? "?"
      let suffix = naming.tid ? "-\(pid)/\(header.tid.map { "\($0)" } ?? "?")" : "-\(pid)"
      for byte in suffix.utf8 {
        scratch[count] = byte
        count += 1
      }
    }
    return count == 0 ? -1 : output.number(UnsafePointer(scratch), count, .process)
  }

  @inline(__always)
  private func push(_ frame: PerfScriptFrame) {
    let half = TextTable.longest / 2 - 32
    var count = min(frame.symbol.count, half)
    if let symbol = frame.symbol.baseAddress { scratch.update(from: symbol, count: count) }
    scratch[count] = 0
    count += 1
    let moduleCount = min(frame.module.count, half)
    if let module = frame.module.baseAddress { (scratch + count).update(from: module, count: moduleCount) }
    count += moduleCount
    if naming.addresses, let address = frame.address.baseAddress {
      scratch[count] = 0
      (scratch + count + 1).update(from: address, count: frame.address.count)
      count += 1 + frame.address.count
    }
    push(count, frame, &known[isJava ? 1 : 0])
  }

  @inline(__always)
  private func push(_ count: Int, _ frame: PerfScriptFrame, _ known: inout KnownFrames) {
    let (text, isNew) = known.texts.number(UnsafePointer(scratch), count)
    if isNew { name(frame, &known) }
    lastText = known.frames[Int(text)]
    append(lastText, &known)
  }

  /// A frame, or -1 - the place of several.
  @inline(__always)
  private func append(_ found: Int32, _ known: UnsafeMutablePointer<KnownFrames>) {
    if found >= 0 {
      lastFrames = 1
      append(found)
    } else {
      let list = known.pointee.lists[Int(-1 - found)]
      lastFrames = list.count
      for frame in list { append(frame) }
    }
  }

  @inline(__always)
  private func append(_ frame: Int32) {
    guard depth < StackSamples.deepest else {
      isCut = true
      lastFrames = 0
      return
    }
    pending[depth] = frame
    depth += 1
  }

  /// A symbol not met before. Names are cut like the text that they are known by.
  private func name(_ frame: PerfScriptFrame, _ known: inout KnownFrames) {
    var cut = frame
    cut.symbol = UnsafeBufferPointer(rebasing: frame.symbol.prefix(TextTable.longest / 2))
    let list = naming.names(of: cut, isJava: isJava).reversed().map { output.number($0.name, $0.kind) }
    if list.count == 1 {
      known.frames.append(list[0])
    } else {
      known.lists.append(list)
      known.frames.append(Int32(-known.lists.count))
    }
  }

  /// `  file.cpp:137`, or `  libc.so.6[28b10]` where perf knows no line: `main:file.cpp:137`, `start_thread:libc.so.6`.
  private func addSourceLine(_ start: Pointer, _ end: Pointer) {
    var line: [UInt8] = []
    var isWithinBrackets = false
    for byte in UnsafeBufferPointer(start: start, count: min(end - start, 4096)) {
      switch byte {
      case UInt8(ascii: "["): isWithinBrackets = true
      case UInt8(ascii: "]") where isWithinBrackets: isWithinBrackets = false
      default: if !isWithinBrackets { line.append(byte == UInt8(ascii: ";") ? UInt8(ascii: ":") : byte) }
      }
    }
    let text = line.drop(while: PerfScriptHeader.isBlank)
    guard let last = text.lastIndex(where: { !PerfScriptHeader.isBlank($0) }), lastFrames > 0 else { return }
    for i in (depth - lastFrames)..<depth {
      let number = pending[i]
      let name = Array(output.names.text(number))
      // A frame that perf knows nothing of has no line either.
      if name.starts(with: "[unknown".utf8) { continue }
      pending[i] = output.number(name + [UInt8(ascii: ":")] + text[...last], output.kinds[Int(number)])
    }
    lastFrames = 0
  }
}
