import TraceSyntax

// Lines that are no plain call half: a few in a million, so Strings are fine here.
extension CallStitcher {
  @inline(never)
  mutating func rare(_ event: UnsafeMutablePointer<LineEvent>, _ number: Int) {
    if tableReader != nil, takesTableLine(event, number) { return }
    if partial.isWaiting, joins(event, number) { return }
    if isTerminal || (isSet && event.pointee.kind == .partial), takesGlued(event, number) { return }
    switch event.pointee.kind {
    case .whole, .unfinished, .resumed:
      _ = half(event, number)
    case .detached:
      ledger.add(.detached, number)
      detached(event, number)
    case .signal:
      ledger.add(.signal, number)
      let thread = threadIndex(of: event)
      emitTask(.signal, thread, event, number)
    case .exit:
      ledger.add(.exit, number)
      exited(event, number)
    case .superseded:
      ledger.add(.exit, number)
      superseded(event, number)
    case .stack:
      ledger.add(.stack, number)
      if handsOutFrames { batch.frames.append(.init(eventsBefore: batch.count, text: lineBytes(event))) }
    case .dump: ledger.add(.dump, number)
    case .event: ledger.add(.event, number)
    case .note:
      isTerminal = true
      ledger.add(.note, number)
      // Before any call: of what -p named. Later ones are of tasks that the log shows being born.
      if ledger.calls == 0, ledger[.unfinished].lines == 0, attachNotes.count < 65_536, let note = AttachNote(lineBytes(event)) {
        attachNotes.append(note)
      }
      if event.pointee.flags.contains(.lostEvents) { ledger.addLost(event.pointee.result, number) }
    case .blank: ledger.add(.blank, number)
    case .partial:
      partial.isWaiting = true
      partial.line = number
      partial.bytes = Array(lineBytes(event).prefix(PartialLine.longest))
      partial.isDetached = false
      partial.cutEmbeddedNote()
      if partial.bytes.count < Int(event.pointee.length) { isTerminal = true }
    case .fragment:
      fragment(event, number)
    case .other:
      other(event, number)
    }
  }

