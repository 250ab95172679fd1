import TraceCalls
import TraceProcesses
import TraceSyntax

/// Who waited for whom: futex addresses with their waits and wakes, the locks among them, and what the wakers did meanwhile.
///
/// Memory follows the addresses and the living threads (64 recent calls of each).
public struct Futex: Analysis {
  public struct Options: Sendable {
    public var filter = CallFilter()
    /// Nanoseconds of an interval; nil for no series over time.
    public var interval: Int64?
    /// Without these only what an address is for is found out: no percentiles, no longest waits, no blame.
    var keepsWaits = true
    /// Addresses told apart; waits at further ones are ``FutexWaitKey/unknown``.
    var mostAddresses = Int.max
    public init() {}
  }

  struct AddressKey: Hashable {
    var process: Int32
    var address: UInt64
  }

  /// Wakes that one thread was at the start of, of the waits of one address.
  struct RootKey: Hashable {
    var root: Int32
    var row: Int32
  }

  struct RootSum {
    var pressed = WaitSum()
    var others = 0
  }

  /// Shorter waits are not looked into: one millisecond.
  static let shortestBlamed: Int64 = 1_000_000
  /// Pairs of wakers and addresses kept for telling locks from work: far more than a process has busy threads.
  static let mostRoots = 1 << 16

  public let options: Options
  /// By syscall number.
  private var forms: [FutexCall.Form?] = []
  /// Calls that say nothing about what a woken thread is about.
  private var isQuiet: [Bool] = []
  var rows: [FutexAddress] = []
  private var places: [AddressKey: Int32] = [:]
  var wakes: [FutexWakes] = []
  private var wakePlaces: [AddressKey: Int32] = [:]
  var tasks: [FutexTask] = []
  var roots: [RootKey: RootSum] = [:]
  var timeline = FutexTimeline()
  var openWaits: [OpenWait] = []
  private var taskNames = TaskNameReader()
  /// By tid, of tasks that waited or woke.
  private(set) var names: [Int32: String] = [:]
  var withoutAddress = 0
  var withoutOperation = 0
  var isFine = false
  private var window: (from: Int64, to: Int64) = (.min, .max)
  private var firstStamp = 0

  /// A wait that had not returned at the end.
  struct OpenWait {
    var row: Int32
    var tid: Int32
    var startLine: Int
    var start: Int64
    var isTimed: Bool
    var isMutexWait: Bool
    /// Whether somebody woke a thread at the address since it began.
    var sawWake: Bool
  }

  public init(_ options: Options = Options()) {
    self.options = options
    if let interval = options.interval { timeline.interval = max(1, interval) }
  }

  // MARK: Events

  public mutating func consume(_ batch: CallBatch, _ context: TraceContext) {
    prepare(context)
    for place in batch.places { take(place, context) }
  }

  /// Before the events of a batch.
  mutating func prepare(_ context: TraceContext) {
    if forms.isEmpty { learnNames() }
    window = options.filter.window(context.reader.clock)
    firstStamp = context.reader.clock.firstLine
    isFine = context.reader.clock.isFine
  }

  /// Takes an event; where that is the end of a wait, or all that the log shows of one, the result tells which.
  @inline(__always)
  @discardableResult
  mutating func take(_ place: UnsafePointer<CallEvent>, _ context: TraceContext) -> FutexWaitKey {
    let id = Int(place.pointee.syscall.rawValue)
    let thread = Int(place.pointee.thread)
    guard thread >= 0 else { return .unknown }
    if thread >= tasks.count { tasks.append(contentsOf: repeatElement(FutexTask(), count: thread + 64 - tasks.count)) }
    if tasks[thread].tid != place.pointee.tid {
      // A slot is used again when its task has ended; an exec may give a task another number.
      if place.pointee.phase == .superseded { return .unknown }
      close(thread)
      keepName(thread)
      tasks[thread] = FutexTask()
      tasks[thread].tid = place.pointee.tid
    }
    if options.keepsWaits, let name = taskNames.name(in: place, context.reader) { tasks[thread].name = name }
    if id < forms.count, let form = forms[id] { return takeFutex(place, form, context) }
    switch place.pointee.phase {
    case .whole, .returned: note(place, isQuiet: id < isQuiet.count && isQuiet[id])
    case .exited, .superseded: forget(thread)
    default: break
    }
    return .unknown
  }

