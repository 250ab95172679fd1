import TraceCalls
import TraceProcesses
import TraceSyntax

/// Silences of connections against their own rhythm, writes that were held up, and times in which a whole process stood still.
public struct Stalls: Analysis {
  public struct Options: Sendable {
    /// Nanoseconds: what is shorter is no stall.
    public var minimum: Int64 = 1_000_000_000
    public var filter = CallFilter()
    /// Names by tid from outside of the log; they win over what the log says.
    public var names: [Int32: String] = [:]
    public init() {}
  }

  public static var needsWatches: Bool { true }

  /// Who did something, and the line that shows it.
  private struct Witness {
    var process: Int32
    var tid: Int32
    var syscall: SyscallID
    var line: Int

    init(_ event: UnsafePointer<CallEvent>) {
      process = event.pointee.process
      tid = event.pointee.tid
      syscall = event.pointee.syscall
      line = event.pointee.startLine
    }

    /// The log's end.
    init(process: Int32, tid: Int32, line: Int) {
      self.process = process
      self.tid = tid
      syscall = .unknown
      self.line = line
    }
  }

  /// What is known of a live thread.
  private struct Reader {
    var tid: Int32 = 0
    /// What the log calls it.
    var name: String?
    /// It works while a virtual machine holds all others: so says its name.
    var isMachine = false
    /// When it last came back from a wait that events or its time had ended; and, of these and calls of the network, from the last one.
    var due: Int64 = .min
    var free: Int64 = .min
    /// Where its last call ended.
    var cursor: Int64 = .min
    /// It asks which descriptors are ready.
    var hasPolled = false
    /// When it came back from that the last time and the time before, since when it had waited, and what it was told.
    var rest: Int64 = .min
    var restBefore: Int64 = .min
    var restStart: Int64 = .min
    var pollDescriptor = LineEvent.noDescriptor
    var report: [UInt8] = []
    var spans = RecentSpans()
    /// A call on one line without a duration: it may have lasted up to the thread's next line.
    var untimed: (span: RecentSpans.Span, incarnation: Int32)?

    /// The last poll did not come back at once: what it named had just come. Of one that did, it may have waited since the poll before.
    var waited: Bool {
      // On a busy machine coming back takes its time, too.
      let away = restBefore == .min ? 0 : restStart &- restBefore
      return rest &- restStart >= min(20_000_000, max(1_000_000, away / 10))
    }
  }

  public let options: Options
  private let minimum: Int64
  private var readers: [Reader] = []
  private var flows: [StallFlow] = []
  /// By open description, the place of its flow or -1.
  private var flowAt: [Int32] = []
  private var freeFlows: [Int32] = []
  private var sweepAt = 1024
  private var processes: [ProcessSilence] = []
  private var pollers: Set<Int32> = []
  private var found: [Stall] = []
  private var watches: [PauseWatch] = []
  /// By place of a watch, its process; where the next one goes once there are too many.
  private var watched: [Int32] = []
  private var nextWatch = 0
  private var taskNames = TaskNameReader()
  /// By syscall number.
  private let isMachinery = Self.machinery
  private var classifier = ActivityClass()
  private var timeouts = WaitTimeout()
  private let joiner = ArgumentJoiner()
  /// How far a stamp may be before the truth.
  private var resolution: Int64 = 0
  /// Where the last call ended.
  private var last: Int64 = .min
  private var untimed = 0
  private static let longestReport = 4096
  /// Processes with several threads looked after at a time.
  private static let mostWatches = 4096
  private static let timedOut = Errno(rawValue: 110)
  private static let futexCalls = Set(["futex", "futex_time64"].compactMap { SyscallCatalog.shared.id(of: $0) })
  /// Calls that a virtual machine makes of itself while it holds its threads, and that tell nothing of what a program does.
  private static let machinery: [Bool] = {
    let names = """
      futex futex_time64 futex_wait futex_wake futex_waitv futex_requeue restart_syscall madvise mprotect munmap mmap mmap2 mremap brk membarrier \
      sched_yield gettid getpid getcpu getrusage clock_gettime gettimeofday rt_sigprocmask sigaltstack set_robust_list rseq times sysinfo
      """
    var table = [Bool](repeating: false, count: SyscallCatalog.shared.count)
    for name in names.split(separator: " ") {
      if let id = SyscallCatalog.shared.id(of: String(name)) { table[Int(id.rawValue)] = true }
    }
    return table
  }()
  /// A write of this length was held up.
  private static let heldUp: Int64 = 10_000_000

