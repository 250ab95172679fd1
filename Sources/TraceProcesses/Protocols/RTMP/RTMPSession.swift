import TraceProtocols

/// What is known of an RTMP connection.
public struct RTMPSession: Sendable {
  /// What proved the protocol, weakest first.
  public enum Evidence: Int, Sendable, Comparable {
    case chunkHeader, handshake, command
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
  }

  /// What the client of the connection, mostly the far end, does with the stream.
  public enum Role: String, Sendable { case publisher, player }

  public internal(set) var evidence: Evidence
  /// The line the identification rests on.
  public internal(set) var evidenceLine: Int
  /// The line of the handshake, 0 where none was seen before a command.
  public let handshakeLine: Int
  public internal(set) var app: String?
  /// The stream name; it ends `...` where -s cut it.
  public internal(set) var stream: String?
  public internal(set) var role: Role?
  /// Whether this end sent a client's commands, and so is the publisher or player itself; nil where none was seen.
  public internal(set) var isClient: Bool?
  private var isStreamCut = true

  /// A session in memory of its own.
  final class Box: Sendable {
    let session: RTMPSession
    init(_ session: RTMPSession) { self.session = session }
  }

  init(evidence: Evidence, line: Int) {
    self.evidence = evidence
    evidenceLine = line
    handshakeLine = evidence == .handshake ? line : 0
  }

  mutating func learn(_ command: RTMPCommand, line: Int, isRead: Bool) {
    if evidence < .command {
      evidence = .command
      evidenceLine = line
    }
    if let app = command.app { self.app = command.isValueCut ? app + "..." : app }
    if let name = command.stream, stream == nil || isStreamCut || (!command.isValueCut && command.name == "publish") {
      stream = command.isValueCut ? name + "..." : name
      isStreamCut = command.isValueCut
    }
    switch command.name {
    case "connect", "createStream", "publish", "releaseStream", "FCPublish", "play", "getStreamLength": isClient = !isRead
    case "_result", "onStatus": isClient = isClient ?? isRead
    default: break
    }
    switch command.name {
    case "publish", "releaseStream", "FCPublish": role = .publisher
    case "play", "getStreamLength": role = role ?? .player
    default: break
    }
  }
}

/// A command seen in a payload, with where.
public struct RTMPSighting: Sendable {
  public let command: RTMPCommand
  /// The call's lines.
  public let startLine: Int
  public let endLine: Int
  /// The stamp of the call's first line.
  public let start: Int64
  public let end: Int64
  public let tid: Int32
  public let incarnation: Int32
  public let process: Int32
  public let isRead: Bool
}