  private mutating func takeFutex(
    _ place: UnsafePointer<CallEvent>, _ form: FutexCall.Form, _ context: TraceContext
  ) -> FutexWaitKey {
    let thread = Int(place.pointee.thread)
    switch place.pointee.phase {
    case .whole: begin(place, form, context)
    case .detached:
      // All of it on one line: strace printed nothing else in between.
      if tasks[thread].open == nil, !place.pointee.closing.isEmpty { begin(place, form, context) }
    default: break
    }
    let key = tasks[thread].waitKey
    switch place.pointee.phase {
    case .began: begin(place, form, context)
    case .whole, .returned: end(place, context, hasClock: place.pointee.endLine >= firstStamp)
    case .returnedOnly: withoutAddress += 1
    case .inFlight, .detached: leaveOpen(place, context)
    case .abandoned: close(thread)
    case .exited, .superseded: forget(thread)
    case .signal: break
    }
    return key
  }

  private mutating func learnNames() {
    let catalog = SyscallCatalog.shared
    forms = .init(repeating: nil, count: catalog.roles.count)
    isQuiet = .init(repeating: false, count: catalog.roles.count)
    for name in ["futex", "futex_time64", "futex_wait", "futex_wake", "futex_requeue", "futex_waitv"] {
      if let id = catalog.id(of: name) { forms[Int(id.rawValue)] = FutexCall.Form(name) }
    }
    for name in ["gettid", "getpid", "sched_yield", "madvise", "mprotect", "munmap", "mmap", "brk", "membarrier", "getrusage"] {
      if let id = catalog.id(of: name) { isQuiet[Int(id.rawValue)] = true }
    }
  }

  /// Another call that ended: what its thread was doing.
  @inline(__always)
  private mutating func note(_ place: UnsafePointer<CallEvent>, isQuiet: Bool) {
    let thread = Int(place.pointee.thread)
    if !isQuiet { tasks[thread].busyCalls &+= 1 }
    guard options.keepsWaits else { return }
    let duration = max(0, place.pointee.duration)
    let start = place.pointee.busyStart
    tasks[thread].add(
      CallSpan(
        syscall: place.pointee.syscall, incarnation: place.pointee.incarnation, startLine: place.pointee.startLine,
        endLine: place.pointee.endLine, start: start, end: start &+ duration, time: duration))
  }

  private mutating func begin(_ place: UnsafePointer<CallEvent>, _ form: FutexCall.Form, _ context: TraceContext) {
    let thread = Int(place.pointee.thread)
    if tasks[thread].open != nil { close(thread) }
    tasks[thread].usesFutexes = true
    let text = place.pointee.opening.isEmpty ? place.pointee.closing : place.pointee.opening
    guard let call = FutexCall(text, form) else {
      withoutAddress += 1
      return
    }
    if form == .waitv { return beginVector(place, call, text) }
    guard let row = row(place, call.address) else { return }
    guard let command = call.command else {
      withoutOperation += 1
      return
    }
    var open = FutexTask.Open(
      row: row, wakes: wakes(place, call.address, isPrivate: call.isPrivate), otherWakes: -1, command: command,
      isTimed: call.isTimed,
      isMutexWait: command.isPriorityInheriting || (command == .wait && call.value == 2 && !call.isTimed)
        || (command == .waitBitset && call.value == 2 && !call.isTimed),
      value: call.value, startLine: place.pointee.startLine)
    if call.otherAddress != 0, wakes.count / 2 < options.mostAddresses {
      open.otherWakes = wakes(place, call.otherAddress, isPrivate: call.isPrivate)
    }
    if command.wakes || command == .unlockPI {
      let wake = FutexWakes.Open(thread: place.pointee.thread, tid: place.pointee.tid, startLine: place.pointee.startLine)
      wakes[Int(open.wakes)].open.append(wake)
    }
    tasks[thread].open = open
  }

