import TraceSyntax

/// Joins unfinished and resumed lines into calls, in the order of the log; keeps the ledger and the clock.
///
/// The only state that grows is what is live: one record per task seen and not ended.
///
/// A struct that ``CallReader`` owns in place: as a class every field access in the per-line path would be checked for exclusivity.
struct CallStitcher: ~Copyable {
  /// A task and its open call, if any.
  ///
  /// Invariant: while `isOpen`, the call's first half is `text`; it points into the current chunk when `inChunk`, else into
  /// `store`, which this record owns. Who is `inChunk` is among `openedInChunk`, open still or not.
  struct Task {
    var tid: Int32
    var isOpen = false
    var inChunk = false
    /// An event of it was handed out since it was seen first or renamed: whoever follows tasks knows it.
    var isIntroduced = false
    var flags = LineFlags()
    var syscall = SyscallID.unknown
    var descriptor = LineEvent.noDescriptor
    var decoration: UInt32 = 0
    var startLine = 0
    var start: Int64 = 0
    var text = UnsafeRawBufferPointer(start: nil, count: 0)
    var store = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  }

  let names = SyscallNames()
  private(set) var clock = TraceClock()
  var ledger = Ledger()
  var tableChecks: [TableCheck] = []
  /// Tasks seen, by index; `tasks[i].tid` is the tid that used the index last.
  private(set) var tasks: UnsafeMutablePointer<Task>
  private(set) var taskCount = 0
  private var taskCapacity = 256
  private var freeTasks: [Int32] = []
  private var liveTasks = 0
  var threads = ThreadTable()
  private var openedInChunk: [Int32] = []
  /// The table read last with the counts it was compared with.
  var lastTable: (table: StraceTable, tally: CallTally)?
  private var copies = TextCopies()
  var tally = CallTally()
  /// Line number of the first line of the current chunk, less one.
  private(set) var lineBase = 0
  /// Whether the log may be a terminal's: its pids are in brackets, or it has none. The traced program's output is then part of it.
  var isSharedOutput = false
  /// Whether logs are read side by side: no table of theirs counts the calls of all.
  private(set) var hasHosts = false
  /// That of the first task.
  private var host: Int32 = -1
  /// Whether the log is a terminal's for certain: others write into its lines.
  var isTerminal = false { didSet { settle() } }
  /// What strace said it attached, before the first call.
  var attachNotes: [AttachNote] = []
  /// Whether the log is a -ff set: a line of one task is never gone on with by another.
  var isSet = false
  /// The task of the glued line at hand.
  var gluedTid: Int32 = 0
  /// Calls whose exit is to come without a prefix, in the order of their entries.
  var glued: [GluedCall] = []
  var tableReader: TableReader? { didSet { settle() } }
  /// Calls that nobody asks for, by syscall number: stitched and counted, but not handed out.
  private let omits: UnsafeMutablePointer<Bool>
  /// Reads and writes of plain buffers, by syscall number.
  let transferKinds: UnsafeMutablePointer<TransferKind>
  /// Whether batches hold the frames of `strace -k`.
  var handsOutFrames = false
  /// The task whose first half was stitched last, or -1.
  var lastOpened: Int32 = -1
  /// An open table, a line that may go on, and lines that may hold those of others want every line looked at.
  private var looksAtEveryLine = false
  /// Whether a whole line is for certain one of its task and nobody else's, and the log's clock runs.
  private(set) var takesTransfers = false
  var joinsNextTable = false
  var partial = PartialLine() { didSet { settle() } }
  /// The text that the events being stitched refer to.
  var chunkBytes = UnsafePointer<UInt8>(bitPattern: 1)!
  /// Clones about to return: ``CallReader`` looks ahead.
  var upcoming = UpcomingBirths()
  /// Children that clones returned while the pid of the first task is unknown (a log from a terminal).
  private var announced: Set<Int32> = []
  /// The index of the task that lines without a pid belong to.
  private var unprefixed: Int32 = -1
  var batch = CallBatch(transfers: CallReader.batchLines)
  let joiner = StraceChunkParser()
  private let restartSyscall = SyscallCatalog.shared.id(of: "restart_syscall") ?? .unknown

