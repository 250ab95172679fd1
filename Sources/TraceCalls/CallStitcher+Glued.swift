import TraceSyntax

// Lines of a terminal's log that hold more than one writer's text. Rare, and such logs are small: clarity before speed.
extension CallStitcher {
  /// Takes a line apart where another begins inside of it; false where none does.
  mutating func takesGlued(_ event: UnsafeMutablePointer<LineEvent>, _ number: Int) -> Bool {
    switch event.pointee.kind {
    case .whole, .unfinished, .resumed, .partial, .other: break
    default: return false
    }
    let isCall = event.pointee.kind != .other
    let tid = event.pointee.tid
    let from = isCall ? Int(event.pointee.argumentsStart - event.pointee.offset) : 1
    let line = lineBytes(event)
    guard let seam = StraceGlue.seam(in: line, from: max(1, from), stamp: clock.kind, skipsStrings: isCall) else {
      let bearsNothing = tid == 0 && event.pointee.stampKind == .none
      guard isCall, bearsNothing, StraceGlue.holdsCall(text(event)) else { return false }
      ledger.add(.glued, number)
      return true
    }
    var piece = PartialLine()
    piece.bytes = Array(line)
    if event.pointee.kind == .partial { piece.cutEmbeddedNote() }
    guard seam < piece.bytes.count else { return false }
    return piece.bytes.withUnsafeBytes { copy in
      let rest = UnsafeRawBufferPointer(rebasing: copy[seam...])
      guard let event = self.event(of: rest) else { return false }
      switch event.kind {
      case .whole: ledger.add(.wholeCall, number)
      case .resumed: ledger.add(.resumed, number)
      case .exit: ledger.add(.exit, number)
      default: ledger.add(.unfinished, number)
      }
      // Old straces end a task of a -ff set in the line of its last call: `read(3, 1795266473.386649 +++ killed by SIGKILL +++`.
      gluedTid = tid
      take(piece: UnsafeRawBufferPointer(rebasing: copy[..<seam]), number)
      return take(piece: rest, number)
    }
  }

  /// An exit without a prefix, of one of the calls that are waiting for theirs.
  mutating func takesGluedExit(_ event: UnsafeMutablePointer<LineEvent>, _ number: Int) -> Bool {
    forgetEnded()
    guard !glued.isEmpty, event.pointee.tid == 0, event.pointee.stampKind == .none else { return false }
    if lineBytes(event).elementsEqual(" <unfinished ...>".utf8) {
      glued.removeFirst()
      ledger.add(.continuation, number)
      return true
    }
    guard close(lineBytes(event), number) else { return false }
    ledger.add(.continuation, number)
    return true
  }

  /// A call line without an end that another line follows: its exit may come without a prefix.
  mutating func becomesGlued(_ text: [UInt8], _ number: Int) -> Bool {
    guard isTerminal || isSet else { return false }
    return text.withUnsafeBytes { open($0, number) }
  }

  /// Drops the calls that have ended otherwise.
  private mutating func forgetEnded() {
    let tasks = tasks
    glued.removeAll { !tasks[Int($0.thread)].isOpen || tasks[Int($0.thread)].startLine != $0.line }
  }

  /// A piece of a line, its offsets into the piece, where it is a call, a half of one, or a task's end.
  private func event(of text: UnsafeRawBufferPointer) -> LineEvent? {
    Self.withParsed(text, joiner) { event, _ in
      switch event.kind {
      case .whole, .unfinished, .resumed, .exit: event
      case .partial where event.syscall != .unknown: event
      default: nil
      }
    }
  }

