import TraceProtocols

/// What tells protocols by payloads that may be anything and may end anywhere. Five bytes say how the rest is shown: transport and
/// ports, bytes that -s cut, a shorter -s.
enum ProtocolTarget {
  private static let ports: [UInt16] = [53, 22, 80, 443, 514, 3306, 5432, 6379, 8125, 9000, 11211, 5353]

  static func run(_ input: UnsafeRawBufferPointer) {
    guard input.count >= 5 else { return }
    let bytes = UnsafeRawBufferPointer(rebasing: input.dropFirst(5))
    let transport: Payload.Transport = [.stream, .datagram, .unknown, .stream][Int(input[0] & 3)]
    let port = ports[Int(input[1]) % ports.count]
    let (from, to) = (input[0] & 4 != 0 ? port : nil, input[0] & 8 != 0 ? port : nil)
    let size = bytes.count + Int(input[2]) << (input[0] & 16 != 0 ? 8 : 0)
    func payload(_ shown: Int) -> Payload {
      Payload(UnsafeRawBufferPointer(rebasing: bytes.prefix(shown)), size: size, transport: transport, from: from, to: to)
    }
    let whole = judge(payload(bytes.count))
    let shorter = Int(input[3]) << 8 | Int(input[4])
    if shorter < bytes.count { compare(judge(payload(shorter)), whole, shorter, bytes.count, payload) }
    readConnections(bytes, Int(input[3]), transport)
  }

  /// The verdict, which is that of the one sniffer that says yes.
  private static func judge(_ payload: Payload) -> ProtocolVerdict {
    let verdict = ApplicationProtocol.judge(payload)
    var claims: [ApplicationProtocol] = []
    for candidate in ApplicationProtocol.allCases {
      if case .yes(let finding) = candidate.judge(payload) {
        demand(finding.name == candidate, "a sniffer names its own protocol")
        // A chunk of RTMP media has no magic and is tried last.
        if candidate != .rtmp || claims.isEmpty { claims.append(candidate) }
      }
    }
    switch verdict {
    case .yes(let finding):
      demand(claims == [finding.name], "one protocol: \(claims)")
      if let sufficient = finding.sufficient {
        demand(
          sufficient > payload.shown.count && sufficient <= Payload.limit, "\(sufficient) is more than \(payload.shown.count)")
        demand(payload.size.map { sufficient <= $0 } ?? true, "-s \(sufficient) is more than there is")
      }
    case .needMore(let bytes):
      demand(claims.isEmpty, "no claim: \(claims)")
      demand(bytes > payload.shown.count && bytes <= Payload.limit, "\(bytes) is more than \(payload.shown.count)")
    case .no: demand(claims.isEmpty, "no claim: \(claims)")
    }
    return verdict
  }

  /// What was said of fewer bytes stands, and what was asked for is enough.
  private static func compare(
    _ before: ProtocolVerdict, _ after: ProtocolVerdict, _ shown: Int, _ count: Int, _ payload: (Int) -> Payload
  ) {
    switch (before, after) {
    case (.no, .no): break
    case (.no, _): demand(false, "no at \(shown) bytes, \(after) at \(count)")
    case (.yes(let finding), .yes(let other)):
      demand(
        finding.name == other.name || finding.evidence == .cut, "\(finding.name) at \(shown) bytes, \(other.name) at \(count)")
    case (.yes(let finding), _): demand(finding.evidence == .cut, "\(finding) at \(shown) bytes, \(after) at \(count)")
    case (.needMore(let bytes), _):
      guard bytes <= count, case .needMore(let more) = judge(payload(bytes)) else { return }
      // A message may go on in the next call.
      let whole = payload(bytes).size
      demand(bytes == whole && more > bytes, "\(shown) bytes need \(bytes), and they \(more)")
    }
  }

  /// The messages of a connection do not depend on how calls cut it.
  private static func readConnections(_ bytes: UnsafeRawBufferPointer, _ step: Int, _ transport: Payload.Transport) {
    func messages(_ step: Int) -> [DNSMessage] {
      var reader = DNSStreamReader()
      var found: [DNSMessage] = []
      walk(bytes, step) { reader.read($0) { found.append($0) } }
      return found
    }
    demand(messages(bytes.count) == messages(step % 16 + 1), "the same DNS messages in pieces")
    var reader = HTTPConnectionReader<Int>(isFromStart: step & 1 != 0)
    var answered = 0
    func take(_ exchange: HTTPExchange<Int>) {
      demand(exchange.request != nil || exchange.response != nil, "an exchange of something")
      demand((0...bytes.count).contains(exchange.requestBytes), "bytes that were there")
      answered += exchange.responseBytes
    }
    // Both sides at once; what is the first half for one is what the other answers.
    let half = UnsafeRawBufferPointer(rebasing: bytes.prefix(bytes.count / 2))
    walk(half, step + 1) { reader.read($0, writer: .client, at: 0, take) }
    walk(bytes, step + 1) { reader.read($0, writer: .server, at: 1, take) }
    reader.finish(take)
    demand(answered <= bytes.count, "no byte counts twice: \(answered) of \(bytes.count)")
  }

  private static func walk(_ bytes: UnsafeRawBufferPointer, _ step: Int, _ body: (Payload) -> Void) {
    for start in stride(from: 0, to: bytes.count, by: max(1, step)) {
      let part = UnsafeRawBufferPointer(rebasing: bytes[start..<min(bytes.count, start + max(1, step))])
      body(Payload(part, size: part.count, transport: .stream))
    }
  }
}
