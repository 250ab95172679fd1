import Foundation
import Testing
import TraceTestSupport

@Suite("export --pcap")
struct ExportTests {
  private func capture(_ log: String, _ options: String...) throws -> (packets: [CapturedPackets.Packet], errors: String) {
    let folder = try TemporaryFolder([:])
    let outcome = try Tool.run(["export", log, "--pcap", "\(folder.path)/out.pcapng"] + options)
    #expect(outcome.status == 0 && outcome.output.isEmpty, "\(outcome.errors)")
    let file = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/out.pcapng"))
    let captured = try #require(CapturedPackets(Array(file)))
    return (captured.packets, outcome.errors)
  }

  @Test("every byte of a sample's sockets has its place in a stream") func sample() throws {
    let (packets, errors) = try capture(Fixture.sample("nginx-rtmp"), "--processes", "each")
    var next: [[UInt8]: UInt32] = [:]
    var bytes = 0
    for packet in packets {
      #expect(packet.statedLength == packet.length && packet.bytes.count <= packet.length && packet.checksum == 0)
      let flow = packet.from + packet.to
      if let expected = next[flow] { #expect(packet.sequence == expected, "\(packet.comment)") }
      next[flow] = packet.sequence &+ UInt32(packet.size) &+ (packet.flags & 2 == 2 ? 1 : 0)
      bytes += packet.size
      #expect(packet.comment.contains(" bytes shown") == (packet.bytes.count < packet.length))
    }
    // The sums that the note states are those of the packets.
    let shown = packets.reduce(0) { $0 + $1.payload.count }
    #expect(errors.contains("shows \(shown) of \(bytes) bytes"))
    #expect(packets.count > 20_000 && packets.contains { $0.payload.starts(with: [3]) && $0.size == 1537 }, "C0 and C1 of RTMP")
  }

  @Test("a log of every kind of socket") func kinds() throws {
    let log = """
      7 1795254490.000001 socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 3 <0.000010>
      7 1795254490.000002 connect(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("192.0.2.7")}, 16) = 0 <0.000010>
      7 1795254490.000003 write(3, "GET / HTTP/1.0\\r\\n\\r\\n", 18) = 18 <0.000010>
      7 1795254490.000004 readv(3, [{iov_base="HTTP/1.0 200", iov_len=12}, {iov_base=" OK\\r\\n\\0"..., iov_len=500}], 2) = 312 <0.000010>
      7 1795254490.000005 socket(AF_INET6, SOCK_DGRAM, IPPROTO_IP) = 4 <0.000010>
      7 1795254490.000006 sendto(4, "ping", 4, 0, {sa_family=AF_INET6, sin6_port=htons(53), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "2001:db8::1", &sin6_addr), sin6_scope_id=0}, 28) = 4 <0.000010>
      7 1795254490.000007 recvfrom(4<UDPv6:[[::]:4000]>, "pong!", 512, 0, {sa_family=AF_INET6, sin6_port=htons(53), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "2001:db8::1", &sin6_addr), sin6_scope_id=0}, [28]) = 5 <0.000010>
      7 1795254490.000008 write(9</tmp/file>, "no socket", 9) = 9 <0.000010>
      7 1795254490.000009 sendto(5<UNIX-STREAM:[1->2]>, "local", 5, 0, NULL, 0) = 5 <0.000010>
      7 1795254490.000010 write(3, 0x7f00, 9000000000000000000) = 9000000000000000000 <0.000010>
      7 1795254490.000011 recvfrom(3, "", 512, 0, NULL, NULL) = 0 <0.000010>
      7 1795254490.000012 recvfrom(3, 0x7f00, 512, 0, NULL, NULL) = -1 ECONNRESET (Connection reset by peer) <0.000010>

      """
    let folder = try TemporaryFolder(log: log)
    let (packets, errors) = try capture(folder.log)
    let web = packets.filter { $0.number == 6 && ($0.to.suffix(2) == [0, 80] || $0.from.suffix(2) == [0, 80]) }
    #expect(web.prefix(3).map(\.flags) == [2, 0x12, 0x10], "the handshake, since the log shows connect")
    #expect(
      web[3].payload == Array("GET / HTTP/1.0\r\n\r\n".utf8) && web[3].sequence == 1 && web[3].time == 1_795_254_490_000_013_000)
    #expect(web[4].payload == Array("HTTP/1.0 200 OK\r\n\0".utf8) && web[4].size == 312)
    #expect(web[4].comment == "line 4, process 7, tid 7, fd 3, 18 of 312 bytes shown")
    #expect(web.count == 5 + 64 + 2, "a size beyond reason is passed over")
    #expect(web.suffix(2).map(\.flags) == [0x11, 0x14] && web.suffix(2).allSatisfy { $0.from.suffix(2) == [0, 80] }, "FIN, RST")
    let datagrams = packets.filter { $0.number == 17 }
    #expect(datagrams.map(\.payload) == [Array("ping".utf8), Array("pong!".utf8)] && datagrams.allSatisfy { !$0.isIPv4 })
    #expect(packets.contains { $0.payload == Array("local".utf8) && $0.from[0] == 10 })
    #expect(!packets.contains { $0.payload == Array("no socket".utf8) })
    #expect(errors.contains("transfers are cut"))
    #expect(try capture(folder.log, "--fd", "4").packets.count == 2)
    #expect(try capture(folder.log, "--process", "8").packets.isEmpty)
  }

