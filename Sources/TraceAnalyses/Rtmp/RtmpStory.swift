import TraceProcesses

/// A moment of a session and the line that shows it.
public struct RtmpMoment: Sendable {
  public let line: Int
  /// The stamp of that line.
  public let time: Int64
}

/// What the commands of one RTMP connection tell, each at its first appearance.
struct RtmpStory {
  var handshake: RtmpMoment?
  var connect: RtmpMoment?
  var createStream: RtmpMoment?
  /// publish or play.
  var start: RtmpMoment?
  /// FCUnpublish, closeStream or deleteStream, after the last publish or play.
  var stop: RtmpMoment?
  /// How often publish or play was said: a connection may carry several streams one after the other.
  var starts = 0
  var read = MediaGaps()
  var write = MediaGaps()

  /// Takes a client's command, whichever end the client is; answers tell no more.
  mutating func learn(_ sighting: RTMPSighting) {
    let moment = RtmpMoment(line: sighting.startLine, time: sighting.start)
    switch sighting.command.name {
    case "connect": connect = connect ?? moment
    case "createStream": createStream = createStream ?? moment
    case "publish", "play", "play2":
      start = start ?? moment
      stop = nil
      // What went before was talk, not media.
      if starts == 0 { (read, write) = (MediaGaps(), MediaGaps()) }
      starts += 1
    case "FCUnpublish", "closeStream", "deleteStream": stop = stop ?? moment
    default: break
    }
  }
}
