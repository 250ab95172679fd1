import TraceCalls
import TraceProcesses
import TraceSyntax

extension UnsafePointer<CallEvent> {
  /// Bytes that a successful transfer moved.
  @inline(__always)
  func transferredBytes(_ role: SyscallRole) -> Int64 {
    guard pointee.succeeded, pointee.result > 0 else { return 0 }
    if role == .readMessages || role == .writeMessages { return pointee.messageBytes }
    return pointee.flags.contains(.hugeResult) ? 0 : pointee.result
  }
}

extension CallEvent {
  /// Sum of `msg_len` over the messages that recvmmsg or sendmmsg says it moved.
  @inline(never)
  fileprivate var messageBytes: Int64 {
    let joiner = ArgumentJoiner()
    let lengths = joiner.arguments(of: self).firstCompound.messages.lazy.compactMap(\.length).prefix(Int(clamping: result))
    var sum: Int64 = 0
    for length in lengths {
      let (more, isOver) = sum.addingReportingOverflow(Int64(clamping: length))
      sum = isOver ? .max : more
    }
    return sum
  }
}
