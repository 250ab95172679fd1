import TraceCalls
import TraceSyntax

// Which table each task uses: births, execs and ends of tasks.
extension ProcessModel {
  mutating func assignTable(_ event: UnsafeMutablePointer<CallEvent>) {
    let thread = Int(event.pointee.thread)
    let tid = event.pointee.tid
    let host = hostIndex(tid)
    var isAssumed = false
    var isFirst = false
    let table: Int32
    if let known = unborn.removeValue(forKey: tid) {
      table = known.table
      revive(table)
    } else if let parent = reader.parent(ofComing: tid, after: event.pointee.startLine), let born = adopt(from: parent, tid) {
      table = born
    } else if let tgid = options.tgids[TaskNumber.tid(tid)].map({ TaskNumber.onHost(of: tid, Int64($0)) ?? tid }) {
      table = tableByNumber[tgid] ?? newTable(tgid)
    } else if let proven = provenTable(tid) {
      table = proven
    } else if isAttachedProcess(tid) {
      table = tableByNumber[tid] ?? newTable(tid)
    } else if event.pointee.phase != .returnedOnly, let born = adoptFromOnlyClone(tid) ?? adoptFromNamespace(tid) {
      table = born
    } else if let tgid = attachedProcess(ofThread: tid) {
      isAssumed = attached.withThreads > 1
      table = tableByNumber[tgid] ?? newTable(tgid)
    } else if options.grouping == .each || hosts[host].laterTasksAreAlone || hosts[host].liveUsers == 0 {
      table = tableByNumber[tid] ?? newTable(tid)
      isFirst = true
    } else {
      isAssumed = true
      table = hosts[host].firstLivingTable >= 0 ? hosts[host].firstLivingTable : newTable(tid)
    }
    tasks[thread] = Task(tid: tid, table: table, isAssumed: isAssumed, isAssumedOrFirst: isAssumed || isFirst)
    tables[Int(table)].users += 1
    hosts[host].liveUsers += 1
    hosts[host].isSeen = true
    proveWaiting(for: tid)
  }

  /// The place of a task's host in `hosts`, made where there is none yet.
  private mutating func hostIndex(_ tid: Int32) -> Int {
    let host = max(0, Int(TaskNumber.host(tid)))
    while hosts.count <= host { hosts.append(Host()) }
    return host
  }

  /// A task without a pid so far (strace on a terminal) got one.
  mutating func learnTid(_ event: UnsafeMutablePointer<CallEvent>) {
    let thread = Int(event.pointee.thread)
    let table = Int(tasks[thread].table)
    if tables[table].number == tasks[thread].tid {
      tableByNumber[tasks[thread].tid] = nil
      name(Int32(table), event.pointee.tid)
    }
    tasks[thread].tid = event.pointee.tid
  }

  mutating func newTable(_ number: Int32) -> Int32 {
    let index = Int32(tables.count)
    tables.append(DescriptorTable(label: "", number: 0))
    name(index, number)
    let host = hostIndex(number)
    if hosts[host].firstLivingTable < 0 { hosts[host].firstLivingTable = index }
    return index
  }

  /// Labels a table: the number, or `1234#2` when the number came up before.
  mutating func name(_ table: Int32, _ number: Int32) {
    let uses = labelUses[number, default: 0]
    labelUses[number] = uses + 1
    tables[Int(table)].label = uses > 0 ? "\(TaskNumber.tid(number))#\(uses + 1)" : String(TaskNumber.tid(number))
    tables[Int(table)].number = number
    tableByNumber[number] = table
  }

  /// The table of the child that `parent`'s clone in flight makes.
  mutating func adopt(from parent: Int32, _ child: Int32) -> Int32? {
    // Tasks are few enough, and births rare enough, for a walk.
    for index in tasks.indices where tasks[index].open.isClone && !tasks[index].open.childSeen {
      guard tasks[index].tid == parent else { continue }
      return see(index, child)
    }
    return nil
  }

  /// Beyond the reader's view ahead: the one clone in flight, or any of several when they lead to the same table.
  mutating func adoptFromOnlyClone(_ child: Int32) -> Int32? {
    let candidates = tasks.indices.filter {
      tasks[$0].open.isClone && !tasks[$0].open.childSeen && TaskNumber.host(tasks[$0].tid) == TaskNumber.host(child)
    }
    guard let first = candidates.first else { return nil }
    if candidates.count == 1 { return see(first, child) }
    let outcomes = Set(candidates.map { tasks[$0].open.childTable >= 0 ? -2 - Int32($0) : tasks[$0].table })
    guard outcomes.count == 1 else {
      note("several clones were in flight when task \(TaskNumber.tid(child)) appeared; it was put with the others")
      return nil
    }
    return tasks[first].table
  }

