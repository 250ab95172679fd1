import TraceCalls
import TraceSyntax

/// Which incarnation of which descriptor each call is on: follows clone, exec, exit, open, dup and close through the log.
///
/// Runs over every batch before the analyses and fills in `process`, `incarnation` and `otherIncarnation` of its events. What
/// holds is in Definitions: a close takes effect at its entry line; a new descriptor at the line where its call returns; a read or write is
/// on the incarnation at its start; EBADF meets nothing.
public struct ProcessModel {
  /// What a task's open call will need when it returns.
  struct Open {
    var incarnation: Int32 = -1
    var other: Int32 = -1
    /// What a `close` in flight removed, to be put back on EBADF.
    var undo: Int32 = -1
    /// The call itself created `incarnation` (n = 0).
    var isFresh = false
    /// The table that a clone in flight made for its child, or -1.
    var childTable: Int32 = -1
    /// Whether that child has been seen.
    var childSeen = false
    var isClone = false
  }

  struct Task {
    var tid: Int32 = 0
    var table: Int32 = -1
    /// Put into its table by assumption, not by a clone seen or a list given.
    var isAssumed = false
    /// Likewise, or the one that the others were put with.
    var isAssumedOrFirst = false
    /// Has read, written or closed something there.
    var hasTouchedTable = false
    /// Has opened or closed something there.
    var hasUsedTable = false
    var open = Open()
  }

  public internal(set) var incarnations: [Incarnation] = []
  public internal(set) var descriptions: [OpenDescription] = []
  var tables: [DescriptorTable] = []
  var tasks: [Task] = []
  private var options: ProcessOptions
  let roles: [SyscallRole]
  /// Roles by syscall number, for the analyses.
  public var roleTable: [SyscallRole] { roles }
  /// Children whose clone returned before their first line: tid -> table.
  private var unborn: [Int32: Int32] = [:]
  /// Living tables by the number in their label.
  private var tableByNumber: [Int32: Int32] = [:]
  /// How often a number was forked, for `1234#2`.
  private var forkCounts: [Int32: Int] = [:]
  private var firstLivingTable: Int32 = -1
  private var liveUsers = 0
  /// The log showed that several processes were attached.
  private var laterTasksAreAlone = false
  /// Closes are traced.
  var seesCloses = false
  /// Commands found in this batch's payloads, in log order.
  public internal(set) var sightings: [RTMPSighting] = []
  /// What was assumed, for people.
  public private(set) var notes: [String] = []
  /// Calls on descriptors whose first half the log does not hold.
  public private(set) var transfersWithoutStart = 0

  let reader: CallReader
  let joiner = ArgumentJoiner()
  var payload: [UInt8] = []

  public init(_ reader: CallReader, options: ProcessOptions) {
    self.reader = reader
    self.options = options
    roles = SyscallCatalog.shared.roles
  }

  /// The label of a process, as reports print it.
  public func processLabel(_ table: Int32) -> String { tables[Int(table)].label }
  /// A number to sort processes by.
  public func processNumber(_ table: Int32) -> Int32 { tables[Int(table)].number }

