import TraceSyntax

/// The processes that strace attached with -p, as its own notes tell (its standard error, or the head of a log that holds that).
public struct AttachedProcesses: Sendable {
  /// Threads of each when it was attached, by its number.
  private var threads: [Int32: Int] = [:]
  /// Numbers of those with several threads, ascending.
  private var threaded: [Int32] = []
  public init() {}

  /// - Parameter notes: in order. strace attaches what -p names before anything else, so all up to the last note with threads are of
  ///   -p; what follows is taken for tasks born later. Where no note has threads, all are taken for processes of one thread.
  /// - Parameter allOfStart: that is known of all of them.
  public init(_ notes: [AttachNote], allOfStart: Bool = false) {
    let last = allOfStart ? notes.count - 1 : notes.lastIndex { $0.threads > 1 } ?? notes.count - 1
    for note in notes.prefix(last + 1) { threads[note.tid] = note.threads }
    threaded = threads.filter { $0.value > 1 }.map(\.key).sorted()
  }

  public var isEmpty: Bool { threads.isEmpty }
  public var count: Int { threads.count }
  public var withThreads: Int { threaded.count }

  /// Whether it is one of the processes.
  public func isProcess(_ tid: Int32) -> Bool { threads[tid] != nil }

  /// The process of a thread that the log does not show being born: the one that has threads; of several the last with a lower
  /// number, since threads are made after their process.
  public func process(ofThread tid: Int32) -> Int32? {
    threaded.count == 1 ? threaded.first : threaded.last { $0 < tid }
  }

  /// For people: what follows from the notes.
  public var assumption: String {
    let alone = threads.count - threaded.count
    var parts: [String] = []
    if alone > 0 { parts.append("\(alone) of one thread") }
    if !threaded.isEmpty { parts.append("\(threaded.count) of several") }
    let rest =
      threaded.count > 1
      ? "; a thread is taken for one of the process attached with the next lower number"
      : threaded.isEmpty && threads.count > 1 ? "; a thread born later whose clone is not traced would look the same" : ""
    return "by strace's notes \(threads.count) \(threads.count == 1 ? "process was" : "processes were") attached, "
      + parts.joined(separator: " and ") + rest
  }
}
