import CTraceScan
import Glibc

/// Lines of `perf script` -> samples. Samples go on from one run of lines to the next.
///
/// A sample is a header (``PerfScriptHeader``), the frames below it and a blank line; or, recorded without call chains, a line of its own, with
/// its only frame at the end or none. perf fills up the comm of such lines with blanks in front, so that a line with blanks in front is a frame
/// while a sample is open, and a sample otherwise.
///
/// Nearly every line of a log is a frame met before: it costs a lookup of what stands behind its address (``SeenTexts``), and is not taken apart.
final class PerfScriptReader {
  private let naming: FrameNaming
  private let output: StackSamples
  /// Symbol and module as they stand in the log -> their frames; apart for Java, whose names are spelled another way.
  private let known = UnsafeMutablePointer<KnownFrames>.allocate(capacity: 2)
  /// Those of the sample being read.
  private var frames: UnsafeMutablePointer<KnownFrames> { known + (current.pointee.isJava ? 1 : 0) }
  /// The sample being read. By a pointer, so that no access to it is checked at run time.
  private let current = UnsafeMutablePointer<OpenSample>.allocate(capacity: 1)
  /// Its frames so far, the leaf first: at most ``StackSamples/deepest``, and its process at last.
  private let pending = UnsafeMutablePointer<Int32>.allocate(capacity: StackSamples.deepest + 1)
  /// What a header has before its stamp -> the frame of the process.
  private let tasks = SeenTexts(mostTexts: 1 << 16)
  /// What the last header that ends with its event has behind the stamp. Most samples of a log have the same.
  private let lastEvent = UnsafeMutablePointer<LastEvent>.allocate(capacity: 1)
  private let lastEventText = UnsafeMutablePointer<UInt8>.allocate(capacity: LastEvent.longest + 16)
  /// Whether the log has headers; frames without one are then astray.
  private var hasHeaders = false
  private let scratch = UnsafeMutablePointer<UInt8>.allocate(capacity: 2 * TextTable.longest + 128)

  private struct OpenSample {
    var isOpen = false
    var isJava = false
    var isCut = false
    var process: Int32 = -1
    /// What the line taken apart last is: a frame, or -1 - the place of several in the lists.
    var lastText: Int32 = 0
    /// How many frames are pending.
    var depth = 0
    /// How many frames the last line made; a source line adds to them.
    var lastFrames = 0
    var sample = StackSample(event: -1, time: nil, weight: 1, frames: 0..<0)
  }

  private struct LastEvent {
    /// Of the text's bytes; -1 where there is none yet.
    var count = -1
    var number: Int32 = -1
    var weight: Int64 = 1
    /// Longer ones are read each time.
    static let longest = 256
  }

  /// Frames of lines seen before.
  private struct KnownFrames: ~Copyable {
    var texts = TextTable()
    /// By the text's number: a frame, or -1 - the place of several in `lists`.
    var frames: [Int32] = []
    var lists: [[Int32]] = []
    /// What stands behind the address of a line -> the same, so that the line need not be taken apart.
    let lines = SeenTexts()
  }

  init(_ naming: FrameNaming, _ output: StackSamples) {
    self.naming = naming
    self.output = output
    current.initialize(to: OpenSample())
    lastEvent.initialize(to: LastEvent())
    lastEventText.initialize(repeating: 0, count: LastEvent.longest + 16)
    scratch.initialize(repeating: 0, count: 2 * TextTable.longest + 128)
    for i in 0..<2 { (known + i).initialize(to: KnownFrames()) }
  }

  deinit {
    scratch.deallocate()
    pending.deallocate()
    current.deallocate()
    lastEvent.deallocate()
    lastEventText.deallocate()
    known.deinitialize(count: 2).deallocate()
  }

  /// Reads whole lines; the last may lack its newline. 128 readable bytes follow.
  func read(_ bytes: Pointer, count: Int) {
    output.begin()
    var lines = output.lines
    ChunkLines.forEach(bytes, count: count) { start, end in
      lines &+= 1
      if current.pointee.isOpen, let text = knownPart(start, end), let found = frames.pointee.lines.number(of: text, end - text) {
        append(found)
      } else {
        line(start, end, number: lines)
      }
    }
    output.lines = lines
  }

  /// Ends the last sample, where nothing did.
  func finish() {
    output.begin()
    if current.pointee.isOpen { output.endsWithinSample = true }
    if current.pointee.isOpen { close() }
  }

  /// What tells one indented line that begins with an address from another: what is behind the address, from the address on where names depend on
  /// it. nil where the line is another, or no blank is behind the address.
  @inline(__always)
  private func knownPart(_ start: Pointer, _ end: Pointer) -> Pointer? {
    guard start < end, start[0] == UInt8(ascii: "\t") || start[0] == UInt8(ascii: " ") else { return nil }
    let distance = Int(trace_address_end(start + 1))
    guard distance > 0, distance < end - start - 1 else { return nil }
    return naming.addresses ? start : start + 1 + distance
  }

  /// Any other line. Not inlined: what it does to the output's counts would be checked for each block of lines.
  @inline(never)
  private func line(_ start: Pointer, _ end: Pointer, number: Int) {
    output.lines = number
    guard start < end, start[0] != UInt8(ascii: "\r") else {
      if current.pointee.isOpen { close() }
      return
    }
    if start[0] == UInt8(ascii: "#") { return }
    let isIndented = PerfScriptHeader.isBlank(start[0])
    if current.pointee.isOpen {
      if let frame = PerfScriptFrame(start, end), isFrame(frame, isIndented, start, end) {
        push(frame)
        if isIndented { remember(start, end, frame) }
      } else {
        other(start, end, isIndented)
      }
    } else {
      begin(start, end, isIndented)
    }
  }

