import TraceCalls
import TraceProcesses

extension Connections {
  /// One open description.
  public struct Row: Sendable {
    /// Its number in the log, from 1, in the order in which descriptions were met.
    public let connection: Int
    /// Of the first descriptor that was it.
    public let process: String
    let processNumber: Int32
    public let description: OpenDescription
    /// The first of its descriptors.
    public let descriptor: Int32
    public let n: Int32
    /// Lives of descriptors that it was, by index into the model.
    let lives: [Int32]
    /// Its descriptors in the order they were met: `14`, `14/2` for a later life of the number, `4711:14` in another process.
    public let descriptors: [String]
    /// What this end and the far end are: `client`, `server`, `listener`, `publisher`, `player`, or empty.
    public let role: String
    public let peerRole: String
    public let openedBy: Incarnation.Event
    public let openedLine: Int
    public let openedTime: Int64?
    /// How the last of its descriptors was closed; `.none` where one is still open.
    public let closedBy: Incarnation.Event
    public let closedLine: Int
    public let closedTime: Int64?
    public let closedTid: Int32
    /// The first sign that the far end, or the network, ended it, and the line of that call.
    public let sign: ConnectionSign?
    public let signLine: Int
    /// The line of the first shutdown(), 0 without one; the directions are the description's.
    public let shutdownLine: Int
    public let read: Fds.Transfers
    public let readPercentiles: (p50: Int64, p99: Int64)?
    public let write: Fds.Transfers
    public let writePercentiles: (p50: Int64, p99: Int64)?
    public let movedIn: Int64
    public let movedOut: Int64
    /// Ends of the first and the last call that moved bytes; nil without one, or without a clock.
    public let firstTime: Int64?
    public let lastTime: Int64?
    /// The longest time without bytes, from the opening to the close or the log's end, and when it began.
    public let longestSilence: Int64?
    public let silenceStart: Int64?
  }

  public struct Result: Sendable {
    /// Files behind all others; by process, then in the order they were met.
    public let rows: [Row]
    public let clock: TraceClock
    public let names: [String]

    /// What a reader should know.
    public var notes: [String] {
      let limits = rows.compactMap { $0.description.protocolName.isEmpty ? $0.description.sufficientStringLimit : nil }
      guard let most = limits.max() else { return [] }
      let whose = limits.count == 1 ? "1 connection" : "\(limits.count) connections"
      return ["strace -s cut what may tell the protocol of \(whose): -s \(most) would have shown it (column sufficient_s)"]
    }
  }
}

extension Connections.Row {
  /// What ended it first: `eof`, `reset`, `epipe`, `timeout` (the far end or the network), `shutdown` (this end); `close`, `exit` or `exec` (this
  /// end, where nothing of that was seen before); empty while it is open.
  public var endedBy: String {
    if let sign { return sign.rawValue }
    return switch closedBy {
    case .none: ""
    case .exit: "exit"
    case .exec: "exec"
    default: "close"
    }
  }

  /// Whether it is a file, and no connection.
  public var isFile: Bool { description.isFile }

  /// The line that shows it.
  public var endedLine: Int? { sign != nil ? signLine : closedLine > 0 ? closedLine : nil }
}

extension OpenDescription {
  fileprivate var isFile: Bool {
    switch kind {
    case .file, .directory, .device, .memfd: true
    default: false
    }
  }
}

/// Makes the rows, once the log is read.
struct ConnectionRows {
  private let filter: CallFilter
  private let counters: [ConnectionCounters]
  private let model: ProcessModel
  private let clock: TraceClock
  private let names: [String]
  private static let mostDescriptors = 16

  init(_ filter: CallFilter, _ counters: [ConnectionCounters], _ context: TraceContext) {
    self.filter = filter
    self.counters = counters
    model = context.model
    clock = context.reader.clock
    names = context.reader.names.names
  }

  func result() -> Connections.Result {
    var lives = [[Int32]](repeating: [], count: model.descriptions.count)
    for (index, life) in model.incarnations.enumerated() where !life.isVoid && life.n >= 0 {
      lives[Int(life.description)].append(Int32(index))
    }
    let ports = servedPorts(lives)
    let window = filter.window(clock)
    var rows: [Connections.Row] = []
    for (index, incarnations) in lives.enumerated() {
      let lives = incarnations.map { model.incarnations[Int($0)] }
      let counted = index < counters.count ? counters[index] : ConnectionCounters()
      guard let first = lives.first, isConnection(model.descriptions[index], counted),
        lives.contains(where: { filter.accepts($0, model) })
      else { continue }
      if !filter.tids.isEmpty, counted.read.transfers.calls + counted.write.transfers.calls == 0 { continue }
      let last = lives.contains { $0.closedBy == .none } ? nil : lives.max { $0.closedLine < $1.closedLine }
      if let opened = first.openedTime, opened >= window.to { continue }
      if let closed = last?.closedTime, closed < window.from { continue }
      rows.append(row(index, incarnations, lives, first, last, counted, ports))
    }
    rows.sort {
      ($0.isFile ? 1 : 0, $0.processNumber, $0.process, $0.connection)
        < ($1.isFile ? 1 : 0, $1.processNumber, $1.process, $1.connection)
    }
    return Connections.Result(rows: rows, clock: clock, names: names)
  }

