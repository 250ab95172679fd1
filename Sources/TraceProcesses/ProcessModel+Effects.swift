import TraceCalls
import TraceSyntax

// What each role of call does to a descriptor table, at its first line (`begin`) and at its last (`end`).
// A new kind of call: its name in SyscallCatalog+Entries, its effect here.
extension ProcessModel {
  mutating func begin(_ event: UnsafeMutablePointer<CallEvent>, _ role: SyscallRole) {
    let thread = Int(event.pointee.thread)
    tasks[thread].open = Open()
    switch role {
    case .read, .readMessages, .write, .writeMessages, .close:
      let descriptor = event.pointee.descriptor
      guard descriptor >= 0 else { return }
      let table = tasks[thread].table
      let entry = tables[Int(table)][descriptor]
      if entry.current >= 0 {
        tasks[thread].open.incarnation = entry.current
        if tasks[thread].isAssumedOrFirst { noticeSharing(table, entry.current, event.pointee.tid) }
      } else if !entry.isKnown {
        tasks[thread].open.isFresh = true
        tasks[thread].open.incarnation = create(
          table, descriptor, .pre, event, line: event.pointee.startLine, time: event.pointee.start)
        recogniseSocket(tasks[thread].open.incarnation, event)
      }
      if event.pointee.flags.contains(.decorated), tasks[thread].open.incarnation >= 0 { decorate(event) }
      tasks[thread].hasTouchedTable = true
      if role == .writeMessages || event.pointee.syscall == sendmsg {
        sendDescriptors(event, role)
      } else if role == .close {
        tasks[thread].open.undo = close(
          tasks[thread].table, descriptor, .syscall(event.pointee.syscall), event, at: event.pointee.startLine)
      }
    case .connect, .shutdown:
      // What it is on is settled here: the number may be somebody else's when it returns.
      guard event.pointee.descriptor >= 0 else { return }
      tasks[thread].open.incarnation = tables[Int(tasks[thread].table)][event.pointee.descriptor].current
      if role == .connect { expectAccept(event) }
    case .closeRange: beginCloseRange(event)
    case .move: beginMove(event)
    case .clone: beginClone(event)
    default: if tiesEveryCall { tie(event) }
    }
  }

  /// What a call is on that only looks at its descriptor or changes it.
  private mutating func tie(_ event: UnsafeMutablePointer<CallEvent>) {
    let (thread, id) = (Int(event.pointee.thread), Int(event.pointee.syscall.rawValue))
    guard id < takesDescriptor.count, takesDescriptor[id], event.pointee.descriptor >= 0 else { return }
    tasks[thread].open.incarnation = tables[Int(tasks[thread].table)][event.pointee.descriptor].current
  }

  mutating func end(_ event: UnsafeMutablePointer<CallEvent>, _ role: SyscallRole) {
    guard event.pointee.isCompleted else { return }
    let thread = Int(event.pointee.thread)
    let open = tasks[thread].open
    event.pointee.incarnation = open.incarnation
    event.pointee.otherIncarnation = open.other
    if event.pointee.errno == .badDescriptor, open.isFresh, open.incarnation >= 0,
      tables[Int(tasks[thread].table)][event.pointee.descriptor].current == open.incarnation || open.undo == open.incarnation
    {
      void(open.incarnation)
      event.pointee.incarnation = -1
      tasks[thread].open.undo = -1
    }
    switch role {
    case .read, .readMessages, .write, .writeMessages:
      endTransfer(event)
      if event.pointee.succeeded {
        if event.pointee.result > 0 { sniff(event, role) }
        if role.isRead, event.pointee.result >= 0, role == .readMessages || event.pointee.syscall == recvmsg {
          receiveDescriptors(event, role)
        }
      } else if role == .writeMessages || event.pointee.syscall == sendmsg {
        passed.takeBack(event.pointee.tid, event.pointee.startLine)
      }
    case .close:
      let undo = tasks[thread].open.undo
      if event.pointee.errno == .badDescriptor, undo >= 0,
        tables[Int(tasks[thread].table)][event.pointee.descriptor].current < 0
      {
        reopen(undo)
      } else if event.pointee.succeeded {
        tasks[thread].hasUsedTable = true
        seesCloses = true
      }
    case .clone: endClone(event)
    case .taskNumber: if event.pointee.succeeded { takeProof(event) }
    case .other, .futex, .closeRange, .move, .exit: break
    default:
      if event.pointee.succeeded { effect(event, role, joiner.arguments(of: event.pointee)) }
      if role == .connect, event.pointee.errno == Errno(rawValue: 115) {
        // EINPROGRESS: a non-blocking connect; the address holds all the same.
        effect(event, role, joiner.arguments(of: event.pointee))
      }
      if role == .connect { endConnect(event) }
    }
    tasks[thread].open = Open()
  }