  /// Follows one batch.
  public mutating func annotate(_ batch: CallBatch) {
    sightings.removeAll(keepingCapacity: true)
    let events = batch.events
    for index in 0..<events.count {
      let event = events.baseAddress! + index
      let thread = Int(event.pointee.thread)
      if thread >= tasks.count { tasks.append(contentsOf: repeatElement(Task(), count: thread + 64 - tasks.count)) }
      switch event.pointee.phase {
      case .whole:
        place(event)
        let role = role(event)
        guard role != .other, role != .futex else { continue }
        begin(event, role)
        end(event, role)
      case .began:
        place(event)
        let role = role(event)
        guard role != .other, role != .futex else { continue }
        begin(event, role)
      case .returned:
        place(event)
        let role = role(event)
        guard role != .other, role != .futex else { continue }
        end(event, role)
      case .returnedOnly:
        place(event)
        let role = role(event)
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

  @inline(__always)
  private func role(_ event: UnsafeMutablePointer<CallEvent>) -> SyscallRole {
    let id = Int(event.pointee.syscall.rawValue)
    return id < roles.count ? roles[id] : .other
  }

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

  // MARK: Tables

  private mutating func assignTable(_ event: UnsafeMutablePointer<CallEvent>) {
    let thread = Int(event.pointee.thread)
    let tid = event.pointee.tid
    var isAssumed = false
    var isFirst = false
    let table: Int32
    if let known = unborn.removeValue(forKey: tid) {
      table = known
    } else if let parent = reader.parent(ofComing: tid, after: event.pointee.startLine), let born = adopt(from: parent, tid) {
      table = born
    } else if let tgid = options.tgids[tid] {
      table = tableByNumber[tgid] ?? newTable(String(tgid), tgid)
    } else if event.pointee.phase != .returnedOnly, let born = adoptFromOnlyClone(tid) {
      table = born
    } else if options.grouping == .each || laterTasksAreAlone || liveUsers == 0 {
      table = tableByNumber[tid] ?? newTable(String(tid), tid)
      isFirst = true
    } else {
      isAssumed = true
      table = firstLivingTable >= 0 ? firstLivingTable : newTable(String(tid), tid)
    }
    tasks[thread] = Task(tid: tid, table: table, isAssumed: isAssumed, isAssumedOrFirst: isAssumed || isFirst)
    tables[Int(table)].users += 1
    liveUsers += 1
  }

  /// A task without a pid so far (strace on a terminal) got one.
  private mutating func learnTid(_ event: UnsafeMutablePointer<CallEvent>) {
    let thread = Int(event.pointee.thread)
    let table = Int(tasks[thread].table)
    if tables[table].number == tasks[thread].tid {
      tableByNumber[tasks[thread].tid] = nil
      tables[table].number = event.pointee.tid
      tables[table].label = String(event.pointee.tid)
      tableByNumber[event.pointee.tid] = Int32(table)
    }
    tasks[thread].tid = event.pointee.tid
  }

  mutating func newTable(_ label: String, _ number: Int32) -> Int32 {
    let index = Int32(tables.count)
    tables.append(DescriptorTable(label: label, number: number))
    tableByNumber[number] = index
    if firstLivingTable < 0 { firstLivingTable = index }
    return index
  }

  /// The table of the child that `parent`'s clone in flight makes.
  private mutating func adopt(from parent: Int32, _ child: Int32) -> Int32? {
    // Tasks are few enough, and births rare enough, for a walk.
    for index in tasks.indices where tasks[index].open.isClone && !tasks[index].open.childSeen {
      guard tasks[index].tid == parent else { continue }
      return see(index, child)
    }
    return nil
  }

  /// Beyond the reader's view ahead: the one clone in flight, or any of several when they lead to the same table.
  private mutating func adoptFromOnlyClone(_ child: Int32) -> Int32? {
    let candidates = tasks.indices.filter { tasks[$0].open.isClone && !tasks[$0].open.childSeen }
    guard let first = candidates.first else { return nil }
    if candidates.count == 1 { return see(first, child) }
    let outcomes = Set(candidates.map { tasks[$0].open.childTable >= 0 ? -2 - Int32($0) : tasks[$0].table })
    guard outcomes.count == 1 else {
      note("several clones were in flight when task \(child) appeared; it was put with the others")
      return nil
    }
    return tasks[first].table
  }

  private mutating func see(_ parent: Int, _ child: Int32) -> Int32 {
    tasks[parent].open.childSeen = true
    let table = tasks[parent].open.childTable
    guard table >= 0 else { return tasks[parent].table }
    name(table, child)
    return table
  }

  /// Labels the table of a forked child.
  private mutating func name(_ table: Int32, _ child: Int32) {
    let count = forkCounts[child, default: 0]
    forkCounts[child] = count + 1
    let taken = count > 0 || tableByNumber[child] != nil
    tables[Int(table)].label = taken ? "\(child)#\(max(2, count + 1))" : String(child)
    tables[Int(table)].number = child
    tableByNumber[child] = table
  }

  /// What a clone, fork or vfork does at its first line: unless it shares the table, the child gets a copy as it stands.
  mutating func beginClone(_ event: UnsafeMutablePointer<CallEvent>) {
    let thread = Int(event.pointee.thread)
    tasks[thread].open.isClone = true
    guard !sharesTable(event) else { return }
    let parent = tasks[thread].table
    let child = Int32(tables.count)
    tables.append(DescriptorTable(label: "", number: 0))
    for descriptor in tables[Int(parent)].descriptors {
      let entry = tables[Int(parent)][descriptor]
      if entry.current >= 0 {
        let source = incarnations[Int(entry.current)]
        let copy = create(
          child, descriptor, .syscall(event.pointee.syscall), event, line: event.pointee.startLine, time: event.pointee.start,
          description: source.description)
        incarnations[Int(copy)].closesOnExec = source.closesOnExec
      } else {
        tables[Int(child)][descriptor].isKnown = true
      }
    }
    tasks[thread].open.childTable = child
  }

  mutating func endClone(_ event: UnsafeMutablePointer<CallEvent>) {
    let thread = Int(event.pointee.thread)
    let open = tasks[thread].open
    guard open.isClone else { return }
    guard event.pointee.succeeded, event.pointee.result > 0, let child = Int32(exactly: event.pointee.result) else {
      if open.childTable >= 0, !open.childSeen { discard(open.childTable) }
      return
    }
    guard !open.childSeen else { return }
    if open.childTable >= 0 { name(open.childTable, child) }
    unborn[child] = open.childTable >= 0 ? open.childTable : tasks[thread].table
  }

  /// A fork that failed: its copies never were.
  private mutating func discard(_ table: Int32) {
    for descriptor in tables[Int(table)].descriptors {
      let current = tables[Int(table)][descriptor].current
      if current >= 0 { incarnations[Int(current)].isVoid = true }
    }
    tables[Int(table)].isAlive = false
  }

  private mutating func sharesTable(_ event: UnsafeMutablePointer<CallEvent>) -> Bool {
    let arguments = joiner.arguments(of: event.pointee)
    if arguments.mentions("CLONE_FILES") { return true }
    // -X raw prints the flags as a number; CLONE_FILES is 0x400 (sched.h).
    guard let at = Arguments.find("flags=0x", in: arguments.text) else { return false }
    let number = Arguments.number(UnsafeRawBufferPointer(rebasing: arguments.text[(at + 6)...])) ?? 0
    return number & 0x400 != 0
  }

  // MARK: Ends of tasks

  private mutating func exited(_ event: UnsafeMutablePointer<CallEvent>) {
    let thread = Int(event.pointee.thread)
    let table = tasks[thread].table
    tasks[thread] = Task()
    options.tgids[event.pointee.tid] = nil
    guard table >= 0 else { return }
    event.pointee.process = table
    liveUsers -= 1
    tables[Int(table)].users -= 1
    guard tables[Int(table)].users == 0 else { return }
    for descriptor in tables[Int(table)].descriptors { close(table, descriptor, .exit, event, at: event.pointee.endLine) }
    tables[Int(table)].isAlive = false
    if tableByNumber[tables[Int(table)].number] == table { tableByNumber[tables[Int(table)].number] = nil }
    if firstLivingTable == table {
      firstLivingTable = Int32(tables.firstIndex { $0.isAlive && $0.users > 0 } ?? -1)
    }
  }

  /// The thread that called exec goes on under the leader's tid; the leader's own life ends here.
  private mutating func superseded(_ event: UnsafeMutablePointer<CallEvent>) {
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
        liveUsers -= 1
      }
    }
    tasks[thread].open = moved.open
    event.pointee.process = tasks[thread].table
  }

  // MARK: Incarnations

  mutating func create(
    _ table: Int32, _ descriptor: Int32, _ origin: Incarnation.Event, _ event: UnsafeMutablePointer<CallEvent>, line: Int,
    time: Int64, description: Int32? = nil
  ) -> Int32 {
    let index = Int32(incarnations.count)
    var entry = tables[Int(table)][descriptor]
    let shared: Int32
    if let description {
      shared = description
    } else {
      shared = Int32(descriptions.count)
      descriptions.append(OpenDescription())
    }
    incarnations.append(
      Incarnation(
        table: table, descriptor: descriptor, n: entry.next, description: shared, openedBy: origin, openedLine: line,
        openedTime: reader.clock.kind == .none ? nil : time, openedTid: event.pointee.tid))
    entry.next += 1
    entry.current = index
    entry.isKnown = true
    tables[Int(table)][descriptor] = entry
    return index
  }

  /// What is at a number now; met for the first time it is `pre`. -1 when the log saw it closed and nothing opened since.
  mutating func meet(_ table: Int32, _ descriptor: Int32, _ event: UnsafeMutablePointer<CallEvent>, line: Int, time: Int64)
    -> Int32
  {
    let entry = tables[Int(table)][descriptor]
    if entry.current >= 0 { return entry.current }
    if entry.isKnown { return -1 }
    return create(table, descriptor, .pre, event, line: line, time: time)
  }

  @discardableResult
  mutating func close(
    _ table: Int32, _ descriptor: Int32, _ how: Incarnation.Event, _ event: UnsafeMutablePointer<CallEvent>, at line: Int
  ) -> Int32 {
    var entry = tables[Int(table)][descriptor]
    let current = entry.current
    entry.current = -1
    entry.isKnown = true
    tables[Int(table)][descriptor] = entry
    guard current >= 0 else { return -1 }
    incarnations[Int(current)].closedBy = how
    incarnations[Int(current)].closedLine = line
    incarnations[Int(current)].closedTid = event.pointee.tid
    if reader.clock.kind != .none {
      incarnations[Int(current)].closedTime = line == event.pointee.startLine ? event.pointee.start : event.pointee.stamp
    }
    return current
  }

  /// Puts a new descriptor into the table of the caller, at the line where its call returned.
  @discardableResult
  mutating func open(
    _ descriptor: Int64, _ origin: Incarnation.Event, _ event: UnsafeMutablePointer<CallEvent>, closesOnExec: Bool,
    description: Int32? = nil
  ) -> Int32 {
    guard descriptor >= 0, let number = Int32(exactly: descriptor) else { return -1 }
    let thread = Int(event.pointee.thread)
    if tables[Int(tasks[thread].table)][number].current >= 0 {
      splitIfContradicted(event, number, origin)
    }
    let table = tasks[thread].table
    if tables[Int(table)][number].current >= 0 { close(table, number, origin, event, at: event.pointee.endLine) }
    let index = create(
      table, number, origin, event, line: event.pointee.endLine, time: event.pointee.stamp, description: description)
    incarnations[Int(index)].closesOnExec = closesOnExec
    tasks[thread].hasUsedTable = true
    return index
  }

  /// An open that returns a number which is open there, by a task put there by assumption: it has a table of its own.
  private mutating func splitIfContradicted(
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
      liveUsers -= 1
    }
    laterTasksAreAlone = true
    tables[Int(old)].users -= 1
    let table = newTable(String(tid), tid)
    tables[Int(table)].users = 1
    tasks[thread].table = table
    tasks[thread].isAssumed = false
    tasks[thread].isAssumedOrFirst = false
    event.pointee.process = table
    moveIncarnations(of: tid, from: old, to: table)
    renameIfLeft(old)
    note(
      "task \(tid) \(reason): they are taken for processes of their own from line \(event.pointee.endLine) on (--processes, --tids)"
    )
  }

