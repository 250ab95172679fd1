/// What the string literals of a call are. What no list knows is payload: a call that is new to tracestat hides more, not less.
enum LiteralUse {
  case payload
  /// The first so many are names (of files, attributes, keys), what follows is payload.
  case names(Int)
  /// A program, its arguments, its environment.
  case program
  /// This machine's own name.
  case host

  static func of(_ syscall: ArraySlice<UInt8>) -> LiteralUse {
    uses[String(decoding: syscall, as: UTF8.self)] ?? .payload
  }

  private static let uses: [String: LiteralUse] = {
    var uses: [String: LiteralUse] = [:]
    for (use, names) in table {
      for name in names.description.split(separator: " ") { uses[String(name)] = use }
    }
    return uses
  }()

  /// As `man 2` gives their parameters.
  private static let table: [(LiteralUse, StaticString)] = [
    (.program, "execve execveat"),
    (.host, "sethostname setdomainname"),
    (
      .names(.max),
      """
      open openat openat2 creat uselib mq_open memfd_create access faccessat faccessat2 acct chdir chroot chmod fchmodat fchmodat2 \
      chown chown32 lchown lchown32 fchownat getcwd getdents getdents64 inotify_add_watch fanotify_mark link linkat mkdir mkdirat \
      mknod mknodat mount umount umount2 move_mount mq_unlink name_to_handle_at newfstatat fstatat64 stat stat64 lstat lstat64 \
      oldstat oldlstat statx statfs statfs64 open_tree open_tree_attr fsopen fspick pivot_root prctl quotactl readlink readlinkat \
      rename renameat renameat2 rmdir swapon swapoff symlink symlinkat truncate truncate64 unlink unlinkat utime utimes utimensat \
      utimensat_time64 futimesat uname
      """
    ),
    (.names(2), "setxattr lsetxattr getxattr lgetxattr removexattr lremovexattr add_key request_key"),
    (.names(1), "fsetxattr fgetxattr fremovexattr listxattr llistxattr fsconfig"),
  ]
}
