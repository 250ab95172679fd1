import Foundation
import Testing
import TraceTestSupport

@testable import TraceProcesses

/// Recorded by Scripts/make-corpus: Scripts/capture/descriptors.c, with and without `-yy`.
@Suite("Descriptors that come from other processes", .serialized)
struct PassingTests {
  static let logs = ["descriptors", "descriptors-yy"]

  /// A recorded log, and where its lines are.
  struct Recorded {
    let log: ModelLog
    let lines: [Substring]

    init(_ name: String) throws {
      let text = try Fixture.text("Fixtures/strace/\(name).log")
      log = try ModelLog(text)
      lines = text.split(separator: "\n")
    }

    /// The lines, from 1, that hold all of the words.
    func at(_ words: String...) -> [Int] {
      lines.indices.filter { index in words.allSatisfy { lines[index].contains($0) } }.map { $0 + 1 }
    }
    /// Lives that a line began.
    func lives(_ line: Int) -> [Incarnation] { log.model.incarnations.filter { $0.openedLine == line && !$0.isVoid } }
    func what(_ life: Incarnation) -> OpenDescription { log.model.descriptions[Int(life.description)] }
    /// Lives of descriptions whose file bears the name.
    func of(_ path: String) -> [Incarnation] { log.model.incarnations.filter { what($0).path == path && !$0.isVoid } }
  }

  @Test("SCM_RIGHTS: what arrives is what was sent", arguments: logs) func rights(name: String) throws {
    let recorded = try Recorded(name)
    let received = recorded.log.model.incarnations.filter { $0.openedBy == .received }
    #expect(received.map { recorded.what($0).path } == ["/proc/version", nil, "/proc/uptime", "/proc/version"])
    #expect(received.map { recorded.what($0).kind } == [.file, .pipe, .file, .file])
    for life in received {
      let sent = recorded.log.model.incarnations.filter { $0.description == life.description && $0.openedBy != .received }
      #expect(!sent.isEmpty && sent.allSatisfy { $0.table != life.table })
    }
    // The two messages with /proc/version were of two files.
    #expect(received[0].description != received[3].description)
  }

  @Test("several senders and no other evidence: nothing is guessed") func ambiguous() throws {
    let send = "{msg_control=[{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[3]}]}, 0"
    let start = "7     open(\"/a\", O_RDONLY) = 3\n7     fork() = 8\n"
    let one = "7     sendmsg(5, \(send)) = 1\n"
    let receive = "8     recvmsg(6, \(send.replacing("[3]", with: "[9]"))) = 1\n"
    func isSame(_ lines: String) throws -> Bool {
      let log = try ModelLog(start + lines + receive)
      return log.description(9) == log.description(3)
    }
    #expect(try isSame(one))
    #expect(try isSame(one + one))
    #expect(try !isSame(one + one.replacing("(5", with: "(15")))
    // A call that failed sent nothing; one that has not returned yet may have.
    #expect(try !isSame(one.replacing("= 1", with: "= -1 EAGAIN (Resource temporarily unavailable)")))
    #expect(try isSame(one.replacing(") = 1", with: " <unfinished ...>")))
    // Another number of descriptors, other decorations.
    #expect(try !isSame(one.replacing("data=[3]", with: "data=[3, 4]")))
    let log = try ModelLog(
      start + one.replacing("data=[3]", with: "data=[3</a>]") + receive.replacing("data=[9]", with: "data=[9</b>]"))
    #expect(log.description(9) != log.description(3) && log.what(9)?.path == "/b")
  }

  @Test("the socket at the other end comes first") func paired() throws {
    func message(_ fd: Int) -> String {
      "{msg_control=[{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[\(fd)]}]}, 0) = 1"
    }
    let log = try ModelLog(
      """
      7     open("/a", O_RDONLY) = 3
      7     open("/b", O_RDONLY) = 4
      7     socketpair(AF_UNIX, SOCK_STREAM, 0, [5, 6]) = 0
      7     socketpair(AF_UNIX, SOCK_STREAM, 0, [7, 8]) = 0
      7     fork() = 8
      7     sendmsg(5, \(message(3))
      7     sendmsg(7, \(message(4))
      8     recvmsg(8, \(message(9))
      8     recvmsg(6, \(message(10))

      """)
    #expect(log.what(9)?.path == "/b" && log.what(10)?.path == "/a")
  }

  @Test("pidfd_getfd: a copy of what the other process has, by pidfd_open and by CLONE_PIDFD", arguments: logs)
  func pidfd(name: String) throws {
    let recorded = try Recorded(name)
    let copies = recorded.at("pidfd_getfd").compactMap { recorded.lives($0).first }
    let source = try #require(recorded.log.model.incarnations.first { $0.descriptor == 40 })
    #expect(copies.count == 2 && copies.allSatisfy { $0.description == source.description && $0.table != source.table })
    #expect(recorded.what(source).path == "/proc/version" && copies.allSatisfy(\.closesOnExec))
    let pidfds = recorded.log.model.incarnations.filter { recorded.what($0).kind == .pidfd && $0.table == copies[0].table }
    #expect(recorded.log.names(pidfds.map(\.openedBy)) == ["clone", "pidfd_open"])
  }