  /// A socket or a pipe, or anything that calls moved bytes over or tried to.
  private func isConnection(_ description: OpenDescription, _ counted: ConnectionCounters) -> Bool {
    switch description.kind {
    case .socket, .tcp, .udp, .unix, .netlink, .pipe: true
    default:
      counted.read.transfers.calls + counted.write.transfers.calls > 0 || counted.movedIn != 0 || counted.movedOut != 0
    }
  }

  private func row(
    _ index: Int, _ indices: [Int32], _ lives: [Incarnation], _ first: Incarnation, _ last: Incarnation?,
    _ counted: ConnectionCounters,
    _ ports: Set<UInt16>
  ) -> Connections.Row {
    let description = model.descriptions[index]
    let (role, peerRole) = roles(description, first, counted, ports)
    let silence = longestSilence(first, last, counted)
    // A file's end is no connection's.
    let sign = description.isFile || (description.kind == .udp && counted.sign == .eof) ? nil : counted.sign
    return Connections.Row(
      connection: index + 1, process: model.processLabel(first.table), processNumber: model.processNumber(first.table),
      description: description, descriptor: first.descriptor, n: first.n, lives: indices,
      descriptors: descriptors(lives, first.table), role: role, peerRole: peerRole,
      openedBy: first.openedBy, openedLine: first.openedLine, openedTime: first.openedTime, closedBy: last?.closedBy ?? .none,
      closedLine: last?.closedLine ?? 0, closedTime: last?.closedTime, closedTid: last?.closedTid ?? 0, sign: sign,
      signLine: sign == nil ? 0 : counted.signLine, shutdownLine: counted.shutdownLine, read: counted.read.transfers,
      readPercentiles: counted.read.percentiles,
      write: counted.write.transfers, writePercentiles: counted.write.percentiles, movedIn: counted.movedIn,
      movedOut: counted.movedOut, firstTime: clock.kind == .none ? nil : counted.first,
      lastTime: clock.kind == .none ? nil : counted.last, longestSilence: silence?.length, silenceStart: silence?.start)
  }

  private func descriptors(_ lives: [Incarnation], _ table: Int32) -> [String] {
    var names: [String] = []
    for life in lives.prefix(Self.mostDescriptors) {
      let process = life.table == table ? "" : model.processLabel(life.table) + ":"
      names.append("\(process)\(life.descriptor)\(life.n > 0 ? "/\(life.n)" : "")")
    }
    if lives.count > Self.mostDescriptors { names.append("...") }
    return names
  }

  // MARK: Roles

  /// Local ports on which connections were accepted.
  private func servedPorts(_ lives: [[Int32]]) -> Set<UInt16> {
    var ports: Set<UInt16> = []
    for (index, incarnations) in lives.enumerated() where model.descriptions[index].kind == .tcp {
      guard let first = incarnations.first, isAccepted(model.incarnations[Int(first)]),
        let port = OpenDescription.port(of: model.descriptions[index].local)
      else { continue }
      ports.insert(port)
    }
    return ports
  }

  private func isAccepted(_ life: Incarnation) -> Bool {
    guard case .syscall(let id) = life.openedBy, Int(id.rawValue) < model.roleTable.count else { return false }
    return model.roleTable[Int(id.rawValue)] == .accept
  }

  private func roles(
    _ description: OpenDescription, _ first: Incarnation, _ counted: ConnectionCounters, _ ports: Set<UInt16>
  ) -> (String, String) {
    description.roles(isAccepted: isAccepted(first), isConnected: counted.isConnected, servedPorts: ports)
  }

  // MARK: Silence

  private func longestSilence(_ first: Incarnation, _ last: Incarnation?, _ counted: ConnectionCounters) -> (
    length: Int64, start: Int64
  )? {
    guard clock.kind != .none, let begin = first.openedTime ?? counted.first else { return nil }
    let end = last?.closedTime ?? clock.last
    var longest = (length: counted.silence, start: counted.silenceStart)
    func gap(_ from: Int64, _ to: Int64) {
      let (length, isBeyond) = to.subtractingReportingOverflow(from)
      if !isBeyond, length > longest.length { longest = (length, from) }
    }
    gap(begin, counted.first ?? end)
    if let moved = counted.last { gap(moved, end) }
    return longest.length > 0 ? longest : (0, begin)
  }
}
