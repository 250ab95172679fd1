import TraceCalls
import TraceProtocols
import TraceSyntax

// Protocols, by what the payloads of completed transfers show.
extension ProcessModel {
  /// Looks at one successful read or write: at any that holds an AMF0 string header, else at the first few of a connection.
  mutating func sniff(_ event: UnsafeMutablePointer<CallEvent>, _ role: SyscallRole) {
    let index = event.pointee.incarnation
    guard index >= 0 else {
      // The call began before the log: its descriptor is unknown, its commands are still worth a row.
      if event.pointee.flags.contains(.amf) { findCommands(event, role, nil) }
      return
    }
    let description = Int(incarnations[Int(index)].description)
    if event.pointee.flags.contains(.amf) {
      findCommands(event, role, description)
    } else if descriptions[description].sniffsLeft > 0 {
      sniffFirst(event, description)
    }
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
        descriptions[description].sniffsLeft = 0
      }
      descriptions[description].rtmp?.learn(command, line: event.pointee.startLine)
    }
  }

  private mutating func sniffFirst(_ event: UnsafeMutablePointer<CallEvent>, _ description: Int) {
    descriptions[description].sniffsLeft -= 1
    guard descriptions[description].carriesProtocols else {
      descriptions[description].sniffsLeft = 0
      return
    }
    // The buffer is in the first half of a write and in the second half of a read.
    let text = event.pointee.opening.contains(UInt8(ascii: "\"")) ? event.pointee.opening : event.pointee.closing
    let head = UnsafeRawBufferPointer(rebasing: text.prefix(256))
    guard StraceString.next(in: head, from: 0, into: &payload) != nil else { return }
    let verdict = payload.withUnsafeBytes {
      ApplicationProtocol.rtmp.judge(Payload($0, size: Int(clamping: event.pointee.result)))
    }
    guard case .yes(let finding) = verdict, case .rtmp(let opening) = finding.message else { return }
    let evidence = opening == .handshake ? RTMPSession.Evidence.handshake : .chunkHeader
    descriptions[description].rtmp = RTMPSession(evidence: evidence, line: event.pointee.startLine)
    descriptions[description].sniffsLeft = 0
  }
}

extension OpenDescription {
  /// Whether a protocol may run on it: not on what is known to be a file, a pipe to a thread, a timer.
  var carriesProtocols: Bool {
    switch kind {
    case .unknown, .socket, .tcp, .unix, .udp: path == nil || kind != .unknown
    default: false
    }
  }
}