  /// What is met by a call that only sockets take is one. perf's names, which come late, tell as much.
  private mutating func recogniseSocket(_ index: Int32, _ event: UnsafeMutablePointer<CallEvent>) {
    let id = Int(event.pointee.syscall.rawValue)
    guard id < ofSockets.count, ofSockets[id], !event.pointee.flags.contains(.lateName) else { return }
    describe(index) { $0.kind = .socket }
  }

  private mutating func endTransfer(_ event: UnsafeMutablePointer<CallEvent>) {
    let descriptor = event.pointee.descriptor
    guard descriptor != LineEvent.noDescriptor else { return }
    if descriptor < 0 || event.pointee.errno == .badDescriptor {
      event.pointee.incarnation = badDescriptor(event)
    } else if event.pointee.incarnation < 0 {
      let table = tasks[Int(event.pointee.thread)].table
      let current = tables[Int(table)][descriptor].current
      if current >= 0 {
        event.pointee.incarnation = current
      } else {
        event.pointee.incarnation = create(
          table, descriptor, .implicit, event, line: event.pointee.endLine, time: event.pointee.stamp)
        recogniseSocket(event.pointee.incarnation, event)
      }
    }
  }

  private mutating func decorate(_ event: UnsafeMutablePointer<CallEvent>) {
    let thread = Int(event.pointee.thread)
    let text = event.pointee.phase == .whole ? event.pointee.closing : event.pointee.opening
    let description = Int(incarnations[Int(tasks[thread].open.incarnation)].description)
    let known = marks[description].decoration
    if known != 0, known == event.pointee.decoration || event.pointee.flags.contains(.lateName) { return }
    guard let decoration = Arguments(text).decoration(0)?.unsafeBytes else { return }
    if event.pointee.flags.contains(.lateName) {
      marks[description].decoration = Decoration.mark(decoration)
      if descriptions[description].takeLateName(decoration) { usedLateNames = true }
      return
    }
    let fingerprint = event.pointee.decoration != 0 ? event.pointee.decoration : Decoration.mark(decoration)
    guard known != fingerprint else { return }
    if known != 0, mayBeSplit(thread, over: tasks[thread].open.incarnation) {
      var printed = OpenDescription()
      printed.decorate(decoration)
      if printed.contradicts(descriptions[description]) {
        split(
          event,
          because:
            "uses descriptor \(event.pointee.descriptor) for something else than process \(processLabel(tasks[thread].table))")
        tasks[thread].open.isFresh = true
        tasks[thread].open.incarnation = create(
          tasks[thread].table, event.pointee.descriptor, .pre, event, line: event.pointee.startLine, time: event.pointee.start)
      }
    }
    decorate(tasks[thread].open.incarnation, decoration, fingerprint)
  }

  private mutating func beginCloseRange(_ event: UnsafeMutablePointer<CallEvent>) {
    let arguments = joiner.arguments(of: event.pointee)
    guard let low = arguments.number(0), let high = arguments.number(1) else { return }
    let last = high < 0 ? Int64(UInt32.max) : high
    // The values are of close_range.h.
    let marks = arguments[2].contains("CLOSE_RANGE_CLOEXEC", 4)
    if low <= last, arguments[2].contains("CLOSE_RANGE_UNSHARE", 2) {
      // The copy is made without what would be closed at once.
      unshareTable(event, leavingOut: marks ? nil : low...last)
    }
    let table = tasks[Int(event.pointee.thread)].table
    for descriptor in tables[Int(table)].descriptors where Int64(descriptor) >= low && Int64(descriptor) <= last {
      let current = tables[Int(table)][descriptor].current
      guard current >= 0 else { continue }
      if marks {
        setClosesOnExec(current, true)
      } else {
        close(table, descriptor, .syscall(event.pointee.syscall), event, at: event.pointee.startLine)
      }
    }
  }

  /// `sendfile(to, from)`, `splice(from, offset, to)`, `tee(from, to)`, `copy_file_range(from, offset, to)`.
  private mutating func beginMove(_ event: UnsafeMutablePointer<CallEvent>) {
    let name = reader.names.name(event.pointee.syscall)
    let (from, to) =
      switch name {
      case "sendfile", "sendfile64": (1, 0)
      case "tee": (0, 1)
      default: (0, 2)
      }
    let thread = Int(event.pointee.thread)
    let arguments = joiner.arguments(of: event.pointee)
    func met(_ index: Int) -> Int32 {
      guard let number = arguments.number(index), let descriptor = Int32(exactly: number), descriptor >= 0 else { return -1 }
      return meet(
        tasks[thread].table, descriptor, event, line: event.pointee.startLine, time: event.pointee.start)
    }
    tasks[thread].open.incarnation = met(from)
    tasks[thread].open.other = met(to)
  }

