import Foundation
import Testing
import TraceAnalyses
import TraceTestSupport

@Suite("DNS queries")
struct DnsTests {
  static let query = #""\0\7\1\0\0\1\0\0\0\0\0\0\3www\7example\3com\0\0\1\0\1""#
  static let head =
    "7     10:00:00.000000 socket(AF_INET, SOCK_DGRAM, IPPROTO_IP) = 4 <0.000010>\n"
    + #"7     10:00:00.000000 connect(4, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("10.0.0.1")}, 16) = 0 <0.000010>"#
    + "\n"

  @Test("attempts until the answer; another number answers nothing") func attempts() throws {
    let rows = try analyse(
      text: Self.head + #"""
        7     10:00:01.000000 sendto(4, \#(Self.query), 33, MSG_NOSIGNAL, NULL, 0) = 33 <0.000000>
        7     10:00:06.000000 sendto(4, \#(Self.query), 33, MSG_NOSIGNAL, NULL, 0) = 33 <0.000000>
        7     10:00:06.100000 recvfrom(4, "\0\10\201\203\0\1\0\0\0\0\0\0\3www\7example\3com\0\0\1\0\1", 2048, 0, NULL, NULL) = 33 <0.000000>
        7     10:00:06.500000 recvfrom(4, "\0\7\201\203\0\1\0\0\0\0\0\0\3www\7example\3com\0\0\1\0\1", 2048, 0, NULL, NULL) = 33 <0.000000>

        """#, Dns()
    ).rows
    #expect(rows.count == 2 && rows[0].attempts == 2 && rows[0].latency == 5_500_000_000 && rows[0].outcome == "NXDOMAIN")
    #expect(
      rows[0].name == "www.example.com" && rows[0].type == "A" && rows[0].answerLine == 6 && rows[0].server == "10.0.0.1:53")
    #expect(rows[1].attempts == 0 && rows[1].line == 5)
  }

  @Test("no answer: a timeout where the socket is closed, nothing yet where the log ends") func unanswered() throws {
    let query = Self.head + "7     10:00:01.000000 sendto(4, \(Self.query), 33, MSG_NOSIGNAL, NULL, 0) = 33 <0.000000>\n"
    #expect(try analyse(text: query, Dns()).rows.map(\.outcome) == [""])
    #expect(
      try analyse(text: query + "7     10:00:02.000000 close(4) = 0 <0.000010>\n", Dns()).rows.map(\.outcome) == ["timeout"])
    let cut =
      Self.head + #"7     10:00:01.000000 sendto(4, "\0\7\1\0\0\1\0\0\0\0\0\0\3www\7exam"..., 33, 0, NULL, 0) = 33 <0.000000>"#
      + "\n"
    #expect(try analyse(text: cut, Dns()).rows.map(\.name) == ["www.exam..."])
  }

  static let tcp =
    "7     10:00:00.000000 accept(3, {sa_family=AF_INET, sin_port=htons(50000), sin_addr=inet_addr(\"10.0.0.9\")}, [16]) = 4 <0.000010>\n"
  static let refusal = #""\0\7\201\5\0\1\0\0\0\0\0\0\3www\7example\3com\0\0\1\0\1""#

  @Test("over TCP, the length in a call of its own; what -s cut there is lost, and said", arguments: [1 << 20, 64])
  func stream(chunk: Int) throws {
    let log =
      Self.tcp + #"""
        7     10:00:01.000000 read(4, "\0!", 2) = 2 <0.000000>
        7     10:00:01.000000 read(4, \#(Self.query), 33) = 33 <0.000000>
        7     10:00:01.500000 write(4, "\0!", 2) = 2 <0.000000>
        7     10:00:02.000000 write(4, \#(Self.refusal), 33) = 33 <0.000000>

        """#
    let whole = try analyse(text: log, Dns(), chunkSize: chunk)
    #expect(whole.rows.count == 1 && whole.rows[0].latency == 1_000_000_000 && whole.rows[0].outcome == "REFUSED")
    #expect(whole.rows[0].isServer && whole.rows[0].line == 3 && whole.notes.isEmpty)
    let cut = try analyse(
      text: log
        + "7     10:00:03.000000 read(4, \"\"..., 2) = 2 <0.000000>\n7     10:00:03.000000 read(4, \(Self.query), 33) = 33 <0.000000>\n",
      Dns(), chunkSize: chunk)
    #expect(cut.rows.count == 1 && cut.notes.count == 1 && cut.notes[0].contains("1 directions of DNS over TCP"))
  }

  @Test("of connections in the middle of a message only so many are read on: the oldest are given up, and counted")
  func manyStreams() throws {
    var log = ""
    func add(_ line: String) { log += "7     10:00:01.000000 \(line) <0.000001>\n" }
    for fd in 10..<1200 {
      add(#"accept(3, {sa_family=AF_INET, sin_port=htons(\#(fd)), sin_addr=inet_addr("10.0.0.9")}, [16]) = \#(fd)"#)
      add("read(\(fd), \"\\0!\", 2) = 2")
      add("read(\(fd), \(Self.query), 33) = 33")
      add("read(\(fd), \"\\0!\", 2) = 2")
    }
    for fd in 10..<1200 { add("read(\(fd), \(Self.query.replacingOccurrences(of: "www", with: "two")), 33) = 33") }
    let result = try analyse(text: log, Dns(), chunkSize: 4096)
    #expect(result.rows.count { $0.name.hasPrefix("www") } == 1190 && result.rows.count { $0.name.hasPrefix("two") } == 1024)
    #expect(result.droppedStreams == 166 && result.notes.count == 1)
    var ending = ""
    for port in 10..<1200 {
      ending +=
        Self.tcp.replacingOccurrences(of: "50000", with: "\(port)")
        + "7     10:00:01.000000 read(4, \"\\0!\", 2) = 2 <0.000001>\n7     10:00:01.000000 read(4, \(Self.query), 33) = 33\n"
      ending += "7     10:00:01.000000 read(4, \"\\0!\", 2) = 2 <0.000001>\n7     10:00:01.000000 close(4) = 0 <0.000001>\n"
    }
    let ended = try analyse(text: ending, Dns(), chunkSize: 4096)
    #expect(ended.rows.count == 1190 && ended.droppedStreams == 0, "a connection's end makes room")
  }
}