  private mutating func beginVector(_ place: UnsafePointer<CallEvent>, _ call: FutexCall, _ text: UnsafeRawBufferPointer) {
    let waiters = Arguments(text)[0].futexWaiters
    guard let first = waiters.first else {
      withoutAddress += 1
      return
    }
    guard let row = row(place, first.address) else { return }
    var open = FutexTask.Open(
      row: row, wakes: wakes(place, first.address, isPrivate: first.isPrivate), otherWakes: -1,
      command: .wait, isTimed: call.isTimed, isMutexWait: false, value: first.expected, startLine: place.pointee.startLine)
    // FUTEX_WAITV_MAX of futex.h.
    for waiter in waiters.dropFirst().prefix(127) {
      if let row = self.row(place, waiter.address) { open.furtherRows.append(row) }
    }
    tasks[Int(place.pointee.thread)].open = open
  }

  /// The row of an address; nil for a new one where there are too many.
  @inline(__always)
  private mutating func row(_ place: UnsafePointer<CallEvent>, _ address: UInt64) -> Int32? {
    let key = AddressKey(process: place.pointee.process, address: address)
    if let known = places[key] { return known }
    if rows.count >= options.mostAddresses { return nil }
    let fresh = Int32(rows.count)
    rows.append(FutexAddress(process: key.process, address: address, firstLine: place.pointee.startLine))
    places[key] = fresh
    return fresh
  }

  /// Wakes of a word that processes share are looked for among all of them.
  @inline(__always)
  private mutating func wakes(_ place: UnsafePointer<CallEvent>, _ address: UInt64, isPrivate: Bool) -> Int32 {
    let key = AddressKey(process: isPrivate ? place.pointee.process : -1, address: address)
    if let known = wakePlaces[key] { return known }
    let fresh = Int32(wakes.count)
    wakes.append(FutexWakes())
    wakePlaces[key] = fresh
    return fresh
  }

  private mutating func end(_ place: UnsafePointer<CallEvent>, _ context: TraceContext, hasClock: Bool) {
    let thread = Int(place.pointee.thread)
    guard let open = tasks[thread].open else { return }
    tasks[thread].open = nil
    guard place.pointee.isCompleted else { return closeWake(open, place.pointee.thread, woke: 0, line: 0, end: 0) }
    let end = place.pointee.end
    let counts =
      end >= window.from && end < window.to
      && (options.filter.tids.isEmpty || options.filter.tids.contains(TaskNumber.tid(place.pointee.tid)))
    if open.command.waits {
      endWait(place, open, counts: counts, hasClock: hasClock)
      for row in open.furtherRows where counts { count(place, Int(row), open, hasClock: hasClock) }
    } else if open.command.wakes || open.command == .unlockPI {
      let woke =
        open.command == .unlockPI ? (place.pointee.succeeded ? 1 : 0) : place.pointee.succeeded ? max(0, place.pointee.result) : 0
      if counts, open.command.wakes { countWake(place, open, Int64(woke), hasClock: hasClock) }
      if open.otherWakes >= 0, woke > 0 { moveWaiters(place, open, Int(clamping: woke)) }
      // The result counts those moved as well; no more were woken than asked for.
      let ended = open.isRequeue ? min(Int(clamping: woke), Int(clamping: open.value)) : Int(clamping: woke)
      closeWake(open, place.pointee.thread, woke: ended, line: place.pointee.endLine, end: end)
    }
  }

  // MARK: Waits

  /// Counts a wait; `FUTEX_LOCK_PI` that got the lock at once is one of no length.
  private mutating func count(_ place: UnsafePointer<CallEvent>, _ row: Int, _ open: FutexTask.Open, hasClock: Bool) {
    let duration = place.pointee.duration
    rows[row].waits &+= 1
    switch FutexOutcome(place.pointee.errno) {
    case .woken: rows[row].woken &+= 1
    case .changed: rows[row].eagain &+= 1
    case .timeout: rows[row].timeouts &+= 1
    case .interrupted: rows[row].interrupted &+= 1
    case .error, .inFlight: rows[row].otherErrors &+= 1
    }
    if open.isTimed { rows[row].timedWaits &+= 1 }
    if open.isMutexWait { rows[row].mutexWaits &+= 1 }
    rows[row].waiters.add(place.pointee.tid, time: max(0, duration))
    if duration >= 0 {
      rows[row].timed &+= 1
      let (sum, isBeyond) = rows[row].time.addingReportingOverflow(duration)
      rows[row].time = isBeyond ? .max : sum
      rows[row].longest = max(rows[row].longest, duration)
      if options.keepsWaits { rows[row].samples.add(duration) }
    }
    if timeline.interval > 0, hasClock { timeline.addWait(Int32(row), place) }
  }