  /// What a call that succeeded did.
  private mutating func effect(_ event: UnsafeMutablePointer<CallEvent>, _ role: SyscallRole, _ arguments: Arguments) {
    let result = event.pointee.result
    let origin = Incarnation.Event.syscall(event.pointee.syscall)
    let name = reader.names.name(event.pointee.syscall)
    switch role {
    case .openPath:
      let made = open(result, origin, event, closesOnExec: CloseOnExec.isAsked(by: name, arguments))
      guard made >= 0 else { return }
      let startsWithPath = name == "open" || name == "creat"
      let flags = startsWithPath ? arguments[1] : name == "openat2" ? arguments[2]["flags"] : arguments[2]
      describe(made) {
        // The value is that of x86; arm and powerpc have another.
        $0.kind = flags.contains("O_DIRECTORY", 0o200000) ? .directory : .file
        $0.path = arguments[startsWithPath ? 0 : 1].string?.description
      }
      decorateResult(made, event)
    case .openOther:
      // signalfd and its kin on an existing descriptor change it and open nothing.
      if name == "landlock_create_ruleset", (arguments.number(2) ?? 1) != 0 { return }
      if name.hasPrefix("signalfd"), let existing = arguments.number(0), existing >= 0 { return }
      let copied = name == "pidfd_getfd" ? descriptionBehindPidfd(event, arguments) : nil
      let made = open(
        result, origin, event, closesOnExec: CloseOnExec.isAsked(by: name, arguments), description: copied)
      guard made >= 0 else { return }
      if name != "pidfd_getfd" {
        describe(made) {
          $0.kind = Self.kind(of: name)
          $0.path = Self.path(of: name, arguments)
        }
      }
      if name == "pidfd_open", let number = arguments.number(0) { nameProcess(made, event, number) }
      decorateResult(made, event)
    case .socket:
      let made = open(result, origin, event, closesOnExec: CloseOnExec.isAsked(by: name, arguments))
      guard made >= 0 else { return }
      describe(made) { $0.kind = Self.socketKind(arguments) }
      decorateResult(made, event)
    case .accept:
      let made = open(result, origin, event, closesOnExec: CloseOnExec.isAsked(by: name, arguments))
      guard made >= 0 else { return }
      let peer = arguments.firstCompound.socketAddress
      describe(made) {
        $0.kind = Self.addressKind(peer)
        $0.peer = peer?.name
        $0.origin = .accepted
      }
      if let listener = current(event) {
        describe(listener) { $0.origin = .listening }
        let accepting = descriptions[Int(incarnations[Int(listener)].description)]
        describe(made) {
          $0.local = accepting.local
          if $0.kind == .socket, accepting.kind != .unknown { $0.kind = accepting.kind }
        }
      }
      decorateResult(made, event)
      findConnectingEnd(made, event)
    case .shutdown:
      guard event.pointee.incarnation >= 0 else { return }
      describe(event.pointee.incarnation) { $0.shutDown.formUnion(ShutdownDirections(arguments[1])) }
    case .listen:
      if let listener = current(event) { describe(listener) { $0.origin = .listening } }
    case .epollControl: if followsWatches { controlEpoll(event, arguments) }
    case .connect, .bind:
      let descriptor = event.pointee.descriptor
      guard descriptor >= 0 else { return }
      let index =
        event.pointee.incarnation >= 0
        ? event.pointee.incarnation
        : role == .connect
          ? meet(
            tasks[Int(event.pointee.thread)].table, descriptor, event, line: event.pointee.endLine, time: event.pointee.stamp)
          : tables[Int(tasks[Int(event.pointee.thread)].table)][descriptor].current
      guard index >= 0, let address = arguments.firstCompound.socketAddress, let text = address.name else { return }
      describe(index) {
        if role == .connect {
          $0.peer = text
          $0.origin = .connected
        } else {
          $0.local = text
        }
        if $0.kind == .unknown || $0.kind == .socket { $0.kind = Self.addressKind(address) }
      }
    case .socketName:
      let descriptor = event.pointee.descriptor
      guard descriptor >= 0, let address = arguments.firstCompound.socketAddress, let text = address.name else { return }
      let index = tables[Int(tasks[Int(event.pointee.thread)].table)][descriptor].current
      guard index >= 0 else { return }
      describe(index) {
        if name == "getpeername" {
          $0.peer = text
          $0.isPeerInferred = false
        } else {
          $0.local = text
        }
        if $0.kind == .unknown { $0.kind = Self.addressKind(address) }
      }
      if name == "getsockname" { tellOtherEnd(index) }
    case .duplicate:
      let source = current(event)
      open(result, origin, event, closesOnExec: false, description: source.map { incarnations[Int($0)].description })
    case .duplicateTo:
      guard let old = arguments.number(0), old != result, let descriptor = Int32(exactly: old), descriptor >= 0 else { return }
      let source = meet(
        tasks[Int(event.pointee.thread)].table, descriptor, event, line: event.pointee.endLine, time: event.pointee.stamp)
      open(
        result, origin, event, closesOnExec: CloseOnExec.isAsked(by: name, arguments),
        description: source >= 0 ? incarnations[Int(source)].description : nil)
    case .pair: openPair(event, origin, arguments)
    case .fcntl: control(event, origin, arguments)
    case .ioctl:
      // The values are of asm-generic/ioctls.h.
      let request = arguments[1]
      let sets = request.isConstant("FIOCLEX", 0x5451)
      guard sets || request.isConstant("FIONCLEX", 0x5450), event.pointee.descriptor >= 0 else { return }
      let index = meet(
        tasks[Int(event.pointee.thread)].table, event.pointee.descriptor, event, line: event.pointee.endLine,
        time: event.pointee.stamp)
      if index >= 0 { setClosesOnExec(index, sets) }
    case .unshare:
      if arguments.sharesFiles == true { unshareTable(event) }
    case .exec:
      leaveSharedTable(event)
      let table = tasks[Int(event.pointee.thread)].table
      for descriptor in tables[Int(table)].descriptors {
        let current = tables[Int(table)][descriptor].current
        if current >= 0, closesOnExec(current) { close(table, descriptor, .exec, event, at: event.pointee.endLine) }
      }
    default: break
    }
  }

