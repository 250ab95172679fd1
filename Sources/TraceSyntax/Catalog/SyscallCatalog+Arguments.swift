// Which argument of a call says what it is about, as `man 2` gives their parameters.
extension SyscallCatalog {
  /// By number: whether the first argument is a descriptor, that of a directory for `openat` and its kin.
  public var takesDescriptor: [Bool] {
    let named = Set(Self.descriptorCalls.description.split(separator: " ").map(String.init))
    return zip(names, roles).map { name, role in
      switch role {
      case .read, .readMessages, .write, .writeMessages, .move, .accept, .connect, .bind, .listen, .epollControl, .socketName,
        .duplicate, .duplicateTo, .close, .fcntl, .ioctl:
        true
      default: named.contains(name)
      }
    }
  }

  /// By number: the place of the argument that is a path, the first one of two; nil where none is.
  public var pathPlaces: [Int?] {
    var places: [String: Int] = [:]
    for (place, calls) in Self.pathCalls {
      for name in calls.description.split(separator: " ") { places[String(name)] = place }
    }
    return names.map { places[$0] }
  }

  private static let descriptorCalls: StaticString = """
    epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old execveat faccessat faccessat2 fadvise64 fadvise64_64 fallocate \
    fanotify_mark fchdir fchmod fchmodat fchmodat2 fchown fchown32 fchownat fdatasync fgetxattr finit_module flistxattr flock \
    fremovexattr fsconfig fsetxattr fsmount fstat fstat64 fstatat64 fstatfs fstatfs64 fsync ftruncate ftruncate64 futimesat getdents \
    getdents64 getsockopt inotify_add_watch inotify_rm_watch io_uring_enter io_uring_register kexec_file_load landlock_add_rule \
    landlock_restrict_self linkat lseek _llseek mkdirat mknodat move_mount mq_getsetattr mq_notify mq_timedreceive \
    mq_timedreceive_time64 mq_timedsend mq_timedsend_time64 name_to_handle_at newfstatat oldfstat open_tree open_tree_attr openat \
    openat2 open_by_handle_at pidfd_getfd pidfd_send_signal process_madvise process_mrelease quotactl_fd readahead readdir \
    readlinkat renameat renameat2 setns setsockopt shutdown statx sync_file_range sync_file_range2 syncfs timerfd_gettime \
    timerfd_gettime64 timerfd_settime timerfd_settime64 unlinkat utimensat utimensat_time64 vmsplice
    """

  private static let pathCalls: [(Int, StaticString)] = [
    (
      0,
      """
      access acct chdir chmod chown chown32 chroot creat execve getxattr lchown lchown32 lgetxattr link listxattr llistxattr \
      lremovexattr lsetxattr lstat lstat64 mkdir mknod mq_open mq_unlink oldlstat oldstat open pivot_root readlink removexattr rename \
      rmdir setxattr stat stat64 statfs statfs64 swapoff swapon truncate truncate64 umount umount2 unlink uselib utime utimes
      """
    ),
    (
      1,
      """
      execveat faccessat faccessat2 fchmodat fchmodat2 fchownat fspick fstatat64 futimesat inotify_add_watch linkat mkdirat mknodat mount \
      move_mount name_to_handle_at newfstatat open_tree open_tree_attr openat openat2 quotactl readlinkat renameat renameat2 statx \
      symlink unlinkat utimensat utimensat_time64
      """
    ),
    (2, "symlinkat"),
  ]
}