  @Test("clone3 prints the pidfd behind the arrow") func clone3() throws {
    let log = try ModelLog(
      """
      7     clone3({flags=CLONE_PIDFD, pidfd=0x7f7f2dc59720, exit_signal=SIGCHLD, stack=NULL, stack_size=0} => {pidfd=[3]}, 88) = 8
      8     open("/a", O_RDONLY) = 3
      7     pidfd_getfd(3, 3, 0) = 4
      7     pidfd_getfd(3, 5, 0) = 5

      """)
    #expect(log.words() == ["7 3/0 clone3@1", "8 3/0 open@2", "7 4/0 pidfd_getfd@3", "7 5/0 pidfd_getfd@4"])
    #expect(log.what(4)?.path == "/a" && log.what(5)?.path == nil && log.what(3)?.kind == .pidfd)
  }

  @Test("ends of pipes and pairs know each other", arguments: logs) func ends(name: String) throws {
    let recorded = try Recorded(name)
    let pairs = (recorded.at("pipe2") + recorded.at("socketpair")).map(recorded.lives).filter { $0.count == 2 }
    #expect(pairs.count >= 3)
    for pair in pairs {
      let (one, other) = (recorded.what(pair[0]), recorded.what(pair[1]))
      #expect(one.pairedWith == pair[1].description && other.pairedWith == pair[0].description)
      #expect(one.origin == .paired && other.origin == .paired)
      let process = recorded.log.model.processLabel(pair[0].table)
      #expect(one.peer == "\(process):\(pair[1].descriptor)" && other.peer == "\(process):\(pair[0].descriptor)")
    }
  }

