import TraceCalls
import TraceProtocols
import TraceSyntax

// Protocols, by what the payloads of completed transfers show.
extension ProcessModel {
  /// The connections whose beginnings are kept at a time.
  private static var mostBeginnings: Int { 4096 }

  /// Looks at one successful read or write: for commands at any that holds an AMF0 string header, at the first few of a connection for all
  /// protocols.
  mutating func sniff(_ event: UnsafeMutablePointer<CallEvent>, _ role: SyscallRole) {
    let index = event.pointee.incarnation
    guard index >= 0 else {
      // The call began before the log: its descriptor is unknown, its commands are still worth a row.
      if event.pointee.flags.contains(.amf) { findCommands(event, role, nil) }
      return
    }
    let description = Int(incarnations[Int(index)].description)
    if event.pointee.flags.contains(.amf) { findCommands(event, role, description) }
    if marks[description].sniffsLeft > 0 { sniffFirst(event, role, description) }
  }

  private mutating func findCommands(_ event: UnsafeMutablePointer<CallEvent>, _ role: SyscallRole, _ description: Int?) {
    let arguments = joiner.arguments(of: event.pointee)
    var found: [RTMPCommand] = []
    var position = 0
    while let literal = StraceString.next(in: arguments.unsafeBytes, from: position, into: &payload) {
      RTMPCommand.scan(payload, truncated: literal.truncated, into: &found)
      position = literal.end
    }
    for command in found {
      sightings.append(
        RTMPSighting(
          command: command, startLine: event.pointee.startLine, endLine: event.pointee.endLine, start: event.pointee.start,
          end: event.pointee.end, tid: event.pointee.tid, incarnation: event.pointee.incarnation,
          process: event.pointee.process, isRead: role.isRead))
      guard let description, descriptions[description].carriesProtocols else { continue }
      if descriptions[description].rtmp == nil {
        descriptions[description].rtmp = RTMPSession(evidence: .command, line: event.pointee.startLine)
        marks[description].sniffsLeft = 0
      }
      descriptions[description].rtmp?.learn(command, line: event.pointee.startLine, isRead: role.isRead)
    }
  }

  /// Judges what one of the first transfers moved, until the protocol is known and has told who it is.
  private mutating func sniffFirst(_ event: UnsafeMutablePointer<CallEvent>, _ role: SyscallRole, _ description: Int) {
    guard descriptions[description].maySpeak else {
      marks[description].sniffsLeft = 0
      return
    }
    marks[description].sniffsLeft -= 1
    var reader = TransferPayloads()
    swap(&reader, &payloads)
    reader.read(joiner.arguments(of: event.pointee), role, result: event.pointee.result) { bytes, size, address in
      if marks[description].sniffsLeft > 0 || descriptions[description].protocolName.isEmpty {
        judge(bytes, size, address, event, isRead: role.isRead, description)
      }
    }
    swap(&reader, &payloads)
    if marks[description].sniffsLeft == 0 { beginnings[Int32(description)] = nil }
  }

  private mutating func judge(
    _ bytes: UnsafeRawBufferPointer, _ size: Int?, _ address: SocketAddress?, _ event: UnsafeMutablePointer<CallEvent>,
    isRead: Bool, _ description: Int
  ) {
    let what = descriptions[description]
    let (near, far) = (OpenDescription.port(of: what.local), address?.port ?? OpenDescription.port(of: what.peer))
    func payload(_ bytes: UnsafeRawBufferPointer, _ size: Int?) -> Payload {
      Payload(
        bytes, size: size, isCut: size == nil, transport: what.transport, from: isRead ? far : near, to: isRead ? near : far)
    }
    func verdict(_ payload: Payload) -> ProtocolVerdict {
      what.application.map { $0.name.judge(payload) } ?? ApplicationProtocol.judge(payload)
    }
    // What the same side wrote before and was too little.
    let key = Int32(description)
    let earlier = beginnings.isEmpty ? nil : beginnings[key]?[isRead]
    let alone = payload(bytes, size)
    if let earlier {
      let joined = earlier.bytes + bytes.prefix(Payload.limit - earlier.bytes.count)
      let (joinedVerdict, isCut) = joined.withUnsafeBytes { bytes in
        let whole = payload(bytes, size.map { min($0, Int.max / 2) + earlier.bytes.count })
        return (verdict(whole), whole.isCut)
      }
      if case .no = joinedVerdict {
        beginnings[key]?[isRead] = nil
      } else {
        return take(joinedVerdict, isCut: isCut, Beginning(joined, since: earlier), event, description)
      }
    }
    take(
      verdict(alone), isCut: alone.isCut, Beginning(Array(alone.shown), isRead: isRead, event.pointee), event, description)
  }

