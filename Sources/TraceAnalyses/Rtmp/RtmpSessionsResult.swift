import TraceCalls
import TraceProcesses
import TraceSyntax

extension RtmpSessions {
  /// One RTMP connection.
  public struct Session: Sendable {
    /// As `connections` has it: descriptors, bytes, how it ended.
    public let connection: Connections.Row
    /// nil where no command was seen.
    public let role: RtmpRole?
    /// As far as the strings showed them; they end `...` where -s cut them.
    public let app: String?
    public let stream: String?
    public let handshake: RtmpMoment?
    public let connect: RtmpMoment?
    public let createStream: RtmpMoment?
    /// publish or play.
    public let start: RtmpMoment?
    /// FCUnpublish, closeStream or deleteStream, where no publish or play followed.
    public let stop: RtmpMoment?
    /// How often publish or play was said.
    public let starts: Int
  }

  /// A publisher (or pull) and a player (or push) that gets its stream.
  public struct Feed: Sendable {
    /// What the two were put together by.
    public enum Basis: String, Sendable {
      /// Both said the same stream's name, whole.
      case name
      /// A thread wrote to the one after it had read from the other.
      case reads
      /// A thread that reads no media wrote to the one after another thread of its process had read from the other.
      case handover
      case nameAndReads = "name+reads"
      case nameAndHandover = "name+handover"
    }

    public let source: Session
    public let sink: Session
    public let basis: Basis
    /// Of a thread's turns (a read of media, and the writes before the next) that wrote to the sink, from the first to the last that began with the
    /// source, the share that did; nil where none did.
    public let share: Double?
    /// Writes to the sink in these turns, and their bytes.
    public let writes: Int
    public let bytes: Int64
    /// A read from the source and the write to the sink that came next, or the commands with the names.
    public let sourceLine: Int?
    public let sinkLine: Int?
  }

  /// A source or sink that was silent for longer than its own rhythm.
  public struct Freeze: Sendable {
    /// Why, as far as the log tells.
    public enum Cause: String, Sendable, CaseIterable {
      case unknown = ""
      /// Nothing in the log feeds it, nor ever did.
      case neverFed = "never fed"
      /// What feeds it was silent at that time, or had ended.
      case sourceSilent = "source silent"
      case sourceEnded = "source ended"
      /// Its socket was full: the far end did not read.
      case notReading = "not reading"
    }

    public let session: Session
    public let gap: MediaGap
    /// The longest gap that is usual for it; nil where it moved too little to have a rhythm.
    public let rhythm: Int64?
    public let cause: Cause
    public let causedBy: Session?
  }

  public struct Result: Sendable {
    /// By process, then in the order they were met.
    public let sessions: [Session]
    /// By source, then by sink.
    public let feeds: [Feed]
    /// By time.
    public let freezes: [Freeze]
    public let clock: TraceClock
    public let names: [String]
  }
}

/// Makes the rows, once the log is read.
struct RtmpSessionRows {
  /// A session with what only its making needs.
  struct Entry {
    let session: RtmpSessions.Session
    let description: Int32
    let flow: MediaFlow?
    var story: RtmpStory
    /// Whether the filter wants it.
    let isWanted: Bool
    /// From its opening to its last close, or to the ends of the log.
    let life: ClosedRange<Int64>
  }

  let options: RtmpSessions.Options
  let turns: MediaTurns
  let clock: TraceClock
  private let names: [String]
  private(set) var entries: [Entry]

  init(
    _ options: RtmpSessions.Options, _ rows: [Connections.Row], _ stories: [Int32: RtmpStory], _ turns: MediaTurns,
    _ context: TraceContext
  ) {
    self.options = options
    self.turns = turns
    clock = context.reader.clock
    names = context.reader.names.names
    let (clock, model) = (clock, context.model)
    entries = rows.compactMap { row in
      guard let rtmp = row.description.rtmp else { return nil }
      let description = Int32(row.connection - 1)
      let story = stories[description] ?? RtmpStory()
      let first = row.openedBy == .pre ? Int64.min : row.openedTime ?? .min
      return Entry(
        session: RtmpSessions.Session(
          connection: row, role: RtmpRole(rtmp), app: rtmp.app, stream: rtmp.stream, handshake: story.handshake,
          connect: story.connect, createStream: story.createStream, start: story.start, stop: story.stop, starts: story.starts),
        description: description, flow: MediaFlow(rtmp, read: row.read.bytes, written: row.write.bytes), story: story,
        isWanted: row.lives.contains { options.filter.accepts(model.incarnations[Int($0)], model) },
        life: first...max(first, row.closedTime ?? clock.last))
    }
    for index in entries.indices {
      // Whoever said goodbye is not silent.
      let end = entries[index].session.connection.closedTime ?? clock.last
      guard entries[index].story.stop == nil else { continue }
      entries[index].story.read.conclude(at: end, threshold: options.threshold)
      entries[index].story.write.conclude(at: end, threshold: options.threshold)
    }
  }

  func result() -> RtmpSessions.Result {
    let feeds = self.feeds()
    return RtmpSessions.Result(
      sessions: entries.filter(\.isWanted).map(\.session),
      feeds: feeds.filter { entries[$0.source].isWanted || entries[$0.sink].isWanted }.map(\.feed),
      freezes: clock.kind == .none ? [] : freezes(feeds), clock: clock, names: names)
  }
}
