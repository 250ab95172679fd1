import TraceProcesses

/// What an RTMP connection is for, seen from the traced process.
public enum RtmpRole: String, Sendable, CaseIterable {
  /// The far end publishes a stream to this process.
  case publisher
  /// The far end plays a stream from this process.
  case player
  /// This process is the client itself and publishes to the far end: a relay's way out.
  case push
  /// This process is the client itself and plays from the far end: a relay's way in.
  case pull
  /// The far end connected, and did neither.
  case client
  /// This process connected, and did neither.
  case outgoing

  init?(_ session: RTMPSession) {
    guard let isClient = session.isClient else { return nil }
    switch session.role {
    case .publisher: self = isClient ? .push : .publisher
    case .player: self = isClient ? .pull : .player
    case nil: self = isClient ? .outgoing : .client
    }
  }
}

/// Which way the media of a connection goes.
enum MediaFlow {
  /// Into the process.
  case source
  /// Out of it.
  case sink

  /// - Parameters:
  ///   - read: bytes read, and written, which tell where no command was seen: the connection is older than the log.
  init?(_ session: RTMPSession, read: Int64, written: Int64) {
    switch RtmpRole(session) {
    case .publisher, .pull: self = .source
    case .player, .push: self = .sink
    case .client, .outgoing: return nil
    case nil:
      if read / 4 > written {
        self = .source
      } else if written / 4 > read {
        self = .sink
      } else {
        return nil
      }
    }
  }
}
