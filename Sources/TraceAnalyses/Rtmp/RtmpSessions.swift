import TraceCalls
import TraceProcesses
import TraceSyntax

/// RTMP connections as sessions: from handshake to end, what each publishes or plays, which publisher feeds which players, and when one fell
/// silent for longer than its own rhythm.
public struct RtmpSessions: Analysis {
  public struct Options: Sendable {
    public var filter = CallFilter()
    /// Nanoseconds: a silence shorter than this is no freeze, whatever the rhythm.
    public var threshold: Int64 = 3_000_000_000
    public init() {}
  }

  public static var needsEveryCall: Bool { false }

  public let options: Options
  private var connections: Connections
  /// By open description.
  private var stories: [Int32: RtmpStory] = [:]
  /// Those that are not known to be over, and how many make it worth while to look.
  private var live: [Int32] = []
  private var sweepAt = 1024
  private var turns = MediaTurns()

  public init(_ options: Options = Options()) {
    self.options = options
    // What feeds a wanted session may be one that is not.
    var everything = Connections.Options()
    everything.filter.tids = options.filter.tids
    everything.filter.from = options.filter.from
    everything.filter.to = options.filter.to
    connections = Connections(everything)
  }

  public mutating func consume(_ batch: CallBatch, _ context: TraceContext) {
    connections.consume(batch, context)
    let window = options.filter.window(context.reader.clock)
    for sighting in context.model.sightings
    where sighting.incarnation >= 0 && sighting.end >= window.from && sighting.end < window.to {
      let description = context.model.incarnations[Int(sighting.incarnation)].description
      guard context.model.descriptions[Int(description)].rtmp != nil else { continue }
      if stories[description] == nil { live.append(description) }
      stories[description, default: RtmpStory()].learn(sighting)
    }
    let roles = context.model.roleTable
    for place in batch.places {
      let event = place.pointee
      let id = Int(event.syscall.rawValue)
      guard event.incarnation >= 0, id < roles.count, event.isCompleted, event.end >= window.from, event.end < window.to else {
        continue
      }
      let role = roles[id]
      guard role.isRead || role.isWrite else { continue }
      let description = context.model.incarnations[Int(event.incarnation)].description
      guard let session = context.model.descriptions[Int(description)].rtmp else { continue }
      follow(event, place.transferredBytes(role), role, session, description)
    }
    if live.count > sweepAt { sweep(context.model) }
  }

  private mutating func follow(
    _ event: CallEvent, _ bytes: Int64, _ role: SyscallRole, _ session: RTMPSession, _ description: Int32
  ) {
    var story: RtmpStory
    if let known = stories.removeValue(forKey: description) {
      story = known
    } else {
      story = RtmpStory()
      live.append(description)
    }
    if session.handshakeLine == event.startLine {
      story.handshake = story.handshake ?? RtmpMoment(line: event.startLine, time: event.start)
    }
    // Of the batch that said publish or play, what went before is no media.
    if let start = story.start, event.endLine < start.line {
      stories[description] = story
      return
    }
    if bytes <= 0 {
      if role.isWrite, event.errno == .again { story.write.refuse(line: event.startLine) }
    } else if role.isRead {
      story.read.move(at: event.end, line: event.endLine, took: 0, threshold: options.threshold)
      if !session.isSink { turns.read(event, description) }
    } else {
      story.write.move(at: event.end, line: event.endLine, took: max(0, event.duration), threshold: options.threshold)
      if !session.isSource { turns.write(event, bytes, description) }
    }
    stories[description] = story
  }

  /// Sessions that are over keep little: memory follows those that live, and the rows of the answer.
  private mutating func sweep(_ model: ProcessModel) {
    let isOpen = model.openDescriptions
    live.removeAll { description in
      if isOpen[Int(description)] { return false }
      stories[description]?.read.settle()
      stories[description]?.write.settle()
      return true
    }
    sweepAt = max(1024, live.count * 2)
  }

  public mutating func finish(_ context: TraceContext) -> Result {
    let rows = connections.finish(context).rows.filter { $0.description.rtmp != nil }
    return RtmpSessionRows(options, rows, stories, turns, context).result()
  }
}

extension RTMPSession {
  /// Whether media is known to go one way: commands may yet tell.
  fileprivate var isSource: Bool { RtmpRole(self) == .publisher || RtmpRole(self) == .pull }
  fileprivate var isSink: Bool { RtmpRole(self) == .player || RtmpRole(self) == .push }
}
