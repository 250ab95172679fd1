import TraceCalls
import TraceSyntax

// Tasks that were attached and never seen being born: put together by assumption, told apart where the log contradicts it.
extension ProcessModel {
  /// Whether strace said that it attached a process of this number.
  mutating func isAttachedProcess(_ tid: Int32) -> Bool {
    guard options.grouping == .auto else { return false }
    if attached.isEmpty { attached = AttachedProcesses(reader.attachNotes, allOfStart: true) }
    return attached.isProcess(TaskNumber.tid(tid))
  }

  /// The attached process that a task belongs to by strace's notes.
  func attachedProcess(ofThread tid: Int32) -> Int32? {
    guard options.grouping == .auto else { return nil }
    return attached.process(ofThread: TaskNumber.tid(tid)).flatMap { TaskNumber.onHost(of: tid, Int64($0)) }
  }

  /// An open that returns a number which is open there, by a task put there by assumption: it has a table of its own.
  mutating func splitIfContradicted(
    _ event: UnsafeMutablePointer<CallEvent>, _ number: Int32, _ origin: Incarnation.Event
  ) {
    let thread = Int(event.pointee.thread)
    guard mayBeSplit(thread, over: tables[Int(tasks[thread].table)][number].current) else { return }
    // dup2 replaces what is open by design.
    if case .syscall(let id) = origin, Int(id.rawValue) < roles.count, roles[Int(id.rawValue)] == .duplicateTo { return }
    let holder = incarnations[Int(tables[Int(tasks[thread].table)][number].current)].openedTid
    split(event, because: "opened descriptor \(number), which task \(TaskNumber.tid(holder)) has open")
  }

  /// Whether a task shares its table with whoever met `incarnation` by assumption only, and the log may still contradict it: where closes
  /// are traced a number in use is no number to be had; where they are filtered out, only a task that has not opened anything yet is let go.
  func mayBeSplit(_ thread: Int, over incarnation: Int32) -> Bool {
    guard options.grouping == .auto, tasks[thread].isAssumedOrFirst, seesCloses || !tasks[thread].hasUsedTable else {
      return false
    }
    let other = incarnations[Int(incarnation)].openedTid
    if tasks[thread].process != 0, tasks.contains(where: { $0.tid == other && $0.process == tasks[thread].process }) {
      return false
    }
    return other != tasks[thread].tid
      && tasks.contains { $0.tid == other && $0.table == tasks[thread].table && $0.isAssumedOrFirst }
  }

  /// Takes down that a task uses what another one opened in the log.
  mutating func noticeSharing(_ table: Int32, _ incarnation: Int32, _ tid: Int32) {
    guard incarnations[Int(incarnation)].openedTid != tid, !tables[Int(table)].showsSharing,
      case .syscall = incarnations[Int(incarnation)].openedBy
    else { return }
    tables[Int(table)].showsSharing = true
  }

  /// Gives a task a table of its own, and takes those along that have not touched a descriptor yet: nothing ties them to the others.
  /// Tasks met later are on their own too; several processes were attached.
  mutating func split(_ event: UnsafeMutablePointer<CallEvent>, because reason: String) {
    let thread = Int(event.pointee.thread)
    let old = tasks[thread].table
    let tid = event.pointee.tid
    for index in tasks.indices
    where index != thread && tasks[index].table == old && tasks[index].isAssumedOrFirst && !tasks[index].hasTouchedTable
      && !tasks[index].hasUsedTable
    {
      tasks[index].table = -1
      tables[Int(old)].users -= 1
      hosts[Int(TaskNumber.host(tid))].liveUsers -= 1
    }
    hosts[Int(TaskNumber.host(tid))].laterTasksAreAlone = true
    tables[Int(old)].users -= 1
    if tables[Int(old)].number == tid,
      let heir = tasks.indices.first(where: { $0 != thread && tasks[$0].table == old })
    {
      // The name goes with its bearer.
      labelUses[tid, default: 1] -= 1
      name(old, tasks[heir].tid)
    }
    let table = newTable(tid)
    tables[Int(table)].users = 1
    tasks[thread].table = table
    tasks[thread].isAssumed = false
    tasks[thread].isAssumedOrFirst = false
    event.pointee.process = table
    moveIncarnations(of: tid, from: old, to: table)
    let others = tables[Int(old)].showsSharing ? [] : separateUntied(old)
    renameIfLeft(old)
    let all = ([tid] + others).map { String(TaskNumber.tid($0)) }.joined(separator: ", ")
    note(
      "task \(TaskNumber.tid(tid)) \(reason): \(others.isEmpty ? "they are" : "tasks \(all), of which none used what another opened, are") taken for processes of their own from line \(event.pointee.endLine) on (--processes, --tids)"
    )
  }

  /// Several processes were attached, and nothing ties those left together: workers of one server, which inherited the same descriptors. All but
  /// the table's namesake get tables of their own. Their tids are returned.
  private mutating func separateUntied(_ old: Int32) -> [Int32] {
    var moved: [Int32] = []
    for index in tasks.indices
    where tasks[index].table == old && tasks[index].isAssumedOrFirst && tasks[index].tid != tables[Int(old)].number {
      // Its call in flight is on descriptors of the old table.
      let tid = tasks[index].tid
      let table = newTable(tid)
      tables[Int(old)].users -= 1
      tables[Int(table)].users = 1
      tasks[index].table = table
      tasks[index].isAssumed = false
      tasks[index].isAssumedOrFirst = false
      moveIncarnations(of: tid, from: old, to: table)
      moved.append(tid)
    }
    return moved
  }

  /// What a task met or opened in the table it shared was its own.
  mutating func moveIncarnations(of tid: Int32, from old: Int32, to table: Int32, except numbers: Set<Int32> = []) {
    for index in incarnations.indices where incarnations[index].table == old && incarnations[index].openedTid == tid {
      let descriptor = incarnations[index].descriptor
      guard !numbers.contains(descriptor) else { continue }
      incarnations[index].table = table
      guard incarnations[index].n >= 0 else {
        tables[Int(old)].bad[descriptor] = nil
        tables[Int(table)].bad[descriptor] = Int32(index)
        continue
      }
      var entry = tables[Int(table)][descriptor]
      entry.next = incarnations[index].n + 1
      entry.isKnown = true
      if tables[Int(old)][descriptor].current == Int32(index) {
        tables[Int(old)][descriptor].current = -1
        tables[Int(old)][descriptor].isKnown = false
        entry.current = Int32(index)
        entry.description = incarnations[index].description
      }
      tables[Int(table)][descriptor] = entry
    }
  }

  /// A table bears the name of a task that uses it.
  mutating func renameIfLeft(_ table: Int32) {
    let users = tasks.indices.filter { tasks[$0].table == table }
    guard let first = users.first, !users.contains(where: { tasks[$0].tid == tables[Int(table)].number }) else { return }
    if tableByNumber[tables[Int(table)].number] == table { tableByNumber[tables[Int(table)].number] = nil }
    name(table, tasks[first].tid)
  }
}
