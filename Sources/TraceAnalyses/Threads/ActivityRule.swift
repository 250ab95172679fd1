import TraceSyntax

/// How the activity of a call is found.
enum ActivityRule: UInt8 {
  /// It is the same whatever the arguments: the raw values of ``Activity`` but for `untraced`.
  case networkRead, networkWrite, file, sync, idle, lock, sleep, connect, other
  /// By what the descriptor is: socket or pipe, file, or something that waits for events.
  case read, write
  /// On a socket for certain, which DNS makes another thing of.
  case receive, send
  /// `sendfile` and its kin: by what the bytes go into.
  case move
  /// Of files and of others: close.
  case descriptor
  /// By the operation: waits are locks, the rest is not.
  case futex
  /// fcntl: F_SETLKW waits for a lock.
  case control
  /// Waits for events, or, on none, for time to pass; on a DNS socket or one that is being connected it is that.
  case poll
  /// `select`: with 0 descriptors it sleeps.
  case select
  /// By the call that it goes on with.
  case restart

  static let byNumber: [ActivityRule] = SyscallCatalog.shared.names.enumerated().map { number, name in
    named[name] ?? (SyscallCatalog.shared.roles[number] == .openPath ? .file : .other)
  }

  private static let named: [String: ActivityRule] = {
    var rules: [String: ActivityRule] = [:]
    for (rule, names) in table { for name in names.description.split(separator: " ") { rules[String(name)] = rule } }
    return rules
  }()

  /// To give a call another rule, move its name. What is nowhere is `other`, calls that open paths are `file`.
  private static let table: [(ActivityRule, StaticString)] = [
    (.read, "read readv"),
    (.write, "write writev"),
    (.receive, "recv recvfrom recvmsg recvmmsg recvmmsg_time64"),
    (.send, "send sendto sendmsg sendmmsg"),
    (.move, "sendfile sendfile64 splice tee vmsplice"),
    (
      .file,
      """
      pread64 pread preadv preadv2 pwrite64 pwrite pwritev pwritev2 copy_file_range lseek _llseek truncate truncate64 ftruncate \
      ftruncate64 fallocate readahead fadvise64 fadvise64_64 getdents getdents64 readdir stat stat64 lstat lstat64 fstat fstat64 \
      fstatat64 newfstatat statx oldstat oldlstat oldfstat statfs statfs64 fstatfs fstatfs64 access faccessat faccessat2 chdir \
      fchdir getcwd mkdir mkdirat rmdir rename renameat renameat2 link linkat symlink symlinkat unlink unlinkat readlink \
      readlinkat chmod fchmod fchmodat fchmodat2 chown chown32 fchown fchown32 lchown lchown32 fchownat utime utimes utimensat \
      utimensat_time64 futimesat getxattr lgetxattr fgetxattr getxattrat setxattr lsetxattr fsetxattr setxattrat listxattr \
      llistxattr flistxattr listxattrat removexattr lremovexattr fremovexattr removexattrat mknod mknodat name_to_handle_at \
      io_submit io_getevents io_pgetevents io_pgetevents_time64 mount umount umount2
      """
    ),
    (.sync, "fsync fdatasync sync syncfs sync_file_range msync"),
    (
      .idle,
      """
      epoll_wait epoll_pwait epoll_pwait2 epoll_wait_old accept accept4 wait4 waitid waitpid pause rt_sigtimedwait \
      rt_sigtimedwait_time64 rt_sigsuspend sigsuspend io_uring_enter msgrcv mq_timedreceive mq_timedreceive_time64
      """
    ),
    (.poll, "poll ppoll ppoll_time64"),
    (.select, "select _newselect pselect6 pselect6_time64"),
    (.sleep, "nanosleep clock_nanosleep clock_nanosleep_time64"),
    (.lock, "flock semop semtimedop semtimedop_time64 futex_waitv futex_wait"),
    (.futex, "futex futex_time64"),
    (.control, "fcntl fcntl64"),
    (.connect, "connect"),
    (.descriptor, "close"),
    (.restart, "restart_syscall"),
  ]
}
