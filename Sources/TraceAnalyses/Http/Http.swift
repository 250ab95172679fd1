import TraceCalls
import TraceProcesses
import TraceProtocols
import TraceSyntax

/// HTTP/1.x requests and their responses, with the time in between.
public struct Http: Analysis {
  public struct Options: Sendable {
    public var filter = CallFilter()
    public init() {}
  }

  /// The call in which a message began.
  public struct Place: Sendable {
    public let line: Int
    public let tid: Int32
    /// The stamp of its first line.
    public let start: Int64
    public let end: Int64
    public let incarnation: Int32
    /// Whether `end` is a time.
    let isTimed: Bool
  }

  public struct Row: Sendable {
    public let exchange: HTTPExchange<Place>
    /// Where the request began, or, where it was not seen, the response.
    public let place: Place
    public let process: String
    public let descriptor: Int32
    public let n: Int32
    /// Which end of the connection this is.
    public let role: ProtocolRole

    /// From the end of the call with the request's first byte to the end of the call with the response's; nil where one was not seen, or has no
    /// time.
    public var latency: Int64? {
      guard let request = exchange.requestPlace, let response = exchange.responsePlace, request.isTimed, response.isTimed else {
        return nil
      }
      let (time, isBeyond) = response.end.subtractingReportingOverflow(request.end)
      return isBeyond ? nil : time
    }
  }

  public struct Result: Sendable {
    /// In the order of their lines.
    public let rows: [Row]
    public let clock: TraceClock
  }

  private struct Connection {
    var reader = HTTPConnectionReader<Place>()
    let role: ProtocolRole
  }

  private struct Found {
    let exchange: HTTPExchange<Place>
    let role: ProtocolRole
  }

  public static var needsEveryCall: Bool { false }

  public let options: Options
  /// By open description.
  private var connections: [Int32: Connection] = [:]
  private var found: [Found] = []
  private var payloads = TransferPayloads()
  private let joiner = ArgumentJoiner()

  public init(_ options: Options = Options()) { self.options = options }

  public mutating func consume(_ batch: CallBatch, _ context: TraceContext) {
    let roles = context.model.roleTable
    for place in batch.places {
      let id = Int(place.pointee.syscall.rawValue)
      guard place.pointee.isCompleted, place.pointee.succeeded, place.pointee.result > 0, id < roles.count else { continue }
      let role = roles[id]
      if role.isRead || role.isWrite {
        follow(place, place.pointee.incarnation, role, isRead: role.isRead, context)
      } else if role == .move {
        follow(place, place.pointee.incarnation, role, isRead: true, context)
        follow(place, place.pointee.otherIncarnation, role, isRead: false, context)
      }
    }
    // Memory follows the connections that live.
    guard !connections.isEmpty else { return }
    for life in context.model.closings {
      let description = context.model.incarnations[Int(life)].description
      if context.model.descriptions[Int(description)].descriptorCount == 0 { end(description) }
    }
  }

  /// Reads one call on a connection that is recognised.
  private mutating func follow(
    _ call: UnsafePointer<CallEvent>, _ incarnation: Int32, _ role: SyscallRole, isRead: Bool, _ context: TraceContext
  ) {
    guard incarnation >= 0 else { return }
    let index = Int(context.model.incarnations[Int(incarnation)].description)
    guard let session = context.model.descriptions[index].application, session.name == .http, session.role != .unknown,
      context.model.descriptions[index].rtmp == nil
    else { return }
    // The batch is annotated as a whole: of what came before the evidence only what belongs to its message counts.
    let event = call.pointee
    guard event.endLine >= session.firstEndLine else { return }
    let key = Int32(index)
    var connection = connections.removeValue(forKey: key) ?? begin(session.role, context.model.openings[key] ?? [], context)
    let writer = Self.writer(connection.role, isRead: isRead)
    let place = Place(
      line: event.startLine, tid: TaskNumber.tid(event.tid), start: event.start, end: event.end, incarnation: incarnation,
      isTimed: event.endLine >= context.reader.clock.firstLine)
    var exchanges: [HTTPExchange<Place>] = []
    if role == .move {
      // A body by sendfile: counted, not shown.
      connection.reader.read(
        Payload(UnsafeRawBufferPointer(start: nil, count: 0), size: Int(clamping: event.result)), writer: writer, at: place
      ) { exchanges.append($0) }
    } else {
      var isShown = false
      payloads.read(joiner.arguments(of: event), role, result: event.result) { bytes, size, _ in
        isShown = true
        connection.reader.read(Payload(bytes, size: size, transport: .stream), writer: writer, at: place) { exchanges.append($0) }
      }
      if !isShown {
        connection.reader.read(
          Payload(UnsafeRawBufferPointer(start: nil, count: 0), size: Int(clamping: event.result)), writer: writer, at: place
        ) { exchanges.append($0) }
      }
    }
    found += exchanges.map { Found(exchange: $0, role: connection.role) }
    connections[key] = connection
  }

  private static func writer(_ role: ProtocolRole, isRead: Bool) -> ProtocolRole {
    (role == .server) == isRead ? .client : .server
  }

  /// A connection whose protocol the call at hand told, with what came before and belongs to the same message: no message ends in it.
  private func begin(_ role: ProtocolRole, _ openings: [Beginning], _ context: TraceContext) -> Connection {
    var connection = Connection(role: role)
    for opening in openings {
      let writer = Self.writer(role, isRead: opening.isRead)
      let place = Place(
        line: opening.startLine, tid: TaskNumber.tid(opening.tid), start: opening.start, end: opening.end,
        incarnation: opening.incarnation, isTimed: opening.endLine >= context.reader.clock.firstLine)
      connection.reader.beginMessage(of: writer)
      opening.bytes.withUnsafeBytes {
        connection.reader.read(Payload($0, transport: .stream), writer: writer, at: place) { _ in }
      }
    }
    return connection
  }

  private mutating func end(_ key: Int32) {
    guard var connection = connections.removeValue(forKey: key) else { return }
    let role = connection.role
    connection.reader.finish { found.append(Found(exchange: $0, role: role)) }
  }

  public mutating func finish(_ context: TraceContext) -> Result {
    for key in connections.keys.sorted() { end(key) }
    let (model, filter) = (context.model, options.filter)
    let window = filter.window(context.reader.clock)
    var rows: [Row] = []
    for one in found {
      guard let place = one.exchange.requestPlace ?? one.exchange.responsePlace, place.end >= window.from, place.end < window.to,
        filter.tids.isEmpty || filter.tids.contains(place.tid)
      else { continue }
      let life = model.incarnations[Int(place.incarnation)]
      guard filter.accepts(life, model) else { continue }
      rows.append(
        Row(
          exchange: one.exchange, place: place, process: model.processLabel(life.table), descriptor: life.descriptor, n: life.n,
          role: one.role))
    }
    // Pipelined requests begin in one call; they were found in their order.
    let order = rows.indices.sorted { (rows[$0].place.line, $0) < (rows[$1].place.line, $1) }
    return Result(rows: order.map { rows[$0] }, clock: context.reader.clock)
  }
}
