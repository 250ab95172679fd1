import TraceCalls

/// Which connection a thread read from before it wrote to another: how media finds its way where no name tells.
///
/// A server's thread reads from a publisher and then writes to the players of that stream, before it reads from the next. What it writes late,
/// because a socket was full, follows some other read; so it is the share of a player's writes that tells.
struct MediaTurns {
  /// A connection that was read from, and how often a write to another one came next.
  struct Link {
    let source: Int32
    var writes = 0
    var bytes: Int64 = 0
    /// The first read and the write after it.
    let readLine: Int
    let writeLine: Int
    /// Writes to the sink so far, at the first and at the last one that is counted.
    let firstWrite: Int
    var lastWrite: Int

    /// Of the writes to the sink between the first and the last, the share that came after a read from the source.
    var share: Double { Double(writes) / Double(max(1, lastWrite - firstWrite + 1)) }
  }

  private struct Sink {
    var writes = 0
    /// Invariant: never more than ``MediaTurns/limit``; a new source takes the place of the rarest.
    var links: [Link] = []
  }

  private struct Turn {
    var source: Int32 = -1
    var tid: Int32 = 0
    var line = 0
  }

  /// By the thread's small number.
  private var turns: [Turn] = []
  private var sinks: [Int32: Sink] = [:]
  private static let limit = 8

  /// A thread read media from a connection.
  mutating func read(_ event: CallEvent, _ source: Int32) {
    let thread = Int(event.thread)
    if thread >= turns.count { turns.append(contentsOf: repeatElement(Turn(), count: thread + 64 - turns.count)) }
    turns[thread] = Turn(source: source, tid: event.tid, line: event.endLine)
  }

  /// A thread wrote to one.
  mutating func write(_ event: CallEvent, _ bytes: Int64, _ sink: Int32) {
    var known = sinks[sink] ?? Sink()
    known.writes += 1
    defer { sinks[sink] = known }
    let thread = Int(event.thread)
    guard thread < turns.count, turns[thread].tid == event.tid, turns[thread].source >= 0, turns[thread].source != sink else {
      return
    }
    let turn = turns[thread]
    if let index = known.links.firstIndex(where: { $0.source == turn.source }) {
      known.links[index].writes += 1
      known.links[index].bytes &+= bytes
      known.links[index].lastWrite = known.writes
      return
    }
    let link = Link(
      source: turn.source, writes: 1, bytes: bytes, readLine: turn.line, writeLine: event.startLine, firstWrite: known.writes,
      lastWrite: known.writes)
    if known.links.count < Self.limit {
      known.links.append(link)
    } else if let rarest = known.links.indices.min(by: { known.links[$0].writes < known.links[$1].writes }) {
      known.links[rarest] = link
    }
  }

  func links(to sink: Int32) -> [Link] { sinks[sink]?.links ?? [] }
}