  @Test("protocols and streams are asked for in two passes") func wanted() throws {
    let stage = try capture(Fixture.sample("nginx-rtmp"), "--processes", "each", "--stream", "cam-stage").packets
    let ports = Set(stage.flatMap { [$0.from, $0.to] }.map { UInt16($0[4]) << 8 | UInt16($0[5]) })
    // As `connections --stream cam-stage` lists them.
    #expect(ports == [1935, 60718, 54936] && stage.contains { $0.comment.contains("fd 14") })
    let log = Fixture.path("Fixtures/network/dns.log")
    let (all, dns) = (try capture(log).packets, try capture(log, "--protocol", "dns").packets)
    #expect(!dns.isEmpty && dns.count < all.count && dns.contains { $0.number == 17 } && dns.contains { $0.number == 6 })
    #expect(dns.filter { $0.number == 17 }.allSatisfy { $0.to.suffix(2) == [0, 53] || $0.from.suffix(2) == [0, 53] })
    #expect(try capture(log, "--protocol", "rtmp").packets.isEmpty)
  }

  @Test("each message of sendmmsg and recvmmsg is a datagram, to whom it names") func messages() throws {
    let log = """
      7 10:00:00 socket(AF_INET, SOCK_DGRAM, IPPROTO_IP) = 4 <0.000010>
      7 10:00:01 sendmmsg(4, [{msg_hdr={msg_name={sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("192.0.2.1")}, msg_namelen=16, msg_iov=[{iov_base="one", iov_len=3}], msg_iovlen=1, msg_controllen=0, msg_flags=0}, msg_len=3}, {msg_hdr={msg_name={sa_family=AF_INET, sin_port=htons(54), sin_addr=inet_addr("192.0.2.2")}, msg_namelen=16, msg_iov=[{iov_base="tw"..., iov_len=30}], msg_iovlen=1, msg_controllen=0, msg_flags=0}, msg_len=30}, {msg_hdr={msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base="not sent", iov_len=8}], msg_iovlen=1, msg_controllen=0, msg_flags=0}}], 3, 0) = 2 <0.000010>
      7 10:00:02 recvmmsg(4, [{msg_hdr={msg_name={sa_family=AF_INET, sin_port=htons(54), sin_addr=inet_addr("192.0.2.2")}, msg_namelen=[16], msg_iov=[{iov_base="back", iov_len=100}], msg_iovlen=1, msg_controllen=0, msg_flags=0}, msg_len=4}], 1, 0, NULL) = 1 <0.000010>

      """
    let (packets, errors) = try capture(try TemporaryFolder(log: log).log)
    #expect(
      packets.map { String(decoding: $0.payload, as: UTF8.self) } == ["one", "tw", "back"] && packets.map(\.size) == [3, 30, 4])
    #expect(
      packets.map { $0.to.suffix(2) + [$0.from[3]] }.prefix(2) == [[0, 53, 0], [0, 54, 0]]
        && packets[2].from == [192, 0, 2, 2, 0, 54])
    #expect(errors.contains("1 of 3 transfers are cut: the log shows 9 of 37 bytes"))
  }

  @Test("FIN where a side ends, once; the same ports again are another connection") func ends() throws {
    let life = """
      7 10:00:00 accept(3, {sa_family=AF_INET, sin_port=htons(4000), sin_addr=inet_addr("192.0.2.9")}, [16]) = 4<TCP:[192.0.2.1:80->192.0.2.9:4000]> <0.000010>
      7 10:00:01 dup(4<TCP:[192.0.2.1:80->192.0.2.9:4000]>) = 5<TCP:[192.0.2.1:80->192.0.2.9:4000]> <0.000010>
      7 10:00:02 recvmsg(4<TCP:[192.0.2.1:80->192.0.2.9:4000]>, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base="a", iov_len=9}], msg_iovlen=1, msg_controllen=0, msg_flags=0}, 0) = 1 <0.000010>
      7 10:00:03 recvmsg(4<TCP:[192.0.2.1:80->192.0.2.9:4000]>, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base="", iov_len=9}], msg_iovlen=1, msg_controllen=0, msg_flags=0}, 0) = 0 <0.000010>
      7 10:00:03 read(4<TCP:[192.0.2.1:80->192.0.2.9:4000]>, "", 9) = 0 <0.000010>
      7 10:00:03 close(4<TCP:[192.0.2.1:80->192.0.2.9:4000]>) = 0 <0.000010>
      7 10:00:04 sendfile(5<TCP:[192.0.2.1:80->192.0.2.9:4000]>, 6</a>, [0] => [70], 70) = 70 <0.000010>
      7 10:00:05 close(5<TCP:[192.0.2.1:80->192.0.2.9:4000]>) = 0 <0.000010>

      """
    let packets = try capture(try TemporaryFolder(log: life + life + "7 10:00:06 +++ exited with 0 +++\n").log).packets
    #expect(packets.map(\.flags) == [2, 0x12, 0x10, 0x18, 0x11, 0x18, 0x11] + [2, 0x12, 0x10, 0x18, 0x11, 0x18, 0x11])
    let (first, second) = (packets.prefix(7), packets.suffix(7))
    #expect(first.map { $0.from[3] } == [9, 1, 9, 9, 9, 1, 1] && first.map(\.size) == [0, 0, 0, 1, 0, 70, 0])
    #expect(first.map(\.sequence) == [0, 0, 1, 1, 2, 1, 71])
    #expect(second.map(\.sequence) == first.map { $0.sequence + 0x1000_0000 })
    #expect(packets[6].comment == "line 8, process 7, tid 7, fd 5")
  }

  @Test("shutdown of the writing side is a FIN, its close no second one") func shutdown() throws {
    let log = """
      7 10:00:02 write(4<TCP:[192.0.2.1:80->192.0.2.9:4000]>, "a", 1) = 1 <0.000010>
      7 10:00:03 shutdown(4<TCP:[192.0.2.1:80->192.0.2.9:4000]>, SHUT_RD) = 0 <0.000010>
      7 10:00:03 shutdown(4<TCP:[192.0.2.1:80->192.0.2.9:4000]>, SHUT_WR) = 0 <0.000010>
      7 10:00:04 read(4<TCP:[192.0.2.1:80->192.0.2.9:4000]>, "b", 9) = 1 <0.000010>
      7 10:00:05 close(4<TCP:[192.0.2.1:80->192.0.2.9:4000]>) = 0 <0.000010>

      """
    let packets = try capture(try TemporaryFolder(log: log).log).packets
    #expect(packets.map(\.flags) == [0x18, 0x11, 0x18] && packets.map { $0.from[3] } == [1, 1, 9])
  }

  @Test("a task's end closes its sockets") func exit() throws {
    let log = """
      7 10:00:02 read(4<TCP:[192.0.2.1:80->192.0.2.9:4000]>, "a", 9) = 1 <0.000010>
      7 10:00:03 +++ killed by SIGKILL +++

      """
    let packets = try capture(try TemporaryFolder(log: log).log).packets
    #expect(packets.map(\.flags) == [0x18, 0x11] && packets[1].from[3] == 1)
  }

  @Test("numbers that no kernel gives") func absurd() throws {
    let vector =
      "{msg_hdr={msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base=\"a\"..., iov_len=18446744073709551615}, {iov_base=\"b\", iov_len=18446744073709551615}], msg_iovlen=2, msg_controllen=0, msg_flags=0}"
    var log = "7 10:00:00 socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 4\n"
    for result in ["9223372036854775807", "-9223372036854775808", "-1", "4294967296"] {
      log += "7 99:99:99 sendmmsg(4, [\(vector), msg_len=\(result)}, \(vector)}], 2, 0) = \(result)\n"
      log += "7 10:00:00 recvmmsg(4, [\(vector), msg_len=18446744073709551615}], 1, 0, NULL) = \(result)\n"
      log +=
        "7 10:00:00 sendmsg(4, \(vector.dropFirst(9)), 0) = \(result)\n7 10:00:00 readv(4, [{iov_base=\"\", iov_len=\(result)}], 1) = 0\n"
      log +=
        "7 10:00:00 sendfile(4, 4, NULL, \(result)) = \(result)\n7 10:00:00 write(4, \"a\", \(result)) = \(result) <9999999999999.999999>\n"
    }
    let packets = try capture(try TemporaryFolder(log: log).log).packets
    #expect(!packets.isEmpty && packets.count < 3000)
  }

  @Test("both ends in one log: one is written") func bothEnds() throws {
    let log = """
      7 10:00:00 write(3<TCP:[127.0.0.1:80->127.0.0.1:4000]>, "a", 1) = 1 <0.000010>
      8 10:00:00 read(3<TCP:[127.0.0.1:4000->127.0.0.1:80]>, "a", 10) = 1 <0.000010>

      """
    let folder = try TemporaryFolder(log: log)
    let (packets, errors) = try capture(folder.log, "--processes", "each")
    #expect(packets.count == 1 && errors.contains("both ends of 1 connections"))
  }

  @Test(
    "2: what cannot be done",
    arguments: [["--stream", "x", "-"], ["--protocol", "rtmp", "-"], ["--redact"], ["--pcap", "/no/such/folder/x.pcapng"]])
  func refused(options: [String]) throws {
    let folder = try TemporaryFolder([:])
    let pcap = options.first == "--pcap" ? [] : ["--pcap", "\(folder.path)/x"]
    let log = options.last == "-" ? [] : [Tool.fixture("everything")]
    let outcome = try Tool.run(["export"] + log + pcap + options)
    #expect(outcome.status == 2 && !outcome.errors.isEmpty)
  }
}