  public init(_ options: Options = Options()) {
    self.options = options
    minimum = max(1_000_000, options.minimum)
  }

  public mutating func consume(_ batch: CallBatch, _ context: TraceContext) {
    let clock = context.reader.clock
    guard clock.kind != .none else { return }
    resolution = clock.isFine ? 0 : 1_000_000_000
    for event in batch.places {
      guard event.pointee.endLine >= clock.firstLine else { continue }
      let place = reader(of: event)
      hear(event, context)
      if let name = taskNames.name(in: event, context.reader) { call(place, name) }
      switch event.pointee.phase {
      case .whole, .returned, .returnedOnly:
        guard event.pointee.isCompleted else { continue }
        complete(event, place, context)
      case .inFlight, .abandoned, .detached: leave(event, place, context)
      case .signal: noteStop(event)
      case .exited: if place < readers.count { readers[place] = Reader() }
      case .began: if Self.futexCalls.contains(event.pointee.syscall) { noteWake(event, place) }
      case .superseded: continue
      }
    }
    if flows.count - freeFlows.count > sweepAt { sweep(context) }
  }

  // MARK: Threads

  @inline(__always)
  private mutating func reader(of event: UnsafePointer<CallEvent>) -> Int {
    let place = Int(event.pointee.thread)
    if place >= readers.count { readers.append(contentsOf: repeatElement(Reader(), count: place + 16 - readers.count)) }
    if readers[place].tid != event.pointee.tid {
      readers[place] = Reader(tid: event.pointee.tid)
      if !options.names.isEmpty { call(place, nil) }
    }
    return place
  }

  /// Notes a thread's name; those from outside of the log win.
  private mutating func call(_ place: Int, _ name: String?) {
    readers[place].name = options.names[TaskNumber.tid(readers[place].tid)] ?? name
    readers[place].isMachine = readers[place].name.map(RoleSigns.isMachine) ?? false
  }

  /// A call is over: it tells of its connection, and of what its thread did.
  @inline(__always)
  private mutating func complete(_ event: UnsafePointer<CallEvent>, _ place: Int, _ context: TraceContext) {
    let activity = classifier.activity(of: event, context)
    let (start, end) = (event.pointee.busyStart, event.pointee.end)
    if readers[place].untimed != nil { settle(place, until: start, context) }
    let gap = readers[place].cursor == .min ? 0 : start &- readers[place].cursor
    if gap >= minimum / 8 {
      readers[place].spans.add(.init(start: readers[place].cursor, duration: gap, line: event.pointee.startLine))
    }
    let id = Int(event.pointee.syscall.rawValue)
    let role = id < context.model.roleTable.count ? context.model.roleTable[id] : .other
    if role.isRead || role.isWrite { transfer(event, role, activity, place, context) }
    if role == .close { closed(event, context) }
    if activity == .idle, role == .other { rest(event, place) }
    if event.pointee.duration >= minimum / 8 {
      if activity == .idle || activity == .sleep || activity == .lock { checkDue(event, context) }
      if activity != .idle { addSpan(event, activity, place) }
    }
    if event.pointee.phase == .whole, event.pointee.duration < 0 { noteUntimed(event, activity, place) }
    watch(event, activity, place, context)
    readers[place].cursor = max(readers[place].cursor, end)
    if end > last { last = end }
  }

