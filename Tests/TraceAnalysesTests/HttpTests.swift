import Testing
import TraceAnalyses
import TraceTestSupport

@Suite("HTTP requests")
struct HttpTests {
  @Test("pipelined requests, a body by sendfile, a request without an answer, from the middle of a connection") func rows() throws
  {
    let rows = try analyse(
      text: #"""
        7     10:00:00.000000 accept(3, {sa_family=AF_INET, sin_port=htons(50000), sin_addr=inet_addr("10.0.0.9")}, [16]) = 4 <0.000010>
        7     10:00:01.000000 read(4, "tail of a body", 100) = 14 <0.000100>
        7     10:00:02.000000 read(4, "GET /a HTTP/1.1\r\nHost: x\r\n\r\nHEAD /b HTTP/1.1\r\n\r\n", 100) = 50 <0.000100>
        7     10:00:02.500000 write(4, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", 38) = 38 <0.000100>
        7     10:00:02.600000 sendfile(4, 5, [0] => [9], 9) = 9 <0.000100>
        7     10:00:03.000000 write(4, "HTTP/1.1 404 No\r\nContent-Length: 9\r\n\r\n", 38) = 38 <0.000100>
        7     10:00:04.000000 read(4, "GET /c?k=v HTTP/1.1\r\n\r\n", 100) = 23 <0.000100>
        7     10:00:05.000000 close(4) = 0 <0.000010>

        """#, Http()
    ).rows
    #expect(rows.map { $0.exchange.request?.path } == ["/a", "/b", "/c"])
    #expect(rows.map { $0.exchange.response?.status } == [200, 404, nil])
    #expect(rows.map(\.latency) == [500_000_000, 1_000_000_000, nil])
    #expect(rows.map(\.place.line) == [3, 3, 7] && rows[0].exchange.responseBytes == 47 && rows[0].exchange.request?.host == "x")
    #expect(rows.allSatisfy { $0.role == .server && $0.descriptor == 4 })
  }

  /// Each line a batch of its own, or all one: what is known of a connection then comes from different places.
  @Test("a request begun in earlier calls than the one that tells the protocol", arguments: [1 << 20, 64]) func begun(chunk: Int)
    throws
  {
    let rows = try analyse(
      text: #"""
        7     10:00:00.000000 accept(3, {sa_family=AF_INET, sin_port=htons(50000), sin_addr=inet_addr("10.0.0.9")}, [16]) = 4 <0.000010>
        7     10:00:01.000000 read(4, "GE", 2) = 2 <0.000100>
        7     10:00:02.000000 read(4, "T /begun", 8) = 8 <0.000100>
        8     10:00:02.100000 clock_nanosleep(CLOCK_REALTIME, 0, {tv_sec=0, tv_nsec=10000000}, NULL) = 0 <0.010000>
        7     10:00:03.000000 read(4, " HTTP/1.1\r\nHost: x\r\n\r\n", 100) = 22 <0.000100>
        7     10:00:04.000000 write(4, "HTTP/1.1 204 No Content\r\n\r\n", 27) = 27 <0.000100>
        7     10:00:05.000000 read(4, "GET /whole HTTP/1.1\r\n\r\n", 100) = 23 <0.000100>

        """#, Http(), chunkSize: chunk
    ).rows
    #expect(rows.map { $0.exchange.request?.path } == ["/begun", "/whole"] && rows[0].exchange.request?.host == "x")
    #expect(rows[0].place.line == 2 && rows[0].exchange.requestBytes == 32 && rows[0].latency == 3_000_000_000)
  }
}
