/// Thread dumps -> samples: each thread of each dump that has a stack is one. Their event is the thread's state.
///
/// Frames are `class.method`; what a JVM makes up anew each time it runs, the `/0x0000000800c03000` of a hidden class, is left out.
final class ThreadDumpStackReader {
  private let naming: FrameNaming
  private let output: StackSamples
  private var reader = ThreadDumpReader()

  init(_ naming: FrameNaming, _ output: StackSamples) {
    self.naming = naming
    self.output = output
  }

  func read(_ bytes: Pointer, count: Int) {
    output.begin()
    output.addsEvents = true
    for line in TextLines(UnsafeRawBufferPointer(start: bytes, count: count)) {
      output.lines += 1
      reader.read(line)
    }
    take()
  }

  func finish() {
    output.begin()
    for dump in reader.finish() {
      if !dump.isComplete { output.endsWithinSample = true }
      for thread in dump.threads { add(thread, dump.localTime) }
    }
    reader = ThreadDumpReader()
  }

  private func take() {
    for (thread, time) in reader.takeThreads() { add(thread, time) }
  }

  private func add(_ thread: JavaThread, _ time: Int64?) {
    // The JVM's own threads have no stack in a dump.
    guard !thread.frames.isEmpty else { return }
    let first = output.frames.count
    for frame in thread.frames { output.frames.append(output.number(name(of: frame), .user)) }
    if naming.threads || naming.tid {
      let tid = naming.tid ? "/\(thread.tid)" : ""
      output.frames.append(output.number(Self.tidied(thread.name + tid), .process))
    }
    output.frames.append(output.number(Array("java".utf8), .process))
    let event = (Array((thread.state ?? "UNKNOWN").utf8) + [0, 0, 0, 0, 0, 0, 0, 0]).withUnsafeBufferPointer { state in
      state.baseAddress.map { output.events.number($0, state.count - 8).number } ?? -1
    }
    let nanoseconds = time.map { $0.multipliedReportingOverflow(by: 1_000_000_000) }
    output.samples.append(
      StackSample(
        event: event, time: nanoseconds.flatMap { $0.overflow ? nil : $0.partialValue }, weight: 1,
        frames: first..<output.frames.count))
  }

  /// `sun.nio.ch.EPoll.wait(java.base@17.0.15/Native Method)` -> `sun.nio.ch.EPoll.wait`.
  private func name(of frame: String) -> [UInt8] {
    let bytes = Array(frame.utf8.prefix(TextTable.longest / 2))
    let open = bytes.firstIndex(of: UInt8(ascii: "(")) ?? bytes.endIndex
    var name = Self.withoutAddress(bytes[..<open])
    if naming.sourceLines, open < bytes.endIndex {
      var place = bytes[(open + 1)...]
      if place.last == UInt8(ascii: ")") { place = place.dropLast() }
      // Behind the module: `java.base@17.0.15/Reference.java:253`.
      if let slash = place.lastIndex(of: UInt8(ascii: "/")) { place = place[(slash + 1)...] }
      if place.contains(UInt8(ascii: ":")) { name += [UInt8(ascii: ":")] + place }
    }
    return name.map { $0 == UInt8(ascii: ";") ? UInt8(ascii: ":") : $0 }
  }

  /// `Relay$$Lambda$14/0x0000000800c03000.run` -> `Relay$$Lambda$14.run`.
  private static func withoutAddress(_ name: ArraySlice<UInt8>) -> [UInt8] {
    guard let slash = name.lastIndex(of: UInt8(ascii: "/")), name[slash...].starts(with: "/0x".utf8) else { return Array(name) }
    let rest = name[(slash + 3)...].drop { TextRedactor.isHexDigit($0) }
    return Array(name[..<slash]) + rest
  }

  private static func tidied(_ name: String) -> [UInt8] {
    name.utf8.prefix(4096).map { $0 == UInt8(ascii: ";") ? UInt8(ascii: ":") : $0 == UInt8(ascii: "\n") ? UInt8(ascii: " ") : $0 }
  }
}
