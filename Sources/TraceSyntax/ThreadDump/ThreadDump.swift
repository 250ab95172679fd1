/// The threads of a HotSpot JVM at one moment, as `jstack`, `jcmd PID Thread.print` and `kill -3` print them (JDK 8 to 21).
///
/// The text comes from `Threads::print_on` and `ThreadService` of HotSpot. What was cut or garbled is left out; nothing is refused.
public struct ThreadDump: Sendable {
  /// When it was taken, in seconds since 1970 of the JVM's own local time: the dump names no time zone. nil where no such line was seen.
  public internal(set) var localTime: Int64?
  /// The JVM, as the dump's head names it: `OpenJDK 64-Bit Server VM (17.0.15+6-Debian-1deb12u1 mixed mode, sharing)`.
  public internal(set) var machine = ""
  /// In the order of the dump: Java's threads first, then the JVM's own.
  public internal(set) var threads: [JavaThread] = []
  /// Its last line was seen. Without it threads may be missing.
  public internal(set) var isComplete = false
  /// What the JVM said of deadlocks, thread by thread.
  var claims: [DeadlockClaim] = []

  /// All dumps of a text, in order; other lines, as a program's standard output has around the dump of a `kill -3`, are passed over.
  public static func all(in text: UnsafeRawBufferPointer) -> [ThreadDump] {
    var reader = ThreadDumpReader()
    for line in TextLines(text) { reader.read(line) }
    return reader.finish()
  }

  /// The thread that the kernel, and so strace, knows by this number.
  public func thread(_ tid: Int32) -> JavaThread? { threads.first { $0.tid == tid } }
}

/// One thread of a ``ThreadDump``.
public struct JavaThread: Sendable {
  public let name: String
  /// The kernel's number of it (`nid=`): what strace calls a tid. In a container it is the number there, which strace outside does not use.
  public let tid: Int32
  /// The `#12` of a thread of Java; nil for the JVM's own.
  public let javaID: Int?
  public let isDaemon: Bool
  /// What the JVM knows of the native thread: `runnable`, `waiting on condition`, `in Object.wait()`.
  public let nativeState: String
  /// `java.lang.Thread.State`: `RUNNABLE`, `BLOCKED`, `WAITING`, `TIMED_WAITING`; nil for the JVM's own threads.
  public internal(set) var state: String?
  /// What follows it in parentheses: `on object monitor`, `parking`, `sleeping`.
  public internal(set) var stateDetail: String?
  /// Innermost first, without `at `: `sun.nio.ch.EPoll.wait(java.base@17.0.15/Native Method)`.
  public internal(set) var frames: [String] = []
  /// In the order of the dump.
  public internal(set) var locks: [JavaLock] = []

  /// Monitors it had entered and not left to wait on, and the `Locked ownable synchronizers`.
  public var held: [JavaLock] {
    let given = locks.filter { $0.use == .waitingOn || $0.use == .waitingToRelock }.map(\.address)
    return locks.filter { $0.use == .locked && !given.contains($0.address) }
  }

  /// What it could not go on without; nil for one that runs.
  public var waitedFor: JavaLock? {
    locks.first { $0.use == .waitingToLock || $0.use == .waitingToRelock }
      ?? locks.first { $0.use == .parking || $0.use == .waitingOn }
  }
}

/// A line about a monitor or synchronizer: `- locked <0x00000000fa000648> (a java.lang.ref.ReferenceQueue$Lock)`.
public struct JavaLock: Sendable, Hashable {
  public enum Use: String, Sendable {
    case locked
    /// Blocked at the entry of a `synchronized`.
    case waitingToLock = "waiting to lock"
    /// In `Object.wait()`, having let go of it.
    case waitingOn = "waiting on"
    /// Notified, and blocked until it has the monitor again.
    case waitingToRelock = "waiting to re-lock in wait()"
    /// `LockSupport.park`: of `java.util.concurrent`, a lock or a condition.
    case parking = "parking to wait for"
  }

  public let use: Use
  /// Where the object was; objects move, so the number holds for one dump. nil for `<no object reference available>`.
  public let address: UInt64?
  /// `java.lang.Object`; `java.lang.Class for a.b.C` of a class's own monitor.
  public let className: String
  /// The frame that the line follows, an index of ``JavaThread/frames``; nil for ownable synchronizers.
  public let frame: Int?
}
