import TraceCalls
import TraceProcesses
import TraceSyntax

/// Calls as stacks: process, thread, the frames that `strace -k` printed below the call, the call. A call without frames has its connection or
/// file above it instead. They weigh their time: a flame graph of latency.
public struct CallStacks: Analysis {
  public static var needsFrames: Bool { true }
  public var tiesEveryCall: Bool { true }

  private let options: FoldOptions
  private let names: StackNames
  private let frames: StraceFrames
  private var tree = StackTree()
  /// What numbers below -1 stand for: `subjects[-2 - number]`.
  private var subjects: [UInt64] = []
  private var index = NumberIndex()
  /// The call that frames may still follow.
  private var pending: Pending?
  private var stack: [Int32] = []
  private var samples: Int64 = 0
  private var outOfTime: Int64 = 0
  private var untimed: Int64 = 0
  private var timed: Int64 = 0
  private var open: Int64 = 0
  private var withFrames: Int64 = 0
  private var times: StackTimes?
  private var clock: SliceNames?

  private struct Pending {
    var process: Int32
    var thread: Int32
    var call: Int32
    var connection: Int32?
    var weight: Int64
    /// When it returned.
    var time: Int64
  }

  /// What a subject's number is of: in its upper bits.
  private enum Kind: UInt64 {
    case process, thread, call, description
  }

  /// Frames of one stack beyond these are left out: strace prints at most 256 (`--stack-trace-frame-limit`).
  private static let deepest = 1024

  public init(_ options: FoldOptions = FoldOptions()) {
    self.options = options
    names = StackNames()
    frames = StraceFrames(options.naming, names)
    times = options.slice.map { StackTimes(length: $0) }
    clock = options.every.map { SliceNames(length: $0) }
  }

  public mutating func consume(_ batch: CallBatch, _ context: TraceContext) {
    let (model, clock) = (context.model, context.reader.clock)
    let from = options.from?.resolved(clock) ?? .min
    let to = options.to?.resolved(clock) ?? .max
    var lines = batch.frames[...]
    for i in 0...batch.count {
      while let line = lines.first, line.eventsBefore == i {
        lines.removeFirst()
        if pending != nil, stack.count < Self.deepest, let number = frames.frame(line.text) { stack.append(number) }
      }
      guard i < batch.count else { break }
      settle()
      let event = UnsafePointer(batch.base) + i
      if event.pointee.isCompleted {
        if event.pointee.end >= from, event.pointee.end < to { begin(event, model) } else { outOfTime += 1 }
      } else if event.pointee.phase == .inFlight || event.pointee.phase == .detached {
        open += 1
      }
    }
  }

  private mutating func begin(_ event: UnsafePointer<CallEvent>, _ model: ProcessModel) {
    let weight: Int64
    switch options.callWeight {
    case .calls: weight = 1
    case .bytes:
      let role = model.role(of: event.pointee.syscall)
      weight = role.isRead || role.isWrite ? event.transferredBytes(role) : 0
      guard weight > 0 else { return }
    case .time, nil:
      if event.pointee.duration >= 0 { timed += 1 } else { untimed += 1 }
      weight = max(0, event.pointee.duration)
    }
    let life = event.pointee.incarnation
    pending = Pending(
      process: subject(.process, UInt32(bitPattern: event.pointee.process)),
      thread: subject(.thread, UInt32(bitPattern: TaskNumber.tid(event.pointee.tid))),
      call: subject(.call, UInt32(event.pointee.syscall.rawValue)),
      connection: life < 0 ? nil : subject(.description, UInt32(model.incarnations[Int(life)].description)), weight: weight,
      time: event.pointee.end)
  }

  /// Counts the pending call with the frames that followed it.
  private mutating func settle() {
    guard let call = pending else { return }
    pending = nil
    if stack.isEmpty {
      if let connection = call.connection { stack.append(connection) }
      stack.append(call.call)
    } else {
      withFrames += 1
      stack.insert(call.call, at: 0)
    }
    stack.append(call.thread)
    stack.append(call.process)
    let root = clock?.number(of: call.time, in: names)
    let node = stack.withUnsafeBufferPointer { tree.add($0[...], weight: call.weight, root: root) }
    times?.add(call.time, node: node, weight: call.weight)
    stack.removeAll(keepingCapacity: true)
    samples += 1
  }

  private mutating func subject(_ kind: Kind, _ number: UInt32) -> Int32 {
    let raw = kind.rawValue << 32 | UInt64(number)
    if let known = index[raw] { return -2 - known }
    subjects.append(raw)
    index.insert(raw, Int32(subjects.count - 1))
    return -2 - Int32(subjects.count - 1)
  }

  public mutating func finish(_ context: TraceContext) -> FoldedStacks {
    settle()
    let redaction = options.redaction?.redaction(head: context.reader.head) ?? .none
    let servedPorts = options.leavesOutIdentities ? Set(context.model.descriptions.compactMap(\.servedPort)) : []
    var numbers: [Int32] = []
    for raw in subjects { numbers.append(name(raw, context, redaction, servedPorts)) }
    // A log without durations, and nobody said what calls weigh.
    let weighsSamples = options.callWeight == nil && timed == 0
    let (named, places) = tree.renamed(weighsSamples: weighsSamples) { $0 < -1 ? numbers[-2 - Int($0)] : $0 }
    var result = FoldedStacks(named, names: names.names, kinds: names.kinds)
    result.head = context.reader.head
    result.samples = samples
    result.outOfTime = outOfTime
    result.openCalls = open
    if context.reader.clock.kind != .none { result.times = times?.settled }
    result.times?.renumber(places)
    result.callsWithFrames = withFrames
    switch options.callWeight {
    case .calls: result.unit = .calls
    case .bytes: result.unit = .bytes
    case .time, nil:
      result.unit = weighsSamples ? .calls : .nanoseconds
      result.untimedCalls = weighsSamples ? 0 : untimed
    }
    return result
  }

  /// -1 for what has no name of its own.
  private func name(_ raw: UInt64, _ context: TraceContext, _ redaction: Redaction, _ servedPorts: Set<UInt16>) -> Int32 {
    let number = UInt32(truncatingIfNeeded: raw)
    switch Kind(rawValue: raw >> 32) {
    case .process where options.leavesOutIdentities, .thread where options.leavesOutIdentities: return -1
    case .process:
      let table = Int32(bitPattern: number)
      return names.number(table < 0 ? "?" : context.model.processLabel(table), .process)
    case .thread: return names.number("\(Int32(bitPattern: number))", .process)
    case .call:
      let name = context.reader.names.name(SyscallID(rawValue: UInt16(truncatingIfNeeded: number)))
      return names.number(redaction.redact(name, as: .syscall), .call)
    case .description:
      let description = context.model.descriptions[Int(number)]
      let connection = options.leavesOutIdentities ? description.connectionClass(servedPorts: servedPorts) : ""
      let label = connection.isEmpty ? description.label(redaction: redaction) ?? description.kind.rawValue : connection
      return label.isEmpty ? -1 : names.number(label, .connection)
    case nil: return -1
    }
  }
}
