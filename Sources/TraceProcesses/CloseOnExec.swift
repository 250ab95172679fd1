import TraceSyntax

/// Whether a call asks for its new descriptor to be closed on exec, by name or, with -X raw, by value: O_CLOEXEC and its kin are
/// 0x80000 but on alpha, hppa and sparc; the flags with a value of 1 are those of their own headers.
enum CloseOnExec {
  static func isAsked(by syscall: String, _ arguments: Arguments) -> Bool {
    switch syscall {
    case "open", "socket", "pipe2", "socketpair", "eventfd2", "timerfd_create": isSet(arguments[1])
    case "openat", "dup3", "open_tree", "open_tree_attr", "open_by_handle_at": isSet(arguments[2])
    case "openat2": isSet(arguments[2]["flags"])
    case "signalfd4": isSet(arguments[3])
    // The last: a call that began before the log lacks the first.
    case "accept4": isSet(arguments[max(1, arguments.count) - 1])
    case "epoll_create1", "inotify_init1", "memfd_secret": isSet(arguments[0])
    // FAN_CLOEXEC
    case "fanotify_init": isSet(arguments[0], 1)
    // MFD_CLOEXEC, FSOPEN_CLOEXEC, FSMOUNT_CLOEXEC
    case "memfd_create", "fsopen", "fsmount": isSet(arguments[1], 1)
    // FSPICK_CLOEXEC
    case "fspick": isSet(arguments[2], 1)
    // The kernel sets it unasked.
    case "pidfd_open", "pidfd_getfd", "perf_event_open", "userfaultfd", "io_uring_setup", "mq_open", "landlock_create_ruleset":
      true
    default: false
    }
  }

  /// Old straces print the flags of eventfd2 and others under the names of open's.
  private static func isSet(_ flags: CallArgument, _ value: UInt64 = 0x80000) -> Bool {
    (flags.mayContain("_CLOEXEC") && flags.flags.contains { $0.hasSuffix("_CLOEXEC") }) || flags.flagBits & value != 0
  }
}