  private mutating func endWait(
    _ place: UnsafePointer<CallEvent>, _ open: FutexTask.Open, counts: Bool, hasClock: Bool
  ) {
    let thread = Int(place.pointee.thread)
    let outcome = FutexOutcome(place.pointee.errno)
    if counts { count(place, Int(open.row), open, hasClock: hasClock) }
    let duration = max(0, place.pointee.duration)
    let start = place.pointee.busyStart
    if options.keepsWaits {
      tasks[thread].add(
        CallSpan(
          syscall: place.pointee.syscall, isSleep: outcome == .timeout, row: open.row, startLine: open.startLine,
          endLine: place.pointee.endLine, start: start, end: start &+ duration, time: duration))
    }
    let wait = EndedWait(
      row: open.row, thread: place.pointee.thread, tid: place.pointee.tid, startLine: open.startLine,
      endLine: place.pointee.endLine, start: start, end: start &+ duration, duration: place.pointee.duration,
      isTimed: open.isTimed, isPressed: tasks[thread].busyCalls == 0, isFromTimer: tasks[thread].isFromTimer)
    switch outcome {
    case .woken:
      rows[Int(open.row)].lastIn = place.pointee.tid
      // Where many wait together, as for the end of a safepoint, waiting changes nothing in what a thread was about.
      if rows[Int(open.row)].waiters.entries.count < 3 {
        tasks[thread].wasPressed = wait.isPressed
        tasks[thread].lastRoot = 0
        tasks[thread].busyCalls = 0
        tasks[thread].isFromTimer = false
      }
      if counts { explain(wait, at: open.wakes) }
    case .changed: break
    case .timeout:
      tasks[thread].busyCalls = 0
      tasks[thread].wasPressed = false
      tasks[thread].isFromTimer = true
      if counts { keep(LongWait(wait: wait, outcome: outcome)) }
    case .interrupted, .error, .inFlight:
      tasks[thread].busyCalls &+= 1
      if counts { keep(LongWait(wait: wait, outcome: outcome)) }
    }
  }

  /// Finds the waker of a wait, now or when its call returns.
  private mutating func explain(_ wait: EndedWait, at index: Int32) {
    let wakes = Int(index)
    if let open = self.wakes[wakes].open.lastIndex(where: {
      $0.thread != wait.thread && $0.startLine < wait.endLine
    }) {
      let waker = self.wakes[wakes].open[open]
      if rows[Int(wait.row)].waiters.entries.count < 3 { tasks[Int(wait.thread)].lastRoot = root(of: waker.thread, waker.tid) }
      // As many as may be told apart; a thousand threads let go at once need no more.
      if self.wakes[wakes].open[open].ended.count < 4096 { self.wakes[wakes].open[open].ended.append(wait) }
      return
    }
    settle(wait, at: wakes)
  }

  /// Of wakes that returned while the wait was open, the one that ended it.
  private mutating func settle(_ wait: EndedWait, at index: Int) {
    var found = wakes[index].take(since: wait.startLine, notBy: wait.thread)
    if found == nil, wakes[index].requeuedTo >= 0, wakes[index].requeueLine > wait.startLine {
      found = wakes[Int(wakes[index].requeuedTo)].take(since: wait.startLine, notBy: wait.thread)
    }
    if let found {
      attribute(wait, to: found)
    } else {
      keep(LongWait(wait: wait, outcome: .woken))
    }
  }

