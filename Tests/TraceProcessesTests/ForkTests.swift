import Testing
import TraceTestSupport

@testable import TraceProcesses

@Suite("R26, R27: who shares a table")
struct ForkTests {
  static let thread =
    "clone(child_stack=0x7f, flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD, parent_tid=[8], tls=0x7f)"
  static let fork = "clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7f)"

  @Test(
    "CLONE_FILES shares, in every spelling",
    arguments: [
      thread, "clone3({flags=CLONE_VM|CLONE_FILES|CLONE_THREAD, exit_signal=0, stack=0x7f} => {parent_tid=[8]}, 88)",
      "clone3({flags=0x3d0f00, exit_signal=0} => {parent_tid=[8]}, 88)",
      "clone(child_stack=0x7f, flags=0x3d0f00, parent_tid=[8])",
    ])
  func shares(call: String) throws {
    let log = try ModelLog(
      """
      7     open("/a", O_RDONLY) = 3
      7     \(call) = 8
      8     read(3, "x", 1) = 1
      8     close(3) = 0
      7     read(3, 0x1, 1) = -1 EBADF (Bad file descriptor)

      """)
    #expect(log.words() == ["7 3/0 open@1 close@4", "7 3/-1 EBADF@0"])
    #expect(log.processOf == [7: "7", 8: "7"])
  }

  @Test(
    "fork, vfork and clone without it copy",
    arguments: [fork, "fork()", "vfork()", "clone3({flags=0, exit_signal=SIGCHLD}, 88)", "clone(child_stack=NULL, flags=0x11)"])
  func copies(call: String) throws {
    let log = try ModelLog(
      """
      7     open("/a", O_RDONLY) = 3
      7     \(call) = 8
      8     read(3, "x", 1) = 1
      8     close(3) = 0
      7     read(3, "x", 1) = 1

      """)
    let name = String(call.prefix { $0 != "(" })
    #expect(log.words() == ["7 3/0 open@1", "8 3/0 \(name)@2 close@4"])
    #expect(log.use(3)?.process == "8" && log.use(5)?.process == "7")
    #expect(log.model.incarnations[0].description == log.model.incarnations[1].description)
  }

  @Test("the copy is of the table at the clone's first line") func atFirstLine() throws {
    let log = try ModelLog(
      """
      7     \(Self.thread) = 9
      7     open("/a", O_RDONLY) = 3
      7     open("/b", O_RDONLY) = 4
      7     fork( <unfinished ...>
      9     close(3) = 0
      9     open("/c", O_RDONLY) = 5
      7     <... fork resumed>) = 8
      8     read(3, "x", 1) = 1
      8     read(5, 0x1, 1) = -1 EBADF (Bad file descriptor)

      """)
    #expect(log.words("8") == ["8 3/0 fork@4", "8 4/0 fork@4", "8 5/-1 EBADF@0"])
    #expect(log.words("7") == ["7 3/0 open@2 close@5", "7 4/0 open@3", "7 5/0 open@6"])
  }

  /// Child lines before the clone returns its number.
  static let early = """
    7     open("/a", O_RDONLY) = 3
    7     \(fork.dropLast()) <unfinished ...>
    8     close(3) = 0
    8     open("/b", O_RDONLY) = 3
    8     open("/c", O_RDONLY) = 4
    7     <... clone resumed>, child_tidptr=0x7f) = 8
    7     read(3, "x", 1) = 1
    8     read(3, "x", 1) = 1

    """

  @Test("a child's lines may come before its clone returns, in one chunk or in many", arguments: [1 << 20, 400, 120, 60])
  func childFirst(chunkSize: Int) throws {
    let log = try ModelLog(Self.early, workers: 2, chunkSize: chunkSize)
    #expect(log.words("7") == ["7 3/0 open@1"])
    #expect(log.words("8") == ["8 3/0 clone@2 close@3", "8 3/1 open@4", "8 4/0 open@5"])
  }

  @Test("with several clones in flight the number that each returns decides") func severalClones() throws {
    let log = try ModelLog(
      """
      7     open("/a", O_RDONLY) = 3
      7     \(Self.thread) = 9
      7     fork( <unfinished ...>
      9     fork( <unfinished ...>
      11    close(3) = 0
      10    open("/b", O_RDONLY) = 4
      9     <... fork resumed>) = 11
      7     <... fork resumed>) = 10
      10    read(3, "x", 1) = 1

      """)
    #expect(log.words("11") == ["11 3/0 fork@4 close@5"])
    #expect(log.words("10") == ["10 3/0 fork@3", "10 4/0 open@6"])
  }