  init() {
    tasks = .allocate(capacity: taskCapacity)
    omits = .allocate(capacity: Int(UInt16.max) + 1)
    omits.initialize(repeating: false, count: Int(UInt16.max) + 1)
    transferKinds = .allocate(capacity: Int(UInt16.max) + 1)
    transferKinds.initialize(repeating: .none, count: Int(UInt16.max) + 1)
    for (id, moves) in SyscallCatalog.shared.movesPlainBytes.enumerated() where moves {
      transferKinds[id] = SyscallCatalog.shared.roles[id].isRead ? .read : .write
    }
  }

  deinit {
    batch.deallocate()
    for i in 0..<taskCount { tasks[i].store.deallocate() }
    copies.deallocate()
    tasks.deallocate()
    omits.deallocate()
    transferKinds.deallocate()
    threads.deallocate()
  }

  /// Hands out no more than what says something of tasks and descriptors.
  mutating func omitOtherCalls() {
    omits.update(repeating: true, count: Int(UInt16.max) + 1)
    for (id, role) in SyscallCatalog.shared.roles.enumerated() where role != .other && role != .futex { omits[id] = false }
  }

  /// Begins a batch of the next lines of a chunk; false where there is nothing to stitch.
  ///
  /// - Parameter skipped: bytes of the chunk's only line that the input left out because it is too long.
  mutating func beginBatch(_ events: LineEventBuffer, skipped: Int64) -> Bool {
    startBatch()
    chunkBytes = events.text
    guard skipped > 0, events.count > 0 else { return true }
    ledger.skippedBytes += skipped
    flushPartial(isLastLine: false)
    ledger.add(.tooLong, lineBase + 1)
    return false
  }

  /// Stitches the next lines of a chunk into the batch begun.
  ///
  /// - Parameters:
  ///   - base: the chunk's line events.
  ///   - lines: of the chunk, from 0; all of them in order, the last ones with ``finishChunk(_:)`` after them.
  mutating func stitch(_ base: UnsafeMutablePointer<LineEvent>, _ lines: Range<Int>) {
    for index in lines { line(base + index, lineBase &+ index &+ 1) }
    noteFirstStamp(base, lines)
  }

  /// The chunk's bytes are about to go.
  mutating func finishChunk(_ events: LineEventBuffer) {
    lineBase += events.count
    for thread in openedInChunk where tasks[Int(thread)].inChunk {
      if tasks[Int(thread)].isOpen { keepOpenText(thread) }
      tasks[Int(thread)].inChunk = false
    }
    openedInChunk.removeAll(keepingCapacity: true)
  }

  private mutating func startBatch() {
    batch.removeAll()
    copies.beginBatch()
  }

  /// Notes where the first stamp of the log is, where it was among these lines.
  @inline(__always)
  mutating func noteFirstStamp(_ base: UnsafeMutablePointer<LineEvent>, _ lines: Range<Int>) {
    if clock.firstLine == .max, clock.kind != .none { findFirstStamp(base, lines) }
  }

  @inline(never)
  private mutating func findFirstStamp(_ base: UnsafeMutablePointer<LineEvent>, _ lines: Range<Int>) {
    let index = lines.first { base[$0].stampKind != .none }
    clock.firstLine = lineBase + (index ?? lines.lowerBound) + 1
    settle()
  }

  /// The log is at its end: what is still open is in flight.
  mutating func finish() {
    startBatch()
    flushPartial(isLastLine: true)
    for index in 0..<taskCount where tasks[index].isOpen {
      ledger.inFlight += 1
      emitOpen(Int32(index), .inFlight, line: lineBase, stamp: clock.last)
    }
  }

  @inline(__always)
  mutating func line(_ event: UnsafeMutablePointer<LineEvent>, _ number: Int) {
    if looksAtEveryLine || !half(event, number) { rare(event, number) }
  }

