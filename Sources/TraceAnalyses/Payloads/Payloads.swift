import TraceCalls
import TraceProcesses
import TraceSyntax

/// What went over sockets, and how they ended: handed on as it is met, since all of it may be larger than memory.
public struct Payloads: Analysis {
  public struct Options: Sendable {
    /// Protocols and streams, known at the log's end only, are not asked for: see `descriptions`.
    public var filter = CallFilter()
    /// Only these open descriptions, as ``WantedDescriptions`` found them in an earlier pass; nil for all.
    public var descriptions: Set<Int>?
    public init() {}
  }

  public struct Result: Sendable {
    public internal(set) var transfers = 0
    public internal(set) var bytes: Int64 = 0
    public internal(set) var shownBytes: Int64 = 0
    /// Transfers of which the log shows a part only, or nothing.
    public internal(set) var cutTransfers = 0

    /// What a reader should know.
    public var notes: [String] {
      guard cutTransfers > 0 else { return [] }
      return [
        "\(cutTransfers) of \(transfers) transfers are cut: the log shows \(shownBytes) of \(bytes) bytes (record with a larger strace -s)"
      ]
    }
  }

  public static var needsEveryCall: Bool { false }

  private let options: Options
  private let take: (SocketEvent) -> Void
  private var result = Result()
  private let joiner = ArgumentJoiner()
  private var shown: [UInt8] = []
  private var literal: [UInt8] = []
  private let socketCalls: Set<SyscallID>

  /// - Parameters:
  ///   - options: which sockets and calls.
  ///   - take: gets what happened, in the order of the log's lines.
  public init(_ options: Options = Options(), take: @escaping (SocketEvent) -> Void) {
    self.options = options
    self.take = take
    socketCalls = Set(
      ["recv", "recvfrom", "recvmsg", "recvmmsg", "recvmmsg_time64", "send", "sendto", "sendmsg", "sendmmsg"].compactMap {
        SyscallCatalog.shared.id(of: $0)
      })
  }

  public mutating func consume(_ batch: CallBatch, _ context: TraceContext) {
    let roles = context.model.roleTable
    let window = options.filter.window(context.reader.clock)
    var closings = context.model.closings[...]
    for place in batch.places {
      while let next = closings.first, context.model.incarnations[Int(next)].closedLine <= place.pointee.startLine {
        close(closings.removeFirst(), window, context)
      }
      let id = Int(place.pointee.syscall.rawValue)
      guard place.pointee.isCompleted, id < roles.count, place.pointee.end >= window.from, place.pointee.end < window.to else {
        continue
      }
      let role = roles[id]
      if role.isRead || role.isWrite {
        transfer(place.pointee, role, context)
      } else if role == .move, place.pointee.succeeded, place.pointee.result > 0 {
        move(place.pointee, place.pointee.incarnation, isRead: true, context)
        move(place.pointee, place.pointee.otherIncarnation, isRead: false, context)
      } else if role == .shutdown, place.pointee.succeeded {
        shutDown(place.pointee, context)
      }
    }
    for life in closings { close(life, window, context) }
  }

  public mutating func finish(_ context: TraceContext) -> Result { result }

  // MARK: What a call did

  private mutating func transfer(_ event: CallEvent, _ role: SyscallRole, _ context: TraceContext) {
    guard event.incarnation >= 0, options.filter.accepts(event),
      let socket = Socket(event.incarnation, context, mustBe: !socketCalls.contains(event.syscall)), isWanted(socket)
    else { return }
    // Connection reset by peer: asm-generic/errno.h.
    if event.errno.rawValue == 104 { return take(socket.event(.reset, isRead: true, event)) }
    guard event.succeeded else { return }
    let arguments = joiner.arguments(of: event)
    if event.result == 0 {
      if role == .read, socket.description.kind != .udp, arguments.asksForBytes {
        take(socket.event(.end, isRead: true, event))
      }
      return
    }
    // A damaged log states negative ones, too.
    guard event.result > 0 else { return }
    switch role {
    case .readMessages, .writeMessages:
      for message in arguments[1].messages.prefix(Int(clamping: event.result)) {
        gather(message.header.vectors)
        // Where the length of what was sent is not printed, it is the buffers'.
        let length = message.length ?? message.header.vectors.reduce(0) { $0.addingReportingOverflow($1.length).partialValue }
        tell(socket, event, role, size: Int64(clamping: length), peer: message.header.name?.name)
      }
    default:
      let named = gather(arguments)
      tell(socket, event, role, size: event.result, peer: named)
    }
  }