  @Test("by their inodes both ends of a named local socket know each other") func inodes() throws {
    let recorded = try Recorded("descriptors-yy")
    let sent = recorded.at("sendmsg").last.flatMap { line in
      recorded.log.uses.first { $0.line >= line && $0.syscall == "sendmsg" }
    }
    let served = try #require(recorded.log.model.incarnations.first { recorded.what($0).origin == .accepted })
    #expect(sent != nil && recorded.what(served).path == "passing")
    let client = recorded.log.model.descriptions[Int(try #require(Optional(recorded.what(served).pairedWith)))]
    #expect(client.origin == .connected && client.peer == "passing")
  }

  @Test("who listens, accepts, connects", arguments: logs) func origins(name: String) throws {
    let recorded = try Recorded(name)
    func origins(_ kind: DescriptorKind) -> [DescriptionOrigin] {
      var seen: Set<Int32> = []
      return recorded.log.model.incarnations.filter { recorded.what($0).kind == kind && seen.insert($0.description).inserted }
        .map { recorded.what($0).origin }
    }
    #expect(origins(.tcp) == [.listening, .connected, .accepted])
    #expect(Set(origins(.unix)) == [.paired, .listening, .connected, .accepted])
  }

  @Test("a connection still in progress is connected, a refused one is not") func inProgress() throws {
    let address = "{sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"1.2.3.4\")}, 16)"
    let log = try ModelLog(
      """
      7     socket(AF_INET, SOCK_STREAM, 0) = 3
      7     connect(3, \(address) = -1 EINPROGRESS (Operation now in progress)
      7     socket(AF_INET, SOCK_STREAM, 0) = 4
      7     connect(4, \(address) = -1 ECONNREFUSED (Connection refused)

      """)
    #expect(log.what(3)?.origin == .connected && log.what(4)?.origin == .unknown)
  }

  @Test("what -y says of the descriptor that a call returned") func results() throws {
    let recorded = try Recorded("descriptors-yy")
    let accepted = try #require(recorded.at("accept4").first.flatMap { recorded.lives($0).first }.map(recorded.what))
    #expect(accepted.local?.hasPrefix("127.0.0.1:") == true && accepted.peer?.hasPrefix("127.0.0.1:") == true)
    let file = try #require(recorded.at("openat", "\"limits\"").first.flatMap { recorded.lives($0).first }.map(recorded.what))
    #expect(file.path?.hasPrefix("/proc/") == true && file.path?.hasSuffix("/limits") == true)
    let log = try ModelLog(
      "7     open(\"null\", O_RDONLY) = 3</dev/null<char 1:3>> <0.000010>\n7     open(\"x\", 0) = 4 <0.000010>\n")
    #expect(log.what(3)?.path == "/dev/null" && log.what(3)?.kind == .device && log.what(4)?.path == "x")
  }

  @Test("names that no path gives", arguments: logs) func names(name: String) throws {
    let recorded = try Recorded(name)
    let memory = try #require(recorded.at("memfd_create").first.flatMap { recorded.lives($0).first }.map(recorded.what))
    #expect(memory.kind == .memfd && memory.path == "/memfd:ring")
  }

  @Test("a child that shares the table and calls exec leaves the parent's descriptors alone", arguments: logs)
  func execOfSharer(name: String) throws {
    let recorded = try Recorded(name)
    let exec = try #require(recorded.at("<... execve resumed>").last)
    let closed = recorded.log.lives().filter { $0.closedLine == exec }
    let parent = recorded.log.use(1)?.process
    #expect(!closed.isEmpty && closed.allSatisfy { $0.process != parent })
    #expect(recorded.log.uses.filter { $0.on.hasSuffix("/-1") }.isEmpty)
  }

  @Test("CLOSE_RANGE_UNSHARE closes in a copy of its own", arguments: logs) func unsharingClose(name: String) throws {
    let recorded = try Recorded(name)
    let line = try #require(recorded.at("close_range(10").first)
    #expect(recorded.log.lives().allSatisfy { $0.closedLine != line })
    let copied = recorded.lives(line)
    #expect(!copied.isEmpty && copied.allSatisfy { !(10...20).contains($0.descriptor) })
    #expect(recorded.log.use(try #require(recorded.at("read(12").last))?.on.hasPrefix("12/") == true)
  }

  @Test("what an epoll instance watches") func epoll() throws {
    let start = try Fixture.text("Fixtures/strace/descriptors-yy.log").split(separator: "\n", omittingEmptySubsequences: false)
    func watches(until line: Int) throws -> [EpollWatch] {
      let log = try ModelLog(start.prefix(line).joined(separator: "\n") + "\n")
      let epoll = try #require(log.model.incarnations.first { log.model.descriptions[Int($0.description)].kind == .epoll })
      return log.model.watches(epoll.table, epoll: epoll.descriptor)
    }
    let control = start.indices.filter { start[$0].contains("epoll_ctl(") }.map { $0 + 1 }
    try #require(control.count == 4)
    let first = try watches(until: control[0])
    #expect(first.map(\.interest) == [.input] && first.map(\.data) == [7] && first.map(\.line) == [control[0]])
    let second = try watches(until: control[1])
    #expect(second.map(\.interest) == [.input, [.input, .edgeTriggered]] && second[0].descriptor == first[0].descriptor)
    #expect(try watches(until: control[2]).map(\.interest) == [.input, [.input, .output]])
    #expect(try watches(until: control[3]).map(\.interest) == [[.input, .output]])
    // The line after closes the last of them: the kernel takes it off the list.
    #expect(start[control[3]].contains("close("))
    #expect(try watches(until: control[3] + 1).isEmpty)
  }

  @Test("an epoll instance that was there before the log, in older straces' words") func unmetEpoll() throws {
    let log = try ModelLog(
      """
      7     epoll_ctl(4, EPOLL_CTL_ADD, 9, {EPOLLIN|EPOLLET, {u32=5, u64=5}}) = 0
      7     epoll_ctl(4, 0x1, 8, {events=0x80000001, data=0x7}) = 0
      7     epoll_ctl(4, EPOLL_CTL_ADD, 7, {EPOLLIN, {u32=5, u64=5}}) = -1 EEXIST (File exists)

      """)
    let watches = log.model.watches(log.model.incarnations.first?.table ?? 0, epoll: 4)
    #expect(watches.map(\.descriptor) == [8, 9] && watches.allSatisfy { $0.interest == [.input, .edgeTriggered] })
    #expect(log.words().isEmpty)
  }

  @Test("a set of strace -ff: the receiver's line stands before the sender's, where its call began") func waiting() throws {
    func call(_ name: String, _ fd: Int, _ passed: Int, _ end: String) -> String {
      "\(name)(\(fd), {msg_control=[{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[\(passed)]}]}, 0) = \(end)\n"
    }
    func log(sentAt time: String, result: String = "1 <0.000010>") throws -> ModelLog {
      try ModelLog(
        """
        7     10:00:00.000000 open("/a", O_RDONLY) = 3 <0.000010>
        7     10:00:00.000000 socketpair(AF_UNIX, SOCK_STREAM, 0, [5, 6]) = 0 <0.000010>
        7     10:00:00.000000 fork() = 8 <0.000010>
        8     10:00:01.000000 \(call("recvmsg", 6, 9, "1 <2.000000>"))
        7     \(time) \(call("sendmsg", 5, 3, result))
        8     10:00:05.000000 read(9, "x", 1) = 1 <0.000010>

        """.replacingOccurrences(of: "\n\n", with: "\n"))
    }
    let passed = try log(sentAt: "10:00:02.500000")
    #expect(
      passed.description(9) == passed.description(3) && passed.what(9)?.path == "/a" && passed.what(9)?.descriptorCount == 3)
    // After its return, or by a call that failed, nothing was received.
    #expect(try log(sentAt: "10:00:04.000000").what(9)?.path == nil)
    #expect(
      try log(sentAt: "10:00:02.500000", result: "-1 EAGAIN (Resource temporarily unavailable) <0.000010>").what(9)?.path == nil)
  }
}