  /// What is asked of every line is kept as an answer.
  private mutating func settle() {
    looksAtEveryLine = partial.isWaiting || isTerminal || tableReader != nil
    takesTransfers = !looksAtEveryLine && clock.firstLine != .max
  }

  /// Takes a whole call or a half of one; false for any other line.
  @inline(__always)
  mutating func half(_ event: UnsafeMutablePointer<LineEvent>, _ number: Int) -> Bool {
    switch event.pointee.kind {
    case .whole:
      ledger.add(.wholeCall, number)
      whole(event, number)
    case .unfinished:
      ledger.add(.unfinished, number)
      unfinished(event, number)
    case .resumed:
      ledger.add(.resumed, number)
      if !endOmitted(event) { resumed(event, number) }
    default: return false
    }
    return true
  }

  // MARK: Calls

  @inline(__always)
  mutating func whole(_ event: UnsafeMutablePointer<LineEvent>, _ number: Int) {
    let thread = threadIndex(of: event)
    let time = timeOf(event)
    if tasks[Int(thread)].isOpen { abandon(thread, number, time) }
    let syscall = identify(event)
    if omits[Int(syscall.rawValue)], tasks[Int(thread)].isIntroduced, !event.pointee.flags.contains(.noResult) {
      count(event, syscall, duration: event.pointee.duration)
      return
    }
    tasks[Int(thread)].isIntroduced = true
    var duration = event.pointee.duration
    if event.pointee.flags.contains(.noResult) { duration = LineEvent.unknownDuration }
    batch.next().initialize(
      to: CallEvent(
        phase: .whole, flags: event.pointee.flags, syscall: syscall, errno: event.pointee.errno, tid: tasks[Int(thread)].tid,
        thread: thread, descriptor: event.pointee.descriptor, decoration: event.pointee.decoration, startLine: number,
        endLine: number, start: time, stamp: time, duration: duration, result: event.pointee.result,
        opening: .init(start: nil, count: 0), closing: text(event)))
    if event.pointee.flags.contains(.noResult) {
      if event.pointee.flags.contains(.endsTask) { exited(event, number) }
    } else {
      count(event, syscall, duration: duration)
    }
  }

  @inline(__always)
  mutating func unfinished(_ event: UnsafeMutablePointer<LineEvent>, _ number: Int) {
    let thread = threadIndex(of: event)
    let time = timeOf(event)
    if tasks[Int(thread)].isOpen { abandon(thread, number, time) }
    let task = tasks + Int(thread)
    task.pointee.isOpen = true
    if !task.pointee.inChunk { openedInChunk.append(thread) }
    task.pointee.inChunk = true
    task.pointee.flags = event.pointee.flags
    task.pointee.syscall = identify(event)
    task.pointee.descriptor = event.pointee.descriptor
    task.pointee.decoration = event.pointee.decoration
    task.pointee.startLine = number
    task.pointee.start = time
    task.pointee.text = text(event)
    lastOpened = thread
    if omits[Int(task.pointee.syscall.rawValue)], task.pointee.isIntroduced { return }
    emitOpen(thread, .began, line: number, stamp: time)
  }

  /// Ends an open call that is left out of the batches, as most halves are; false where there may be more to it.
  @inline(__always)
  private mutating func endOmitted(_ event: UnsafeMutablePointer<LineEvent>) -> Bool {
    let syscall = event.pointee.syscall
    guard omits[Int(syscall.rawValue)], syscall != .unknown, event.pointee.flags.isDisjoint(with: [.stillOpen, .noResult]),
      event.pointee.tid != 0
    else { return false }
    let thread = threads[event.pointee.tid]
    guard thread >= 0 else { return false }
    let task = tasks + Int(thread)
    guard task.pointee.isOpen, task.pointee.isIntroduced, task.pointee.syscall == syscall else { return false }
    _ = timeOf(event)
    task.pointee.isOpen = false
    count(syscall, failed: event.pointee.errno != .none, duration: event.pointee.duration)
    return true
  }

