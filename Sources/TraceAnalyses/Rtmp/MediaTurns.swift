import TraceCalls

/// Which connection a thread read from before it wrote to another: how media finds its way where no name tells.
///
/// A server's thread reads from a publisher and then writes to the players of that stream, before it reads from the next: a turn. What it writes
/// late, because a socket was full, follows some other read; so it is the share of a player's turns that tells.
struct MediaTurns {
  /// A connection that was read from, and how often a write to another one came next.
  struct Link {
    let source: Int32
    /// The writing thread read nothing itself; another of its process had.
    let isHandedOver: Bool
    var turns = 1
    var writes = 1
    var bytes: Int64
    /// The first read and the write after it.
    let readLine: Int
    let writeLine: Int
    /// Turns of the sink so far, at the first and at the last one that is counted.
    let firstTurn: Int
    var lastTurn: Int

    /// Of the sink's turns between the first and the last, the share that began with a read from the source.
    var share: Double { Double(turns) / Double(max(1, lastTurn - firstTurn + 1)) }
  }

  private struct Sink {
    var process: Int32 = -1
    /// Turns that wrote to it, and the number of the last of them.
    var turns = 0
    var last = -1
    /// Invariant: never more than ``MediaTurns/limit``; a new source takes the place of the rarest.
    var links: [Link] = []
  }

  private struct Turn {
    var source: Int32 = -1
    var tid: Int32 = 0
    var line = 0
    var number = 0
  }

  /// By the thread's small number.
  private var turns: [Turn] = []
  private var count = 0
  /// The last read of each process, for threads that only write: another reads for them.
  private var processTurns: [Int32: Turn] = [:]
  /// Reads of media by process, and by source.
  private var processReads: [Int32: Int] = [:]
  private var sourceReads: [Int32: Int] = [:]
  private var sinks: [Int32: Sink] = [:]
  private static let limit = 8

  /// A thread read media from a connection.
  mutating func read(_ event: CallEvent, _ source: Int32) {
    let thread = Int(event.thread)
    if thread >= turns.count { turns.append(contentsOf: repeatElement(Turn(), count: thread + 64 - turns.count)) }
    count += 1
    turns[thread] = Turn(source: source, tid: event.tid, line: event.endLine, number: count)
    processTurns[event.process] = turns[thread]
    processReads[event.process, default: 0] += 1
    sourceReads[source, default: 0] += 1
  }

  /// A thread wrote to one.
  mutating func write(_ event: CallEvent, _ bytes: Int64, _ sink: Int32) {
    var known = sinks.removeValue(forKey: sink) ?? Sink()
    known.process = event.process
    defer { sinks[sink] = known }
    let thread = Int(event.thread)
    let isReader = thread < turns.count && turns[thread].tid == event.tid && turns[thread].source >= 0
    guard let turn = isReader ? turns[thread] : processTurns[event.process], turn.source != sink else { return }
    let isNew = known.last != turn.number
    if isNew {
      known.last = turn.number
      known.turns += 1
    }
    if let index = known.links.firstIndex(where: { $0.source == turn.source && $0.isHandedOver != isReader }) {
      known.links[index].writes += 1
      known.links[index].bytes &+= bytes
      if isNew { known.links[index].turns += 1 }
      known.links[index].lastTurn = known.turns
      return
    }
    let link = Link(
      source: turn.source, isHandedOver: !isReader, bytes: bytes, readLine: turn.line, writeLine: event.startLine,
      firstTurn: known.turns, lastTurn: known.turns)
    if known.links.count < Self.limit {
      known.links.append(link)
    } else if let rarest = known.links.indices.min(by: { known.links[$0].turns < known.links[$1].turns }) {
      known.links[rarest] = link
    }
  }

  /// What a write by another thread would follow by chance: the source's share of all reads of media in the sink's process.
  func chance(_ link: Link, _ sink: Int32) -> Double {
    guard let process = sinks[sink]?.process else { return 1 }
    return Double(sourceReads[link.source] ?? 0) / Double(max(1, processReads[process] ?? 0))
  }

  func links(to sink: Int32) -> [Link] { sinks[sink]?.links ?? [] }
}
