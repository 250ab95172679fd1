import TraceAnalyses

/// Writes what went over sockets as a packet capture that Wireshark and tshark open: one synthetic TCP connection for each, or UDP datagrams.
///
/// A packet is marked as cut where strace's -s left bytes out, its comment names the line of the log. Where both ends of a connection are in
/// the log, the end that is met first is written: the other one would repeat every byte.
public final class PacketCapture {
  private var file: PcapNG
  private let sink: OutputSink
  /// By open description, those of connections that are not over; nil of one whose other end is written.
  private var flows: [Int: SyntheticFlow?] = [:]
  /// How often a pair of addresses, ours first, was written as a connection; of datagrams that it was.
  private var written: [[IPEndpoint]: UInt32] = [:]
  /// Pairs of addresses of datagrams left out because their other end is written.
  private var otherDatagrams: Set<[IPEndpoint]> = []
  /// Sockets left out because their other end is written.
  public private(set) var otherEnds = 0
  public private(set) var packets = 0
  private var failure: OutputError?

  /// - Parameter sink: where to; ``finish()`` completes it.
  public init(_ sink: OutputSink) throws(OutputError) {
    self.sink = sink
    file = try PcapNG(sink)
  }

  /// Writes what a call did. What goes wrong is told by ``finish()``.
  public func add(_ event: SocketEvent) {
    guard failure == nil else { return }
    do {
      if event.descriptorKind == .udp { try addDatagram(event) } else { try addToConnection(event) }
    } catch {
      failure = error
    }
  }

  /// Completes the file.
  public func finish() throws(OutputError) {
    if let failure { throw failure }
    try sink.flush()
  }

  private func addToConnection(_ event: SocketEvent) throws(OutputError) {
    switch event.kind {
    case .transfer(let size, let shown):
      guard var flow = try connection(of: event) else { return }
      for packet in flow.packets(isRead: event.isRead, size: size, shown: shown) { try write(packet, event, size, shown.count) }
      flows[event.description] = flow
    case .end: try end(event)
    case .close:
      try end(event)
      flows[event.description] = nil
    case .reset:
      guard case .some(.some(var flow)) = flows[event.description] else { return }
      if let packet = flow.reset() { try write(packet, event) }
      flows[event.description] = flow
    }
  }

  private func end(_ event: SocketEvent) throws(OutputError) {
    // What no byte went over is not shown.
    guard case .some(.some(var flow)) = flows[event.description] else { return }
    if let packet = flow.end(isRead: event.isRead) { try write(packet, event) }
    flows[event.description] = flow
  }

  private func connection(of event: SocketEvent) throws(OutputError) -> SyntheticFlow? {
    if let known = flows[event.description] { return known }
    let (local, peer) = Self.endpoints(event)
    if written[[peer, local]] != nil {
      otherEnds += 1
      flows[event.description] = .some(nil)
      return nil
    }
    let uses = written[[local, peer], default: 0]
    written[[local, peer]] = uses &+ 1
    // The same ports once more are told apart by their first sequence numbers.
    var flow = SyntheticFlow(local: local, peer: peer, start: uses &* 0x1000_0000)
    if let isAccepted = event.isAccepted {
      for packet in flow.opening(isAccepted: isAccepted) {
        try write(packet, event, comment: "made up: the log shows the connection being made")
      }
    }
    return flow
  }

  /// A datagram goes to whom it names.
  private func addDatagram(_ event: SocketEvent) throws(OutputError) {
    guard case .transfer(let size, let shown) = event.kind else { return }
    let (local, peer) = Self.endpoints(event)
    if written[[peer, local]] != nil {
      if otherDatagrams.insert([local, peer]).inserted { otherEnds += 1 }
      return
    }
    written[[local, peer]] = 1
    let packet = SyntheticFlow(local: local, peer: peer).datagram(isRead: event.isRead, size: size, shown: shown)
    try write(packet, event, size, shown.count)
  }

  private static func endpoints(_ event: SocketEvent) -> (local: IPEndpoint, peer: IPEndpoint) {
    (
      event.local.flatMap(IPEndpoint.init) ?? .invented(event.description, isPeer: false),
      event.peer.flatMap(IPEndpoint.init) ?? .invented(event.description, isPeer: true)
    )
  }

  private func write(_ packet: SyntheticFlow.Packet, _ event: SocketEvent, _ size: Int = 0, _ shown: Int = 0) throws(OutputError)
  {
    let cut = shown < size ? ", \(shown) of \(size) bytes shown" : ""
    try write(
      packet, event, comment: "line \(event.line), process \(event.process), tid \(event.tid), fd \(event.descriptor)\(cut)")
  }

  private func write(_ packet: SyntheticFlow.Packet, _ event: SocketEvent, comment: String) throws(OutputError) {
    try file.write(packet: packet.bytes, length: packet.length, time: max(0, event.time), comment: comment)
    packets += 1
  }
}