  /// Of a line that is a frame wherever it stands in a sample.
  private func remember(_ start: Pointer, _ end: Pointer, _ frame: PerfScriptFrame) {
    guard !frame.module.isEmpty, let byte = frame.symbol.first, !isDigit(byte), let text = knownPart(start, end) else { return }
    frames.pointee.lines.remember(text, end - text, current.pointee.lastText)
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
    if let stamp, !isIndented, beginKnown(stamp, start, end) { return }
    if stamp == nil, isIndented, !hasHeaders, let frame = PerfScriptFrame(start, end), !frame.module.isEmpty {
      // -F ip,sym,dso: stacks without headers.
      open(StackSample(event: -1, time: nil, weight: 1, frames: 0..<0), process: -1, isJava: false)
      push(frame)
    } else if stamp != nil || !isIndented, let header = PerfScriptHeader(start, end, stamp) {
      begin(header, isIndented)
      if let stamp, !isIndented, current.pointee.isOpen, header.rest.isEmpty { remember(stamp, start, end) }
    } else if !isBlank(start, end) {
      output.noteNotUnderstood()
    }
  }

  /// A header of a task and an event met before, with nothing behind the event.
  private func beginKnown(_ stamp: PerfScriptHeader.Stamp, _ start: Pointer, _ end: Pointer) -> Bool {
    let count = end - stamp.end
    guard count == lastEvent.pointee.count, trace_is_equal(lastEventText, stamp.end, UInt64(count)) != 0,
      let process = tasks.number(of: start, stamp.start - start)
    else { return false }
    open(
      StackSample(event: lastEvent.pointee.number, time: stamp.time, weight: lastEvent.pointee.weight, frames: 0..<0),
      process: process, isJava: Self.isJava(UnsafeBufferPointer(start: start, count: stamp.start - start)))
    return true
  }

  /// Of the header that opened the sample being read.
  private func remember(_ stamp: PerfScriptHeader.Stamp, _ start: Pointer, _ end: Pointer) {
    let sample = current.pointee.sample
    if tasks.number(of: start, stamp.start - start) == nil {
      tasks.remember(start, stamp.start - start, current.pointee.process)
    }
    let count = end - stamp.end
    guard count <= LastEvent.longest else { return }
    lastEventText.update(from: stamp.end, count: count)
    lastEvent.pointee = LastEvent(count: count, number: sample.event, weight: sample.weight)
  }

  /// perf names a JVM's tasks after the program until they name themselves.
  private static func isJava(_ comm: PerfScriptHeader.Text) -> Bool {
    comm.count >= 4 && comm[0] == UInt8(ascii: "j") && comm[1] == UInt8(ascii: "a") && comm[2] == UInt8(ascii: "v")
      && comm[3] == UInt8(ascii: "a")
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
      isJava: Self.isJava(header.comm))
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
    current.pointee = OpenSample(isOpen: true, isJava: isJava, process: process, sample: sample)
  }

  private func close() {
    var depth = current.pointee.depth
    if current.pointee.process >= 0 {
      pending[depth] = current.pointee.process
      depth += 1
    }
    output.append(current.pointee.sample, UnsafeBufferPointer(start: pending, count: depth))
    if current.pointee.isCut { output.cutStacks += 1 }
    current.pointee.isOpen = false
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
    let frames = frames
    let (text, isNew) = frames.pointee.texts.number(UnsafePointer(scratch), count)
    if isNew { name(frame, &frames.pointee) }
    current.pointee.lastText = frames.pointee.frames[Int(text)]
    append(current.pointee.lastText)
  }

  /// A frame, or -1 - the place of several.
  @inline(__always)
  private func append(_ found: Int32) {
    guard found >= 0, current.pointee.depth < StackSamples.deepest else { return appendList(found) }
    current.pointee.lastFrames = 1
    pending[current.pointee.depth] = found
    current.pointee.depth += 1
  }

  /// Several frames, or one for which there is no room.
  private func appendList(_ found: Int32) {
    let list = found >= 0 ? [found] : frames.pointee.lists[Int(-1 - found)]
    current.pointee.lastFrames = list.count
    for frame in list {
      if current.pointee.depth == StackSamples.deepest {
        current.pointee.isCut = true
        current.pointee.lastFrames = 0
      } else {
        pending[current.pointee.depth] = frame
        current.pointee.depth += 1
      }
    }
  }

  /// A symbol not met before. Names are cut like the text that they are known by.
  private func name(_ frame: PerfScriptFrame, _ known: inout KnownFrames) {
    var cut = frame
    cut.symbol = UnsafeBufferPointer(rebasing: frame.symbol.prefix(TextTable.longest / 2))
    let list = naming.names(of: cut, isJava: current.pointee.isJava).reversed().map { output.number($0.name, $0.kind) }
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
    guard let last = text.lastIndex(where: { !PerfScriptHeader.isBlank($0) }), current.pointee.lastFrames > 0 else { return }
    for i in (current.pointee.depth - current.pointee.lastFrames)..<current.pointee.depth {
      let number = pending[i]
      let name = Array(output.names.text(number))
      // A frame that perf knows nothing of has no line either.
      if name.starts(with: "[unknown".utf8) { continue }
      pending[i] = output.number(name + [UInt8(ascii: ":")] + text[...last], output.kinds[Int(number)])
    }
    current.pointee.lastFrames = 0
  }
}
