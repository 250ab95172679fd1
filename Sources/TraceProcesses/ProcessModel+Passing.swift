import TraceCalls
import TraceSyntax

/// Descriptors on their way through local sockets: sent by a `sendmsg` that the log holds, not received yet.
struct PassedDescriptors {
  struct Right {
    /// Index of the open description, or -1 where the model does not know it.
    var description: Int32
    /// The decoration's text, empty where there is none.
    var decoration: [UInt8]
  }

  struct Message {
    /// Open description of the socket that it was sent through.
    var socket: Int32
    var rights: [Right]
    var tid: Int32
    var line: Int
  }

  /// Oldest first. Invariant: never more than ``limit``; beyond that the oldest are forgotten, whose receivers are not traced.
  private var messages: [Message] = []
  private static let limit = 1024

  var isEmpty: Bool { messages.isEmpty }

  mutating func send(_ message: Message) {
    if messages.count == Self.limit { messages.removeFirst(Self.limit / 4) }
    messages.append(message)
  }

  /// The call that sent it failed.
  mutating func takeBack(_ tid: Int32, _ line: Int) { messages.removeAll { $0.tid == tid && $0.line == line } }

  /// The message that brought these decorations (empty where none are printed) to a socket; it leaves the list.
  ///
  /// Messages of the socket at the other end come first. Where that is not known, equal decorations tell, and where there are none, the message
  /// of as many descriptors when only one socket sends such.
  mutating func receive(_ decorations: [[UInt8]], at socket: Int32, from other: Int32) -> [Right]? {
    let fitting = messages.indices.filter { index in
      messages[index].rights.count == decorations.count && messages[index].socket != socket
        && zip(messages[index].rights, decorations).allSatisfy { $0.decoration.isEmpty || $1.isEmpty || $0.decoration == $1 }
    }
    let index: Int
    if let paired = fitting.first(where: { other >= 0 && messages[$0].socket == other }) {
      index = paired
    } else if !decorations.contains([]),
      let equal = fitting.first(where: { !messages[$0].rights.contains { $0.decoration.isEmpty } })
    {
      index = equal
    } else if other < 0, let first = fitting.first, fitting.allSatisfy({ messages[$0].socket == messages[first].socket }) {
      index = first
    } else {
      return nil
    }
    return messages.remove(at: index).rights
  }
}

// Descriptors that come from other tables: SCM_RIGHTS (man 7 unix) and pidfd_getfd (man 2).
extension ProcessModel {
  /// Takes down what a `sendmsg` or `sendmmsg` passes on, at its first line: the receiver may return before its last.
  mutating func sendDescriptors(_ event: UnsafeMutablePointer<CallEvent>, _ role: SyscallRole) {
    let text = event.pointee.phase == .whole ? event.pointee.closing : event.pointee.opening
    let arguments = Arguments(text)
    let socket = tasks[Int(event.pointee.thread)].open.incarnation
    guard socket >= 0, arguments.mayContain("cmsg_type=") else { return }
    let sent = arguments.firstCompound
    let headers = role == .writeMessages ? sent.messages.map(\.header) : [sent.messageHeader].compactMap { $0 }
    let table = tasks[Int(event.pointee.thread)].table
    for header in headers {
      let rights = header.rights.prefix(253).map { right in
        let current = right.descriptor.map { $0 < 0 ? -1 : tables[Int(table)][$0].current } ?? -1
        return PassedDescriptors.Right(
          description: current < 0 ? -1 : incarnations[Int(current)].description, decoration: Self.bytes(right.decoration))
      }
      guard !rights.isEmpty else { continue }
      passed.send(
        .init(
          socket: incarnations[Int(socket)].description, rights: Array(rights), tid: event.pointee.tid,
          line: event.pointee.startLine))
    }
  }

  /// The descriptors that SCM_RIGHTS brings with a received message.
  mutating func receiveDescriptors(_ event: UnsafeMutablePointer<CallEvent>, _ role: SyscallRole) {
    guard Arguments(event.pointee.closing).mayContain("cmsg_type=") else { return }
    let arguments = joiner.arguments(of: event.pointee)
    // The value is of linux/socket.h.
    let closesOnExec = arguments.contains { $0.contains("MSG_CMSG_CLOEXEC", 0x4000_0000) }
    let received = arguments.firstCompound
    let headers = role == .readMessages ? received.messages.map(\.header) : [received.messageHeader].compactMap { $0 }
    for header in headers {
      let rights = header.rights
      guard !rights.isEmpty else { continue }
      let sent = passedRights(rights, to: event.pointee.incarnation)
      for (index, right) in rights.enumerated() {
        guard let number = right.number else { continue }
        let known = sent.map { $0[index].description } ?? -1
        let made = open(number, .received, event, closesOnExec: closesOnExec, description: known >= 0 ? known : nil)
        if made >= 0, let decoration = right.decoration {
          describe(made) { $0.decorate(decoration.unsafeBytes, Decoration.fingerprint(decoration.unsafeBytes)) }
        }
      }
    }
  }

  private mutating func passedRights(_ rights: [CallArgument], to incarnation: Int32) -> [PassedDescriptors.Right]? {
    guard incarnation >= 0, !passed.isEmpty else { return nil }
    let socket = incarnations[Int(incarnation)].description
    return passed.receive(
      rights.map { Self.bytes($0.decoration) }, at: socket, from: descriptions[Int(socket)].pairedWith)
  }

  private static func bytes(_ decoration: CallArgument?) -> [UInt8] {
    decoration.map { $0.withUnsafeBytes { Array($0.prefix(4096)) } } ?? []
  }

  // MARK: pidfd

  /// A descriptor for a process, made by `pidfd_open` or CLONE_PIDFD.
  mutating func nameProcess(_ made: Int32, _ event: UnsafeMutablePointer<CallEvent>, _ number: Int64) {
    guard made >= 0, let tid = TaskNumber.onHost(of: event.pointee.tid, number) else { return }
    pidfds[incarnations[Int(made)].description] = tid
  }

  /// What the descriptor that `pidfd_getfd(pidfd, number, flags)` copies refers to, where the model knows the process's table.
  func descriptionBehindPidfd(_ event: UnsafeMutablePointer<CallEvent>, _ arguments: Arguments) -> Int32? {
    guard let number = arguments[1].descriptor, number >= 0, let pidfd = current(event),
      let tid = pidfds[incarnations[Int(pidfd)].description]
    else { return nil }
    guard let table = tasks.first(where: { $0.tid == tid && $0.table >= 0 })?.table ?? unborn[tid]?.table else { return nil }
    let found = tables[Int(table)][number].current
    return found >= 0 ? incarnations[Int(found)].description : nil
  }
}
