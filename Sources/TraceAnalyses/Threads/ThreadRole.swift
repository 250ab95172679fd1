import TraceCalls
import TraceSyntax

/// What a thread seems to be there for.
public enum ThreadRole: String, Sendable, CaseIterable {
  case unknown = ""
  /// Accepts connections, and leaves them to others.
  case acceptor
  /// Waits for readiness of many descriptors and moves bytes over sockets.
  case ioWorker = "io worker"
  /// Moves bytes over sockets without asking for readiness: one thread a connection.
  case connection
  /// Waits with a timeout, over and over.
  case timer
  /// Reads and writes files.
  case file
  /// Waits for work at a lock or a condition.
  case pool
  /// Collects a virtual machine's garbage.
  case gc = "GC"
  /// Compiles for a virtual machine.
  case compiler
}

/// What of a thread's calls tells its role.
struct RoleSigns {
  private(set) var accepted = 0
  private(set) var polls = 0
  private(set) var transfers = 0
  private(set) var files = 0
  private(set) var locks = 0
  /// Waits that ended because their time was up.
  private(set) var timeouts = 0
  private static let accepts = Set(["accept", "accept4"].compactMap { SyscallCatalog.shared.id(of: $0) })
  private static let restart = SyscallCatalog.shared.id(of: "restart_syscall")
  private static let timedOut = Errno(rawValue: 110)

  @inline(__always)
  mutating func count(_ activity: Activity, _ event: UnsafePointer<CallEvent>) {
    switch activity {
    case .networkRead, .networkWrite: if event.pointee.errno == .none { transfers += 1 }
    case .file, .sync: files += 1
    case .lock:
      locks += 1
      if event.pointee.errno == Self.timedOut { timeouts += 1 }
    case .sleep: timeouts += 1
    case .idle:
      // A restart is the rest of a wait of unknown kind.
      if event.pointee.syscall == Self.restart { return }
      polls += 1
      if event.pointee.errno == .none {
        if event.pointee.result == 0 { timeouts += 1 }
        if event.pointee.result > 0, Self.accepts.contains(event.pointee.syscall) { accepted += 1 }
      }
    default: break
    }
  }

  /// It asks for readiness, and so has an idle that can be used up.
  var isEventLoop: Bool { polls >= 3 && transfers > 0 }

  /// The role that name and calls speak for.
  func role(_ name: String?, _ times: ActivityTimes) -> ThreadRole {
    if let name, let known = Self.byName(name) { return known }
    let total = times.total
    if accepted > 0, transfers <= accepted * 4 { return .acceptor }
    if transfers > 0, polls >= max(1, transfers / 50) { return .ioWorker }
    if locks > 0, total > 0, times[.lock] > total / 2, timeouts * 2 <= locks { return .pool }
    if transfers > 0, files <= transfers * 4 { return .connection }
    if timeouts >= 3, timeouts * 3 > locks + polls, files <= timeouts * 4 { return .timer }
    if files > locks + polls { return .file }
    if times[.networkRead] > total / 2 { return .connection }
    return .unknown
  }

  /// Of the threads that work while a virtual machine holds all others.
  static func isMachine(_ name: String) -> Bool { name == "VM Thread" || byName(name) == .gc }

  /// Of the HotSpot JVM, as its threads name themselves; the kernel keeps 15 characters. Go, V8 and .NET name none for their collectors but the last.
  private static func byName(_ name: String) -> ThreadRole? {
    let collectors = [
      "GC Thread", "G1 ", "Gang worker", "ParallelGC", "Concurrent Mark", "CMS ", "ZDriver", "ZWorker", "Shenandoah", ".NET BGC",
    ]
    if collectors.contains(where: { name.hasPrefix($0) }) { return .gc }
    if name.hasPrefix("C1 Compiler") || name.hasPrefix("C2 Compiler") { return .compiler }
    if name.hasPrefix("VM Periodic Tas") { return .timer }
    return nil
  }
}
