import TraceCalls
import TraceSyntax

/// The answer of ``Futex``.
public struct FutexResult: Sendable {
  /// What an address is for, as its waits and wakes tell.
  public enum Use: String, Sendable, CaseIterable {
    /// Mutual exclusion: who waits is kept from going on.
    case lock
    /// Many are held and let go at once: a barrier, a safepoint of a JVM.
    case barrier
    /// Several threads wait there for work: a condition variable, a semaphore.
    case condition
    /// One thread parks there until it is called: a condition variable or a parker of its own.
    case park
    /// Waits end when their time is up: a sleep, a periodic task.
    case timer
    /// One wait for something that happened once, such as a thread's end.
    case once
    /// Nobody waited.
    case none = ""

    /// Whether who waits there may be held up, and is not just idle.
    public var isContention: Bool { self == .lock || self == .barrier }
  }

  /// An address of a process.
  public struct Row: Sendable {
    public let process: String
    public let address: UInt64
    public let use: Use
    /// The lock it is, or serves, by its place in ``FutexResult/locks``.
    public let lock: Int?
    public let waits: Int
    /// Nanoseconds; nil where the log has no durations.
    public let waitTime: Int64?
    public let longest: Int64?
    public let p50: Int64?
    public let p99: Int64?
    public let woken: Int
    public let eagain: Int
    public let timeouts: Int
    public let interrupted: Int
    public let otherErrors: Int
    public let wakes: Int
    public let threadsWoken: Int
    public let waiters: Int
    public let wakers: Int
    /// Who waited longest in sum, and who woke most threads.
    public let topWaiter: Int32?
    public let topWaker: Int32?
    public let inFlight: Int
    public let inFlightTime: Int64?
    /// From the return of a waker's call to that of the waiter's; nil where stamps are whole seconds.
    public let handOff: (p50: Int64, p99: Int64, longest: Int64)?
    /// Waits of a thread that had been woken and did nothing since, which lock or not was not idle, and their sum.
    public let pressedWaits: Int
    public let pressedTime: Int64
    public let firstLine: Int
    /// The longest waits, longest first.
    public let longestWaits: [Wait]
  }

  /// A lock: one address, or the addresses that threads park at while they queue for one, as those of a JVM do.
  public struct Lock: Sendable {
    public let process: String
    /// Indices of ``FutexResult/rows``.
    public let rows: [Int]
    /// The thread that kept the others waiting, where one did.
    public let holder: Int32?
    public let waiters: [Int32]
    public let waits: Int
    public let waitTime: Int64
    public let longest: Int64
    /// Sum of the squares of its waits in seconds, which ranks locks.
    public let weight: Double
    public let longestWaits: [Wait]
    /// Whether it was told by the pattern of who wakes whom, and not by the calls' own arguments.
    public let isInferred: Bool
  }

  /// One wait.
  public struct Wait: Sendable {
    public let row: Int
    public let tid: Int32
    public let startLine: Int
    public let endLine: Int
    /// On the log's clock, of its end.
    public let end: Int64
    /// Nanoseconds.
    public let duration: Int64
    public let outcome: FutexOutcome
    public let waker: Int32?
    public let wakeLine: Int?
    /// What the waker did meanwhile; then, if it waited most of that time, what its waker did, and so on.
    public let blame: [Blame]
  }

  /// What a thread did while another waited for it.
  public struct Blame: Sendable {
    public let tid: Int32
    /// Nanoseconds to be explained.
    public let duration: Int64
    /// What took most of them, longest first.
    public let parts: [Part]
    /// What no call explains: it computed, or waited for a processor.
    public var outsideCalls: Int64 { max(0, duration - parts.reduce(0) { $0 + min($1.time, duration) }) }
  }

  public struct Part: Sendable {
    public let syscall: String
    public let descriptor: Int32?
    /// The far end, or the path.
    public let target: String?
    public let protocolName: String
    public let stream: String?
    /// publisher, player ...
    public let peerRole: String?
    /// Of a futex wait.
    public let address: UInt64?
    /// Of a futex wait: its time was up.
    public let isSleep: Bool
    public let calls: Int
    public let time: Int64
    public let firstLine: Int
    public let lastLine: Int
  }

  /// Threads that waited for a lock when the log ended, and nobody was seen to let go of it.
  public struct Deadlock: Sendable {
    public struct Member: Sendable {
      public let tid: Int32
      public let row: Int
      public let line: Int
      /// Nanoseconds up to the log's end.
      public let waited: Int64
      /// Who had the lock last, where its waits tell: another member closes a cycle.
      public let owner: Int32?
    }

    public let process: String
    public let members: [Member]
    public let isCycle: Bool
  }

  public struct TimelineRow: Sendable {
    /// Number of the interval on the log's clock.
    public let interval: Int64
    public let row: Int
    public let waits: Int
    public let time: Int64
    public let longest: Int64
    public let woken: Int
    public let eagain: Int
    public let timeouts: Int
    public let interrupted: Int
    public let wakes: Int
    public let threadsWoken: Int64
  }

  /// Locks' addresses first, by the lock's rank; then by time waited.
  public let rows: [Row]
  /// Worst first.
  public let locks: [Lock]
  public let deadlocks: [Deadlock]
  /// By interval, then row; empty where none was asked for.
  public let timeline: [TimelineRow]
  /// Nanoseconds.
  public let interval: Int64
  public let clock: TraceClock
  /// What the log itself calls threads, by tid.
  public let names: [Int32: String]
  /// Assumptions and gaps, for people.
  public let notes: [String]
}
