import Testing
import TraceTestSupport

@testable import TraceProcesses

@Suite("What a descriptor refers to")
struct DescriptionTests {
  @Test(
    "kinds by the call",
    arguments: [
      ("open(\"/x\", O_RDONLY) = 5", .file), ("openat(AT_FDCWD, \"/x\", O_RDONLY|O_DIRECTORY) = 5", .directory),
      ("socket(AF_INET, SOCK_STREAM, 0) = 5", .tcp),
      ("socket(AF_INET6, SOCK_DGRAM|SOCK_CLOEXEC, 0) = 5", .udp), ("socket(AF_UNIX, SOCK_STREAM, 0) = 5", .unix),
      ("socket(AF_NETLINK, SOCK_RAW, 0) = 5", .netlink),
      ("socket(AF_PACKET, SOCK_RAW, 0) = 5", .socket), ("epoll_create1(0) = 5", .epoll), ("eventfd2(0, 0) = 5", .eventfd),
      ("timerfd_create(CLOCK_MONOTONIC, 0) = 5", .timerfd),
      ("signalfd4(-1, [], 8, 0) = 5", .signalfd), ("inotify_init1(0) = 5", .inotify), ("memfd_create(\"x\", 0) = 5", .memfd),
      ("pidfd_open(1, 0) = 5", .pidfd),
      ("io_uring_setup(8, {}) = 5", .ioUring), ("pipe2([5, 6], 0) = 0", .pipe),
      ("socketpair(AF_UNIX, SOCK_STREAM, 0, [5, 6]) = 0", .unix), ("socket(PF_INET, SOCK_STREAM, 0) = 5", .tcp),
      ("socket(0x2, 0x1|0x80000, 0) = 5", .tcp), ("socket(0xa /* AF_INET6 */, 0x2 /* SOCK_DGRAM */, 0) = 5", .udp),
      ("socket(0x2, 0x5, 0) = 5", .socket), ("openat(-100, \"/x\", 0x90000) = 5", .directory),
    ] as [(String, DescriptorKind)])
  func kinds(line: String, kind: DescriptorKind) throws { #expect(try ModelLog("7     \(line)\n").what(5)?.kind == kind) }

  @Test("what only sockets take tells a socket that was there before, or was opened unseen")
  func socketsByUse() throws {
    let log = try ModelLog(
      """
      7     recvfrom(5, "x", 1, 0, NULL, NULL) = 1
      7     sendmsg(6, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base="x", iov_len=1}], msg_iovlen=1, msg_flags=0}, 0) = 1
      7     read(7, "x", 1) = 1
      7     close(8) = 0
      7     sendto(8, "x", 1, 0, NULL, 0) = 1

      """)
    #expect([5, 6, 7].map { log.what($0)?.kind } == [.socket, .socket, .unknown])
    #expect(log.what(8, 0)?.kind == .unknown && log.what(8, 1)?.kind == .socket)
  }

  @Test("addresses of a server and a client") func addresses() throws {
    let log = try ModelLog(
      """
      7     socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3
      7     bind(3, {sa_family=AF_INET, sin_port=htons(1935), sin_addr=inet_addr("0.0.0.0")}, 16) = 0
      7     accept(3, {sa_family=AF_INET, sin_port=htons(50000), sin_addr=inet_addr("10.0.0.9")}, [128 => 16]) = 4
      7     socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 5
      7     connect(5, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("1.2.3.4")}, 16) = -1 EINPROGRESS (Operation now in progress)
      7     getsockname(5, {sa_family=AF_INET, sin_port=htons(50001), sin_addr=inet_addr("10.0.0.1")}, [16]) = 0
      7     connect(8, {sa_family=AF_INET, sin_port=htons(81), sin_addr=inet_addr("1.2.3.4")}, 16) = -1 ECONNREFUSED (Connection refused)
      7     getpeername(9, {sa_family=AF_INET, sin_port=htons(82), sin_addr=inet_addr("1.2.3.4")}, [16]) = 0

      """)
    #expect(log.what(3)?.local == "0.0.0.0:1935")
    #expect(log.what(4)?.peer == "10.0.0.9:50000" && log.what(4)?.local == "0.0.0.0:1935" && log.what(4)?.kind == .tcp)
    #expect(log.what(5)?.peer == "1.2.3.4:80" && log.what(5)?.local == "10.0.0.1:50001")
    #expect(log.what(8) == nil && log.what(9) == nil)
  }

  @Test("calls that began before the log show their last arguments") func secondHalves() throws {
    let log = try ModelLog(
      """
      7     <... accept4 resumed>{sa_family=AF_INET, sin_port=htons(50000), sin_addr=inet_addr("10.0.0.9")}, [16], SOCK_CLOEXEC) = 5
      8     <... socketpair resumed>[6, 7]) = 0
      9     <... recvmsg resumed>{msg_control=[{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[8]}]}, 0) = 1
      7     read(8, "x", 1) = 1
      7     execve("/x", ["x"], 0x7f) = 0

      """)
    #expect(log.what(5)?.peer == "10.0.0.9:50000" && log.what(5)?.kind == .tcp)
    #expect(log.what(6)?.kind == .unix && log.what(7)?.kind == .unix)
    #expect(log.lives().map(\.fd).sorted() == [5, 6, 7, 8])
    #expect(log.lives().first { $0.fd == 5 }?.closedBy == "exec" && log.lives().first { $0.fd == 8 }?.openedBy == "received")
  }

  @Test("addresses in -X raw") func rawAddresses() throws {
    let log = try ModelLog(
      """
      7     socket(0x2, 0x1, 0) = 5
      7     connect(5, {sa_family=0x2, sin_port="\\x00\\x50", sin_addr="\\x01\\x02\\x03\\x04"}, 16) = 0

      """)
    #expect(log.what(5)?.peer == "1.2.3.4:80")
  }

  @Test(
    "-yy decorations win",
    arguments: [
      ("TCP:[127.0.0.1:80->127.0.0.1:51]", .tcp, "127.0.0.1:80", "127.0.0.1:51", nil),
      ("TCP:[0.0.0.0:80]", .tcp, "0.0.0.0:80", nil, nil), ("TCP:[12228]", .tcp, nil, nil, nil),
      ("TCPv6:[[::1]:80->[::1]:51]", .tcp, "[::1]:80", "[::1]:51", nil),
      ("UDP:[1.2.3.4:5->6.7.8.9:10]", .udp, "1.2.3.4:5", "6.7.8.9:10", nil),
      (#"UNIX-STREAM:[1->2,"/tmp/s"]"#, .unix, nil, nil, "/tmp/s"), (#"UNIX:[1,@"abs"]"#, .unix, nil, nil, "@abs"),
      ("UNIX-STREAM:[12774->12775]", .unix, nil, nil, nil),
      ("NETLINK:[ROUTE:2085]", .netlink, nil, "ROUTE:2085", nil), ("pipe:[974722]", .pipe, nil, nil, nil),
      ("socket:[1103956]", .socket, nil, nil, nil),
      ("anon_inode:[eventpoll]", .epoll, nil, nil, nil), ("anon_inode:inotify", .inotify, nil, nil, nil),
      ("/dev/null<char 1:3>", .device, nil, nil, "/dev/null"),
      ("/dev/sda<block 8:0>", .device, nil, nil, "/dev/sda"), ("/etc/hosts", .file, nil, nil, "/etc/hosts"),
      ("/memfd:x", .memfd, nil, nil, "/memfd:x"),
    ] as [(String, DescriptorKind, String?, String?, String?)])
  func decorations(text: String, kind: DescriptorKind, local: String?, peer: String?, path: String?) throws {
    let what = try #require(try ModelLog("7     write(5<\(text)>, \"x\", 1) = 1\n").what(5))
    #expect(what.kind == kind)
    #expect(what.local == local)
    #expect(what.peer == peer)
    #expect(what.path == path)
  }

  @Test("a decoration that changes over a socket's life is read again") func changing() throws {
    let log = try ModelLog(
      """
      7     write(5<TCP:[12228]>, "x", 1) = 1
      7     write(5<TCP:[127.0.0.1:80->127.0.0.1:51]>, "x", 1) = 1

      """)
    #expect(log.what(5)?.peer == "127.0.0.1:51")
  }

  @Test("two decorations of one length") func sameLength() throws {
    let log = try ModelLog(
      """
      7     write(5<UDP:[1.2.3.4:5->6.7.8.9:10]>, "x", 1) = 1
      7     write(5<UDP:[1.2.3.4:5->6.7.8.8:11]>, "x", 1) = 1

      """)
    #expect(log.what(5)?.peer == "6.7.8.8:11")
  }
}