  /// One writer's piece of a line, which may hold another piece in turn; true where it was a call's.
  @discardableResult
  private mutating func take(piece text: UnsafeRawBufferPointer, _ number: Int) -> Bool {
    guard let event = event(of: text) else { return false }
    let from = max(1, Int(event.argumentsStart))
    if let seam = StraceGlue.seam(in: text, from: from, stamp: clock.kind, skipsStrings: true) {
      let rest = UnsafeRawBufferPointer(rebasing: text[seam...])
      if self.event(of: rest) != nil {
        take(piece: UnsafeRawBufferPointer(rebasing: text[..<seam]), number)
        return take(piece: rest, number)
      }
    }
    if event.kind == .partial { return open(text, number) }
    if event.kind == .whole, exitIsOfAnother(text, event, number) { return true }
    return take(whole: text, number)
  }

  /// Gives a whole call's exit to the waiting call that it fits better; the call itself then waits.
  private mutating func exitIsOfAnother(_ text: UnsafeRawBufferPointer, _ event: LineEvent, _ number: Int) -> Bool {
    forgetEnded()
    guard !glued.isEmpty else { return false }
    let end = Int(event.argumentsEnd)
    // Where its own arguments end and another's begin is told by the waiting call: all of them its own, or none.
    let entry = UnsafeRawBufferPointer(rebasing: text[Int(event.argumentsStart)..<end])
    let own = GluedCall(thread: -1, line: number, column: end, entry: entry, name: names.name(event.syscall))
    let exit = GluedCall.Exit(text, event, from: end)
    guard let best = bestFit(exit), glued[best].fit(exit) >= own.fit(exit) else { return false }
    guard close(UnsafeRawBufferPointer(rebasing: text[end...]), number, call: best) else { return false }
    return open(UnsafeRawBufferPointer(rebasing: text[..<end]), number)
  }

  private func bestFit(_ exit: GluedCall.Exit) -> Int? {
    // The first of equals: who entered first mostly returns first.
    glued.indices.max { (glued[$0].fit(exit), -$0) < (glued[$1].fit(exit), -$1) }
  }

  /// Begins a call of which the entry stands here.
  private mutating func open(_ text: UnsafeRawBufferPointer, _ number: Int) -> Bool {
    Self.withParsed(text, joiner) { event, bytes in
      let entry = UnsafeRawBufferPointer(rebasing: bytes[Int(event.argumentsStart)..<Int(event.argumentsEnd)])
      guard event.kind == .partial, event.syscall != .unknown, StraceGlue.isEntry(entry) else { return false }
      onText(bytes) { $0.unfinished(&event, number) }
      let thread = threadIndex(of: &event)
      if glued.count == 16 { glued.removeFirst() }
      glued.append(GluedCall(thread: thread, line: number, column: text.count, entry: entry, name: names.name(event.syscall)))
      return true
    }
  }

  /// Ends a waiting call with an exit's text: the given one, or the one it fits best.
  private mutating func close(_ text: UnsafeRawBufferPointer, _ number: Int, call: Int? = nil) -> Bool {
    let prefix = Array("<... read resumed>".utf8)
    return Self.withParsed(prefix + text, joiner) { event, bytes in
      guard event.kind == .resumed, event.flags.isDisjoint(with: [.stillOpen, .noResult]) else { return false }
      let exit = GluedCall.Exit(bytes, event, from: prefix.count)
      guard let index = call ?? bestFit(exit) else { return false }
      let thread = glued.remove(at: index).thread
      event.tid = tasks[Int(thread)].tid
      event.syscall = tasks[Int(thread)].syscall
      event.stampKind = .none
      onText(bytes) { $0.resumed(&event, number) }
      return true
    }
  }

  /// A call or a half of one that nothing else stands in.
  private mutating func take(whole text: UnsafeRawBufferPointer, _ number: Int) -> Bool {
    Self.withParsed(text, joiner) { event, bytes in
      onText(bytes) {
        switch event.kind {
        case .whole: $0.whole(&event, number)
        case .unfinished: $0.unfinished(&event, number)
        case .exit:
          if event.tid == 0 { event.tid = $0.gluedTid }
          $0.exited(&event, number)
        default: $0.resumed(&event, number)
        }
      }
      return true
    }
  }
}
