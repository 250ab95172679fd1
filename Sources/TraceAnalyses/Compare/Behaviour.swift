import TraceCalls
import TraceProcesses
import TraceSyntax

/// What a program did in one log, in the form in which two logs are compared: calls by name and class of connection in slices of time, and
/// the paths and peers it had to do with. ``Comparison`` takes one or several of each side.
public struct Behaviour: Analysis {
  /// Names of calls, of one class of connections, that are kept apart: a damaged log has many.
  static let seriesLimit = 4096

  private var clock: SliceClock?
  private var isOfTime = false
  private var series: [CallSeries] = []
  private var seriesIndex = NumberIndex()
  private var seriesKeys: [(connectionClass: Int32, syscall: UInt16)] = []
  private var connections = ConnectionClasses()
  private var paths = PathTallies()
  private var missedSeries = 0
  private var calls = 0

  public init() {}

  public mutating func consume(_ batch: CallBatch, _ context: TraceContext) {
    // Once for all: what a getter of another module returns is a copy.
    let (model, firstStamp) = (context.model, context.reader.clock.firstLine)
    connections.reserve(model.descriptions.count)
    for event in batch.places {
      guard event.pointee.isCompleted, event.pointee.syscall != .unknown else { continue }
      let time =
        firstStamp == .max ? Int64(event.pointee.endLine) : event.pointee.endLine >= firstStamp ? event.pointee.stamp : nil
      let call = SeenCall(
        syscall: event.pointee.syscall, errno: event.pointee.errno, slice: slice(time, hasClock: firstStamp != .max),
        isDerived: event.pointee.isDerived, line: event.pointee.startLine, duration: event.pointee.duration)
      calls &+= 1
      paths.add(call, event)
      guard event.pointee.incarnation >= 0 else {
        count(call, ConnectionClasses.none)
        continue
      }
      let description = model.incarnations[Int(event.pointee.incarnation)].description
      if let settled = connections.place(call, description) {
        count(call, settled)
      } else if connections.isDue(description) {
        settle(description, model)
      }
    }
    for life in model.closings { settle(model.incarnations[Int(life)].description, model) }
  }

  private mutating func settle(_ description: Int32, _ model: ProcessModel) {
    let (connectionClass, calls) = connections.settle(description, model)
    for call in calls { count(call, connectionClass) }
  }

  @inline(__always)
  private mutating func count(_ call: SeenCall, _ connectionClass: Int32) {
    let key = UInt64(UInt32(bitPattern: connectionClass)) << 16 | UInt64(call.syscall.rawValue)
    if let index = seriesIndex[key] { return series[Int(index)].add(call) }
    guard series.count < Self.seriesLimit else {
      missedSeries += 1
      return
    }
    seriesIndex.insert(key, Int32(series.count))
    seriesKeys.append((connectionClass, call.syscall.rawValue))
    let fresh = CallSeries()
    series.append(fresh)
    fresh.add(call)
  }

  /// The slice of a stamp (of a line in a log without stamps); before the first stamp, the first.
  @inline(__always)
  private mutating func slice(_ time: Int64?, hasClock: Bool) -> UInt8 {
    guard let time else { return 0 }
    if hasClock != isOfTime || clock == nil { begin(hasClock: hasClock) }
    for _ in 0..<(clock?.joins(for: time) ?? 0) { join() }
    return UInt8(truncatingIfNeeded: clock?.slice(time) ?? 0)
  }

  /// Slices of time, or of lines. Stamps may begin late in a log: what was before is in its first slice then.
  private mutating func begin(hasClock: Bool) {
    if clock != nil { for _ in 0..<5 { join() } }
    isOfTime = hasClock
    clock = SliceClock(length: hasClock ? 1_000_000 : 1)
  }

  private mutating func join() {
    for series in series { series.join() }
    connections.join()
    paths.join()
  }

