import Testing
import TraceCalls
import TraceInput
import TraceTestSupport

@testable import TraceProcesses

@Suite("Lives of descriptors")
struct IncarnationTests {
  @Test("open, use, close, open again") func plain() throws {
    let log = try ModelLog(
      """
      7     open("/a", O_RDONLY) = 3
      7     read(3, "x", 1) = 1
      7     close(3) = 0
      7     open("/b", O_RDONLY) = 3
      7     read(3, "x", 1) = 1

      """)
    #expect(log.words() == ["7 3/0 open@1 close@3", "7 3/1 open@4"])
    #expect(log.use(2)?.on == "3/0" && log.use(5)?.on == "3/1")
    #expect(log.what(3, 0)?.path == "/a" && log.what(3, 1)?.path == "/b")
  }

  @Test(
    "what was there when first met is n = 0",
    arguments: [
      (#"read(4, "x", 1) = 1"#, "7 4/0 pre@1"),
      (#"write(4, "x", 1) = -1 EAGAIN (Resource temporarily unavailable)"#, "7 4/0 pre@1"),
      ("close(4) = 0", "7 4/0 pre@1 close@1"),
      ("dup2(4, 9) = 9", "7 4/0 pre@1"), (#"connect(4, {sa_family=AF_UNIX, sun_path="/x"}, 4) = 0"#, "7 4/0 pre@1"),
      ("fcntl(4, F_SETFD, FD_CLOEXEC) = 0", "7 4/0 pre@1"), ("ioctl(4, FIOCLEX) = 0", "7 4/0 pre@1"),
    ])
  func met(line: String, life: String) throws { #expect(try ModelLog("7     \(line)\n").words().first == life) }

  @Test("the source of a copy is met too", arguments: ["dup(4) = 5", "fcntl(4, F_DUPFD, 10) = 10"])
  func metByCopy(line: String) throws {
    let words = try ModelLog("7     \(line)\n").words()
    withKnownIssue("dup and F_DUPFD do not meet their source") { #expect(words.first == "7 4/0 pre@1") }
  }

  @Test(
    "calls that meet nothing",
    arguments: [
      "fstat(4, {st_mode=S_IFREG}) = 0", "lseek(4, 0, SEEK_SET) = 0",
      "open(\"/x\", O_RDONLY) = -1 ENOENT (No such file or directory)",
      "close(4) = -1 EBADF (Bad file descriptor)", "dup2(4, 9) = -1 EBADF (Bad file descriptor)",
      "close(-1) = -1 EBADF (Bad file descriptor)",
      "futex(0x4, FUTEX_WAIT, 2, NULL) = 0", "fcntl(4, F_SETFD, FD_CLOEXEC) = -1 EBADF (Bad file descriptor)",
    ])
  func notMet(line: String) throws { #expect(try ModelLog("7     \(line)\n").words().isEmpty) }

  @Test("EBADF I/O belongs to none, and is counted at n = -1") func badDescriptor() throws {
    let log = try ModelLog(
      """
      7     read(3, 0x1, 1) = -1 EBADF (Bad file descriptor)
      7     read(-1, 0x1, 1) = -1 EBADF (Bad file descriptor)
      7     open("/a", O_RDONLY) = 3
      7     close(3) = 0
      7     write(3, "x", 1) = -1 EBADF (Bad file descriptor)

      """)
    #expect(log.uses.map(\.on) == ["3/-1", "-1/-1", "-", "3/0", "3/-1"])
    #expect(log.words() == ["7 3/-1 EBADF@0", "7 -1/-1 EBADF@0", "7 3/0 open@3 close@4"])
  }

  @Test("a close takes effect at its entry: the number may come back before it returns") func closeAtEntry() throws {
    let log = try ModelLog(
      """
      7     accept(9, NULL, NULL) = 4
      7     close(4 <unfinished ...>
      8     accept(9, NULL, NULL) = 4
      8     read(4, "x", 1) = 1
      7     <... close resumed>) = 0
      8     read(4, "y", 1) = 1

      """, .init())
    let lives = log.lives().filter { $0.fd == 4 }.map(\.description)
    #expect(lives == ["7 4/0 accept@1 close@2", "7 4/1 accept@3"])
    #expect(log.use(4)?.on == "4/1" && log.use(6)?.on == "4/1" && log.use(5)?.on == "4/0")
  }

  @Test("a read belongs to the life at its start") func readAtStart() throws {
    let log = try ModelLog(
      """
      7     open("/a", O_RDONLY) = 4
      8     read(4,  <unfinished ...>
      7     close(4) = 0
      7     open("/b", O_RDONLY) = 4
      8     <... read resumed>"x", 1) = 1

      """)
    #expect(log.use(5)?.on == "4/0")
  }

  @Test("so does a connect") func connectAtStart() throws {
    let log = try ModelLog(
      """
      7     socket(AF_INET, SOCK_STREAM, 0) = 3
      7     connect(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("1.2.3.4")}, 16 <unfinished ...>
      8     close(3) = 0
      8     socket(AF_INET, SOCK_STREAM, 0) = 3
      7     <... connect resumed>) = 0

      """)
    #expect(log.what(3, 0)?.peer == "1.2.3.4:80")
    #expect(log.what(3, 1)?.peer == nil)
  }

  @Test(
    "EBADF undoes a close",
    arguments: [
      "7     close(4) = -1 EBADF (Bad file descriptor)",
      "7     close(4 <unfinished ...>\n7     <... close resumed>) = -1 EBADF (Bad file descriptor)",
    ])
  func undone(close: String) throws {
    let log = try ModelLog("7     open(\"/a\", O_RDONLY) = 4\n\(close)\n7     read(4, \"x\", 1) = 1\n")
    #expect(log.words() == ["7 4/0 open@1"])
    #expect(log.uses.last?.on == "4/0")
  }

  @Test(
    "other errors of close free the number all the same",
    arguments: ["EINTR (Interrupted system call)", "EIO (Input/output error)"])
  func failedClose(error: String) throws {
    let log = try ModelLog("7     open(\"/a\", O_RDONLY) = 4\n7     close(4) = -1 \(error)\n7     open(\"/a\", O_RDONLY) = 4\n")
    #expect(log.words() == ["7 4/0 open@1 close@2", "7 4/1 open@3"])
  }

  @Test("use after a seen close without a seen open") func implicit() throws {
    let log = try ModelLog("7     close(4) = 0\n7     read(4, \"x\", 1) = 1\n7     read(4, \"x\", 1) = 1\n")
    #expect(log.words() == ["7 4/0 pre@1 close@1", "7 4/1 implicit@2"])
    #expect(log.uses.map(\.on) == ["4/0", "4/1", "4/1"])
  }

  @Test("a call that puts something else there ends a life at its last line") func replaced() throws {
    let log = try ModelLog(
      """
      7     open("/a", O_RDONLY) = 4
      7     open("/b", O_RDONLY) = 5
      7     dup2(5, 4) = 4
      7     write(4, "x", 1) = 1

      """)
    #expect(log.words() == ["7 4/0 open@1 dup2@3", "7 5/0 open@2", "7 4/1 dup2@3"])
    #expect(log.description(4, 1) == log.description(5))
    #expect(log.use(4)?.on == "4/1")
  }

  @Test("dup2 onto itself changes nothing") func dupItself() throws {
    #expect(try ModelLog("7     open(\"/a\", O_RDONLY) = 4\n7     dup2(4, 4) = 4\n").words() == ["7 4/0 open@1"])
  }

  @Test(
    "copies share what they refer to",
    arguments: [
      "dup(4) = 6", "dup2(4, 6) = 6", "dup3(4, 6, O_CLOEXEC) = 6", "fcntl(4, F_DUPFD, 6) = 6", "fcntl(4, F_DUPFD_CLOEXEC, 6) = 6",
      "fcntl64(4, F_DUPFD, 6) = 6",
    ])
  func copies(line: String) throws {
    let log = try ModelLog("7     open(\"/a\", O_RDONLY) = 4\n7     \(line)\n7     close(4) = 0\n7     read(6, \"x\", 1) = 1\n")
    #expect(log.description(4) == log.description(6))
    #expect(log.use(4)?.on == "6/0")
  }

  @Test(
    "pairs",
    arguments: [
      "pipe([4, 5]) = 0", "pipe2([4, 5], O_CLOEXEC) = 0", "socketpair(AF_UNIX, SOCK_STREAM, 0, [4, 5]) = 0",
      "pipe2([4<pipe:[12]>, 5<pipe:[12]>], 0) = 0",
      "socketpair(AF_UNIX, SOCK_STREAM, 0, [4<UNIX-STREAM:[1->2]>, 5<UNIX-STREAM:[2->1]>]) = 0",
    ])
  func pairs(line: String) throws {
    let log = try ModelLog("7     \(line)\n")
    #expect(log.lives().map(\.fd) == [4, 5])
    #expect(log.lives().allSatisfy { $0.openedLine == 1 && $0.n == 0 })
  }

  @Test("-s 0 hides the numbers of a pair: said, not guessed") func hiddenPair() throws {
    let log = try ModelLog("7     pipe2([...], 0) = 0\n")
    #expect(log.words().isEmpty)
    #expect(log.model.closingNotes.count == 1)
  }

  @Test(
    "new numbers are results",
    arguments: [
      "open(\"/x\", O_RDONLY)", "openat(AT_FDCWD, \"/x\", O_RDONLY)", "openat2(AT_FDCWD, \"/x\", {flags=O_RDONLY}, 24)",
      "creat(\"/x\", 0600)", "socket(AF_INET, SOCK_STREAM, 0)",
      "accept(9, NULL, NULL)", "accept4(9, NULL, NULL, 0)", "epoll_create1(0)", "eventfd2(0, 0)",
      "timerfd_create(CLOCK_MONOTONIC, 0)", "signalfd4(-1, [USR1], 8, 0)",
      "inotify_init1(0)", "fanotify_init(0, 0)", "memfd_create(\"x\", 0)", "pidfd_open(7, 0)", "userfaultfd(0)",
      "perf_event_open({}, 0, -1, -1, 0)", "io_uring_setup(8, {})",
      "mq_open(\"x\", O_RDONLY)",
    ])
  func results(call: String) throws {
    let log = try ModelLog("7     \(call) = 5\n")
    #expect(log.lives().map(\.fd).filter { $0 == 5 } == [5])
  }

  @Test(
    "calls of newer kernels whose result is a descriptor",
    arguments: ["landlock_create_ruleset({}, 8, 0)", "open_tree_attr(AT_FDCWD, \"/\", 0)"])
  func unknownOpeners(call: String) throws {
    let log = try ModelLog("7     \(call) = 5\n")
    #expect(log.lives().map(\.fd) == [5])
  }

  @Test("signalfd on an existing descriptor opens nothing") func signalfd() throws {
    #expect(try ModelLog("7     signalfd4(5, [USR1], 8, 0) = 5\n").words().isEmpty)
  }

  @Test(
    "SCM_RIGHTS",
    arguments: [
      "recvmsg(3, {msg_name=NULL, msg_iov=[{iov_base=\"x\", iov_len=1}], msg_control=[{cmsg_len=24, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[4, 7]}], msg_flags=0}, 0) = 1",
      "recvmsg(3, {msg_name(0)=NULL, msg_iov(1)=[{\"x\", 1}], msg_control=[{cmsg_len=24, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, [4, 7]}], msg_flags=0}, 0) = 1",
      "recvmsg(3<UNIX:[1]>, {msg_iov=[{iov_base=\"x\", iov_len=1}], msg_control=[{cmsg_len=24, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[4</a>, 7<pipe:[9]>]}], msg_flags=0}, 0) = 1",
      "recvmmsg(3, [{msg_hdr={msg_control=[{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[4]}]}, msg_len=1}, {msg_hdr={msg_control=[{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[7]}]}, msg_len=1}], 2, 0, NULL) = 2",
    ])
  func received(line: String) throws {
    let log = try ModelLog("7     \(line)\n")
    #expect(log.lives().filter { $0.fd != 3 }.map(\.description) == ["7 4/0 received@1", "7 7/0 received@1"])
  }

  @Test("sent descriptors open nothing, nor does the word in a payload") func sent() throws {
    let log = try ModelLog(
      """
      7     sendmsg(3, {msg_iov=[{iov_base="x", iov_len=1}], msg_control=[{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[4]}]}, 0) = 1
      7     recvmsg(3, {msg_iov=[{iov_base="cmsg_type=SCM_RIGHTS, cmsg_data=[5]", iov_len=35}], msg_iovlen=1, msg_flags=0}, 0) = 35

      """)
    #expect(log.lives().map(\.fd) == [3])
  }

  @Test(
    "close_range",
    arguments: [
      ("close_range(4, 5, 0) = 0", [3, 6]), ("close_range(4, 4294967295, 0) = 0", [3]), ("close_range(4, -1, 0) = 0", [3]),
    ] as [(String, [Int32])])
  func closeRange(line: String, left: [Int32]) throws {
    let opened = [3, 4, 5, 6].map { "7     open(\"/a\", O_RDONLY) = \($0)\n" }.joined()
    #expect(try ModelLog(opened + "7     \(line)\n").lives().filter { $0.closedBy.isEmpty }.map(\.fd) == left)
  }

  @Test(
    "moves between descriptors",
    arguments: [
      ("sendfile(3, 4, NULL, 9) = 9", "4/0", "3/0"), ("splice(4, NULL, 3, NULL, 9, 0) = 9", "4/0", "3/0"),
      ("tee(4, 3, 9, 0) = 9", "4/0", "3/0"),
      ("copy_file_range(4, NULL, 3, NULL, 9, 0) = 9", "4/0", "3/0"),
    ])
  func moves(line: String, from: String, to: String) throws {
    let use = try ModelLog("7     \(line)\n").uses.first
    #expect(use?.on == from && use?.other == to)
  }

  @Test("a call that began before the log is on no descriptor") func withoutStart() throws {
    let log = try ModelLog("7     <... read resumed>\"x\", 1) = 1\n7     <... openat resumed>) = 5\n")
    #expect(log.uses.map(\.on) == ["-", "-"])
    #expect(log.words() == ["7 5/0 openat@2"])
    #expect(log.model.transfersWithoutStart == 1)
  }

  @Test("a description knows how many descriptors refer to it", arguments: Capture.all + Capture.perfTrace)
  func references(capture: Capture) throws {
    let context = try CallReader(TraceFiles(capture.paths), options: ReadOptions(workers: 1))
    var model = ProcessModel(context, options: ProcessOptions())
    var closed: Set<Int32> = []
    while let batch = context.next() {
      model.annotate(batch)
      closed.formUnion(model.closings.map { model.incarnations[Int($0)].description })
    }
    var counts = [Int32](repeating: 0, count: model.descriptions.count)
    for life in model.incarnations where life.closedBy == .none && !life.isVoid { counts[Int(life.description)] += 1 }
    #expect(model.descriptions.map(\.descriptorCount) == counts)
    for index in counts.indices where counts[index] == 0 && !closed.contains(Int32(index)) {
      #expect(model.incarnations.allSatisfy { Int($0.description) != index || $0.isVoid }, "\(index) was never closed")
    }
  }
}
