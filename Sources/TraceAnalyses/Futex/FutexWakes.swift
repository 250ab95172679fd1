/// The wakes of one address that may still explain the end of a wait.
///
/// A wake's result is known when it returned, which the log may show after the woken thread went on: such waits are kept until then.
struct FutexWakes {
  struct Wake {
    var thread: Int32
    var tid: Int32
    var startLine: Int
    var endLine: Int
    var end: Int64
    /// Threads it woke whose return was not seen yet.
    var left: Int
  }

  /// A wake that has not returned, with the waits that ended meanwhile.
  struct Open {
    var thread: Int32
    var tid: Int32
    var startLine: Int
    var ended: [EndedWait] = []
  }

  private(set) var recent: [Wake] = []
  var open: [Open] = []
  /// Where waiters were moved to last, and at which line.
  var requeuedTo: Int32 = -1
  var requeueLine = 0
  private static let mostRecent = 8

  mutating func add(_ wake: Wake) {
    if recent.count == Self.mostRecent { recent.removeFirst() }
    recent.append(wake)
  }

  /// The wake that ended a wait begun at `line`: the latest of those that woke more threads than have returned, else the latest.
  mutating func take(since line: Int, notBy thread: Int32) -> Wake? {
    var latest: Int?
    for index in recent.indices.reversed() where recent[index].endLine > line && recent[index].thread != thread {
      if recent[index].left > 0 {
        recent[index].left -= 1
        return recent[index]
      }
      if latest == nil { latest = index }
    }
    return latest.map { recent[$0] }
  }
}
