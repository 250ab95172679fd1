import TraceCalls
import TraceProcesses
import TraceProtocols
import TraceSyntax

/// What went over each open description: the connection or file behind one or more descriptors.
public struct Connections: Analysis {
  public struct Options: Sendable {
    public var filter = CallFilter()
    public init() {}
  }

  public static var needsEveryCall: Bool { false }

  public let options: Options
  private var counters: [ConnectionCounters] = []
  /// Connections that hold samples, and how many make it worth while to look for those that are over.
  private var timed: [Int32] = []
  private var sweepAt = 1024
  private let joiner = ArgumentJoiner()

  public init(_ options: Options = Options()) { self.options = options }

  public mutating func consume(_ batch: CallBatch, _ context: TraceContext) {
    let roles = context.model.roleTable
    let missing = context.model.descriptions.count - counters.count
    if missing > 0 { counters.append(contentsOf: repeatElement(ConnectionCounters(), count: missing + 256)) }
    let window = options.filter.window(context.reader.clock)
    for place in batch.places {
      let event = place.pointee
      guard event.isCompleted, event.incarnation >= 0 || event.otherIncarnation >= 0 else { continue }
      let id = Int(event.syscall.rawValue)
      guard id < roles.count, event.end >= window.from, event.end < window.to else { continue }
      if !options.filter.tids.isEmpty, !options.filter.tids.contains(TaskNumber.tid(event.tid)) { continue }
      let role = roles[id]
      if role == .move {
        if event.succeeded, event.result > 0 { move(event, context.model) }
        continue
      }
      guard event.incarnation >= 0 else { continue }
      if role.isRead || role.isWrite {
        let index = Int(context.model.incarnations[Int(event.incarnation)].description)
        transfer(event, role, place.transferredBytes(role), index)
      } else if role == .connect {
        let index = Int(context.model.incarnations[Int(event.incarnation)].description)
        counters[index].isConnected = true
        if let sign = ConnectionSign(event.errno) { counters[index].notice(sign, event) }
      } else if role == .shutdown, event.succeeded {
        let index = Int(context.model.incarnations[Int(event.incarnation)].description)
        counters[index].noticeShutdown(ShutdownDirections(joiner.arguments(of: event)[1]), event)
      }
    }
    if timed.count > sweepAt { sweep(context.model) }
  }

  @inline(__always)
  private mutating func transfer(_ event: CallEvent, _ role: SyscallRole, _ bytes: Int64, _ index: Int) {
    if role.isRead { counters[index].read.add(event, bytes) } else { counters[index].write.add(event, bytes) }
    if bytes > 0 { counters[index].moved(at: event.end) }
    if !counters[index].isTimed, event.duration >= 0 {
      counters[index].isTimed = true
      timed.append(Int32(index))
    }
    if event.errno != .none {
      if let sign = ConnectionSign(event.errno) { counters[index].notice(sign, event) }
    } else if event.result == 0, role == .read, event.succeeded, counters[index].sign == nil,
      joiner.arguments(of: event).asksForBytes
    {
      counters[index].notice(.eof, event)
    }
  }

  private mutating func move(_ event: CallEvent, _ model: ProcessModel) {
    for (incarnation, isSource) in [(event.incarnation, true), (event.otherIncarnation, false)] where incarnation >= 0 {
      let index = Int(model.incarnations[Int(incarnation)].description)
      if isSource { counters[index].movedIn &+= event.result } else { counters[index].movedOut &+= event.result }
      counters[index].moved(at: event.end)
    }
  }

  /// Connections that are over keep their percentiles alone: memory follows those that live.
  private mutating func sweep(_ model: ProcessModel) {
    let isOpen = model.openDescriptions
    timed.removeAll { index in
      if isOpen[Int(index)] { return false }
      counters[Int(index)].read.conclude()
      counters[Int(index)].write.conclude()
      counters[Int(index)].isTimed = false
      return true
    }
    sweepAt = max(1024, timed.count * 2)
  }

  public mutating func finish(_ context: TraceContext) -> Result {
    for index in timed {
      counters[Int(index)].read.conclude()
      counters[Int(index)].write.conclude()
    }
    timed.removeAll()
    return ConnectionRows(options.filter, counters, context).result()
  }
}