  @inline(never)
  private mutating func noteUntimed(_ event: UnsafePointer<CallEvent>, _ activity: Activity, _ place: Int) {
    untimed += 1
    readers[place].untimed = (
      .init(
        start: event.pointee.stamp, syscall: event.pointee.syscall, descriptor: event.pointee.descriptor,
        line: event.pointee.startLine, activity: activity), event.pointee.incarnation
    )
  }

  /// The thread's next line is here: what it did since the last one is taken for that call, in its favour.
  @inline(never)
  private mutating func settle(_ place: Int, until time: Int64, _ context: TraceContext) {
    guard let untimed = readers[place].untimed else { return }
    readers[place].untimed = nil
    var span = untimed.span
    span.duration = time &- span.start
    guard span.duration > 0 else { return }
    readers[place].cursor = time
    switch span.activity {
    case .idle:
      readers[place].restStart = span.start
      readers[place].rest = time
    case .networkRead:
      guard untimed.incarnation >= 0 else { return }
      let description = Int(context.model.incarnations[Int(untimed.incarnation)].description)
      guard description < flowAt.count, flowAt[description] >= 0 else { return }
      let flow = Int(flowAt[description])
      flows[flow].drained = max(flows[flow].drained, time)
    default: if span.duration >= minimum / 8 { readers[place].spans.add(span) }
    }
  }

  /// A call that the log leaves open, to its end or to the thread's.
  private mutating func leave(_ event: UnsafePointer<CallEvent>, _ place: Int, _ context: TraceContext) {
    let activity = classifier.activity(of: event, context)
    let length = event.pointee.stamp &- event.pointee.start
    guard length >= minimum / 8, event.pointee.hasStart else { return }
    if activity == .networkWrite, let flow = flow(event, context, makes: true) {
      hold(flow, event.pointee.start, event.pointee.stamp, Witness(event), context)
      if event.pointee.phase == .inFlight { conclude(flow, context, isOpen: true) }
    }
    // What is open to the end of the log is so for all of it.
    let end = event.pointee.phase == .inFlight ? Int64.max / 2 : event.pointee.stamp
    if activity == .idle {
      readers[place].hasPolled = true
      readers[place].restStart = event.pointee.start
      readers[place].rest = end
      readers[place].report.removeAll(keepingCapacity: true)
    } else if activity == .networkRead, let flow = flow(event, context, makes: false) {
      // It stands by to read.
      flows[flow].drained = max(flows[flow].drained, end)
    } else {
      readers[place].spans.add(
        .init(
          start: event.pointee.start, duration: length, syscall: event.pointee.syscall,
          descriptor: event.pointee.descriptor, line: event.pointee.startLine, activity: activity))
    }
    readers[place].cursor = event.pointee.stamp
  }

  @inline(never)
  private mutating func addSpan(_ event: UnsafePointer<CallEvent>, _ activity: Activity, _ place: Int) {
    readers[place].spans.add(
      .init(
        start: event.pointee.busyStart, duration: event.pointee.duration, syscall: event.pointee.syscall,
        descriptor: event.pointee.descriptor, line: event.pointee.startLine, activity: activity))
  }

  /// It came back from waiting for readiness; what it was told is kept for the case that somebody asks.
  @inline(__always)
  private mutating func rest(_ event: UnsafePointer<CallEvent>, _ place: Int) {
    if !readers[place].hasPolled {
      readers[place].hasPolled = true
      pollers.insert(event.pointee.process)
    }
    readers[place].restBefore = readers[place].rest
    readers[place].restStart = event.pointee.busyStart
    readers[place].rest = event.pointee.end
    readers[place].pollDescriptor = event.pointee.descriptor
    readers[place].report.removeAll(keepingCapacity: true)
    guard event.pointee.result > 0 else { return }
    // epoll's events stand among the arguments, poll's and select's behind the result.
    let text = event.pointee.descriptor == LineEvent.noDescriptor ? event.pointee.resultText : event.pointee.closing
    readers[place].report.append(contentsOf: text.prefix(Self.longestReport))
  }