  @inline(__always)
  mutating func resumed(_ event: UnsafeMutablePointer<LineEvent>, _ number: Int) {
    let thread = threadIndex(of: event)
    let time = timeOf(event)
    let syscall = identify(event)
    let task = tasks + Int(thread)
    if !task.pointee.isOpen || task.pointee.syscall != syscall { adoptExec(thread, syscall) }
    // A call that a signal interrupted may end as restart_syscall.
    let matches = task.pointee.isOpen && (task.pointee.syscall == syscall || syscall == restartSyscall)
    if event.pointee.flags.contains(.stillOpen) {
      if matches { extend(thread, with: text(event)) } else if task.pointee.isOpen { abandon(thread, number, time) }
      return
    }
    if event.pointee.flags.contains(.noResult) {
      if task.pointee.isOpen { emitOpen(thread, .abandoned, line: number, stamp: time) }
      task.pointee.isOpen = false
      return
    }
    var flags = event.pointee.flags
    var duration = event.pointee.duration
    var derived = false
    if matches {
      flags.formUnion(task.pointee.flags)
      if duration < 0, clock.isFine, event.pointee.stampKind != .none, !flags.contains(.unavailable) {
        duration = max(0, time &- task.pointee.start)
        derived = true
      }
      task.pointee.isOpen = false
      if omits[Int(syscall.rawValue)], task.pointee.isIntroduced {
        count(event, syscall, duration: derived ? LineEvent.unknownDuration : duration)
        return
      }
      batch.next().initialize(
        to: CallEvent(
          phase: .returned, isDerived: derived, flags: flags, syscall: syscall, errno: event.pointee.errno, tid: task.pointee.tid,
          thread: thread,
          descriptor: task.pointee.descriptor, startLine: task.pointee.startLine, endLine: number,
          start: task.pointee.start, stamp: time, duration: duration, result: event.pointee.result,
          opening: task.pointee.text, closing: text(event)))
    } else {
      if task.pointee.isOpen { abandon(thread, number, time) }
      ledger.withoutStart.add(number)
      task.pointee.isIntroduced = true
      batch.next().initialize(
        to: CallEvent(
          phase: .returnedOnly, hasStart: false, flags: flags, syscall: syscall, errno: event.pointee.errno,
          tid: task.pointee.tid,
          thread: thread, descriptor: LineEvent.noDescriptor, startLine: number, endLine: number, start: time, stamp: time,
          duration: duration, result: event.pointee.result, opening: .init(start: nil, count: 0), closing: text(event)))
    }
    count(event, syscall, duration: derived ? LineEvent.unknownDuration : duration)
  }

  @inline(__always)
  private mutating func count(_ event: UnsafeMutablePointer<LineEvent>, _ syscall: SyscallID, duration: Int64) {
    guard !event.pointee.flags.contains(.noResult) else { return }
    let failed = event.pointee.errno != .none
    if isSharedOutput, names.role(syscall) == .clone,
      let child = TaskNumber.onHost(of: event.pointee.tid, event.pointee.result)
    {
      announced.insert(child)
    }
    count(syscall, failed: failed, duration: duration)
  }

  @inline(__always)
  mutating func count(_ syscall: SyscallID, failed: Bool, duration: Int64) {
    ledger.calls &+= 1
    if failed { ledger.errors &+= 1 }
    tally.add(syscall, failed: failed, duration: duration)
  }

  /// The open call of a task that another line contradicts.
  @inline(never)
  mutating func abandon(_ thread: Int32, _ number: Int, _ time: Int64) {
    ledger.abandoned.add(number)
    emitOpen(thread, .abandoned, line: number, stamp: time)
    tasks[Int(thread)].isOpen = false
  }

  @inline(never)
  mutating func emitOpen(_ thread: Int32, _ phase: CallPhase, line: Int, stamp: Int64) {
    let task = tasks + Int(thread)
    task.pointee.isIntroduced = true
    batch.next().initialize(
      to: CallEvent(
        phase: phase, flags: task.pointee.flags, syscall: task.pointee.syscall, errno: .none, tid: task.pointee.tid,
        thread: thread, descriptor: task.pointee.descriptor, decoration: task.pointee.decoration,
        startLine: task.pointee.startLine, endLine: line,
        start: task.pointee.start, stamp: stamp, duration: LineEvent.unknownDuration, result: 0, opening: task.pointee.text,
        closing: .init(start: nil, count: 0)))
  }

