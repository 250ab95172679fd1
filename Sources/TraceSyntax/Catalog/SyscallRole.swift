/// What a system call does to descriptors and tasks, as far as any analysis cares.
@frozen
public enum SyscallRole: UInt8, Sendable {
  case other
  /// Takes bytes from the descriptor in its first argument; the result is their number.
  case read
  /// `recvmmsg`: bytes are the sum of `msg_len`.
  case readMessages
  /// Puts bytes into the descriptor in its first argument; the result is their number.
  case write
  /// `sendmmsg`: bytes are the sum of `msg_len`.
  case writeMessages
  /// Moves bytes from one descriptor to another (`sendfile`, `splice` ...).
  case move
  /// Opens a path; the result is a descriptor.
  case openPath
  /// Makes another kind of descriptor (eventfd, epoll ...), its result.
  case openOther
  case socket, accept, connect, bind, listen, socketName, shutdown
  /// `epoll_ctl`: changes what an epoll instance watches.
  case epollControl
  case duplicate, duplicateTo, pair
  case close, closeRange, fcntl, ioctl
  case clone, unshare, exec, exit
  case futex
  /// Its result or arguments are numbers of tasks, from which follows whose threads they are (`getpid`, `tgkill` ...).
  case taskNumber

  /// Whether bytes flow from the descriptor to the program.
  @inlinable public var isRead: Bool { self == .read || self == .readMessages }
  /// Whether bytes flow from the program to the descriptor.
  @inlinable public var isWrite: Bool { self == .write || self == .writeMessages }
}