  // MARK: Connections

  /// The flow of the connection that a call is on.
  @inline(__always)
  private mutating func flow(_ event: UnsafePointer<CallEvent>, _ context: TraceContext, makes: Bool) -> Int? {
    guard event.pointee.incarnation >= 0 else { return nil }
    let description = context.model.incarnations[Int(event.pointee.incarnation)].description
    if Int(description) < flowAt.count, flowAt[Int(description)] >= 0 {
      let flow = Int(flowAt[Int(description)])
      flows[flow].incarnation = event.pointee.incarnation
      return flow
    }
    return makes ? begin(description, event.pointee.incarnation, context) : nil
  }

  @inline(never)
  private mutating func begin(_ description: Int32, _ incarnation: Int32, _ context: TraceContext) -> Int? {
    // Both ends made here: a program talks to itself.
    guard context.model.descriptions[Int(description)].origin != .paired else { return nil }
    if Int(description) >= flowAt.count {
      flowAt.append(contentsOf: repeatElement(-1, count: Int(description) + 256 - flowAt.count))
    }
    let flow: Int
    if let free = freeFlows.popLast() {
      flow = Int(free)
      flows[flow] = StallFlow(description, incarnation)
    } else {
      flow = flows.count
      flows.append(StallFlow(description, incarnation))
    }
    flowAt[Int(description)] = Int32(flow)
    return flow
  }

  @inline(__always)
  private mutating func transfer(
    _ event: UnsafePointer<CallEvent>, _ role: SyscallRole, _ activity: Activity, _ place: Int, _ context: TraceContext
  ) {
    guard activity == .networkRead || activity == .networkWrite else { return }
    let bytes = event.transferredBytes(role)
    guard let flow = flow(event, context, makes: bytes > 0 || event.pointee.duration >= minimum) else { return }
    if role.isRead {
      if event.pointee.errno == .again {
        flows[flow].drained = max(flows[flow].drained, event.pointee.end)
      } else if bytes > 0 || event.pointee.succeeded {
        read(flow, event, bytes, place, context)
      }
    } else {
      write(flow, event, bytes, context)
    }
  }

  @inline(__always)
  private mutating func read(
    _ flow: Int, _ event: UnsafePointer<CallEvent>, _ bytes: Int64, _ place: Int, _ context: TraceContext
  ) {
    let end = event.pointee.end
    guard let last = flows[flow].rhythm?.last else {
      if bytes > 0 {
        flows[flow].rhythm = Rhythm(end)
        count(flow, event, bytes)
      }
      return
    }
    let gap = end &- last &- resolution
    if gap >= minimum {
      judge(flow, end: end, reading: max(0, event.pointee.duration), readers[place], Witness(event), context)
    }
    if bytes > 0 {
      flows[flow].rhythm?.beat(end, gap: gap)
      count(flow, event, bytes)
    }
  }

  @inline(__always)
  private mutating func count(_ flow: Int, _ event: UnsafePointer<CallEvent>, _ bytes: Int64) {
    flows[flow].reads &+= 1
    flows[flow].bytesRead &+= bytes
    flows[flow].reader = event.pointee.thread
    flows[flow].readerTid = event.pointee.tid
  }

