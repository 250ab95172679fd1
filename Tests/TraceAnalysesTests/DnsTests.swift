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
}
