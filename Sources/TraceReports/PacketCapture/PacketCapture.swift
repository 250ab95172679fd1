import TraceAnalyses

/// Writes transfers as a packet capture that Wireshark and tshark open: one synthetic TCP or UDP flow for each socket.
///
/// A packet is marked as cut where strace's -s left bytes out, its comment names the line of the log. Where both ends of a connection are in
/// the log, the end that is met first is written: the other one would repeat every byte.
public final class PacketCapture {
  private var file: PcapNG
  private let sink: OutputSink
  private var flows: [Int: SyntheticFlow?] = [:]
  private var written: Set<[IPEndpoint]> = []
  /// Sockets left out because their other end is written.
  public private(set) var otherEnds = 0
  public private(set) var packets = 0
  private var failure: OutputError?

  /// - Parameter sink: where to; ``finish()`` completes it.
  public init(_ sink: OutputSink) throws(OutputError) {
    self.sink = sink
    file = try PcapNG(sink)
  }

  /// Writes one transfer. What goes wrong is told by ``finish()``.
  public func add(_ transfer: Payloads.Transfer) {
    guard failure == nil else { return }
    do {
      guard var flow = try flow(of: transfer) else { return }
      let cut = transfer.shown.count < transfer.size ? ", \(transfer.shown.count) of \(transfer.size) bytes shown" : ""
      let comment = "line \(transfer.line), process \(transfer.process), tid \(transfer.tid), fd \(transfer.descriptor)\(cut)"
      for packet in flow.packets(isRead: transfer.isRead, size: transfer.size, shown: transfer.shown) {
        try write(packet, transfer, comment)
      }
      flows[transfer.description] = flow
    } catch {
      failure = error
    }
  }

  /// Completes the file.
  public func finish() throws(OutputError) {
    if let failure { throw failure }
    try sink.flush()
  }

  private func flow(of transfer: Payloads.Transfer) throws(OutputError) -> SyntheticFlow? {
    let isDatagram = transfer.kind == .udp
    let peer = transfer.peer.flatMap(IPEndpoint.init) ?? .invented(transfer.description, isPeer: true)
    if let known = flows[transfer.description] {
      // A datagram goes to whom it names; a connection stays what it was.
      guard let known, isDatagram, known.peer != peer else { return known }
    }
    let local = transfer.local.flatMap(IPEndpoint.init) ?? .invented(transfer.description, isPeer: false)
    if written.contains([peer, local]) {
      otherEnds += 1
      flows[transfer.description] = .some(nil)
      return nil
    }
    written.insert([local, peer])
    var flow = SyntheticFlow(local: local, peer: peer, isDatagram: isDatagram)
    if !isDatagram, let isAccepted = transfer.isAccepted {
      for packet in flow.opening(isAccepted: isAccepted) {
        try write(packet, transfer, "made up: the log shows the connection being made")
      }
    }
    return flow
  }

  private func write(_ packet: SyntheticFlow.Packet, _ transfer: Payloads.Transfer, _ comment: String) throws(OutputError) {
    try file.write(packet: packet.bytes, length: packet.length, time: max(0, transfer.end), comment: comment)
    packets += 1
  }
}
