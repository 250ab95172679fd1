import TraceSyntax

/// What a comparison must know of a call by its name.
enum CallNature {
  /// It waits: for readiness, children, signals, at locks, or for time to pass.
  static func waits(_ name: String) -> Bool { waiting.contains(name) }
  /// It takes bytes from a descriptor, and may wait for them.
  static func reads(_ name: String) -> Bool { reading.contains(name) }
  /// Whether it is met depends on timing or on the allocator, not on what the program is asked to do.
  static func isChancy(_ name: String) -> Bool { chancy.contains(name) }
  /// The same of an error: it tells of readiness, of a signal, or of a timeout.
  static func isChancy(_ errno: Errno) -> Bool { chancyErrors.contains(errno.name) || errno.name.hasPrefix("ERESTART") }

  private static let waiting: Set<String> = names {
    switch $0 {
    case .idle, .lock, .sleep, .futex, .poll, .select, .restart: true
    default: false
    }
  }

  private static let reading = Set(
    zip(SyscallCatalog.shared.names, SyscallCatalog.shared.roles).filter { $0.1.isRead }.map(\.0))

  private static func names(_ isWanted: (ActivityRule) -> Bool) -> Set<String> {
    Set(zip(SyscallCatalog.shared.names, ActivityRule.byNumber).filter { isWanted($0.1) }.map(\.0))
  }

  private static let chancy: Set<String> = [
    "restart_syscall", "futex", "getrandom", "sched_yield", "madvise", "mprotect", "mmap", "munmap", "mremap", "brk",
    "rt_sigreturn",
  ]
  private static let chancyErrors: Set<String> = ["EAGAIN", "EINTR", "ETIMEDOUT", "EINPROGRESS", "EALREADY"]
}