  @Test("a fork of a task and a thread of another at once") func forkAndThread() throws {
    let log = try ModelLog(
      """
      7     open("/a", O_RDONLY) = 3
      7     \(Self.thread) = 9
      7     fork( <unfinished ...>
      9     \(Self.thread.dropLast()) <unfinished ...>
      12    close(3) = 0
      10    read(3, "x", 1) = 1
      9     <... clone resumed>) = 12
      7     <... fork resumed>) = 10

      """)
    #expect(log.processOf[12] == "7" && log.processOf[10] == "10")
    #expect(log.words("10") == ["10 3/0 fork@3"])
  }

  @Test("a failed fork leaves nothing") func failedFork() throws {
    let log = try ModelLog("7     open(\"/a\", O_RDONLY) = 3\n7     fork() = -1 EAGAIN (Resource temporarily unavailable)\n")
    #expect(log.words() == ["7 3/0 open@1"])
  }

  @Test("the table dies with its last user") func exits() throws {
    let log = try ModelLog(
      """
      7     open("/a", O_RDONLY) = 3
      7     \(Self.thread) = 8
      8     read(3, "x", 1) = 1
      7     +++ exited with 0 +++
      8     read(3, "x", 1) = 1
      8     +++ exited with 0 +++

      """)
    #expect(log.words() == ["7 3/0 open@1 exit@6"])
  }

  @Test("a thread that has not shown a line yet is a user too") func unseenUser() throws {
    let log = try ModelLog(
      """
      7     open("/a", O_RDONLY) = 3
      7     \(Self.thread) = 8
      7     +++ exited with 0 +++
      8     read(3, "x", 1) = 1

      """)
    #expect(log.words() == ["7 3/0 open@1"])
  }

  @Test("a number that comes up again is another process") func reused() throws {
    let log = try ModelLog(
      """
      7     fork() = 8
      8     open("/a", O_RDONLY) = 3
      8     +++ exited with 0 +++
      7     fork() = 8
      8     open("/b", O_RDONLY) = 3

      """)
    #expect(log.words() == ["8 3/0 open@2 exit@3", "8#2 3/0 open@5"])
  }

  @Test("a number that ended and comes up again, its birth not in the log (strace -A)") func appended() throws {
    let log = try ModelLog(
      """
      7     open("/a", O_RDONLY) = 3
      7     +++ exited with 0 +++
      7     open("/b", O_RDONLY) = 3

      """)
    #expect(log.words() == ["7 3/0 open@1 exit@2", "7#2 3/0 open@3"])
  }

  @Test("R3 the first `[pid N]` is of a child that was announced, in this chunk or long before", arguments: [1 << 20, 32])
  func announced(chunkSize: Int) throws {
    let log = try ModelLog(
      """
      openat(AT_FDCWD, "/a", O_RDONLY) = 3
      clone(child_stack=NULL, flags=SIGCHLD) = 8
      strace: Process 8 attached
      [pid     8] close(3) = 0
      [pid     7] read(3, "x", 1) = 1

      """, chunkSize: chunkSize)
    #expect(log.words() == ["7 3/0 openat@1", "8 3/0 clone@2 close@4"])
  }

  @Test("R27 in a pid namespace the result is not the number that the child's lines bear") func namespace() throws {
    let log = try ModelLog(
      """
      7     open("/a", O_RDONLY) = 3
      7     fork() = 2
      9     close(3) = 0
      7     read(3, "x", 1) = 1

      """)
    #expect(log.words() == ["7 3/0 open@1", "9 3/0 fork@2 close@3"])
  }

  @Test("unshare(CLONE_FILES) gives a copy") func unshare() throws {
    let log = try ModelLog(
      """
      7     open("/a", O_RDONLY) = 3
      7     \(Self.thread) = 8
      8     unshare(CLONE_FILES) = 0
      8     close(3) = 0
      7     read(3, "x", 1) = 1

      """)
    #expect(log.lives().first?.closedBy == "")
    #expect(log.use(5)?.on == "3/0")
  }
}

@Suite("Tasks never seen being born")
struct AttachTests {
  static let log = """
    7     read(3, "x", 1) = 1
    8     read(3, "x", 1) = 1
    7     open("/a", O_RDONLY) = 5
    8     open("/b", O_RDONLY) = 5
    8     read(3, "x", 1) = 1
    7     read(5, "x", 1) = 1

    """

  @Test("auto: one table until an open returns a number that is open there") func split() throws {
    let log = try ModelLog(Self.log)
    #expect(log.use(3)?.process == "7" && log.use(4)?.process == "8")
    #expect(log.words("8").contains("8 5/0 open@4"))
    #expect(log.use(6)?.on == "5/0" && log.words("7").contains("7 5/0 open@3"))
    #expect(log.model.notes.count == 1)
  }

