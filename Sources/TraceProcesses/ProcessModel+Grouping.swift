import TraceCalls
import TraceSyntax

// Tasks that were attached and never seen being born: put together by assumption, told apart where the log contradicts it.
extension ProcessModel {
  /// An open that returns a number which is open there, by a task put there by assumption: it has a table of its own.
  mutating func splitIfContradicted(
    _ event: UnsafeMutablePointer<CallEvent>, _ number: Int32, _ origin: Incarnation.Event
  ) {
    let thread = Int(event.pointee.thread)
    guard mayBeSplit(thread, over: tables[Int(tasks[thread].table)][number].current) else { return }
    // dup2 replaces what is open by design.
    if case .syscall(let id) = origin, Int(id.rawValue) < roles.count, roles[Int(id.rawValue)] == .duplicateTo { return }
    split(event, because: "opened descriptor \(number), open in process \(processLabel(tasks[thread].table))")
  }

  /// Whether a task shares its table with whoever met `incarnation` by assumption only, and the log may still contradict it: where closes
  /// are traced a number in use is no number to be had; where they are filtered out, only a task that has not opened anything yet is let go.
  func mayBeSplit(_ thread: Int, over incarnation: Int32) -> Bool {
    guard options.grouping == .auto, tasks[thread].isAssumedOrFirst, seesCloses || !tasks[thread].hasUsedTable else {
      return false
    }
    let other = incarnations[Int(incarnation)].openedTid
    return other != tasks[thread].tid
      && tasks.contains { $0.tid == other && $0.table == tasks[thread].table && $0.isAssumedOrFirst }
  }

  /// Gives a task a table of its own, and takes those along that have not touched a descriptor yet: nothing ties them to the others.
  /// Tasks met later are on their own too; several processes were attached.
  mutating func split(_ event: UnsafeMutablePointer<CallEvent>, because reason: String) {
    let thread = Int(event.pointee.thread)
    let old = tasks[thread].table
    let tid = event.pointee.tid
    for index in tasks.indices
    where index != thread && tasks[index].table == old && tasks[index].isAssumedOrFirst && !tasks[index].hasTouchedTable {
      tasks[index].table = -1
      tables[Int(old)].users -= 1
      hosts[Int(TaskNumber.host(tid))].liveUsers -= 1
    }
    hosts[Int(TaskNumber.host(tid))].laterTasksAreAlone = true
    tables[Int(old)].users -= 1
    let table = newTable(tid)
    tables[Int(table)].users = 1
    tasks[thread].table = table
    tasks[thread].isAssumed = false
    tasks[thread].isAssumedOrFirst = false
    event.pointee.process = table
    moveIncarnations(of: tid, from: old, to: table)
    renameIfLeft(old)
    note(
      "task \(TaskNumber.tid(tid)) \(reason): they are taken for processes of their own from line \(event.pointee.endLine) on (--processes, --tids)"
    )
  }

  /// What a task met or opened in the table it shared was its own.
  mutating func moveIncarnations(of tid: Int32, from old: Int32, to table: Int32) {
    for index in incarnations.indices where incarnations[index].table == old && incarnations[index].openedTid == tid {
      let descriptor = incarnations[index].descriptor
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