  /// What a task met or opened in the table it shared was its own.
  private mutating func moveIncarnations(of tid: Int32, from old: Int32, to table: Int32) {
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
  private mutating func renameIfLeft(_ table: Int32) {
    let users = tasks.indices.filter { tasks[$0].table == table }
    guard let first = users.first, !users.contains(where: { tasks[$0].tid == tables[Int(table)].number }) else { return }
    if tableByNumber[tables[Int(table)].number] == table { tableByNumber[tables[Int(table)].number] = nil }
    tables[Int(table)].number = tasks[first].tid
    tables[Int(table)].label = String(tasks[first].tid)
    tableByNumber[tasks[first].tid] = table
  }

  mutating func note(_ text: String) {
    if notes.count < 100 { notes.append(text) }
  }

  /// The row for I/O on a number that is no descriptor.
  mutating func badDescriptor(_ event: UnsafeMutablePointer<CallEvent>) -> Int32 {
    let table = tasks[Int(event.pointee.thread)].table
    let number = event.pointee.descriptor
    if let index = tables[Int(table)].bad[number] { return index }
    let index = Int32(incarnations.count)
    incarnations.append(
      Incarnation(
        table: table, descriptor: number, n: -1, description: Int32(descriptions.count), openedBy: .badDescriptor, openedLine: 0,
        openedTime: nil, openedTid: event.pointee.tid))
    descriptions.append(OpenDescription())
    tables[Int(table)].bad[number] = index
    return index
  }

  /// Takes back an incarnation that only a failed call met.
  mutating func void(_ index: Int32) {
    let incarnation = incarnations[Int(index)]
    incarnations[Int(index)].isVoid = true
    tables[Int(incarnation.table)][incarnation.descriptor] = .init(current: -1, next: max(0, incarnation.n), isKnown: false)
  }

  mutating func reopen(_ index: Int32) {
    let incarnation = incarnations[Int(index)]
    tables[Int(incarnation.table)][incarnation.descriptor].current = index
    incarnations[Int(index)].closedBy = .none
    incarnations[Int(index)].closedLine = 0
    incarnations[Int(index)].closedTime = nil
    incarnations[Int(index)].closedTid = 0
  }

  mutating func setClosesOnExec(_ index: Int32, _ value: Bool) { incarnations[Int(index)].closesOnExec = value }
  func closesOnExec(_ index: Int32) -> Bool { incarnations[Int(index)].closesOnExec }
}
