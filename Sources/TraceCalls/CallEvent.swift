import TraceSyntax

/// What happened to a call or a task at one line of the log.
public enum CallPhase: UInt8, Sendable, BitwiseCopyable {
  /// A call on one line: it began and returned.
  case whole
  /// The first half of a call.
  case began
  /// The second half of a call whose first half is in `opening`.
  case returned
  /// The second half of a call that began before the log did.
  case returnedOnly
  /// A call that will never return in this log: its task ended, another call took its place, or the line said `= ?`.
  case abandoned
  /// strace let go of the task in this call.
  case detached
  /// Still open when the log ended.
  case inFlight
  /// A task's end (`+++ exited`, `+++ killed`).
  case exited
  /// An exec off the leader: the task `other` goes on under this tid.
  case superseded
  case signal
}

/// One step in the life of a call, in the order of the log's lines.
///
/// The text pointers are valid while the batch is.
public struct CallEvent: @unchecked Sendable, BitwiseCopyable {
  // The order of the fields keeps padding away: an event is 120 bytes, and events are what the ordered consumer moves most of.
  public var phase: CallPhase
  public var isDerived = false
  public var hasStart = true
  public var flags: LineFlags
  public var syscall: SyscallID
  public var errno: Errno
  public var tid: Int32
  /// A small number for the task, reused after its end: index of side tables.
  public var thread: Int32
  /// The first argument as a descriptor, or `LineEvent.noDescriptor`.
  public var descriptor: Int32
  /// Which incarnation of the descriptor the call is on (index into the process model), or -1; set by the model.
  public var incarnation: Int32 = -1
  /// The second descriptor of `sendfile` and its kin.
  public var otherIncarnation: Int32 = -1
  /// The process (index into the process model) of the task; set by the model.
  public var process: Int32 = -1
  /// The index of the task that an exec superseded, else -1.
  public var other: Int32 = -1
  /// Of the first half, or of a whole call: the fingerprint of the `<...>` behind the first argument, 0 where there is none.
  public var decoration: UInt32 = 0
  /// How many of the batch's ``CallBatch/transfers`` come before it.
  public internal(set) var transfersBefore: Int32 = 0
  /// Line numbers, from 1: of the first and of the last line of the call.
  public var startLine: Int
  public var endLine: Int
  /// The stamp of the first line.
  public var start: Int64
  /// The stamp of the last line.
  public var stamp: Int64
  /// What `-T` printed, or, where `isDerived`, the difference of the stamps; `LineEvent.unknownDuration` otherwise.
  public var duration: Int64
  public var result: Int64
  public var opening: UnsafeRawBufferPointer
  public var closing: UnsafeRawBufferPointer

  /// The rest of the last line from the end of the arguments on, `) = 1 ([{fd=3, revents=POLLIN}]) <0.000031>`; empty where the
  /// call did not return.
  public var resultText: UnsafeRawBufferPointer {
    guard phase == .whole || phase == .returned || phase == .returnedOnly, let base = closing.baseAddress else {
      return .init(start: nil, count: 0)
    }
    // A newline ends the line, or the zero after a chunk or a text put together.
    let start = base + closing.count
    var count = 0
    while true {
      let byte = start.load(fromByteOffset: count, as: UInt8.self)
      if byte == UInt8(ascii: "\n") || byte == 0 { break }
      count += 1
    }
    return UnsafeRawBufferPointer(start: start, count: count)
  }

  /// Whether the call completed: it returned, and strace counts it.
  @inlinable
  public var isCompleted: Bool {
    (phase == .whole || phase == .returned || phase == .returnedOnly) && !flags.contains(.noResult)
  }

  /// Whether it succeeded with a known result.
  @inlinable
  public var succeeded: Bool {
    errno == .none && !flags.contains(.noResult) && !flags.contains(.unavailable)
  }

  /// When the call ended: start + duration of a whole line, the stamp of the resumed line of a stitched call.
  @inlinable
  public var end: Int64 {
    phase == .whole && duration > 0 ? stamp &+ duration : stamp
  }

  /// Start of the busy span [a, a + duration).
  @inlinable
  public var busyStart: Int64 {
    if phase == .whole || duration <= 0 { return stamp }
    let a = stamp &- duration
    return hasStart ? max(start, a) : a
  }
}
