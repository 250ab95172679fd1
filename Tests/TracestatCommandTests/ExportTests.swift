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
    #expect(web.count == 5 + 64, "a size beyond reason is passed over")
    let datagrams = packets.filter { $0.number == 17 }
    #expect(datagrams.map(\.payload) == [Array("ping".utf8), Array("pong!".utf8)] && datagrams.allSatisfy { !$0.isIPv4 })
    #expect(packets.contains { $0.payload == Array("local".utf8) && $0.from[0] == 10 })
    #expect(!packets.contains { $0.payload == Array("no socket".utf8) })
    #expect(errors.contains("transfers are cut"))
    #expect(try capture(folder.log, "--fd", "4").packets.count == 2)
    #expect(try capture(folder.log, "--process", "8").packets.isEmpty)
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
    arguments: [["--stream", "x"], ["--protocol", "rtmp"], ["--redact"], ["--pcap", "/no/such/folder/x.pcapng"]])
  func refused(options: [String]) throws {
    let folder = try TemporaryFolder([:])
    let pcap = options.first == "--pcap" ? [] : ["--pcap", "\(folder.path)/x"]
    let outcome = try Tool.run(["export", Tool.fixture("everything")] + pcap + options)
    #expect(outcome.status == 2 && !outcome.errors.isEmpty)
  }
}