  public mutating func finish(_ context: TraceContext) -> Result {
    let model = context.model
    connections.reserve(model.descriptions.count)
    for description in connections.unsettled { settle(description, model) }
    let stamps = context.reader.clock
    var result = Result()
    result.calls = calls
    result.hasClock = stamps.kind != .none
    result.isFine = stamps.isFine
    result.table = context.reader.table
    result.program = paths.program
    let length = clock?.length ?? 1
    let span = result.hasClock ? max(0, stamps.last &- (stamps.first ?? stamps.last)) : Int64(context.reader.ledger.lines)
    let count = min(SliceClock.limit, Int(clamping: span / length) + 1)
    result.span = span
    result.slices = (0..<count).map { Double(min(length, max(0, span - Int64($0) * length))) }
    for (key, series) in zip(seriesKeys, series) {
      let name = context.reader.names.name(SyscallID(rawValue: key.syscall))
      let sliced = series.result(count)
      result.series[
        .init(connectionClass: connections.names[Int(key.connectionClass)], syscall: name), default: SlicedCalls(count: count)
      ]
      .take(sliced)
    }
    nameDescriptions(model, &result)
    for (path, tally) in paths.result {
      result.paths[path] = Place(
        calls: tally.calls, time: tally.time, firstLine: tally.firstLine, occasions: tally.slices.nonzeroBitCount,
        slices: tally.slices, isOfDecoration: tally.calls == 0)
    }
    if missedSeries > 0 {
      result.notes.append("\(missedSeries) calls of further names than \(Self.seriesLimit) are left out")
    }
    if paths.missed > 0 {
      result.hasAllPaths = false
      result.notes.append(
        "\(paths.missed) calls have paths beyond the \(PathTallies.limit) that are told apart: new and vanished paths are not all found"
      )
    }
    series = []
    return result
  }

  /// Paths that no call of the log names, and peers.
  private mutating func nameDescriptions(_ model: ProcessModel, _ result: inout Result) {
    var isSeen = [Bool](repeating: false, count: model.descriptions.count)
    for life in model.incarnations where !life.isVoid && life.n >= 0 && !isSeen[Int(life.description)] {
      isSeen[Int(life.description)] = true
      let description = model.descriptions[Int(life.description)]
      let tally = connections.tallies[Int(life.description)]
      let line = life.openedLine > 0 ? life.openedLine : tally.firstLine
      let isOld = life.openedBy == .pre || life.openedBy == .implicit
      if isOld, description.path != nil || description.peer != nil { result.namesDescriptors = true }
      // What was opened by name is counted by that.
      if let path = description.path, path.hasPrefix("/"), isOld || description.kind == .unix {
        paths.add(name: path, line: line)
      }
      guard let peer = Self.peer(of: description) else { continue }
      let number = tally.connectionClass < 0 ? ConnectionClasses.none : tally.connectionClass
      let key = PeerKey(connectionClass: connections.names[Int(number)], peer: peer)
      if result.peers[key] == nil, result.peers.count >= Self.peerLimit {
        result.hasAllPeers = false
        continue
      }
      result.peers[key, default: Place(calls: 0, time: 0, firstLine: line, occasions: 0, slices: 0, isOfDecoration: isOld)]
        .add(tally, line: line, isOfDecoration: isOld)
    }
    if !result.hasAllPeers {
      result.notes.append("more than \(Self.peerLimit) peers: new and vanished ones are not all found")
    }
  }

  /// Peers that are told apart: those met first.
  static let peerLimit = 50_000

  /// Who is at the other end, as it is from one run to the next: of a connection that was accepted the host alone, its port is ephemeral.
  private static func peer(of description: OpenDescription) -> String? {
    guard description.kind == .tcp || description.kind == .udp, description.origin != .paired,
      let peer = description.peer.map(unmapped),
      let port = OpenDescription.port(of: peer), let colon = peer.lastIndex(of: ":"),
      // `process:fd` of an end that the log holds itself.
      peer[..<colon].contains(where: { !$0.isNumber && $0 != "#" })
    else { return nil }
    let isOurs =
      description.origin == .connected || description.application?.role == .client || description.rtmp?.isClient == true
    if isOurs { return peer }
    // Linux hands out 32768 to 60999 by default (ip_local_port_range in ip(7)).
    let isEphemeral = description.origin == .accepted || port >= 32768 || description.application?.role == .server
    return isEphemeral ? String(peer[..<colon]) : peer
  }

  /// `[::ffff:127.0.0.1]:80` is the IPv4 address in it (RFC 4291, 2.5.5.2).
  private static func unmapped(_ address: String) -> String {
    let prefix = "[::ffff:"
    guard address.hasPrefix(prefix), let end = address.firstIndex(of: "]") else { return address }
    let inner = address[address.index(address.startIndex, offsetBy: prefix.count)..<end]
    return inner.contains(".") ? String(inner + address[address.index(after: end)...]) : address
  }
}