  /// A connection was silent until now: whose doing was it?
  ///
  /// - Parameters:
  ///   - end: when bytes came, or the connection or the log ended.
  ///   - reading: how long the read that ended the silence stood by itself.
  ///   - reader: the thread that reads it.
  @inline(never)
  private mutating func judge(
    _ flow: Int, end: Int64, reading: Int64, _ reader: Reader, _ witness: Witness, _ context: TraceContext, isOpen: Bool = false
  ) {
    let state = flows[flow]
    guard let last = state.rhythm?.last else { return }
    let isRegular = state.isStream && !state.isDialogue && state.rhythm?.isBroken(by: end &- last &- resolution) == true
    // What was not there when last looked came after that.
    var base = min(max(last, state.drained), end)
    let report = reader.hasPolled ? isReported(flow, reader, context) : nil
    if reader.hasPolled {
      let looked = reader.waited || report == false ? reader.rest : reader.restBefore
      if looked > base { base = min(looked, end) }
    }
    let delay = end &- reading &- base
    let cause = reader.spans.longest(after: base)
    let wasReported = report == true && end &- reading &- max(base, reader.rest) &- resolution >= minimum
    if delay &- resolution >= max(minimum, wasReported ? 0 : (end &- last) / 2), isRegular || wasReported,
      !isWaitingForWork(cause, reader, witness.process)
    {
      var stall = Stall(
        kind: .notRead, start: base, duration: delay, process: witness.process, tid: TaskNumber.tid(state.readerTid),
        incarnation: state.incarnation, cause: cause.map { self.cause($0, reader) },
        evidenceLine: cause?.line ?? witness.line, isOpen: isOpen)
      stall.wasReported = wasReported
      found.append(stall)
    } else if isRegular {
      found.append(
        Stall(
          kind: .sourceStopped, start: last, duration: end &- last, process: witness.process,
          tid: TaskNumber.tid(state.readerTid), incarnation: state.incarnation, cause: nil, evidenceLine: witness.line,
          isOpen: isOpen))
    }
  }

  /// A thread that never asks for readiness itself and waits at a condition is handed work by one that does: it held nothing up.
  private func isWaitingForWork(_ cause: RecentSpans.Span?, _ reader: Reader, _ process: Int32) -> Bool {
    guard !reader.hasPolled, pollers.contains(process) else { return false }
    return cause == nil || cause?.activity == .lock
  }

  private func cause(_ span: RecentSpans.Span, _ reader: Reader) -> Stall.Cause {
    Stall.Cause(
      tid: TaskNumber.tid(reader.tid), syscall: span.syscall == .unknown ? nil : span.syscall,
      descriptor: span.descriptor == LineEvent.noDescriptor ? nil : span.descriptor, duration: span.duration,
      name: reader.name)
  }

  /// Whether the last poll named the connection; nil where its data do not tell connections.
  private func isReported(_ flow: Int, _ reader: Reader, _ context: TraceContext) -> Bool? {
    let life = context.model.incarnations[Int(flows[flow].incarnation)]
    guard !reader.report.isEmpty else { return false }
    return reader.report.withUnsafeBytes { bytes in
      let text = UnsafeRawBufferPointer(bytes)
      if reader.pollDescriptor == LineEvent.noDescriptor { return Arguments.names(life.descriptor, inReadinessOf: text) }
      let watch = context.model.watches(life.table, epoll: reader.pollDescriptor).first { $0.descriptor == life.descriptor }
      if let data = watch?.data { return Arguments.epollData(data, in: text) }
      // Most programs pass the descriptor itself.
      return Arguments.epollData(UInt64(truncatingIfNeeded: life.descriptor), in: text) ? true : nil
    }
  }

  // MARK: Writing

  @inline(__always)
  private mutating func write(_ flow: Int, _ event: UnsafePointer<CallEvent>, _ bytes: Int64, _ context: TraceContext) {
    let end = event.pointee.end
    let refused = flows[flow].refused
    if refused != .min, bytes > 0 {
      hold(flow, refused, event.pointee.busyStart, Witness(event), context)
      flows[flow].refused = .min
    }
    if event.pointee.duration >= Self.heldUp { hold(flow, event.pointee.busyStart, end, Witness(event), context) }
    if bytes > 0 {
      flows[flow].writes &+= 1
      flows[flow].lastWrite = end
      if flows[flow].refused == .min, isShort(event, bytes) { flows[flow].refused = end }
    } else if event.pointee.errno == .again, flows[flow].refused == .min {
      flows[flow].refused = end
    }
  }