  /// A clone in a pid namespace returns the child's number there, which is below the number that strace sees (and prints in front of
  /// lines): the child that never shows up under a number below its parent's is the one that shows up above.
  private mutating func adoptFromNamespace(_ child: Int32) -> Int32? {
    guard
      let (number, found) = unborn.filter({ $0.key < $0.value.parent && $0.value.parent < child }).min(by: { $0.key < $1.key })
    else { return nil }
    unborn[number] = nil
    if tables[Int(found.table)].users == 0 { name(found.table, child) }
    return found.table
  }

  /// The last task seen of a table has ended, but a thread of it was still to speak: nothing is closed yet.
  private mutating func revive(_ table: Int32) {
    guard !tables[Int(table)].isAlive else { return }
    tables[Int(table)].isAlive = true
    for index in tables[Int(table)].closedByExit { reopen(index) }
    tables[Int(table)].closedByExit = []
    tableByNumber[tables[Int(table)].number] = table
  }

  mutating func see(_ parent: Int, _ child: Int32) -> Int32 {
    tasks[parent].open.childSeen = true
    if tasks[parent].open.childLeavesOnExec { leavingOnExec.insert(child) }
    let table = tasks[parent].open.childTable
    guard table >= 0 else { return tasks[parent].table }
    name(table, child)
    return table
  }

  /// What a clone, fork or vfork does at its first line: unless it shares the table, the child gets a copy as it stands.
  mutating func beginClone(_ event: UnsafeMutablePointer<CallEvent>) {
    let thread = Int(event.pointee.thread)
    tasks[thread].open.isClone = true
    guard !sharesTable(event) else { return }
    tasks[thread].open.childTable = copyTable(of: event)
  }

  /// A private copy of the caller's table, as it stands; its label comes with its user.
  private mutating func copyTable(of event: UnsafeMutablePointer<CallEvent>, leavingOut gone: ClosedRange<Int64>? = nil) -> Int32
  {
    let parent = tasks[Int(event.pointee.thread)].table
    let copy = Int32(tables.count)
    tables.append(DescriptorTable(label: "", number: 0))
    for descriptor in tables[Int(parent)].descriptors {
      let entry = tables[Int(parent)][descriptor]
      if entry.current >= 0, gone?.contains(Int64(descriptor)) != true {
        let source = incarnations[Int(entry.current)]
        let made = create(
          copy, descriptor, .syscall(event.pointee.syscall), event, line: event.pointee.startLine, time: event.pointee.start,
          description: source.description)
        incarnations[Int(made)].closesOnExec = source.closesOnExec
      } else {
        tables[Int(copy)][descriptor].isKnown = true
      }
    }
    return copy
  }

  /// unshare(CLONE_FILES), close_range(CLOSE_RANGE_UNSHARE): the caller goes on with a copy, where it shared one.
  mutating func unshareTable(_ event: UnsafeMutablePointer<CallEvent>, leavingOut gone: ClosedRange<Int64>? = nil) {
    let thread = Int(event.pointee.thread)
    let old = tasks[thread].table
    guard tables[Int(old)].users > 1 else { return }
    let copy = copyTable(of: event, leavingOut: gone)
    name(copy, event.pointee.tid)
    tables[Int(old)].users -= 1
    tables[Int(copy)].users = 1
    tasks[thread].table = copy
    event.pointee.process = copy
  }

  mutating func endClone(_ event: UnsafeMutablePointer<CallEvent>) {
    let thread = Int(event.pointee.thread)
    let open = tasks[thread].open
    guard open.isClone else { return }
    guard event.pointee.succeeded, let child = TaskNumber.onHost(of: event.pointee.tid, event.pointee.result)
    else {
      if open.childTable >= 0, !open.childSeen { discard(open.childTable) }
      return
    }
    if open.childLeavesOnExec { leavingOnExec.insert(child) }
    openPidfd(event, child)
    guard !open.childSeen else { return }
    var table = open.childTable
    if table >= 0, joiner.arguments(of: event.pointee).sharesFiles == true {
      discard(table)
      table = -1
    }
    if table >= 0 { name(table, child) }
    unborn[child] = Unborn(table: table >= 0 ? table : tasks[thread].table, parent: event.pointee.tid)
  }

