import TraceSyntax

/// What is kept of a living thread: its open futex call and what it did last.
struct FutexTask {
  struct Open {
    var row: Int32
    var wakes: Int32
    var otherWakes: Int32
    var command: FutexOperation.Command
    var isTimed: Bool
    var isMutexWait: Bool
    var value: UInt64
    var startLine: Int
    /// Further rows of a `futex_waitv`.
    var furtherRows: [Int32] = []

    var isRequeue: Bool { command == .requeue || command == .compareRequeue || command == .compareRequeuePI }
  }

  var tid: Int32 = 0
  /// What the log calls it.
  var name: String?
  var usesFutexes = false
  var open: Open?
  /// Calls since it was woken last that show it at work; large before that.
  var busyCalls = 1 << 20
  /// Whether the wait it was woken from last was pressed, and who was at the start of the chain of wakes that led to it.
  var wasPressed = false
  /// What woke it last was its own timeout.
  var isFromTimer = false
  var lastRoot: Int32 = 0
  /// What it did last, a ring: `spans[next - 1]` is the latest, once it is full `spans[next]` the oldest.
  var spans: [CallSpan] = []
  var next = 0

  static let mostSpans = 64

  /// The wait that it is in.
  var waitKey: FutexWaitKey {
    guard let open, open.command.waits else { return .unknown }
    return FutexWaitKey(row: open.row, isTimed: open.isTimed, isPressed: busyCalls == 0)
  }
}

/// A call, or several alike in a row, of a thread's recent past.
struct CallSpan {
  var syscall: SyscallID
  /// A wait whose time was up.
  var isSleep = false
  var incarnation: Int32 = -1
  /// Of a futex wait: its address, and the waker once it is known.
  var row: Int32 = -1
  var waker: Int32 = 0
  var wakerThread: Int32 = -1
  var calls: Int32 = 1
  var startLine: Int
  var endLine: Int
  var start: Int64
  var end: Int64
  var time: Int64
}

extension FutexTask {
  /// Short waits need no telling apart.
  private static let short: Int64 = 1_000_000

  @inline(__always)
  mutating func add(_ span: CallSpan) {
    if !spans.isEmpty {
      let last = next == 0 ? spans.count - 1 : next - 1
      if spans[last].syscall == span.syscall, spans[last].incarnation == span.incarnation, spans[last].row == span.row,
        span.row < 0 || (span.time < Self.short && spans[last].time < Self.short)
      {
        spans[last].calls &+= 1
        spans[last].endLine = span.endLine
        spans[last].end = span.end
        spans[last].time &+= span.time
        return
      }
    }
    if spans.count < Self.mostSpans {
      spans.append(span)
      next = spans.count == Self.mostSpans ? 0 : spans.count
    } else {
      spans[next] = span
      next = next + 1 == Self.mostSpans ? 0 : next + 1
    }
  }

  /// Notes who ended the wait that returned at `line`.
  mutating func setWaker(_ tid: Int32, _ thread: Int32, ofWaitEndingAt line: Int) {
    for index in spans.indices.reversed() where spans[index].endLine == line && spans[index].row >= 0 {
      spans[index].waker = tid
      spans[index].wakerThread = thread
      return
    }
  }
}
