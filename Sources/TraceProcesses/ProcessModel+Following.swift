import TraceCalls
import TraceSyntax

// Ties the events of a log to tasks and descriptors, one after the other.
extension ProcessModel: DescriptorFollower {
  public mutating func follow(_ events: UnsafeMutableBufferPointer<CallEvent>) {
    guard let base = events.baseAddress else { return }
    for event in base..<base + events.count {
      if event.pointee.phase == .whole, isPlainTransfer(event) { continue }
      let thread = Int(event.pointee.thread)
      if thread >= tasks.count { tasks.append(contentsOf: repeatElement(Task(), count: thread + 64 - tasks.count)) }
      switch event.pointee.phase {
      case .whole:
        place(event)
        let role = role(event)
        guard (role != .other && role != .futex) || tiesEveryCall else { continue }
        begin(event, role)
        end(event, role)
      case .began:
        place(event)
        let role = role(event)
        guard (role != .other && role != .futex) || tiesEveryCall else { continue }
        begin(event, role)
      case .returned:
        place(event)
        let role = role(event)
        guard (role != .other && role != .futex) || tiesEveryCall else { continue }
        end(event, role)
      case .returnedOnly:
        let role = role(event)
        // A new task's own return from the clone that made it (perf): its place is settled by its maker's line, which may be yet to come.
        if role == .clone, event.pointee.result == 0, event.pointee.errno == .none, tasks[thread].table < 0 { continue }
        place(event)
        guard role != .other, role != .futex else { continue }
        tasks[thread].open = Open()
        if role.isRead || role.isWrite { transfersWithoutStart += 1 }
        end(event, role)
      case .abandoned, .inFlight:
        place(event)
        event.pointee.incarnation = tasks[thread].open.incarnation
        if event.pointee.phase == .abandoned { tasks[thread].open = Open() }
      case .detached:
        event.pointee.process = tasks[thread].table
      case .exited: exited(event)
      case .superseded: superseded(event)
      case .signal: event.pointee.process = tasks[thread].table
      }
    }
  }

  // Mutating: the witness of a function that is not would copy the model for every call.
  public mutating func route(_ line: UnsafePointer<LineEvent>, thread: Int32) -> Int32 {
    route(
      tid: line.pointee.tid, thread: thread, descriptor: line.pointee.descriptor, errno: line.pointee.errno,
      movesBytes: line.pointee.result > 0, decoration: line.pointee.decoration,
      isDecorated: line.pointee.flags.contains(.decorated))
  }

  /// Nearly every event where transfers are events: it is placed here; where anything else may be to do, it is left as it is and the answer is no.
  @inline(__always)
  private func isPlainTransfer(_ event: UnsafeMutablePointer<CallEvent>) -> Bool {
    let id = Int(event.pointee.syscall.rawValue)
    guard id < transfers.count, transfers[id], event.pointee.flags.isDisjoint(with: [.lateName, .amf, .noResult]) else {
      return false
    }
    let current = route(
      tid: event.pointee.tid, thread: event.pointee.thread, descriptor: event.pointee.descriptor, errno: event.pointee.errno,
      movesBytes: event.pointee.result > 0, decoration: event.pointee.decoration,
      isDecorated: event.pointee.flags.contains(.decorated))
    guard current >= 0 else { return false }
    event.pointee.process = tasks[Int(event.pointee.thread)].table
    event.pointee.incarnation = current
    return true
  }

  /// What a transfer of a known task is on, over an open descriptor, where it tells nothing new; -1 for any other.
  @inline(__always)
  private func route(
    tid: Int32, thread: Int32, descriptor: Int32, errno: Errno, movesBytes: Bool, decoration: UInt32, isDecorated: Bool
  ) -> Int32 {
    let thread = Int(thread)
    guard thread < tasks.count, tasks[thread].tid == tid, tasks[thread].hasTouchedTable, errno != .badDescriptor else {
      return -1
    }
    let table = tasks[thread].table
    guard table >= 0 else { return -1 }
    guard let (current, description) = tables[Int(table)].open(at: descriptor) else { return -1 }
    let mark = marks[description]
    if movesBytes, mark.sniffsLeft > 0 { return -1 }
    if isDecorated, mark.decoration != decoration { return -1 }
    return current
  }

  @inline(__always)
  private func role(_ event: UnsafeMutablePointer<CallEvent>) -> SyscallRole { role(of: event.pointee.syscall) }

  @inline(__always)
  private mutating func place(_ event: UnsafeMutablePointer<CallEvent>) {
    let thread = Int(event.pointee.thread)
    if tasks[thread].table < 0 {
      assignTable(event)
    } else if tasks[thread].tid != event.pointee.tid {
      learnTid(event)
    }
    event.pointee.process = tasks[thread].table
  }
}