  /// The incarnation in the first argument as it stands now.
  func current(_ event: UnsafeMutablePointer<CallEvent>) -> Int32? {
    let descriptor = event.pointee.descriptor
    guard descriptor >= 0 else { return nil }
    let current = tables[Int(tasks[Int(event.pointee.thread)].table)][descriptor].current
    return current >= 0 ? current : nil
  }

  private mutating func control(_ event: UnsafeMutablePointer<CallEvent>, _ origin: Incarnation.Event, _ arguments: Arguments) {
    // The values are of asm-generic/fcntl.h and linux/fcntl.h.
    let command = arguments[1]
    let setsToo = command.isConstant("F_DUPFD_CLOEXEC", 1030)
    if setsToo || command.isConstant("F_DUPFD", 0) {
      let source = current(event)
      open(
        event.pointee.result, origin, event, closesOnExec: setsToo, description: source.map { incarnations[Int($0)].description })
    } else if command.isConstant("F_SETFD", 2), event.pointee.descriptor >= 0 {
      let index = meet(
        tasks[Int(event.pointee.thread)].table, event.pointee.descriptor, event, line: event.pointee.endLine,
        time: event.pointee.stamp)
      if index >= 0 { setClosesOnExec(index, arguments[2].contains("FD_CLOEXEC", 1)) }
    }
  }

  // MARK: Kinds

  private static func kind(of name: String) -> DescriptorKind {
    switch name {
    case _ where name.hasPrefix("epoll"): .epoll
    case _ where name.hasPrefix("eventfd"): .eventfd
    case _ where name.hasPrefix("timerfd"): .timerfd
    case _ where name.hasPrefix("signalfd"): .signalfd
    case _ where name.hasPrefix("inotify"): .inotify
    case _ where name.hasPrefix("memfd"): .memfd
    case "pidfd_open": .pidfd
    case "io_uring_setup": .ioUring
    default: .other
    }
  }

  /// The name in a call that gives one, as /proc/PID/fd shows it.
  private static func path(of name: String, _ arguments: Arguments) -> String? {
    switch name {
    case "memfd_create": arguments[0].string.map { "/memfd:\($0)" }
    case "open_tree", "open_tree_attr", "fspick": arguments[1].string?.description
    case "mq_open": arguments[0].string.map { "/\($0)" }
    default: nil
    }
  }

  /// Of a `socket()` call.
  private static func socketKind(_ arguments: Arguments) -> DescriptorKind {
    switch arguments[0].addressFamily {
    case .inet, .inet6:
      // The type is in the low four bits (linux/net.h).
      let type = arguments[1].flagBits & 15
      return arguments[1].contains("SOCK_DGRAM") || type == 2
        ? .udp : arguments[1].contains("SOCK_STREAM") || type == 1 ? .tcp : .socket
    case .unix: return .unix
    case .netlink: return .netlink
    case .other, nil: return .socket
    }
  }

  /// Of an address alone.
  private static func addressKind(_ address: SocketAddress?) -> DescriptorKind {
    switch address?.family {
    case .unix: .unix
    case .inet, .inet6: .tcp
    case .netlink: .netlink
    case .other, nil: .socket
    }
  }
}