  /// Who is at the start of the chain of wakes that a thread passes on: itself, unless it was just woken out of a queue.
  private func root(of thread: Int32, _ tid: Int32) -> Int32 {
    let task = tasks[Int(thread)]
    return task.tid == tid && task.busyCalls == 0 && task.wasPressed && task.lastRoot != 0 ? task.lastRoot : tid
  }

  private mutating func attribute(_ wait: EndedWait, to wake: FutexWakes.Wake) {
    let row = Int(wait.row)
    rows[row].enders.add(wake.tid, time: max(0, wait.duration))
    if isFine, wake.end > 0, options.keepsWaits {
      let latency = max(0, wait.end &- wake.end)
      rows[row].handOffs.add(latency)
      rows[row].longestHandOff = max(rows[row].longestHandOff, latency)
    }
    if tasks[Int(wait.thread)].tid == wait.tid {
      tasks[Int(wait.thread)].setWaker(wake.tid, wake.thread, ofWaitEndingAt: wait.endLine)
      if rows[row].waiters.entries.count < 3 { tasks[Int(wait.thread)].lastRoot = root(of: wake.thread, wake.tid) }
    }
    if !wait.isTimed {
      rows[row].released.add(wait.duration)
      if wait.isPressed { rows[row].pressed.add(wait.duration) }
      if wait.isPressed, !wait.isFromTimer { rows[row].pressedByWake &+= 1 }
      if rows[row].waiters.entries.count < 2 { addRoot(wait, wake) }
    }
    guard options.keepsWaits else { return }
    var long = LongWait(wait: wait, outcome: .woken, waker: wake.tid, wakeLine: wake.startLine)
    if wait.duration >= Self.shortestBlamed, isLong(long) {
      long.steps = BlameFinder(tasks: tasks, isFine: isFine).steps(wait, waker: wake.tid, wake.thread)
    }
    keep(long)
  }

  private mutating func addRoot(_ wait: EndedWait, _ wake: FutexWakes.Wake) {
    let root = wait.isPressed ? root(of: wake.thread, wake.tid) : wake.tid
    let key = RootKey(root: root, row: wait.row)
    guard roots.count < Self.mostRoots || roots[key] != nil else { return }
    if wait.isPressed {
      roots[key, default: RootSum()].pressed.add(wait.duration)
    } else {
      roots[key, default: RootSum()].others &+= 1
    }
  }

  private func isLong(_ long: LongWait) -> Bool {
    let row = rows[Int(long.wait.row)]
    func enters(_ list: [LongWait]) -> Bool {
      list.count < FutexAddress.mostTop || list[list.count - 1].wait.duration < long.wait.duration
    }
    return enters(row.top) || (long.wait.isPressed && enters(row.topPressed))
  }

  private mutating func keep(_ long: LongWait) {
    guard options.keepsWaits, long.wait.duration >= 0, isLong(long) else { return }
    let row = Int(long.wait.row)
    Self.insert(long, into: &rows[row].top)
    if long.wait.isPressed { Self.insert(long, into: &rows[row].topPressed) }
  }

  private static func insert(_ long: LongWait, into list: inout [LongWait]) {
    let place = list.firstIndex { $0.wait.duration < long.wait.duration } ?? list.count
    guard place < FutexAddress.mostTop else { return }
    list.insert(long, at: place)
    if list.count > FutexAddress.mostTop { list.removeLast() }
  }

  // MARK: Wakes

  private mutating func countWake(_ place: UnsafePointer<CallEvent>, _ open: FutexTask.Open, _ woke: Int64, hasClock: Bool) {
    let row = Int(open.row)
    rows[row].wakes &+= 1
    if woke > 0 {
      let count = Int(clamping: woke)
      rows[row].threadsWoken = rows[row].threadsWoken.addingReportingOverflow(count).partialValue
      rows[row].effectiveWakes &+= 1
      if count > 1 || open.value >= UInt64(Int32.max) { rows[row].broadcasts &+= 1 }
      rows[row].wakers.add(place.pointee.tid, count: count)
    }
    if timeline.interval > 0, hasClock { timeline.addWake(open.row, place, woke) }
  }

