import TraceCalls
import TraceProcesses
import TraceSyntax

/// What went over sockets, transfer by transfer: handed on as it is met, since all of it may be larger than memory.
public struct Payloads: Analysis {
  public struct Options: Sendable {
    /// Protocols and streams, known at the log's end only, are not asked for.
    public var filter = CallFilter()
    public init() {}
  }

  /// One successful transfer of a socket.
  public struct Transfer {
    /// The open description it went over: an index that stays the same.
    public let description: Int
    public let kind: DescriptorKind
    public let local: String?
    /// The other side, or whom the message itself names.
    public let peer: String?
    /// Whether our side accepted the connection; nil where the log does not show it being made.
    public let isAccepted: Bool?
    public let isRead: Bool
    public let process: String
    public let descriptor: Int32
    /// When the call ended, in nanoseconds of the log's clock.
    public let end: Int64
    public let line: Int
    public let tid: Int32
    /// Bytes that the call moved.
    public let size: Int
    /// Those of them that the log shows, from the first on; valid during the call only.
    public let shown: UnsafeRawBufferPointer
  }

  public struct Result: Sendable {
    public internal(set) var transfers = 0
    public internal(set) var bytes: Int64 = 0
    public internal(set) var shownBytes: Int64 = 0
    /// Transfers of which the log shows a part only, or nothing.
    public internal(set) var cutTransfers = 0
    /// Calls of sendmmsg and recvmmsg, which move several messages: left out.
    public internal(set) var batches = 0

    /// What a reader should know.
    public var notes: [String] {
      var notes: [String] = []
      if cutTransfers > 0 {
        notes.append(
          "\(cutTransfers) of \(transfers) transfers are cut: the log shows \(shownBytes) of \(bytes) bytes (record with a larger strace -s)"
        )
      }
      if batches > 0 { notes.append("\(batches) calls of sendmmsg and recvmmsg are left out") }
      return notes
    }
  }

  public static var needsEveryCall: Bool { false }

  private let options: Options
  private let take: (Transfer) -> Void
  private var result = Result()
  private let joiner = ArgumentJoiner()
  private var shown: [UInt8] = []
  private var literal: [UInt8] = []
  private let socketCalls: Set<SyscallID>

  /// - Parameters:
  ///   - options: which transfers.
  ///   - take: gets them in the order of their ends.
  public init(_ options: Options = Options(), take: @escaping (Transfer) -> Void) {
    self.options = options
    self.take = take
    socketCalls = Set(
      ["recv", "recvfrom", "recvmsg", "send", "sendto", "sendmsg"].compactMap { SyscallCatalog.shared.id(of: $0) })
  }

  public mutating func consume(_ batch: CallBatch, _ context: TraceContext) {
    let roles = context.model.roleTable
    let window = options.filter.window(context.reader.clock)
    for place in batch.places {
      let id = Int(place.pointee.syscall.rawValue)
      guard place.pointee.incarnation >= 0, place.pointee.isCompleted, place.pointee.succeeded, place.pointee.result > 0,
        id < roles.count, roles[id].isRead || roles[id].isWrite
      else { continue }
      let event = place.pointee
      guard options.filter.accepts(event), event.end >= window.from, event.end < window.to else { continue }
      let incarnation = context.model.incarnations[Int(event.incarnation)]
      let description = context.model.descriptions[Int(incarnation.description)]
      guard isSocket(description.kind) || socketCalls.contains(event.syscall) else { continue }
      let process = event.process >= 0 ? context.model.processLabel(event.process) : ""
      guard options.filter.processes.isEmpty || options.filter.processes.contains(process) else { continue }
      if roles[id] == .readMessages || roles[id] == .writeMessages {
        result.batches += 1
        continue
      }
      let arguments = joiner.arguments(of: event)
      let named = gather(arguments)
      let size = Int(clamping: event.result)
      let count = min(shown.count, size)
      result.transfers += 1
      result.bytes = result.bytes.addingReportingOverflow(event.result).overflow ? .max : result.bytes + event.result
      result.shownBytes += Int64(count)
      if count < size { result.cutTransfers += 1 }
      shown.withUnsafeBytes { bytes in
        take(
          Transfer(
            description: Int(incarnation.description), kind: description.kind, local: description.local,
            peer: named ?? description.peer, isAccepted: isAccepted(incarnation, context), isRead: roles[id].isRead,
            process: process,
            descriptor: incarnation.descriptor, end: event.end, line: event.endLine, tid: TaskNumber.tid(event.tid), size: size,
            shown: UnsafeRawBufferPointer(rebasing: bytes[..<count])))
      }
    }
  }

  public mutating func finish(_ context: TraceContext) -> Result { result }

  private func isSocket(_ kind: DescriptorKind) -> Bool {
    switch kind {
    case .tcp, .udp, .unix, .socket: true
    default: false
    }
  }

  private func isAccepted(_ incarnation: Incarnation, _ context: TraceContext) -> Bool? {
    guard case .syscall(let id) = incarnation.openedBy else { return nil }
    switch context.reader.names.role(id) {
    case .accept: return true
    case .socket: return false
    default: return nil
    }
  }

  /// Puts the shown bytes together, up to the first gap; the address that the call names, if any.
  private mutating func gather(_ arguments: Arguments) -> String? {
    shown.removeAll(keepingCapacity: true)
    if let string = arguments[1].string {
      string.bytes(into: &shown)
      return arguments.firstCompound.socketAddress?.name
    }
    let message = arguments[1].messageHeader
    for vector in message?.vectors ?? arguments[1].ioVectors {
      guard let string = vector.base.string else { break }
      string.bytes(into: &literal)
      shown += literal
      if UInt64(literal.count) < vector.length { break }
    }
    return message?.name?.name
  }
}