  // MARK: Texts

  @inline(__always)
  mutating func timeOf(_ event: UnsafeMutablePointer<LineEvent>) -> Int64 {
    clock.absolute(event.pointee.stampKind, event.pointee.stamp, fine: event.pointee.flags.contains(.fineStamp))
  }

  /// Copies the text of the event emitted last, whose bytes are about to go.
  mutating func holdLastText() {
    guard batch.count > 0 else { return }
    let event = batch.base + batch.count - 1
    event.pointee.opening = hold(event.pointee.opening)
    // The result stays readable behind the arguments: its text ends in a zero.
    let closing = event.pointee.closing
    let rest = event.pointee.resultText
    guard let start = closing.baseAddress, rest.baseAddress != nil else { return }
    let line = UnsafeRawBufferPointer(start: start, count: closing.count + rest.count + 1)
    event.pointee.closing = UnsafeRawBufferPointer(rebasing: hold(line)[..<closing.count])
  }

  private mutating func hold(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    guard !text.isEmpty else { return text }
    let copy = copies.take(text.count)
    copy.copyMemory(from: text)
    copies.giveBack(copy)
    return UnsafeRawBufferPointer(rebasing: copy[..<text.count])
  }

  /// Makes the open call's text independent of the bytes it was parsed from.
  mutating func keepOpenText(_ thread: Int32) {
    keep(thread, tasks[Int(thread)].text, and: .init(start: nil, count: 0))
  }

  @inline(__always)
  func text(_ event: UnsafeMutablePointer<LineEvent>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(
      start: chunkBytes + Int(event.pointee.argumentsStart),
      count: Int(event.pointee.argumentsEnd &- event.pointee.argumentsStart))
  }

  @inline(__always)
  private mutating func identify(_ event: UnsafeMutablePointer<LineEvent>) -> SyscallID {
    event.pointee.syscall == .unknown ? identifyNew(event) : event.pointee.syscall
  }

  @inline(never)
  private mutating func identifyNew(_ event: UnsafeMutablePointer<LineEvent>) -> SyscallID {
    let start = chunkBytes + Int(event.pointee.bodyStart)
    var count = 0
    let limit = Int(event.pointee.offset + event.pointee.length) - Int(event.pointee.bodyStart)
    while count < limit, start[count] != UInt8(ascii: "("), start[count] != UInt8(ascii: " ") { count += 1 }
    return names.intern(UnsafeRawBufferPointer(start: start, count: count))
  }

  @inline(never)
  private mutating func extend(_ thread: Int32, with more: UnsafeRawBufferPointer) {
    keep(thread, tasks[Int(thread)].text, and: more)
  }

  private mutating func keep(_ thread: Int32, _ first: UnsafeRawBufferPointer, and second: UnsafeRawBufferPointer) {
    let task = tasks + Int(thread)
    // Always fresh memory: events of this batch may still point into the old store.
    let store = copies.take(first.count + second.count)
    store.copyMemory(from: first)
    UnsafeMutableRawBufferPointer(rebasing: store[first.count...]).copyMemory(from: second)
    copies.giveBack(task.pointee.store)
    task.pointee.store = store
    task.pointee.text = UnsafeRawBufferPointer(rebasing: store[..<(first.count + second.count)])
    task.pointee.inChunk = false
  }

  // MARK: Tasks

  @inline(__always)
  mutating func threadIndex(of event: UnsafeMutablePointer<LineEvent>) -> Int32 {
    let tid = event.pointee.tid
    if tid == 0 {
      isSharedOutput = true
      return unprefixedTask()
    }
    let index = threads[tid]
    if index >= 0 { return index }
    if event.pointee.flags.contains(.bracketedPid) {
      isSharedOutput = true
      isTerminal = true
    }
    return newTask(tid)
  }