  /// REQUEUE moves waiters to the other address; WAKE_OP wakes there too.
  private mutating func moveWaiters(_ place: UnsafePointer<CallEvent>, _ open: FutexTask.Open, _ woke: Int) {
    if open.command == .wakeOp {
      wakes[Int(open.otherWakes)].add(
        .init(
          thread: place.pointee.thread, tid: place.pointee.tid, startLine: open.startLine, endLine: place.pointee.endLine,
          end: place.pointee.end, left: woke))
    } else {
      wakes[Int(open.wakes)].requeuedTo = open.otherWakes
      wakes[Int(open.wakes)].requeueLine = place.pointee.endLine
    }
  }

  /// A wake returned, or never will: the waits that ended meanwhile are its, as many as it woke.
  private mutating func closeWake(_ open: FutexTask.Open, _ thread: Int32, woke: Int, line: Int, end: Int64) {
    guard open.command.wakes || open.command == .unlockPI else { return }
    let index = Int(open.wakes)
    guard let place = wakes[index].open.firstIndex(where: { $0.thread == thread }) else { return }
    let ended = wakes[index].open.remove(at: place)
    let wake = FutexWakes.Wake(
      thread: thread, tid: ended.tid, startLine: ended.startLine, endLine: line, end: end, left: max(0, woke - ended.ended.count))
    for wait in ended.ended.prefix(woke) { attribute(wait, to: wake) }
    if woke > 0 { wakes[index].add(wake) }
    for wait in ended.ended.dropFirst(woke) { explain(wait, at: open.wakes) }
  }

  // MARK: Ends of calls that never return

  /// The call that a task has open is over without a result.
  private mutating func close(_ thread: Int) {
    guard let open = tasks[thread].open else { return }
    tasks[thread].open = nil
    closeWake(open, Int32(thread), woke: 0, line: 0, end: 0)
  }

  private mutating func forget(_ thread: Int) {
    close(thread)
    keepName(thread)
    let tid = tasks[thread].tid
    tasks[thread] = FutexTask()
    tasks[thread].tid = tid
  }

  private mutating func keepName(_ thread: Int) {
    if tasks[thread].usesFutexes, let name = tasks[thread].name { names[TaskNumber.tid(tasks[thread].tid)] = name }
  }

  private mutating func leaveOpen(_ place: UnsafePointer<CallEvent>, _ context: TraceContext) {
    let thread = Int(place.pointee.thread)
    guard let open = tasks[thread].open, open.command.waits else { return close(thread) }
    tasks[thread].open = nil
    guard options.filter.tids.isEmpty || options.filter.tids.contains(TaskNumber.tid(place.pointee.tid)) else { return }
    let clock = context.reader.clock
    let waited = clock.kind == .none ? 0 : max(0, clock.last.subtractingReportingOverflow(place.pointee.start).partialValue)
    for row in [open.row] + open.furtherRows {
      rows[Int(row)].inFlight &+= 1
      let (sum, isBeyond) = rows[Int(row)].inFlightTime.addingReportingOverflow(waited)
      rows[Int(row)].inFlightTime = isBeyond ? .max : sum
      rows[Int(row)].waiters.add(place.pointee.tid, count: 0)
      if open.isMutexWait { rows[Int(row)].mutexWaits &+= 1 }
    }
    guard options.keepsWaits else { return }
    openWaits.append(
      OpenWait(
        row: open.row, tid: place.pointee.tid, startLine: open.startLine, start: place.pointee.start, isTimed: open.isTimed,
        isMutexWait: open.isMutexWait, sawWake: wakes[Int(open.wakes)].recent.contains { $0.endLine > open.startLine }))
  }

  public mutating func finish(_ context: TraceContext) -> FutexResult {
    for thread in tasks.indices { keepName(thread) }
    let result = FutexFindings(self, context, options).result()
    forgetRows()
    return result
  }

  /// Which waits were for locks. It ends the analysis as ``finish(_:)`` does.
  mutating func verdicts() -> FutexVerdicts {
    defer { forgetRows() }
    return FutexVerdicts(rows, roots)
  }

  private mutating func forgetRows() {
    for index in rows.indices {
      rows[index].samples.deallocate()
      rows[index].handOffs.deallocate()
    }
    rows.removeAll()
  }
}
