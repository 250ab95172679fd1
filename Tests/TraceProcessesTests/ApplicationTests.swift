import Testing
import TraceProtocols
import TraceTestSupport

@testable import TraceProcesses

@Suite("Protocols of connections by their first payloads")
struct ApplicationTests {
  static let accepted =
    #"7     accept(3, {sa_family=AF_INET, sin_port=htons(50000), sin_addr=inet_addr("10.0.0.9")}, [16]) = 4"# + "\n"

  @Test("a request read by a server: name, role, host, line") func http() throws {
    let log = try ModelLog(
      Self.accepted + #"""
        7     read(4, "GET /a?key=x HTTP/1.1\r\nHost: www.example.com\r\n\r\n", 4096) = 48
        7     write(4, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 38) = 38

        """#)
    let what = try #require(log.what(4))
    #expect(what.protocolName == "http" && what.evidenceLine == 2 && what.application?.role == .server)
    #expect(what.application?.host == "www.example.com" && what.application?.details == ["GET /a"])
    #expect(what.sufficientStringLimit == nil && what.application?.isCut == false)
  }

  @Test("a stitched read, a vector, a message") func forms() throws {
    for call in [
      #"7     read(4,  <unfinished ...>"# + "\n" + #"7     <... read resumed>"SSH-2.0-OpenSSH_9.2\r\n", 4096) = 21"#,
      #"7     readv(4, [{iov_base="SSH-2.0-O", iov_len=9}, {iov_base="penSSH_9.2\r\n", iov_len=100}], 2) = 21"#,
      #"7     recvmsg(4, {msg_name={sa_family=AF_INET, sin_port=htons(1), sin_addr=inet_addr("1.2.3.4")}, msg_namelen=16, msg_iov=[{iov_base="SSH-2.0-OpenSSH_9.2\r\n", iov_len=21}], msg_iovlen=1, msg_controllen=0, msg_flags=0}, 0) = 21"#,
      #"7     recvfrom(4, "\x53\x53\x48\x2d\x32\x2e\x30\x2d\x4f\x70\x65\x6e\x53\x53\x48\x5f\x39\x2e\x32\x0d\x0a", 8192, 0, NULL, NULL) = 21"#,
    ] {
      let what = try #require(try ModelLog(Self.accepted + call + "\n").what(4))
      #expect(what.protocolName == "ssh" && what.evidenceLine == 2 && what.application?.details == ["OpenSSH_9.2"], "\(call)")
    }
  }

  @Test("a message in several calls of one side") func joined() throws {
    let log = try ModelLog(
      Self.accepted + #"""
        7     read(4, "GET /a HT", 9) = 9
        7     write(4, "\0\0\0\0\0\0\0", 7) = 7
        7     read(4, "TP/1.0\r\n\r\n", 4096) = 10

        """#)
    #expect(log.what(4)?.protocolName == "http" && log.what(4)?.evidenceLine == 4)
  }

  @Test("where -s cut the proof, what would have sufficed") func cut() throws {
    let unknown = try #require(try ModelLog(Self.accepted + #"7     read(4, ""..., 4096) = 517"# + "\n").what(4))
    #expect(unknown.protocolName.isEmpty && unknown.sufficientStringLimit == 517)
    let known = try #require(
      try ModelLog(Self.accepted + #"7     read(4, "\26\3\1\2\0\1\0\1\374\3\3\344"..., 4096) = 517"# + "\n").what(4))
    #expect(known.protocolName == "tls" && known.application?.host == nil && known.sufficientStringLimit == 517)
  }

  @Test("nothing to see: -e raw, files, timers, failed calls") func nothing() throws {
    for lines in [
      Self.accepted + "7     read(0x4, 0x7ffe0, 0x1000) = 0x30",
      "7     openat(AT_FDCWD, \"/a\", O_RDONLY) = 4\n7     read(4, \"SSH-2.0-x\\r\\n\", 100) = 11",
      "7     eventfd2(0, 0) = 4\n7     read(4, \"SSH-2.0-x\\r\\n\", 100) = 11",
      Self.accepted + "7     read(4, 0x7ffe0, 4096) = -1 EAGAIN (Resource temporarily unavailable)",
    ] {
      let what = try #require(try ModelLog(lines + "\n").what(4))
      #expect(what.protocolName.isEmpty && what.sufficientStringLimit == nil, "\(lines)")
    }
  }

  @Test("descriptors passed by dup and fork share what was found; RTMP's commands win") func shared() throws {
    let log = try ModelLog(
      Self.accepted + #"""
        7     dup(4) = 5
        7     clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7f) = 8
        8     write(5, "SSH-2.0-x\r\n", 11) = 11

        """#)
    #expect(log.model.incarnations.filter { log.model.descriptions[Int($0.description)].protocolName == "ssh" }.count == 4)
    let rtmp = try ModelLog(
      Self.accepted + #"""
        7     read(4, "SSH-2.0-x\r\n", 100) = 11
        7     read(4, "\3\0\0\0\0\0\31\24\0\0\0\0\2\0\fcreateStream\0@\0\0\0\0\0\0\0\5", 100) = 37

        """#)
    #expect(rtmp.what(4)?.protocolName == "rtmp" && rtmp.what(4)?.evidenceLine == 3)
  }

  @Test("both messages of one sendmmsg, to a server told by its port") func resolver() throws {
    let log = try ModelLog(
      #"""
      7     socket(AF_INET, SOCK_DGRAM|SOCK_CLOEXEC|SOCK_NONBLOCK, IPPROTO_IP) = 4
      7     connect(4, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
      7     sendmmsg(4, [{msg_hdr={msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base="\231\33\1\0\0\1\0\0\0\0\0\0\3www\3sub\7example\3com\0\0\1\0\1", iov_len=37}], msg_iovlen=1, msg_controllen=0, msg_flags=0}, msg_len=37}, {msg_hdr={msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base="\311\5\1\0\0\1\0\0\0\0\0\0\3www\3sub\7example\3com\0\0\34\0\1", iov_len=37}], msg_iovlen=1, msg_controllen=0, msg_flags=0}, msg_len=37}], 2, MSG_NOSIGNAL) = 2

      """#)
    #expect(log.what(4)?.protocolName == "dns" && log.what(4)?.application?.role == .client)
    #expect(log.what(4)?.application?.details == ["www.sub.example.com"])
  }

  @Test("a result that no buffer has, behind a beginning that was kept") func hugeResult() throws {
    let log = try ModelLog(
      Self.accepted + #"7     read(4, "GET /a HT", 9) = 9"# + "\n"
        + #"7     read(4, "TP/1.0\r\n"..., 4096) = 9223372036854775807"# + "\n")
    #expect(log.what(4)?.protocolName == "http")
  }
}
