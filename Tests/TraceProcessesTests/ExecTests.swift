import Testing
import TraceTestSupport

@Suite("Close-on-exec")
struct ExecTests {
  /// The numbers left open after an exec.
  static func left(_ lines: String, exec: String = "execve(\"/x\", [\"x\"], 0x7f /* 3 vars */) = 0") throws -> [Int32] {
    let log = try ModelLog(lines.split(separator: "\n").map { "7     \($0)\n" }.joined() + "7     \(exec)\n")
    return log.lives().filter { $0.closedBy.isEmpty }.map(\.fd)
  }

  @Test(
    "set at birth",
    arguments: [
      "openat(AT_FDCWD, \"/x\", O_RDONLY|O_CLOEXEC) = 5", "socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, 0) = 5",
      "accept4(9, NULL, NULL, SOCK_CLOEXEC) = 5",
      "eventfd2(0, EFD_CLOEXEC) = 5", "epoll_create1(EPOLL_CLOEXEC) = 5", "timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC) = 5",
      "inotify_init1(IN_CLOEXEC) = 5",
      "memfd_create(\"x\", MFD_CLOEXEC) = 5", "dup3(0, 5, O_CLOEXEC) = 5", "pipe2([5, 6], O_CLOEXEC) = 0", "pidfd_open(7, 0) = 5",
      "io_uring_setup(8, {}) = 5",
      "signalfd4(-1, [USR1], 8, SFD_CLOEXEC) = 5", "fcntl(0, F_DUPFD_CLOEXEC, 5) = 5",
      "recvmsg(0, {msg_control=[{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[5]}]}, MSG_CMSG_CLOEXEC) = 1",
    ])
  func atBirth(line: String) throws { #expect(!(try Self.left(line)).contains(5)) }

  @Test(
    "not set",
    arguments: [
      "openat(AT_FDCWD, \"/x\", O_RDONLY) = 5", "openat(AT_FDCWD, \"O_CLOEXEC\", O_RDONLY) = 5", "dup(0) = 5",
      "fcntl(0, F_DUPFD, 5) = 5", "pipe2([5, 6], O_NONBLOCK) = 0",
    ])
  func notAtBirth(line: String) throws { #expect(try Self.left(line).contains(5)) }

  @Test(
    "changed later",
    arguments: [
      ("open(\"/x\", O_RDONLY) = 5\nfcntl(5, F_SETFD, FD_CLOEXEC) = 0", false),
      ("open(\"/x\", O_RDONLY|O_CLOEXEC) = 5\nfcntl(5, F_SETFD, 0) = 0", true),
      ("open(\"/x\", O_RDONLY) = 5\nioctl(5, FIOCLEX) = 0", false),
      ("open(\"/x\", O_RDONLY|O_CLOEXEC) = 5\nioctl(5, FIONCLEX) = 0", true),
      ("open(\"/x\", O_RDONLY|O_CLOEXEC) = 5\ndup2(5, 6) = 6", false), ("fcntl(5, F_SETFD, FD_CLOEXEC) = 0", false),
    ])
  func later(lines: String, isLeft: Bool) throws { #expect(try Self.left(lines).contains(5) == isLeft) }

  @Test("a copy does not inherit the flag") func copy() throws {
    #expect(try Self.left("open(\"/x\", O_RDONLY|O_CLOEXEC) = 5\ndup2(5, 6) = 6").contains(6))
  }

  @Test("CLOSE_RANGE_CLOEXEC marks") func closeRange() throws {
    let left = try Self.left("open(\"/x\", O_RDONLY) = 5\nclose_range(4, 9, CLOSE_RANGE_CLOEXEC) = 0")
    #expect(!left.contains(5))
  }

  @Test(
    "-X raw prints flags as numbers, -X verbose both",
    arguments: [
      "openat(-100, \"/x\", 0x80000) = 5", "openat(-100, \"/x\", 0) = 5\nfcntl(5, 0x2, 0x1) = 0", "pipe2([5, 6], 0x80000) = 0",
      "dup3(0, 5, 0x80000) = 5", "socket(0x2, 0x1|0x80000, 0) = 5", "accept4(9, NULL, NULL, 0x80000) = 5",
      "socketpair(0x1, 0x1|0x80000, 0, [5, 6]) = 0", "fcntl(0, 0x406, 5) = 5", "memfd_create(\"x\", 0x1) = 5",
      "open(\"/x\", 0) = 5\nioctl(5, 0x5451) = 0", "open(\"/x\", 0) = 5\nclose_range(4, 9, 0x4) = 0", "eventfd2(0, 0x80000) = 5",
      "recvmsg(0, {msg_control=[{cmsg_len=20, cmsg_level=0x1, cmsg_type=0x1, cmsg_data=[5]}]}, 0x40000000) = 1",
      "openat(-100 /* AT_FDCWD */, \"/x\", 0x80000 /* O_RDONLY|O_CLOEXEC */) = 5",
      "open(\"/x\", 0 /* O_RDONLY */) = 5\nfcntl(5, 0x2 /* F_SETFD */, 0x1 /* FD_CLOEXEC */) = 0",
      "fcntl(0, 0x406 /* F_DUPFD_CLOEXEC */, 5) = 5", "openat2(-100, \"/x\", {flags=0x80000, resolve=0}, 24) = 5",
    ])
  func raw(line: String) throws {
    let log = try ModelLog((line + "\nexecve(\"/x\", [\"x\"], 0x7f) = 0").split(separator: "\n").map { "7     \($0)\n" }.joined())
    #expect(log.lives().filter { $0.fd == 5 }.map(\.closedBy) == ["exec"])
  }

  @Test(
    "-X raw without the flag",
    arguments: [
      "openat(-100, \"/x\", 0x40000) = 5", "open(\"/x\", 0x80000) = 5\nfcntl(5, 0x2, 0) = 0", "fcntl(0, 0, 5) = 5",
      "open(\"/x\", 0x80000) = 5\nioctl(5, 0x5450) = 0",
      "recvmsg(0, {msg_control=[{cmsg_len=20, cmsg_level=0x1, cmsg_type=0x1, cmsg_data=[5]}]}, 0) = 1",
      "fcntl(0, F_DUPFD_QUERY, 5) = 1\nopen(\"/x\", 0) = 5",
    ])
  func rawUnset(line: String) throws {
    let log = try ModelLog((line + "\nexecve(\"/x\", [\"x\"], 0x7f) = 0").split(separator: "\n").map { "7     \($0)\n" }.joined())
    #expect(log.lives().filter { $0.fd == 5 }.map(\.closedBy) == [""])
  }

  @Test("a failed exec closes nothing") func failed() throws {
    let left = try Self.left(
      "open(\"/x\", O_RDONLY|O_CLOEXEC) = 5",
      exec: "execve(\"/x\", [\"x\"], 0x7f /* 3 vars */) = -1 ENOENT (No such file or directory)")
    #expect(left == [5])
  }

  @Test("R15 an exec off the leader keeps the table") func superseded() throws {
    let log = try ModelLog(
      """
      5     open("/a", O_RDONLY) = 3
      5     open("/b", O_RDONLY|O_CLOEXEC) = 4
      5     clone(child_stack=0x7f, flags=CLONE_VM|CLONE_FILES|CLONE_THREAD, parent_tid=[8]) = 8
      5     pause( <unfinished ...>
      8     execve("/tmp/x", ["/tmp/x"], 0x7fff /* 39 vars */ <unfinished ...>
      5     <... pause resumed> <unfinished ...>) = ?
      5     +++ superseded by execve in pid 8 +++
      5     <... execve resumed>) = 0
      5     read(3, "x", 1) = 1
      5     read(4, 0x1, 1) = -1 EBADF (Bad file descriptor)
      5     +++ exited with 0 +++

      """)
    #expect(log.words() == ["5 3/0 open@1 exit@11", "5 4/0 open@2 exec@8", "5 4/-1 EBADF@0"])
  }
}