  @Test("auto, closes filtered out: not for a task that has opened something there") func noSplit() throws {
    let log = try ModelLog(
      """
      7     open("/a", O_RDONLY) = 5
      8     open("/b", O_RDONLY) = 6
      8     open("/c", O_RDONLY) = 5

      """)
    #expect(log.processOf == [7: "7", 8: "7"])
    #expect(log.words() == ["7 5/0 open@1 open@3", "7 6/0 open@2", "7 5/1 open@3"])
  }

  @Test("auto, closes traced: a number in use is no number to be had") func splitLate() throws {
    let log = try ModelLog(
      """
      7     open("/a", O_RDONLY) = 5
      8     close(9) = 0
      8     open("/b", O_RDONLY) = 6
      8     open("/c", O_RDONLY) = 5

      """)
    #expect(log.processOf == [7: "7", 8: "8"])
  }

  @Test("one: never split") func one() throws {
    var options = ProcessOptions()
    options.grouping = .one
    let log = try ModelLog(Self.log, options)
    #expect(Set(log.processOf.values) == ["7"])
    #expect(log.words() == ["7 3/0 pre@1", "7 5/0 open@3 open@4", "7 5/1 open@4"])
  }

  @Test("each: every task its own") func each() throws {
    var options = ProcessOptions()
    options.grouping = .each
    let log = try ModelLog(Self.log, options)
    #expect(log.words() == ["7 3/0 pre@1", "8 3/0 pre@2", "7 5/0 open@3", "8 5/0 open@4"])
  }

  @Test("--tids settles it") func tids() throws {
    var options = ProcessOptions()
    options.tgids = [7: 6, 8: 6, 9: 9]
    let log = try ModelLog(Self.log + "9     read(3, \"x\", 1) = 1\n", options)
    #expect(log.processOf == [7: "6", 8: "6", 9: "9"])
  }

  @Test("--tids with each: threads of one process still share") func tidsAndEach() throws {
    var options = ProcessOptions()
    options.tgids = [7: 6, 8: 6]
    options.grouping = .each
    let log = try ModelLog(Self.log + "9     read(3, \"x\", 1) = 1\n", options)
    #expect(log.processOf == [7: "6", 8: "6", 9: "9"])
  }

  @Test("children of an attached task are known by their births") func children() throws {
    let log = try ModelLog("7     read(3, \"x\", 1) = 1\n7     fork() = 9\n9     close(3) = 0\n7     read(3, \"x\", 1) = 1\n")
    #expect(log.words() == ["7 3/0 pre@1", "9 3/0 fork@2 close@3"])
  }
}

@Suite("Clones whose flags come with their return, as strace before 5.0 prints them")
struct OldCloneTests {
  /// In one chunk the return is known before the child speaks; in small ones it comes later.
  @Test("a thread shares its creator's table", arguments: [1 << 20, 64]) func thread(chunkSize: Int) throws {
    let log = try ModelLog(
      """
      7     open("/a", O_RDONLY) = 3
      7     clone( <unfinished ...>
      7     <... clone resumed> child_stack=0x7f, flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD, parent_tidptr=0x1) = 8
      8     read(3, "x", 1) = 1
      7     read(3, "x", 1) = 1

      """, chunkSize: chunkSize)
    #expect(log.words() == ["7 3/0 open@1"])
  }

  @Test("also when it speaks first") func speaksFirst() throws {
    let log = try ModelLog(
      """
      7     open("/a", O_RDONLY) = 3
      7     clone( <unfinished ...>
      8     read(3, "x", 1) = 1
      7     <... clone resumed> child_stack=0x7f, flags=CLONE_VM|CLONE_FILES|SIGCHLD) = 8
      7     read(3, "x", 1) = 1

      """)
    #expect(log.words() == ["7 3/0 open@1"])
  }

  @Test("a process has its own", arguments: [1 << 20, 64]) func process(chunkSize: Int) throws {
    let log = try ModelLog(
      """
      7     open("/a", O_RDONLY) = 3
      7     clone( <unfinished ...>
      7     <... clone resumed> child_stack=0, flags=CLONE_CHILD_CLEARTID|SIGCHLD, child_tidptr=0x1) = 8
      8     close(3) = 0
      7     read(3, "x", 1) = 1

      """, chunkSize: chunkSize)
    #expect(log.words() == ["7 3/0 open@1", "8 3/0 clone@2 close@4"])
  }
}
