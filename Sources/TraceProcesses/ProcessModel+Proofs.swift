import TraceCalls
import TraceSyntax

/// What calls said about which process tasks are of: near to certain, where births and lists are silent.
struct ProcessProofs {
  let getpid = SyscallCatalog.shared.id(of: "getpid")
  /// Both return the caller's own number (man 2 gettid, set_tid_address).
  let ownNumber = Set(["gettid", "set_tid_address"].compactMap { SyscallCatalog.shared.id(of: $0) })
  /// That a task is of a process, and the call that told.
  struct Proof {
    var process: Int32
    var call: SyscallID
    var line: Int
  }

  /// By task, of tasks that were not seen yet, or whose process was not: its number may be one of a PID namespace, until it is seen.
  /// Invariant: no more than ``limit``.
  private var pending: [Int32: Proof] = [:]
  private static let limit = 4096
  /// Hosts whose tasks say other numbers than the log does (PID namespaces): they prove nothing.
  var strangeHosts: Set<Int32> = []

  subscript(tid: Int32) -> Proof? {
    get { pending.isEmpty ? nil : pending[tid] }
    set { if newValue == nil || pending.count < Self.limit { pending[tid] = newValue } }
  }

  /// Tasks that wait for this one to be seen: itself, or threads of it.
  func waiting(for tid: Int32) -> [Int32] {
    pending.isEmpty ? [] : pending.filter { $0.key == tid || $0.value.process == tid }.map(\.key).sorted()
  }
}

extension ProcessModel {
  /// `getpid()`, `tgkill(process, thread, signal)` and their kin, once they succeeded.
  mutating func takeProof(_ event: UnsafeMutablePointer<CallEvent>) {
    let tid = event.pointee.tid
    let host = TaskNumber.host(tid)
    guard options.grouping == .auto, !proofs.strangeHosts.contains(host) else { return }
    if proofs.ownNumber.contains(event.pointee.syscall) {
      if event.pointee.result != Int64(TaskNumber.tid(tid)) { proofs.strangeHosts.insert(host) }
      return
    }
    if event.pointee.syscall == proofs.getpid {
      // Nearly every one of them says nothing new.
      guard tasks[Int(event.pointee.thread)].process == 0, let process = TaskNumber.onHost(of: tid, event.pointee.result),
        proofs[tid]?.process != process
      else { return }
      prove(tid, .init(process: process, call: event.pointee.syscall, line: event.pointee.endLine))
    } else {
      // The kernel looked: no such thread in the process is ESRCH (man 2 tgkill).
      let arguments = joiner.arguments(of: event.pointee)
      guard let process = arguments.number(0).flatMap({ TaskNumber.onHost(of: tid, $0) }),
        let member = arguments.number(1).flatMap({ TaskNumber.onHost(of: tid, $0) })
      else { return }
      prove(member, .init(process: process, call: event.pointee.syscall, line: event.pointee.endLine))
    }
    event.pointee.process = tasks[Int(event.pointee.thread)].table
  }

  /// The process of a task that comes up for the first time, where a call told it before.
  func provenTable(_ tid: Int32) -> Int32? {
    guard let process = proofs[tid]?.process else { return nil }
    return tasks.first { $0.tid == process && $0.table >= 0 }?.table
  }

  /// A task came up for the first time: what was told of it and of its threads holds now.
  mutating func proveWaiting(for tid: Int32) {
    for member in proofs.waiting(for: tid) {
      if let proof = proofs[member] { prove(member, proof) }
    }
  }

  private mutating func prove(_ member: Int32, _ proof: ProcessProofs.Proof) {
    let process = proof.process
    guard let thread = tasks.firstIndex(where: { $0.tid == member && $0.table >= 0 }),
      let leader = tasks.firstIndex(where: { $0.tid == process && $0.table >= 0 })
    else {
      proofs[member] = proof
      return
    }
    proofs[member] = nil
    guard tasks[thread].process == 0 else { return }
    (tasks[thread].process, tasks[leader].process) = (process, process)
    let home = tasks[leader].table
    if tasks[thread].table != home {
      // Its birth is better evidence.
      guard tasks[thread].mayBeMoved else { return }
      join(thread, home)
      note(
        "task \(TaskNumber.tid(member)) is of process \(TaskNumber.tid(process)) by \(reader.names.name(proof.call)) at line \(proof.line): it is counted there from then on (--processes, --tids)"
      )
    }
    separate(home, proof)
    // Whoever came first gave the table its number.
    if tasks[leader].mayBeMoved, tasks[leader].table == home, tables[Int(home)].number != process {
      rename(home, process)
    }
  }

  /// Two processes are proven to be in one table: one leaves, with all that are proven to be of it. Whoever is not proven to be of either stays.
  private mutating func separate(_ table: Int32, _ proof: ProcessProofs.Proof) {
    let proven = tasks.indices.filter { tasks[$0].table == table && tasks[$0].process != 0 }
    let others = proven.filter { tasks[$0].process != proof.process }
    guard !others.isEmpty else { return }
    let ours = proven.filter { tasks[$0].process == proof.process }
    let namesake = tables[Int(table)].number
    let leaving = ours.contains { tasks[$0].tid == namesake } ? others : ours
    // A clone with CLONE_FILES alone is a process that does share the table.
    guard let first = leaving.first, leaving.contains(where: { tasks[$0].mayBeMoved }) else { return }
    let number = tasks[first].process
    let made = newTable(number)
    for index in leaving {
      tables[Int(table)].users -= 1
      tables[Int(made)].users += 1
      tasks[index].table = made
      tasks[index].isAssumed = false
      tasks[index].isAssumedOrFirst = false
      moveIncarnations(of: tasks[index].tid, from: table, to: made)
    }
    hosts[Int(TaskNumber.host(number))].laterTasksAreAlone = true
    let names = leaving.map { String(TaskNumber.tid(tasks[$0].tid)) }.joined(separator: ", ")
    note(
      "process \(TaskNumber.tid(number)) (tasks \(names)) is another one than \(processLabel(table)) by \(reader.names.name(proof.call)) at line \(proof.line): they are taken for processes of their own from then on (--processes, --tids)"
    )
  }

  /// Puts a task into the table of its process. What it has open goes along, where the number is not known there.
  private mutating func join(_ thread: Int, _ table: Int32) {
    let (old, tid) = (tasks[thread].table, tasks[thread].tid)
    let known = Set(tables[Int(table)].descriptors)
    moveIncarnations(of: tid, from: old, to: table, except: known)
    tables[Int(old)].users -= 1
    tables[Int(table)].users += 1
    tasks[thread].table = table
    guard tables[Int(old)].users == 0 else { return }
    if tableByNumber[tables[Int(old)].number] == old { tableByNumber[tables[Int(old)].number] = nil }
    let host = Int(TaskNumber.host(tid))
    if hosts[host].firstLivingTable == old { hosts[host].firstLivingTable = table }
  }

  /// A table gets the number of its process instead of the thread's that was met first.
  private mutating func rename(_ table: Int32, _ process: Int32) {
    let old = tables[Int(table)].number
    if tableByNumber[old] == table { tableByNumber[old] = nil }
    labelUses[old, default: 1] -= 1
    name(table, process)
  }
}
