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

  /// A message with descriptors that came before it was sent, as calls of a `strace -ff` set do: their only line stands where they began.
  struct Receipt {
    var socket: Int32
    var decorations: [[UInt8]]
    /// The descriptors that it brought; -1 for those that the log does not name.
    var made: [Int32]
    /// When the call returned.
    var end: Int64
  }

  /// Oldest first. Invariant: never more than ``limit``; beyond that the oldest are forgotten.
  private var receipts: [Receipt] = []

  /// Oldest first. Invariant: never more than ``limit``; beyond that the oldest are forgotten, whose receivers are not traced.
  private var messages: [Message] = []
  private static let limit = 1024

  var isEmpty: Bool { messages.isEmpty }

  mutating func send(_ message: Message) {
    if messages.count == Self.limit { messages.removeFirst(Self.limit / 4) }
    messages.append(message)
  }

  mutating func await(_ receipt: Receipt) {
    if receipts.count == Self.limit { receipts.removeFirst(Self.limit / 4) }
    receipts.append(receipt)
  }

  /// The receipt, at the other end or else by its decorations, else the only one, of a message sent at `time`; it leaves the list.
  mutating func receipt(of message: Message, at time: Int64, pairs: (_ socket: Int32) -> Int32) -> Receipt? {
    guard !receipts.isEmpty else { return nil }
    // Who had returned before waits for nothing any more.
    receipts.removeAll { $0.end < time }
    let fitting = receipts.indices.filter { index in
      receipts[index].made.count == message.rights.count && receipts[index].socket != message.socket
        && zip(message.rights, receipts[index].decorations).allSatisfy {
          $0.decoration.isEmpty || $1.isEmpty || $0.decoration == $1
        }
    }
    let index: Int
    if let paired = fitting.first(where: { pairs(receipts[$0].socket) == message.socket }) {
      index = paired
    } else if let equal = fitting.first(where: { !receipts[$0].decorations.contains([]) }),
      !message.rights.contains(where: { $0.decoration.isEmpty })
    {
      index = equal
    } else if let only = fitting.first, fitting.count == 1, pairs(receipts[only].socket) < 0 {
      index = only
    } else {
      return nil
    }
    return receipts.remove(at: index)
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
      let message = PassedDescriptors.Message(
        socket: incarnations[Int(socket)].description, rights: Array(rights), tid: event.pointee.tid,
        line: event.pointee.startLine)
      if event.pointee.phase == .whole, event.pointee.succeeded,
        let receipt = passed.receipt(
          of: message, at: event.pointee.start, pairs: { descriptions[Int($0)].pairedWith })
      {
        for (made, right) in zip(receipt.made, rights) where made >= 0 && right.description >= 0 {
          refer(incarnations[Int(made)].description, to: right.description)
        }
      } else {
        passed.send(message)
      }
    }
  }

  /// What was taken for a description of its own turns out to be another one, before anything was done with it.
  private mutating func refer(_ old: Int32, to description: Int32) {
    guard old != description else { return }
    for index in incarnations.indices where incarnations[index].description == old {
      incarnations[index].description = description
      let (table, number) = (Int(incarnations[index].table), incarnations[index].descriptor)
      if tables[table][number].current == Int32(index) { tables[table][number].description = description }
    }
    descriptions[Int(description)].descriptorCount += descriptions[Int(old)].descriptorCount
    descriptions[Int(old)].descriptorCount = 0
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
      var receipt = PassedDescriptors.Receipt(
        socket: event.pointee.incarnation >= 0 ? incarnations[Int(event.pointee.incarnation)].description : -1,
        decorations: rights.map { Self.bytes($0.decoration) }, made: [], end: event.pointee.end)
      for (index, right) in rights.enumerated() {
        guard let number = right.number else {
          receipt.made.append(-1)
          continue
        }
        let known = sent.map { $0[index].description } ?? -1
        let made = open(number, .received, event, closesOnExec: closesOnExec, description: known >= 0 ? known : nil)
        if made >= 0, let decoration = right.decoration {
          describe(made) { $0.decorate(decoration.unsafeBytes) }
          marks[Int(incarnations[Int(made)].description)].decoration = Decoration.mark(decoration.unsafeBytes)
        }
        receipt.made.append(made)
      }
      if sent == nil, event.pointee.phase == .whole, event.pointee.duration > 0, receipt.socket >= 0 { passed.await(receipt) }
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
