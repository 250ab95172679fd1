import CTraceScan

/// Which arguments each call has, in order, as the kernel's tracepoints name them and perf prints them; and how strace spells them.
/// perf leaves out arguments that are zero: their places follow from the names.
///
/// To teach it a call: a line below, `name argument argument:STYLE ...`. Calls that are not here keep perf's text.
struct PerfTraceArguments: @unchecked Sendable {
  static let shared = PerfTraceArguments()

  /// How a value is respelled. A word that ends in `_` is the prefix that perf strips from constants.
  enum Style: UInt8 {
    case plain
    /// Names of constants, given their prefix back; a bare number is searched for close-on-exec.
    case flags
    /// The same, behind `flags=`, as strace prints clone.
    case cloneFlags
    /// `CWD` -> `AT_FDCWD`.
    case directory
    case family
    /// `WAIT|PRIVATE_FLAG` -> `FUTEX_WAIT_PRIVATE`.
    case futex
    case fcntlArgument
    case ioctl
    /// Left out when zero, no 0 in its place.
    case optional
  }

  struct Argument {
    /// The first eight bytes of the name, and its length: names of one call differ in them.
    var word: UInt64
    var count: Int
    var style: Style
    var prefix: StaticString
  }

  struct Shape {
    let arguments: UnsafeMutablePointer<Argument>
    let count: Int
  }

  private let shapes: UnsafeMutablePointer<Shape?>
  private let count: Int

  /// The shape of a call, if it is known.
  @inline(__always)
  subscript(id: SyscallID) -> Shape? { Int(id.rawValue) < count ? shapes[Int(id.rawValue)] : nil }

  private init() {
    let catalog = SyscallCatalog.shared
    count = catalog.count
    shapes = .allocate(capacity: count)
    shapes.initialize(repeating: nil, count: count)
    for line in Self.lines.description.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard let id = catalog.id(of: String(words[0])) else { preconditionFailure("\(words[0]) is not in the catalogue") }
      let arguments = UnsafeMutablePointer<Argument>.allocate(capacity: words.count)
      for (i, word) in words.dropFirst().enumerated() { (arguments + i).initialize(to: Self.argument(word)) }
      shapes[Int(id.rawValue)] = Shape(arguments: arguments, count: words.count - 1)
    }
  }

  private static func argument(_ text: Substring) -> Argument {
    let parts = text.split(separator: ":")
    let name = Array(parts[0].utf8) + [UInt8](repeating: 0, count: 8)
    let word = name.withUnsafeBufferPointer { firstEight($0.baseAddress!, parts[0].utf8.count) }
    var argument = Argument(word: word, count: parts[0].utf8.count, style: .plain, prefix: "")
    guard parts.count > 1 else { return argument }
    (argument.style, argument.prefix) = styles[String(parts[1])]!
    return argument
  }

  /// The first eight bytes of a name of `count`, zeros behind it.
  @inline(__always)
  static func firstEight(_ p: Pointer, _ count: Int) -> UInt64 {
    let word = UInt64(littleEndian: trace_load8(p))
    return count >= 8 ? word : word & ((1 << UInt64(count * 8)) - 1)
  }

  private static let styles: [String: (Style, StaticString)] = [
    "O_": (.flags, "O_"), "SOCK_": (.flags, "SOCK_"), "MSG_": (.flags, "MSG_"), "EPOLL_": (.flags, "EPOLL_"),
    "EFD_": (.flags, "EFD_"), "TFD_": (.flags, "TFD_"), "SFD_": (.flags, "SFD_"), "IN_": (.flags, "IN_"),
    "MFD_": (.flags, "MFD_"), "F_": (.flags, "F_"), "CLONE_": (.flags, "CLONE_"), "IPPROTO_": (.flags, "IPPROTO_"),
    "EPOLL_CTL_": (.flags, "EPOLL_CTL_"), "FUTEX_BITSET_": (.optional, "FUTEX_BITSET_"),
    "clone": (.cloneFlags, "CLONE_"), "directory": (.directory, ""), "family": (.family, "AF_"), "futex": (.futex, "FUTEX_"),
    "fcntl": (.fcntlArgument, ""), "ioctl": (.ioctl, ""), "optional": (.optional, ""),
  ]

  private static let lines: StaticString = """
    read fd buf count
    pread64 fd buf count pos
    readv fd vec vlen
    preadv fd vec vlen pos_l pos_h
    preadv2 fd vec vlen pos_l pos_h flags
    recv fd ubuf size flags:MSG_
    recvfrom fd ubuf size flags:MSG_ addr addr_len
    recvmsg fd msg flags:MSG_
    recvmmsg fd mmsg vlen flags:MSG_ timeout
    write fd buf count
    pwrite64 fd buf count pos
    writev fd vec vlen
    pwritev fd vec vlen pos_l pos_h
    pwritev2 fd vec vlen pos_l pos_h flags
    send fd buff len flags:MSG_
    sendto fd buff len flags:MSG_ addr addr_len
    sendmsg fd msg flags:MSG_
    sendmmsg fd mmsg vlen flags:MSG_
    sendfile out_fd in_fd offset count
    sendfile64 out_fd in_fd offset count
    splice fd_in off_in fd_out off_out len flags
    tee fdin fdout len flags
    copy_file_range fd_in off_in fd_out off_out len flags
    vmsplice fd uiov nr_segs flags
    open filename flags:O_ mode
    openat dfd:directory filename flags:O_ mode
    openat2 dfd:directory filename how usize
    creat pathname mode
    open_by_handle_at mountdirfd:directory handle flags:O_
    epoll_create size
    epoll_create1 flags:EPOLL_
    eventfd count
    eventfd2 count flags:EFD_
    signalfd ufd user_mask sizemask
    signalfd4 ufd user_mask sizemask flags:SFD_
    timerfd_create clockid flags:TFD_
    inotify_init1 flags:IN_
    memfd_create uname flags:MFD_
    pidfd_open pid flags
    pidfd_getfd pidfd fd flags
    io_uring_setup entries params
    landlock_create_ruleset attr size flags
    socket family:family type:SOCK_ protocol:IPPROTO_
    socketpair family:family type:SOCK_ protocol:IPPROTO_ usockvec
    accept fd upeer_sockaddr upeer_addrlen
    accept4 fd upeer_sockaddr upeer_addrlen flags:SOCK_
    connect fd uservaddr addrlen
    bind fd umyaddr addrlen
    listen fd backlog
    shutdown fd how
    getsockname fd usockaddr usockaddr_len
    getpeername fd usockaddr usockaddr_len
    setsockopt fd level optname optval optlen
    getsockopt fd level optname optval optlen
    dup fildes
    dup2 oldfd newfd
    dup3 oldfd newfd flags:O_
    pipe fildes
    pipe2 fildes flags:O_
    close fd
    close_range fd max_fd flags
    fcntl fd cmd:F_ arg:fcntl
    ioctl fd cmd:ioctl arg
    clone clone_flags:clone newsp parent_tidptr child_tidptr tls
    clone3 uargs size
    unshare unshare_flags:CLONE_
    execve filename argv envp
    execveat fd:directory filename argv envp flags
    exit error_code
    exit_group error_code
    futex uaddr op:futex val utime:optional uaddr2:optional val3:FUTEX_BITSET_
    epoll_wait epfd events maxevents timeout
    epoll_pwait epfd events maxevents timeout sigmask sigsetsize
    epoll_ctl epfd op:EPOLL_CTL_ fd event
    lseek fd offset whence
    fstat fd statbuf
    fsync fd
    fdatasync fd
    ftruncate fd length
    flock fd cmd
    getdents64 fd dirent count
    """
}
