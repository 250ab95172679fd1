import TraceCalls
import TraceSyntax

/// What a timeline counts of a read or write, whether it came as an event or as a plain transfer.
struct TimelineCall {
  let bytes: Int64
  let isError: Bool
  /// Nanoseconds, or `LineEvent.unknownDuration`.
  let duration: Int64
  /// Whether the log had a stamp by then; without one all is at 0.
  let hasClock: Bool
  let busyStart: Int64
  let end: Int64

  @inline(__always)
  init(_ transfer: Transfer) {
    bytes = transfer.bytes
    isError = transfer.isError
    duration = transfer.duration
    hasClock = true
    busyStart = transfer.stamp
    end = transfer.end
  }

  @inline(__always)
  init(_ event: UnsafePointer<CallEvent>, bytes: Int64, hasClock: Bool) {
    self.bytes = bytes
    isError = event.pointee.errno != .none
    duration = event.pointee.duration
    self.hasClock = hasClock
    busyStart = hasClock ? event.pointee.busyStart : 0
    end = hasClock ? event.pointee.end : 0
  }
}
