import TraceSyntax

/// A silence that should not have been.
public struct Stall: Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    /// The far end sent nothing: the socket was drained, and a thread stood by to read.
    case sourceStopped = "source_stopped"
    /// Data waited, or may have, while the thread that reads was elsewhere.
    case notRead = "did_not_read"
    /// Writes were held up: the far end did not take what we had.
    case consumerSlow = "consumer_slow"
    /// Nothing of the process ran, not even what a timer was due to wake; or only the threads of a virtual machine that held all others.
    case processStopped = "process_stopped"
  }

  /// What held the reader, or woke too late.
  public struct Cause: Sendable {
    public let tid: Int32
    /// nil where the thread was in no call.
    public let syscall: SyscallID?
    public let descriptor: Int32?
    /// Nanoseconds that it took.
    public let duration: Int64
    /// What the thread is called.
    public internal(set) var name: String?
  }

  public let kind: Kind
  /// Nanoseconds on the log's clock.
  public let start: Int64
  public internal(set) var duration: Int64
  /// Of the model; -1 where unknown.
  let process: Int32
  /// Who reads or writes the connection.
  public let tid: Int32?
  /// The descriptor's life that it was on; -1 for a process.
  let incarnation: Int32
  public let cause: Cause?
  /// First line of the call that shows it.
  public let evidenceLine: Int
  /// It went on to the end of the log.
  public internal(set) var isOpen = false
  /// The poll before named the connection as ready.
  public internal(set) var wasReported = false
  /// Threads that were held at one place meanwhile, and all let go by the cause: a virtual machine's pause. 0 where nothing at all happened.
  public internal(set) var held = 0

  public var end: Int64 { start &+ duration }
}