  /// What follows from a verdict on `bytes`, of which `event` moved the last.
  private mutating func take(
    _ verdict: ProtocolVerdict, isCut: Bool, _ bytes: @autoclosure () -> Beginning, _ event: UnsafeMutablePointer<CallEvent>,
    _ description: Int
  ) {
    let isRead = roles[Int(event.pointee.syscall.rawValue)].isRead
    switch verdict {
    case .no: break
    case .needMore(let needed):
      if isCut {
        descriptions[description].sufficientForProtocol = max(
          descriptions[description].sufficientForProtocol, UInt16(clamping: needed))
        if !beginnings.isEmpty { beginnings[Int32(description)]?[isRead] = nil }
      } else if descriptions[description].transport != .datagram {
        keep(bytes(), description)
      }
    case .yes(let finding):
      settle(finding, event, isRead: isRead, description)
      if !beginnings.isEmpty { beginnings[Int32(description)]?[isRead] = nil }
    }
  }

  /// Keeps the beginning of a message for the next call. Of connections that came to nothing some stay: all are forgotten when they are many.
  private mutating func keep(_ beginning: Beginning, _ description: Int) {
    if beginnings.count >= Self.mostBeginnings { beginnings.removeAll() }
    beginnings[Int32(description), default: Beginnings()][beginning.isRead] = beginning
  }

  private mutating func settle(
    _ finding: ProtocolFinding, _ event: UnsafeMutablePointer<CallEvent>, isRead: Bool, _ description: Int
  ) {
    let line = event.pointee.startLine
    if case .rtmp(let opening) = finding.message {
      guard descriptions[description].carriesProtocols, descriptions[description].rtmp == nil else { return }
      descriptions[description].rtmp = RTMPSession(evidence: opening == .handshake ? .handshake : .chunkHeader, line: line)
      marks[description].sniffsLeft = 0
    } else if namesProtocolsOnly {
      descriptions[description].application = .named(finding.name)
      marks[description].sniffsLeft = 0
    } else if let known = descriptions[description].application {
      descriptions[description].application = ApplicationSession(known, finding, isRead: isRead, line: line)
    } else {
      descriptions[description].application = ApplicationSession(finding, isRead: isRead, event.pointee)
      if let earlier = beginnings[Int32(description)]?.all, !earlier.isEmpty { openings[Int32(description)] = earlier }
      // The other side's first message, and a login, are yet to come.
      marks[description].sniffsLeft = min(marks[description].sniffsLeft, 4)
    }
  }
}

extension OpenDescription {
  /// Whether RTMP may run on it: not on what is known to be a file, a pipe to a thread, a timer.
  var carriesProtocols: Bool {
    switch kind {
    case .unknown, .socket, .tcp, .unix, .udp: path == nil || kind != .unknown
    default: false
    }
  }

  /// Whether any protocol may: media goes through pipes, too.
  var maySpeak: Bool { carriesProtocols || kind == .pipe }

  /// How its bytes travel, as far as its kind tells.
  public var transport: Payload.Transport {
    switch kind {
    case .tcp: .stream
    case .udp: .datagram
    default: .unknown
    }
  }

  /// The port behind the last colon of `127.0.0.1:80` or `[::1]:80`.
  public static func port(of name: String?) -> UInt16? {
    guard let name, let colon = name.utf8.lastIndex(of: UInt8(ascii: ":")) else { return nil }
    return UInt16(name[name.utf8.index(after: colon)...])
  }
}