  func lineBytes(_ event: UnsafeMutablePointer<LineEvent>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: chunkBytes + Int(event.pointee.offset), count: Int(event.pointee.length))
  }

  private func lineText(_ event: UnsafeMutablePointer<LineEvent>) -> String {
    String(decoding: lineBytes(event).prefix(4096), as: UTF8.self)
  }

  // MARK: Tasks

  private mutating func emitTask(_ phase: CallPhase, _ thread: Int32, _ event: UnsafeMutablePointer<LineEvent>, _ number: Int) {
    let time = timeOf(event)
    tasks[Int(thread)].isIntroduced = true
    batch.next().initialize(
      to: CallEvent(
        phase: phase, flags: [], syscall: .unknown, errno: .none, tid: tasks[Int(thread)].tid, thread: thread,
        descriptor: LineEvent.noDescriptor, startLine: number, endLine: number, start: time, stamp: time,
        duration: LineEvent.unknownDuration, result: event.pointee.result, opening: .init(start: nil, count: 0),
        closing: text(event)))
  }

  private mutating func detached(_ event: UnsafeMutablePointer<LineEvent>, _ number: Int) {
    let thread = threadIndex(of: event)
    let time = timeOf(event)
    if tasks[Int(thread)].isOpen, event.pointee.syscall != tasks[Int(thread)].syscall { abandon(thread, number, time) }
    let wasOpen = tasks[Int(thread)].isOpen
    ledger.inFlight += 1
    if wasOpen {
      emitOpen(thread, .detached, line: number, stamp: time)
      tasks[Int(thread)].isOpen = false
    } else {
      emitTask(.detached, thread, event, number)
      batch.events[batch.count - 1].syscall = event.pointee.syscall
      batch.events[batch.count - 1].descriptor = event.pointee.descriptor
    }
  }

  @inline(never)
  mutating func exited(_ event: UnsafeMutablePointer<LineEvent>, _ number: Int) {
    let thread = threadIndex(of: event)
    if tasks[Int(thread)].isOpen {
      emitOpen(thread, .abandoned, line: number, stamp: clock.last)
      tasks[Int(thread)].isOpen = false
    }
    emitTask(.exited, thread, event, number)
    release(thread)
  }

  private mutating func superseded(_ event: UnsafeMutablePointer<LineEvent>, _ number: Int) {
    let thread = threadIndex(of: event)
    let time = timeOf(event)
    if tasks[Int(thread)].isOpen {
      emitOpen(thread, .abandoned, line: number, stamp: time)
      tasks[Int(thread)].isOpen = false
    }
    let other = TaskNumber.onHost(of: event.pointee.tid, event.pointee.result).map { threads[$0] } ?? -1
    if other >= 0, other != thread { takeOver(from: other, by: thread, line: number, stamp: time) }
  }

  // MARK: Pieces of lines

  /// Tries to go on with the waiting line; true when this line was used up by it.
  private mutating func joins(_ event: UnsafeMutablePointer<LineEvent>, _ number: Int) -> Bool {
    switch event.pointee.kind {
    case .note:
      ledger.add(.note, number)
      return true
    case .fragment, .other, .blank, .partial:
      guard event.pointee.tid == 0, event.pointee.stampKind == .none, event.pointee.kind != .partial else { break }
      let more = lineBytes(event)
      guard partial.bytes.count + more.count <= PartialLine.longest else { break }
      var joined = partial.bytes
      joined += more
      if completes(joined, number) { return true }
      if event.pointee.kind != .fragment {
        // Program output in the middle of the line: it may still go on.
        partial.bytes = joined
        ledger.add(.continuation, number)
        return true
      }
    default: break
    }
    flushPartial(isLastLine: false)
    return false
  }

  /// Parses a copy of a text as a line; the event's offsets are into the copy.
  static func withParsed<T>(
    _ text: some Collection<UInt8>, _ parser: StraceChunkParser, _ body: (inout LineEvent, UnsafeRawBufferPointer) -> T
  ) -> T {
    let count = min(text.count, PartialLine.longest)
    return withUnsafeTemporaryAllocation(byteCount: count + StraceChunkParser.padding, alignment: 1) { copy in
      copy.initializeMemory(as: UInt8.self, repeating: 0)
      copy.copyBytes(from: text.prefix(count))
      var event = parser.parseLine(copy.baseAddress!.assumingMemoryBound(to: UInt8.self), count: count)
      return body(&event, UnsafeRawBufferPointer(rebasing: copy[..<count]))
    }
  }

  /// Stitches an event whose text is not the chunk's: what was emitted keeps a copy.
  mutating func onText(_ bytes: UnsafeRawBufferPointer, _ stitch: (inout CallStitcher) -> Void) {
    guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
    let (chunk, count) = (chunkBytes, batch.count)
    chunkBytes = base
    lastOpened = -1
    stitch(&self)
    if lastOpened >= 0 { keepOpenText(lastOpened) }
    if batch.count > count { holdLastText() }
    chunkBytes = chunk
  }

  /// Parses a line put together from pieces; true when it is a call now.
  ///
  /// - Parameter number: the line that completed it, if any.
  private mutating func completes(_ joined: [UInt8], _ number: Int?) -> Bool {
    let taken = Self.withParsed(joined, joiner) { event, bytes -> Bool in
      guard event.kind == .whole || event.kind == .unfinished || event.kind == .resumed else { return false }
      partial.isWaiting = false
      onText(bytes) { _ = $0.half(&event, $0.partial.line) }
      return true
    }
    if taken, let number { ledger.add(.continuation, number) }
    return taken
  }

  mutating func flushPartial(isLastLine: Bool) {
    guard partial.isWaiting else { return }
    if partial.isDetached, completes(partial.bytes + " <unfinished ...>".utf8, nil) { return }
    partial.isWaiting = false
    // The last line of a file of a -ff set need not be the last of the log.
    if !isLastLine || isSet, becomesGlued(partial.bytes, partial.line) {
      ledger.add(.unfinished, partial.line)
      return
    }
    ledger.add(isLastLine ? .cutLastLine : .cutCall, partial.line)
  }

  private mutating func fragment(_ event: UnsafeMutablePointer<LineEvent>, _ number: Int) {
    // Text between the halves of a line: somebody else writes here.
    isTerminal = true
    if !completesOpening(event, number), !takesGluedExit(event, number) { ledger.add(.strayContinuation, number) }
  }

  /// `)      = 0 <0.000044>` right below a first half is its end: strace 5.2 to 6.1 under -z put a foreign `<unfinished ...>` there.
  private mutating func completesOpening(_ event: UnsafeMutablePointer<LineEvent>, _ number: Int) -> Bool {
    let thread = lastOpened
    guard thread >= 0, tasks[Int(thread)].isOpen, tasks[Int(thread)].startLine == number - 1 else { return false }
    let resumed = Array("<... \(names.name(tasks[Int(thread)].syscall)) resumed>".utf8)
    let done = Self.withParsed(resumed + lineBytes(event), joiner) { end, bytes -> Bool in
      guard end.kind == .resumed, !end.flags.contains(.stillOpen) else { return false }
      end.tid = tasks[Int(thread)].tid
      onText(bytes) { $0.resumed(&end, number) }
      return true
    }
    if done { ledger.add(.continuation, number) }
    return done
  }

  // MARK: Tables and the rest

  private mutating func other(_ event: UnsafeMutablePointer<LineEvent>, _ number: Int) {
    if event.pointee.tid == 0, event.pointee.stampKind == .none, completesOpening(event, number) || takesGluedExit(event, number)
    {
      return
    }
    let bytes = lineBytes(event)
    if bytes.count < 512 {
      let text = lineText(event)
      if text.hasPrefix("System call usage summary for ") {
        ledger.add(.summaryTable, number)
        joinsNextTable = !tableChecks.isEmpty
        return
      }
      if let reader = TableReader(header: text, line: number) {
        ledger.add(.summaryTable, number)
        tableReader = reader
        return
      }
    }
    if event.pointee.tid == 0, event.pointee.stampKind == .none || event.pointee.stampKind == .relative {
      if isSharedOutput {
        ledger.add(.continuation, number)
      } else {
        ledger.add(.noTraceLine, number)
      }
    } else {
      ledger.add(.unknownBody, number)
    }
  }

  /// Gives the open table its next line; true when the line was of the table.
  private mutating func takesTableLine(_ event: UnsafeMutablePointer<LineEvent>, _ number: Int) -> Bool {
    guard event.pointee.kind == .other || event.pointee.kind == .blank else {
      finishTable()
      return false
    }
    ledger.add(.summaryTable, number)
    let text = lineText(event)
    if tableReader?.take(text) == true { finishTable() }
    return true
  }

  mutating func finishTable() {
    guard let table = tableReader?.table else { return }
    tableReader = nil
    guard !hasHosts else { return }
    if joinsNextTable, let previous = lastTable {
      // The second table of a log with two personalities belongs to the same calls.
      var both = previous.table
      both.merge(table)
      lastTable?.table = both
      tableChecks[tableChecks.count - 1] = previous.tally.check(both, names: names)
    } else {
      tableChecks.append(tally.check(table, names: names))
      lastTable = (table, tally)
      tally = CallTally()
    }
    joinsNextTable = false
  }
}

extension PartialLine {
  /// Drops `strace: Process N attached` that cut the line, told by the text since strace's messages go out unbuffered.
  mutating func cutEmbeddedNote() {
    for word in ["strace: Process ", "Process "] {
      let needle = Array(word.utf8)
      guard bytes.count > needle.count else { continue }
      var i = bytes.count - needle.count
      while i > 0 {
        if bytes[i] == needle[0], bytes[i..<(i + needle.count)].elementsEqual(needle) {
          let rest = String(decoding: bytes[i...], as: UTF8.self)
          isDetached = rest.hasSuffix("detached")
          if isDetached || rest.hasSuffix("attached") || rest.contains(" attached with ") { bytes.removeSubrange(i...) }
          return
        }
        i -= 1
      }
    }
  }
}
