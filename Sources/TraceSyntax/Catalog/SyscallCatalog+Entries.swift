/// The calls that the analyses know by what they do, a line a role. To teach tracestat a call, add its name here
/// (as `man 2` and strace spell it); a new role also needs its case in ``SyscallRole``.
extension SyscallCatalog {
  static let entries: [(role: SyscallRole, names: StaticString)] = [
    (.read, "read pread64 pread readv preadv preadv2 recv recvfrom recvmsg"),
    (.readMessages, "recvmmsg recvmmsg_time64"),
    (.write, "write pwrite64 pwrite writev pwritev pwritev2 send sendto sendmsg"),
    (.writeMessages, "sendmmsg"),
    (.move, "sendfile sendfile64 splice tee copy_file_range"),
    (.openPath, "open openat openat2 creat open_by_handle_at"),
    (
      .openOther,
      """
      epoll_create epoll_create1 eventfd eventfd2 signalfd signalfd4 timerfd_create \
      inotify_init inotify_init1 fanotify_init memfd_create memfd_secret pidfd_open \
      pidfd_getfd perf_event_open userfaultfd io_uring_setup mq_open fsopen fsmount fspick \
      open_tree open_tree_attr landlock_create_ruleset
      """
    ),
    (.socket, "socket"),
    (.accept, "accept accept4"),
    (.connect, "connect"),
    (.bind, "bind"),
    (.listen, "listen"),
    (.epollControl, "epoll_ctl"),
    (.socketName, "getsockname getpeername"),
    (.shutdown, "shutdown"),
    (.duplicate, "dup"),
    (.duplicateTo, "dup2 dup3"),
    (.pair, "pipe pipe2 socketpair"),
    (.close, "close"),
    (.closeRange, "close_range"),
    (.fcntl, "fcntl fcntl64"),
    (.ioctl, "ioctl"),
    (.clone, "clone clone2 clone3 fork vfork"),
    (.unshare, "unshare"),
    (.exec, "execve execveat"),
    (.exit, "exit exit_group _exit"),
    (.futex, "futex futex_time64 futex_waitv futex_wait futex_wake futex_requeue"),
    (.taskNumber, "getpid gettid set_tid_address tgkill rt_tgsigqueueinfo"),
    (
      .other,
      """
      _llseek _newselect _sysctl access acct add_key adjtimex afs_syscall alarm arch_prctl bdflush \
      bpf break brk cacheflush cachestat capget capset chdir chmod chown chown32 chroot \
      clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime clock_gettime64 \
      clock_nanosleep clock_nanosleep_time64 clock_settime clock_settime64 create_module \
      delete_module epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old \
      faccessat faccessat2 fadvise64 fadvise64_64 fallocate fanotify_mark fchdir fchmod fchmodat \
      fchmodat2 fchown fchown32 fchownat fdatasync fgetxattr file_getattr file_setattr \
      finit_module flistxattr flock fremovexattr fsconfig fsetxattr fstat fstat64 fstatat64 \
      fstatfs fstatfs64 fsync ftime ftruncate ftruncate64 futimesat get_kernel_syms get_mempolicy \
      get_robust_list get_thread_area getcpu getcwd getdents getdents64 getegid getegid32 geteuid \
      geteuid32 getgid getgid32 getgroups getgroups32 getitimer getpgid getpgrp getpmsg \
      getppid getpriority getrandom getresgid getresgid32 getresuid getresuid32 getrlimit \
      getrusage getsid getsockopt gettimeofday getuid getuid32 getxattr getxattrat gtty \
      idle init_module inotify_add_watch inotify_rm_watch io_cancel io_destroy io_getevents \
      io_pgetevents io_pgetevents_time64 io_setup io_submit io_uring_enter io_uring_register \
      ioperm iopl ioprio_get ioprio_set ipc ipc_subcall kcmp kexec_file_load kexec_load keyctl \
      kill landlock_add_rule landlock_restrict_self lchown lchown32 \
      lgetxattr link linkat listmount listxattr listxattrat llistxattr lock lookup_dcookie \
      lremovexattr lseek lsetxattr lsm_get_self_attr lsm_list_modules lsm_set_self_attr lstat \
      lstat64 madvise map_shadow_stack mbind membarrier migrate_pages mincore mkdir mkdirat mknod \
      mknodat mlock mlock2 mlockall mmap mmap2 modify_ldt mount mount_setattr move_mount \
      move_pages mprotect mpx mq_getsetattr mq_notify mq_timedreceive mq_timedreceive_time64 \
      mq_timedsend mq_timedsend_time64 mq_unlink mremap mseal msgctl msgget msgrcv msgsnd msync \
      munlock munlockall munmap name_to_handle_at nanosleep newfstatat nfsservctl nice oldfstat \
      oldlstat oldolduname oldselect oldstat olduname pause personality \
      pidfd_send_signal pivot_root pkey_alloc pkey_free pkey_mprotect poll ppoll ppoll_time64 \
      prctl prlimit64 process_madvise process_mrelease process_vm_readv process_vm_writev prof \
      profil pselect6 pselect6_time64 ptrace putpmsg query_module quotactl quotactl_fd readahead \
      readdir readlink readlinkat reboot remap_file_pages removexattr removexattrat rename \
      renameat renameat2 request_key restart_syscall riscv_flush_icache rmdir rseq rt_sigaction \
      rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait \
      rt_sigtimedwait_time64 sched_get_priority_max sched_get_priority_min \
      sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval \
      sched_rr_get_interval_time64 sched_setaffinity sched_setattr sched_setparam \
      sched_setscheduler sched_yield seccomp security select semctl semget semop semtimedop \
      semtimedop_time64 set_mempolicy set_mempolicy_home_node set_robust_list set_thread_area \
      setdomainname setfsgid setfsgid32 setfsuid setfsuid32 setgid setgid32 \
      setgroups setgroups32 sethostname setitimer setns setpgid setpriority setregid setregid32 \
      setresgid setresgid32 setresuid setresuid32 setreuid setreuid32 setrlimit setsid setsockopt \
      settimeofday setuid setuid32 setxattr setxattrat sgetmask shmat shmctl shmdt shmget \
      sigaction sigaltstack signal sigpending sigprocmask sigreturn sigsuspend socketcall ssetmask \
      stat stat64 statfs statfs64 statmount statx stime stty swapoff swapon symlink symlinkat sync \
      sync_file_range syncfs syscall_subcall sysfs sysinfo syslog time timer_create \
      timer_delete timer_getoverrun timer_gettime timer_gettime64 timer_settime timer_settime64 \
      timerfd_gettime timerfd_gettime64 timerfd_settime timerfd_settime64 times tkill truncate \
      truncate64 tuxcall ugetrlimit ulimit umask umount umount2 uname unlink unlinkat \
      uretprobe uselib ustat utime utimensat utimensat_time64 utimes vhangup vm86 vm86old vmsplice \
      vserver wait4 waitid waitpid
      """
    ),
  ]
}