  /// CLONE_PIDFD: the caller gets a descriptor for the child. clone puts it where parent_tid is, clone3 prints it behind the arrow.
  private mutating func openPidfd(_ event: UnsafeMutablePointer<CallEvent>, _ child: Int32) {
    guard Arguments(event.pointee.opening).mayContain("CLONE_PIDFD") || Arguments(event.pointee.closing).mayContain("CLONE_PIDFD")
    else { return }
    let place = joiner.arguments(of: event.pointee).pidfd
    guard let number = place.number else { return }
    let made = open(number, .syscall(event.pointee.syscall), event, closesOnExec: true)
    guard made >= 0 else { return }
    describe(made) { $0.kind = .pidfd }
    nameProcess(made, event, event.pointee.result)
    if let decoration = place[0].decoration?.unsafeBytes { decorate(made, decoration, Decoration.mark(decoration)) }
  }

  /// A fork that failed: its copies never were.
  mutating func discard(_ table: Int32) {
    for descriptor in tables[Int(table)].descriptors {
      let current = tables[Int(table)][descriptor].current
      guard current >= 0 else { continue }
      incarnations[Int(current)].isVoid = true
      descriptions[Int(incarnations[Int(current)].description)].descriptorCount -= 1
    }
    tables[Int(table)].isAlive = false
  }

  mutating func sharesTable(_ event: UnsafeMutablePointer<CallEvent>) -> Bool {
    let arguments = joiner.arguments(of: event.pointee)
    guard isUnknownClone(event, arguments) else {
      tasks[Int(event.pointee.thread)].open.childLeavesOnExec = arguments.sharesFiles == true && !arguments.makesThread
      // The flags may come with the return: the reader has mostly seen it.
      return arguments.sharesFiles ?? reader.sharesFiles(nextOf: event.pointee.tid, after: event.pointee.startLine) ?? false
    }
    tasks[Int(event.pointee.thread)].open.childLeavesOnExec = true
    sawUnknownClone = true
    return true
  }

  /// `clone3(0x7ffe2b0da400, 88)`: the flags are behind the pointer. Most of these make threads (glibc's pthread_create); the others
  /// (posix_spawn) soon call execve, see ``leaveSharedTable(_:)``.
  func isUnknownClone(_ event: UnsafeMutablePointer<CallEvent>, _ arguments: Arguments) -> Bool {
    reader.syntax.isOfPerf && reader.names.name(event.pointee.syscall) == "clone3"
      && !arguments.mayContain("flags")
  }

  /// A successful exec ends the sharing of a table (`man 2 execve`): the caller of a clone that made no thread goes on with the old one, and so
  /// does whoever was taken for a thread by mistake.
  mutating func leaveSharedTable(_ event: UnsafeMutablePointer<CallEvent>) {
    guard leavingOnExec.remove(event.pointee.tid) != nil else { return }
    unshareTable(event)
  }

  // MARK: Ends of tasks

  mutating func exited(_ event: UnsafeMutablePointer<CallEvent>) {
    let thread = Int(event.pointee.thread)
    let table = tasks[thread].table
    tasks[thread] = Task()
    options.tgids[TaskNumber.tid(event.pointee.tid)] = nil
    leavingOnExec.remove(event.pointee.tid)
    proofs[event.pointee.tid] = nil
    guard table >= 0 else { return }
    event.pointee.process = table
    let host = hostIndex(event.pointee.tid)
    hosts[host].liveUsers -= 1
    tables[Int(table)].users -= 1
    guard tables[Int(table)].users == 0 else { return }
    for descriptor in tables[Int(table)].descriptors {
      let closed = close(table, descriptor, .exit, event, at: event.pointee.endLine)
      if closed >= 0, !unborn.isEmpty { tables[Int(table)].closedByExit.append(closed) }
    }
    tables[Int(table)].isAlive = false
    if tableByNumber[tables[Int(table)].number] == table { tableByNumber[tables[Int(table)].number] = nil }
    if hosts[host].firstLivingTable == table {
      let other = tables.firstIndex {
        $0.isAlive && $0.users > 0 && TaskNumber.host($0.number) == TaskNumber.host(event.pointee.tid)
      }
      hosts[host].firstLivingTable = Int32(other ?? -1)
    }
  }

  /// The thread that called exec goes on under the leader's tid; the leader's own life ends here.
  mutating func superseded(_ event: UnsafeMutablePointer<CallEvent>) {
    let thread = Int(event.pointee.thread)
    tasks[thread].open = Open()
    let index = event.pointee.other
    guard index >= 0, Int(index) < tasks.count, Int(index) != thread else { return }
    let moved = tasks[Int(index)]
    tasks[Int(index)] = Task()
    if moved.table >= 0 {
      if tasks[thread].table < 0 {
        tasks[thread].table = moved.table
      } else {
        tables[Int(moved.table)].users -= 1
        hosts[hostIndex(event.pointee.tid)].liveUsers -= 1
      }
    }
    tasks[thread].open = moved.open
    event.pointee.process = tasks[thread].table
  }
}
