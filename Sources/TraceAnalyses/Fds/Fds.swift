import TraceCalls
import TraceProcesses
import TraceSyntax

/// Lifetimes of descriptors: who opened and closed each, what it was, and what went through it.
public struct Fds: Analysis {
  public struct Options: Sendable {
    public var filter = CallFilter()
    public init() {}
  }

  /// Calls, errors, bytes and nanoseconds in one direction.
  public struct Transfers: Sendable {
    public var calls = 0
    public var errors = 0
    public var bytes: Int64 = 0
    public var time: Int64 = 0
    /// Calls whose duration is unknown.
    public var untimed = 0

    /// Counts one call; sums stop at the largest number.
    @inline(__always)
    mutating func count(isError: Bool, bytes more: Int64, duration: Int64) {
      calls += 1
      if isError { errors += 1 }
      bytes = Self.sum(bytes, more)
      if duration >= 0 { time = Self.sum(time, duration) } else { untimed += 1 }
    }

    mutating func count(_ transfer: Transfer) {
      count(isError: transfer.isError, bytes: transfer.bytes, duration: transfer.duration)
    }

    private static func sum(_ a: Int64, _ b: Int64) -> Int64 {
      let sum = a.addingReportingOverflow(b)
      return sum.overflow ? .max : sum.partialValue
    }
  }

  public struct Row: Sendable {
    public let process: String
    public let processNumber: Int32
    public let incarnation: Incarnation
    public let description: OpenDescription
    public var read = Transfers()
    public var write = Transfers()
    /// Bytes that sendfile, splice and their kin took from it, and put into it.
    public var movedIn: Int64 = 0
    public var movedOut: Int64 = 0
  }

  public struct Result: Sendable {
    /// Sorted by process, descriptor, n.
    public let rows: [Row]
    public let clock: TraceClock
    public let names: [String]
  }

  private struct Counters {
    var read = Transfers()
    var write = Transfers()
    var movedIn: Int64 = 0
    var movedOut: Int64 = 0
  }

  public static var needsEveryCall: Bool { false }
  public static var needsSessions: Bool { false }
  public var takesTransfers: Bool { true }

  public let options: Options
  private var counters: [Counters] = []

  public init(_ options: Options = Options()) { self.options = options }

  public mutating func consume(_ batch: CallBatch, _ context: TraceContext) {
    let roles = context.model.roleTable
    let missing = context.model.incarnations.count - counters.count
    if missing > 0 { counters.append(contentsOf: repeatElement(Counters(), count: missing + 1024)) }
    let window = options.filter.window(context.reader.clock)
    for transfer in batch.transfers where transfer.end >= window.from && transfer.end < window.to {
      if transfer.isWrite {
        counters[Int(transfer.incarnation)].write.count(transfer)
      } else {
        counters[Int(transfer.incarnation)].read.count(transfer)
      }
    }
    for place in batch.places {
      let event = place.pointee
      guard event.isCompleted, event.incarnation >= 0 || event.otherIncarnation >= 0 else { continue }
      let id = Int(event.syscall.rawValue)
      guard id < roles.count, event.end >= window.from, event.end < window.to else { continue }
      let role = roles[id]
      if role.isRead {
        counters[Int(event.incarnation)].read.count(
          isError: event.errno != .none, bytes: place.transferredBytes(role), duration: event.duration)
      } else if role.isWrite {
        counters[Int(event.incarnation)].write.count(
          isError: event.errno != .none, bytes: place.transferredBytes(role), duration: event.duration)
      } else if role == .move, event.succeeded, event.result > 0 {
        if event.incarnation >= 0 { counters[Int(event.incarnation)].movedIn &+= event.result }
        if event.otherIncarnation >= 0 { counters[Int(event.otherIncarnation)].movedOut &+= event.result }
      }
    }
  }

  public mutating func finish(_ context: TraceContext) -> Result {
    let model = context.model
    let window = options.filter.window(context.reader.clock)
    var rows: [Row] = []
    for (index, incarnation) in model.incarnations.enumerated() where !incarnation.isVoid {
      guard options.filter.accepts(incarnation, model) else { continue }
      // Lives that the wanted times do not touch.
      if let opened = incarnation.openedTime, opened >= window.to { continue }
      if let closed = incarnation.closedTime, closed < window.from { continue }
      if !options.filter.tids.isEmpty, !options.filter.tids.contains(TaskNumber.tid(incarnation.openedTid)) { continue }
      let counted = index < counters.count ? counters[index] : Counters()
      rows.append(
        Row(
          process: model.processLabel(incarnation.table), processNumber: model.processNumber(incarnation.table),
          incarnation: incarnation, description: model.descriptions[Int(incarnation.description)], read: counted.read,
          write: counted.write, movedIn: counted.movedIn, movedOut: counted.movedOut))
    }
    rows.sort {
      ($0.processNumber, $0.process, $0.incarnation.descriptor, $0.incarnation.n)
        < ($1.processNumber, $1.process, $1.incarnation.descriptor, $1.incarnation.n)
    }
    return Result(rows: rows, clock: context.reader.clock, names: context.reader.names.names)
  }
}