  /// Whether a write took less than it was given, which a socket does when its buffer is full.
  @inline(__always)
  private func isShort(_ event: UnsafePointer<CallEvent>, _ bytes: Int64) -> Bool {
    guard let asked = joiner.arguments(of: event.pointee).sizeOfWrite else { return false }
    return asked > bytes
  }

  /// A write was held up from a time to another; what follows soon is the same stall.
  @inline(never)
  private mutating func hold(_ flow: Int, _ from: Int64, _ to: Int64, _ witness: Witness, _ context: TraceContext) {
    let length = to &- from
    guard length > 0 else { return }
    if var slow = flows[flow].slow {
      // At least half of the time.
      if (slow.held &+ length) &* 2 >= to &- slow.start {
        slow.end = max(slow.end, to)
        slow.held &+= length
        if length > slow.longest {
          slow.longest = length
          slow.line = witness.line
          slow.syscall = witness.syscall
          slow.tid = witness.tid
        }
        flows[flow].slow = slow
        return
      }
      conclude(flow, context)
    }
    flows[flow].slow = SlowWriting(
      start: from, end: to, held: length, tid: witness.tid, longest: length, line: witness.line, syscall: witness.syscall)
  }

  private mutating func conclude(_ flow: Int, _ context: TraceContext, isOpen: Bool = false) {
    guard let slow = flows[flow].slow else { return }
    flows[flow].slow = nil
    guard slow.held &- resolution >= minimum else { return }
    let incarnation = flows[flow].incarnation
    let life = context.model.incarnations[Int(incarnation)]
    found.append(
      Stall(
        kind: .consumerSlow, start: slow.start, duration: slow.end &- slow.start, process: life.table,
        tid: TaskNumber.tid(slow.tid), incarnation: incarnation,
        cause: .init(tid: TaskNumber.tid(slow.tid), syscall: slow.syscall, descriptor: life.descriptor, duration: slow.longest),
        evidenceLine: slow.line, isOpen: isOpen))
  }

  // MARK: Ends

  /// A descriptor of a connection was closed.
  private mutating func closed(_ event: UnsafePointer<CallEvent>, _ context: TraceContext) {
    guard event.pointee.succeeded, let flow = flow(event, context, makes: false) else { return }
    finish(flow, at: event.pointee.start, Witness(event), context)
    forget(flow)
  }

  /// A connection is over, or the log is.
  private mutating func finish(
    _ flow: Int, at end: Int64, _ witness: Witness, _ context: TraceContext, isOpen: Bool = false
  ) {
    if flows[flow].refused != .min, end > flows[flow].refused {
      hold(flow, flows[flow].refused, end, witness, context)
      flows[flow].refused = .min
    }
    conclude(flow, context, isOpen: isOpen && flows[flow].slow?.end == end)
    if let last = flows[flow].rhythm?.last, end &- last &- resolution >= minimum {
      let place = Int(flows[flow].reader)
      let isThere = place >= 0 && place < readers.count && readers[place].tid == flows[flow].readerTid
      judge(flow, end: end, reading: 0, isThere ? readers[place] : Reader(), witness, context, isOpen: isOpen)
    }
  }

  private mutating func forget(_ flow: Int) {
    flowAt[Int(flows[flow].description)] = -1
    freeFlows.append(Int32(flow))
  }

  /// Connections that ended otherwise than by a close that was seen: memory follows those that live.
  private mutating func sweep(_ context: TraceContext) {
    let isOpen = context.model.openDescriptions
    for description in flowAt.indices where flowAt[description] >= 0 && !isOpen[description] {
      let flow = Int(flowAt[description])
      conclude(flow, context)
      forget(flow)
    }
    sweepAt = max(1024, (flows.count - freeFlows.count) * 2)
  }

  // MARK: Processes