  @inline(never)
  private mutating func newTask(_ tid: Int32) -> Int32 {
    if host < 0 { host = TaskNumber.host(tid) } else if host != TaskNumber.host(tid) { hasHosts = true }
    // On stderr `[pid N]` appears once there are several tasks: the first unannounced N is the one that had no prefix so far.
    if tid != 0, unprefixed >= 0, tasks[Int(unprefixed)].tid == 0, !announced.contains(tid),
      upcoming.parent(of: tid, after: lineBase) == nil
    {
      tasks[Int(unprefixed)].tid = tid
      tasks[Int(unprefixed)].isIntroduced = false
      threads.set(tid, unprefixed)
      threads.set(0, -1)
      return unprefixed
    }
    let index: Int32
    if let free = freeTasks.popLast() {
      index = free
      tasks[Int(index)].tid = tid
      tasks[Int(index)].isOpen = false
      tasks[Int(index)].isIntroduced = false
    } else {
      if taskCount == taskCapacity {
        let bigger = UnsafeMutablePointer<Task>.allocate(capacity: taskCapacity * 2)
        bigger.moveInitialize(from: tasks, count: taskCount)
        tasks.deallocate()
        tasks = bigger
        taskCapacity *= 2
      }
      index = Int32(taskCount)
      (tasks + taskCount).initialize(to: Task(tid: tid))
      taskCount += 1
    }
    liveTasks += 1
    threads.set(tid, index)
    if tid == 0 { unprefixed = index }
    return index
  }

  /// Lines without a pid: the only task left, else the root.
  @inline(never)
  private mutating func unprefixedTask() -> Int32 {
    if liveTasks == 1, unprefixed < 0 || threads[tasks[Int(unprefixed)].tid] != unprefixed {
      for i in 0..<taskCount where threads[tasks[i].tid] == Int32(i) {
        unprefixed = Int32(i)
        return unprefixed
      }
    }
    if unprefixed >= 0 { return unprefixed }
    let index = threads[0]
    return index >= 0 ? index : newTask(0)
  }

  mutating func release(_ thread: Int32) {
    let tid = tasks[Int(thread)].tid
    guard threads[tid] == thread else { return }
    threads.set(tid, -1)
    tasks[Int(thread)].isOpen = false
    freeTasks.append(thread)
    liveTasks -= 1
    if unprefixed == thread { unprefixed = -1 }
  }

  /// Moves the open call of one task to another: an exec off the leader ends under the leader's tid.
  mutating func moveOpenCall(from: Int32, to: Int32) {
    let source = tasks + Int(from)
    let target = tasks + Int(to)
    target.pointee.isOpen = true
    target.pointee.syscall = source.pointee.syscall
    target.pointee.flags = source.pointee.flags
    target.pointee.descriptor = source.pointee.descriptor
    target.pointee.decoration = source.pointee.decoration
    target.pointee.startLine = source.pointee.startLine
    target.pointee.start = source.pointee.start
    source.pointee.isOpen = false
    keep(to, source.pointee.text, and: .init(start: nil, count: 0))
  }

  /// `<... execve resumed>` under a task that opened none: with `-qqq` no `superseded` line told of the change.
  @inline(never)
  private mutating func adoptExec(_ thread: Int32, _ syscall: SyscallID) {
    guard names.role(syscall) == .exec else { return }
    for other in 0..<taskCount where Int32(other) != thread && tasks[other].isOpen && tasks[other].syscall == syscall {
      if tasks[Int(thread)].isOpen { abandon(thread, tasks[other].startLine, clock.last) }
      takeOver(from: Int32(other), by: thread, line: tasks[other].startLine, stamp: clock.last)
      return
    }
  }

  /// A thread other than the leader called exec: it goes on under the leader's tid, with its open call.
  mutating func takeOver(from other: Int32, by thread: Int32, line: Int, stamp: Int64) {
    emitOpen(thread, .superseded, line: line, stamp: stamp)
    batch.events[batch.count - 1].other = other
    if tasks[Int(other)].isOpen { moveOpenCall(from: other, to: thread) }
    release(other)
  }
}
