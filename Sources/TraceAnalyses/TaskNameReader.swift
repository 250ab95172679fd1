import TraceCalls
import TraceSyntax

/// Reads what tasks are called where the log itself tells: the names that `strace -Y` and perf trace print with their numbers, and those that threads
/// give themselves by `prctl`.
struct TaskNameReader {
  /// How much was seen of the task at a place of ``CallEvent/thread``.
  private struct Task {
    var tid: Int32 = 0
    var events: UInt32 = 0
  }

  private var tasks: [Task] = []
  private let joiner = ArgumentJoiner()
  private let prctl = SyscallCatalog.shared.id(of: "prctl")
  private let exec = Set(["execve", "execveat"].compactMap { SyscallCatalog.shared.id(of: $0) })

  /// The name that an event tells, if it is one of those that are looked at: a task's first one, that after exec, prctl. perf trace does not print
  /// what prctl is given, so there it is many of the first events and one in 64 of all.
  @inline(__always)
  mutating func name(in event: UnsafePointer<CallEvent>, _ reader: CallReader) -> String? {
    let place = Int(event.pointee.thread)
    guard place >= 0 else { return nil }
    if place >= tasks.count { tasks.append(contentsOf: repeatElement(Task(), count: place + 64 - tasks.count)) }
    if tasks[place].tid != event.pointee.tid { tasks[place] = Task(tid: event.pointee.tid) }
    tasks[place].events &+= 1
    if tasks[place].events < 16 || tasks[place].events & 63 == 0 { return look(event, place, reader) }
    return event.pointee.syscall == prctl || event.pointee.phase == .exited || exec.contains(event.pointee.syscall)
      ? look(event, place, reader) : nil
  }

  @inline(never)
  private mutating func look(_ event: UnsafePointer<CallEvent>, _ place: Int, _ reader: CallReader) -> String? {
    let isFirst = tasks[place].events == 1
    if event.pointee.phase == .exited || (event.pointee.succeeded && exec.contains(event.pointee.syscall)) {
      tasks[place].events = 0
    }
    if event.pointee.syscall == prctl, let name = ownName(event) { return name }
    guard isFirst || reader.syntax == .perfTrace else { return nil }
    let text = event.pointee.phase == .began ? event.pointee.opening : event.pointee.closing
    return reader.head(of: text).flatMap { reader.syntax.comm(in: $0, of: TaskNumber.tid(event.pointee.tid)) }
  }

  private func ownName(_ event: UnsafePointer<CallEvent>) -> String? {
    guard event.pointee.isCompleted, event.pointee.succeeded else { return nil }
    let arguments = joiner.arguments(of: event.pointee)
    // 15 is PR_SET_NAME of linux/prctl.h.
    guard arguments[0].isConstant("PR_SET_NAME", 15) else { return nil }
    return arguments[1].string?.description
  }
}