  @inline(__always)
  private mutating func hear(_ event: UnsafePointer<CallEvent>, _ context: TraceContext) {
    let process = Int(event.pointee.process)
    guard process >= 0, event.pointee.phase != .inFlight else { return }
    if process >= processes.count {
      processes.append(contentsOf: repeatElement(ProcessSilence(), count: process + 8 - processes.count))
    }
    processes[process].hear(event.pointee.stamp, event.pointee.startLine, longerThan: minimum &+ resolution)
    if event.pointee.phase == .whole, event.pointee.duration >= minimum {
      processes[process].hear(alone: event.pointee.stamp, event.pointee.end, event.pointee.startLine)
    }
    if let stop = processes[process].stopped, let silence = processes[process].candidate,
      silence.start &- stop.time <= 200_000_000 &+ resolution, silence.end > stop.time
    {
      confirm(
        process, Stall.Cause(tid: TaskNumber.tid(stop.tid), syscall: nil, descriptor: nil, duration: silence.end &- stop.time),
        stop.line)
      processes[process].stopped = nil
    }
  }

  private mutating func noteStop(_ event: UnsafePointer<CallEvent>) {
    guard event.pointee.process >= 0, SignalLine.isStop(event.pointee.closing) else { return }
    processes[Int(event.pointee.process)].stopped = (event.pointee.stamp, event.pointee.startLine, event.pointee.tid)
  }

  /// A wait is over: was it due long before?
  @inline(never)
  private mutating func checkDue(_ event: UnsafePointer<CallEvent>, _ context: TraceContext) {
    let process = Int(event.pointee.process)
    let isEpoch = context.reader.clock.kind == .epoch
    guard let due = timeouts.due(event.pointee, joiner.arguments(of: event.pointee), isEpoch: isEpoch) else { return }
    let late = event.pointee.end &- due
    guard process >= 0, process < processes.count, late &- resolution >= minimum / 2, let silence = processes[process].candidate,
      due < silence.end, event.pointee.end >= silence.start,
      min(silence.end, event.pointee.end) &- max(silence.start, due) >= minimum / 2
    else { return }
    confirm(
      process,
      Stall.Cause(
        tid: TaskNumber.tid(event.pointee.tid), syscall: event.pointee.syscall, descriptor: nil, duration: late),
      event.pointee.startLine)
  }

  private mutating func confirm(_ process: Int, _ cause: Stall.Cause, _ line: Int) {
    guard let silence = processes[process].takeCandidate() else { return }
    let same = processes[process].standstill
    if same >= 0, found[same].end > silence.start { return }
    processes[process].standstill = found.count
    found.append(
      Stall(
        kind: .processStopped, start: silence.start, duration: silence.end &- silence.start, process: Int32(process), tid: nil,
        incarnation: -1, cause: cause, evidenceLine: line))
  }

  // MARK: Pauses of virtual machines

  /// The watch of an event's process; it begins with the first wake, since a single thread wakes nobody.
  @inline(__always)
  private mutating func watch(of event: UnsafePointer<CallEvent>, makes: Bool) -> Int? {
    let process = Int(event.pointee.process)
    guard process >= 0, process < processes.count else { return nil }
    if processes[process].watch >= 0 { return Int(processes[process].watch) }
    return makes ? beginWatch(process) : nil
  }

  @inline(never)
  private mutating func beginWatch(_ process: Int) -> Int {
    let place: Int
    if watches.count < Self.mostWatches {
      place = watches.count
      watches.append(PauseWatch())
      watched.append(Int32(process))
    } else {
      place = nextWatch
      nextWatch = (nextWatch + 1) % Self.mostWatches
      processes[Int(watched[place])].watch = -1
      watches[place] = PauseWatch()
      watched[place] = Int32(process)
    }
    processes[process].watch = Int32(place)
    return place
  }

  /// Threads are let go before the call that does it returns.
  @inline(never)
  private mutating func noteWake(_ event: UnsafePointer<CallEvent>, _ place: Int) {
    let text = event.pointee.opening.isEmpty ? event.pointee.closing : event.pointee.opening
    guard let call = FutexCall(text), call.command?.wakes == true, let watch = watch(of: event, makes: true) else { return }
    watches[watch].wake(
      .init(
        address: call.address, tid: event.pointee.tid, name: readers[place].name, syscall: event.pointee.syscall,
        line: event.pointee.startLine, free: readers[place].free, isMachine: readers[place].isMachine))
  }

