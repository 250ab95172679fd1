import Testing
import TraceAnalyses
import TraceProcesses
import TraceTestSupport

@Suite("Connections")
struct ConnectionsTests {
  static func rows(_ text: String) throws -> [Connections.Row] { try analyse(text: text, Connections()).rows }
  static let accepted =
    #"7     10:00:00.000000 accept(3, {sa_family=AF_INET, sin_port=htons(50000), sin_addr=inet_addr("10.0.0.9")}, [16]) = 4 <0.000010>"#
    + "\n"

  @Test("bytes, times, percentiles, silence") func figures() throws {
    let row = try #require(
      try Self.rows(
        Self.accepted + #"""
          7     10:00:01.000000 read(4, "abc", 10) = 3 <0.000100>
          7     10:00:01.500000 write(4, "abcd", 4) = 4 <0.000200>
          7     10:00:05.000000 read(4, 0x7f, 10) = -1 EAGAIN (Resource temporarily unavailable) <0.000300>
          7     10:00:09.000000 sendfile(4, 5, [0] => [9], 9) = 9 <0.000000>
          7     10:00:10.000000 close(4) = 0 <0.000010>

          """#
      ).first { $0.description.peer == "10.0.0.9:50000" })
    #expect(row.read.calls == 2 && row.read.bytes == 3 && row.read.time == 400_000 && row.read.errors == 1)
    #expect(row.readPercentiles?.p50 == 100_000 && row.readPercentiles?.p99 == 300_000 && row.writePercentiles?.p99 == 200_000)
    #expect(row.movedOut == 9 && row.movedIn == 0)
    // From the end of the write to the sendfile; EAGAIN moves nothing.
    #expect(row.longestSilence == 7_499_800_000 && row.endedBy == "close" && row.endedLine == 6 && row.closedTid == 7)
    #expect(row.role == "server" && row.peerRole == "client" && row.descriptors == ["4"])
  }

  @Test(
    "who ended it",
    arguments: [
      (#"read(4, "", 10) = 0 <0.1>"#, "eof"), (#"recvfrom(4, "", 10, 0, NULL, NULL) = 0 <0.1>"#, "eof"),
      ("read(4, 0x7f, 10) = -1 ECONNRESET (Connection reset by peer) <0.1>", "reset"),
      (#"write(4, "a", 1) = -1 EPIPE (Broken pipe) <0.1>"#, "epipe"),
      ("read(4, 0x7f, 10) = -1 ETIMEDOUT (Connection timed out) <0.1>", "timeout"), (#"read(4, "", 0) = 0 <0.1>"#, "close"),
    ])
  func ends(call: String, reason: String) throws {
    let row = try #require(
      try Self.rows(Self.accepted + "7     10:00:01.000000 \(call)\n7     10:00:02.000000 close(4) = 0 <0.000010>\n").first {
        $0.descriptors == ["4"]
      })
    #expect(row.endedBy == reason && row.endedLine == (reason == "close" ? 3 : 2))
    let exited = try Self.rows(Self.accepted + "7     10:00:02.000000 +++ exited with 0 +++\n").first { $0.descriptors == ["4"] }
    #expect(exited?.endedBy == "exit")
    #expect(try Self.rows(Self.accepted).first { $0.descriptors == ["4"] }?.endedBy == "")
  }

  @Test(
    "this end shut it down, or the far end had before",
    arguments: [
      (["shutdown(4, SHUT_WR) = 0 <0.1>", #"read(4, "", 10) = 0 <0.1>"#], "shutdown", "write", 2),
      ([#"read(4, "", 10) = 0 <0.1>"#, "shutdown(4, SHUT_RDWR) = 0 <0.1>"], "eof", "both", 2),
      // After that a read of nothing says nothing of the far end.
      (["shutdown(4, SHUT_RD) = 0 <0.1>", #"read(4, "", 10) = 0 <0.1>"#], "close", "read", 4),
      (["shutdown(4, SHUT_RDWR) = -1 ENOTCONN (Transport endpoint is not connected) <0.1>"], "close", "", 3),
    ] as [([String], String, String, Int)])
  func shutdown(calls: [String], reason: String, directions: String, line: Int) throws {
    let lines = (calls + ["close(4) = 0 <0.1>"]).enumerated().map { "7     10:00:0\($0).000000 \($1)\n" }.joined()
    let row = try #require(try Self.rows(Self.accepted + lines).first { $0.descriptors == ["4"] })
    #expect(row.endedBy == reason && row.description.shutDown.name == directions && row.endedLine == line)
    #expect((row.shutdownLine > 0) == !directions.isEmpty)
  }

  @Test("a read that another thread's shutdown woke is no end of the far end's") func woken() throws {
    let row = try #require(
      try Self.rows(
        Self.accepted + """
          7     10:00:01.000000 clone(child_stack=0x1, flags=CLONE_VM|CLONE_FILES|CLONE_THREAD) = 8 <0.000010>
          8     10:00:01.000000 read(4,  <unfinished ...>
          7     10:00:02.000000 shutdown(4, SHUT_RDWR <unfinished ...>
          8     10:00:02.000010 <... read resumed>"", 10) = 0 <1.000010>
          7     10:00:02.000020 <... shutdown resumed>) = 0 <0.000020>
          7     10:00:03.000000 close(4) = 0 <0.000010>

          """
      ).first { $0.descriptors == ["4"] })
    #expect(row.endedBy == "shutdown" && row.endedLine == 4 && row.shutdownLine == 4)
  }

  @Test("ends found without -yy are those that -yy prints", arguments: ["f-ttt-yy-T-C-w", "descriptors-yy"])
  func loopback(name: String) throws {
    let capture = Capture.named(name)
    let text = String(decoding: try capture.bytes(), as: UTF8.self)
    let bare = text.replacing(/<(TCP|TCPv6|UNIX|UNIX-STREAM|socket):\[[^\n]*?\]>/, with: "")
    #expect(bare.count < text.count)
    let told = try analyse(capture, Connections()).rows
    let found = try analyse(text: bare, Connections()).rows
    var compared = 0
    for accepted in told where accepted.description.kind == .tcp && accepted.role == "server" {
      // The end whose own address is this one's peer.
      let other = try #require(told.first { $0.description.local == accepted.description.peer })
      let row = try #require(found.first { $0.openedLine == accepted.openedLine && $0.descriptor == accepted.descriptor })
      #expect(row.description.peer == "\(other.process):\(other.descriptor)" || row.description.peer == accepted.description.peer)
      compared += 1
    }
    #expect(compared > 0)
  }

  @Test("one row for what dup and fork share; bytes are summed") func shared() throws {
    let rows = try Self.rows(
      Self.accepted + #"""
        7     10:00:01.000000 dup(4) = 5 <0.000010>
        7     10:00:01.000000 clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7f) = 8 <0.000010>
        8     10:00:02.000000 write(5, "abcd", 4) = 4 <0.000200>
        7     10:00:02.000000 write(4, "abcd", 4) = 4 <0.000200>
        7     10:00:02.000000 close(4) = 0 <0.000010>

        """#)
    let row = try #require(rows.first { $0.description.peer != nil })
    #expect(row.descriptors == ["4", "5", "8:4", "8:5"] && row.write.bytes == 8 && row.closedBy == .none)
    #expect(rows.filter { $0.description.peer != nil }.count == 1)
  }

  @Test("sums are those of fds, connections that are over forgotten or not", arguments: Capture.all.filter { $0.truth == .exact })
  func sums(capture: Capture) throws {
    let fds = try analyse(capture, Fds()).rows.filter { $0.incarnation.n >= 0 }
    let rows = try analyse(capture, Connections()).rows
    #expect(rows.reduce(0) { $0 + $1.read.bytes } == fds.reduce(0) { $0 + $1.read.bytes })
    #expect(rows.reduce(0) { $0 + $1.write.bytes } == fds.reduce(0) { $0 + $1.write.bytes })
    #expect(rows.reduce(0) { $0 + $1.read.time + $1.write.time } == fds.reduce(0) { $0 + $1.read.time + $1.write.time })
    #expect(rows.reduce(0) { $0 + $1.read.calls + $1.write.calls } == fds.reduce(0) { $0 + $1.read.calls + $1.write.calls })
  }

  @Test("what a larger -s would have told is said") func cut() throws {
    let text = """
      7 10:00:00 read(4<TCP:[192.0.2.1:80->192.0.2.9:4000]>, ""..., 4096) = 517 <0.000010>
      7 10:00:00 read(5<TCP:[192.0.2.1:80->192.0.2.9:4001]>, ""..., 4096) = 40 <0.000010>

      """
    let notes = try analyse(text: text, Connections()).notes
    #expect(
      notes == ["strace -s cut what may tell the protocol of 2 connections: -s 517 would have shown it (column sufficient_s)"])
    #expect(try analyse(text: "7 10:00:00 read(4, \"abc\", 9) = 3 <0.000010>\n", Connections()).notes.isEmpty)
  }

  @Test("thousands of short connections keep their percentiles") func sweep() throws {
    var text = ""
    for i in 0..<3000 {
      text +=
        #"7     10:00:00.000000 accept(3, {sa_family=AF_INET, sin_port=htons(\#(i + 1)), sin_addr=inet_addr("10.0.0.9")}, [16]) = 4 <0.000010>"#
      text +=
        "\n7     10:00:01.000000 read(4, \"abc\", 10) = 3 <0.\(String(1_000_000 + i).dropFirst())>\n7     10:00:02.000000 close(4) = 0 <0.000001>\n"
    }
    let folder = try TemporaryFolder(log: text)
    let rows = try analyse([folder.log], Connections(), chunkSize: 16384).rows.filter { $0.openedBy != .pre }
    #expect(rows.count == 3000)
    for (i, row) in rows.enumerated() { #expect(row.readPercentiles?.p99 == Int64(i) * 1000) }
  }
}