  private mutating func tell(_ socket: Socket, _ event: CallEvent, _ role: SyscallRole, size: Int64, peer: String?) {
    guard size > 0 else { return }
    let count = min(shown.count, Int(clamping: size))
    result.transfers += 1
    result.bytes = result.bytes.addingReportingOverflow(size).overflow ? .max : result.bytes + size
    result.shownBytes += Int64(count)
    if count < size { result.cutTransfers += 1 }
    shown.withUnsafeBytes { bytes in
      let bytes = UnsafeRawBufferPointer(rebasing: bytes[..<count])
      take(socket.event(.transfer(size: Int(clamping: size), shown: bytes), isRead: role.isRead, event, peer: peer))
    }
  }

  /// `sendfile` and its kin: nothing is shown.
  private mutating func move(_ event: CallEvent, _ incarnation: Int32, isRead: Bool, _ context: TraceContext) {
    guard incarnation >= 0, options.filter.tids.isEmpty || options.filter.tids.contains(TaskNumber.tid(event.tid)),
      let socket = Socket(incarnation, context, mustBe: true), isWanted(socket),
      options.filter.descriptors.isEmpty || options.filter.descriptors.contains(socket.incarnation.descriptor)
    else { return }
    shown.removeAll(keepingCapacity: true)
    tell(socket, event, isRead ? .read : .write, size: event.result, peer: nil)
  }

  /// `shutdown` of the side that writes.
  private func shutDown(_ event: CallEvent, _ context: TraceContext) {
    guard event.incarnation >= 0, options.filter.accepts(event), let socket = Socket(event.incarnation, context, mustBe: false),
      isWanted(socket), ShutdownDirections(joiner.arguments(of: event)[1]).contains(.write)
    else { return }
    take(socket.event(.end, isRead: false, event))
  }

  /// The last descriptor of a socket is closed, by whatever task.
  private func close(_ life: Int32, _ window: (from: Int64, to: Int64), _ context: TraceContext) {
    guard let socket = Socket(life, context, mustBe: true), isWanted(socket), socket.description.descriptorCount == 0,
      let time = socket.incarnation.closedTime, time >= window.from, time < window.to,
      options.filter.descriptors.isEmpty || options.filter.descriptors.contains(socket.incarnation.descriptor)
    else { return }
    take(
      socket.event(
        .close, isRead: false, time: time, line: socket.incarnation.closedLine, tid: TaskNumber.tid(socket.incarnation.closedTid))
    )
  }

  private func isWanted(_ socket: Socket) -> Bool {
    if let wanted = options.descriptions, !wanted.contains(Int(socket.incarnation.description)) { return false }
    return options.filter.processes.isEmpty || options.filter.processes.contains(socket.process)
  }

  // MARK: Bytes

  /// Puts the shown bytes together, up to the first gap; the address that the call names, if any.
  private mutating func gather(_ arguments: Arguments) -> String? {
    if let string = arguments[1].string {
      shown.removeAll(keepingCapacity: true)
      string.bytes(into: &shown)
      return arguments.firstCompound.socketAddress?.name
    }
    let message = arguments[1].messageHeader
    gather(message?.vectors ?? arguments[1].ioVectors)
    return message?.name?.name
  }

  private mutating func gather(_ vectors: [IOVector]) {
    shown.removeAll(keepingCapacity: true)
    for vector in vectors {
      guard let string = vector.base.string else { break }
      string.bytes(into: &literal)
      shown += literal
      if UInt64(literal.count) < vector.length { break }
    }
  }
}

/// A life of a descriptor that refers to a socket.
private struct Socket {
  let incarnation: Incarnation
  let description: OpenDescription
  let process: String
  let isAccepted: Bool?

  /// nil where it is none; `mustBe` asks for a kind that says so, else the call itself does.
  init?(_ index: Int32, _ context: TraceContext, mustBe: Bool) {
    incarnation = context.model.incarnations[Int(index)]
    description = context.model.descriptions[Int(incarnation.description)]
    if mustBe {
      switch description.kind {
      case .tcp, .udp, .unix, .socket: break
      default: return nil
      }
    }
    process = context.model.processLabel(incarnation.table)
    isAccepted =
      if case .syscall(let id) = incarnation.openedBy {
        switch context.reader.names.role(id) {
        case .accept: true
        case .socket: false
        default: nil
        }
      } else { nil }
  }

  func event(_ kind: SocketEvent.Kind, isRead: Bool, _ call: CallEvent, peer: String? = nil) -> SocketEvent {
    event(kind, isRead: isRead, time: call.end, line: call.endLine, tid: TaskNumber.tid(call.tid), peer: peer)
  }

  func event(
    _ kind: SocketEvent.Kind, isRead: Bool, time: Int64, line: Int, tid: Int32, peer: String? = nil
  ) -> SocketEvent {
    SocketEvent(
      kind: kind, isRead: isRead, description: Int(incarnation.description), descriptorKind: description.kind,
      local: description.local, peer: peer ?? description.peer, isAccepted: isAccepted, process: process,
      descriptor: incarnation.descriptor, time: time, line: line, tid: tid)
  }
}