  /// What a completed call tells of pauses.
  @inline(__always)
  private mutating func watch(
    _ event: UnsafePointer<CallEvent>, _ activity: Activity, _ place: Int, _ context: TraceContext
  ) {
    let id = Int(event.pointee.syscall.rawValue)
    if id < isMachinery.count, isMachinery[id] {
      guard Self.futexCalls.contains(event.pointee.syscall) else { return }
      if activity == .lock {
        if event.pointee.duration >= minimum / 8 { release(event, place) }
        // Its time was up.
        if event.pointee.errno == Self.timedOut {
          readers[place].due = event.pointee.end
          readers[place].free = event.pointee.end
        }
      } else if event.pointee.phase == .whole {
        noteWake(event, place)
      }
      return
    }
    guard let watch = watch(of: event, makes: false) else { return }
    let isLong = event.pointee.duration >= minimum / 8
    let isOuter =
      switch activity {
      case .networkRead, .networkWrite, .idle, .connect: true
      case .sleep: isLong
      default: false
      }
    if isOuter { readers[place].free = event.pointee.end }
    if activity == .idle || activity == .sleep { readers[place].due = event.pointee.end }
    if !isOuter, readers[place].isMachine { return }
    watches[watch].call(event.pointee.tid, event.pointee.busyStart, isOuter: isOuter)
  }

  /// A long wait is over, perhaps of a thread that was held with others.
  @inline(never)
  private mutating func release(_ event: UnsafePointer<CallEvent>, _ place: Int) {
    let text = event.pointee.opening.isEmpty ? event.pointee.closing : event.pointee.opening
    guard event.pointee.hasStart, event.pointee.succeeded, let watch = watch(of: event, makes: false), let call = FutexCall(text),
      call.command?.waits == true, !call.isTimed
    else { return }
    let (start, end) = (event.pointee.busyStart, event.pointee.end)
    let due = readers[place].due
    let held = PauseWatch.Held(
      address: call.address, tid: event.pointee.tid, start: start, end: end, line: event.pointee.startLine,
      due: due != .min && start &- due <= PauseWatch.together &+ resolution ? due : nil)
    guard let pause = watches[watch].release(held, longerThan: minimum, resolution: resolution) else { return }
    report(pause, event.pointee.process)
  }

  private mutating func report(_ pause: PauseWatch.Pause, _ process: Int32) {
    let same = processes[Int(process)].standstill
    if same >= 0, found[same].end > pause.start {
      // One more of those that were held; or all was silent, which is known already.
      if found[same].held > 0 { found[same].held = max(found[same].held, pause.held) }
      return
    }
    var stall = Stall(
      kind: .processStopped, start: pause.start, duration: pause.end &- pause.start, process: process, tid: nil, incarnation: -1,
      cause: Stall.Cause(
        tid: TaskNumber.tid(pause.waker.tid), syscall: pause.waker.syscall, descriptor: nil,
        duration: pause.end &- pause.start, name: pause.waker.name),
      evidenceLine: pause.waker.line)
    stall.held = pause.held
    processes[Int(process)].standstill = found.count
    found.append(stall)
  }

  public mutating func finish(_ context: TraceContext) -> StallsResult {
    let clock = context.reader.clock
    for description in flowAt.indices where flowAt[description] >= 0 {
      let flow = Int(flowAt[description])
      let life = context.model.incarnations[Int(flows[flow].incarnation)]
      finish(
        flow, at: life.closedTime ?? max(last, clock.last),
        Witness(process: life.table, tid: flows[flow].readerTid, line: context.reader.ledger.lines), context,
        isOpen: life.closedBy == .none)
    }
    return StallsResult(found, options, minimum: minimum, untimed: untimed, context)
  }
}
