import Testing
import TraceProtocols

@Suite("Requests and responses on a connection")
struct HTTPConnectionReaderTests {
  /// One call: who wrote what, and how much of it -s shows.
  struct Step {
    let writer: ProtocolRole
    let bytes: [UInt8]
    var shown: Int?

    static func client(_ text: String, shown: Int? = nil) -> Step { Step(writer: .client, bytes: Array(text.utf8), shown: shown) }
    static func server(_ text: String, shown: Int? = nil) -> Step { Step(writer: .server, bytes: Array(text.utf8), shown: shown) }
  }

  /// `method path status requestBytes responseBytes requestCall responseCall` of every exchange.
  static func exchanges(_ steps: [Step], isFromStart: Bool = false) -> [String] {
    var reader = HTTPConnectionReader<Int>(isFromStart: isFromStart)
    var found: [String] = []
    func take(_ exchange: HTTPExchange<Int>) {
      func text(_ value: Int?) -> String { value.map { String($0) } ?? "-" }
      found.append(
        [
          exchange.request?.method ?? "-", exchange.request?.path ?? "-", text(exchange.response?.status),
          text(exchange.requestBytes),
          text(exchange.responseBytes), text(exchange.requestPlace), text(exchange.responsePlace),
        ].joined(separator: " "))
    }
    for (number, step) in steps.enumerated() {
      step.bytes.withUnsafeBytes { bytes in
        let shown = UnsafeRawBufferPointer(rebasing: bytes.prefix(step.shown ?? bytes.count))
        reader.read(Payload(shown, size: bytes.count, transport: .stream), writer: step.writer, at: number, take)
      }
    }
    reader.finish(take)
    return found
  }

  static let get = "GET /a?x=1 HTTP/1.1\r\nHost: h\r\n\r\n"
  static let post = "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n"
  static let answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

  @Test("one after the other") func sequence() {
    let found = Self.exchanges([
      .client(Self.get), .server(Self.answer), .client(Self.post), .client("12345"),
      .server("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
    ])
    #expect(found == ["GET /a 200 32 43 0 1", "POST /p 404 53 45 2 4"])
  }

  @Test("pipelined in one call, answered in one") func pipelined() {
    let found = Self.exchanges([
      .client(Self.get + Self.post + "12345" + Self.get), .server(Self.answer + Self.answer + Self.answer),
    ])
    #expect(found == ["GET /a 200 32 43 0 1", "POST /p 200 53 43 0 1", "GET /a 200 32 43 0 1"])
  }

  @Test("cut into calls anywhere, the same exchanges", arguments: 1...40) func pieces(size: Int) {
    let chunked =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n1A\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\nT: v\r\n\r\n"
    func split(_ writer: ProtocolRole, _ text: String) -> [Step] {
      let bytes = Array(text.utf8)
      return stride(from: 0, to: bytes.count, by: size).map {
        Step(writer: writer, bytes: Array(bytes[$0..<min($0 + size, bytes.count)]), shown: nil)
      }
    }
    let found = Self.exchanges(
      split(.client, Self.get + Self.post + "12345" + Self.get) + split(.server, Self.answer + chunked + Self.answer),
      isFromStart: true)
    #expect(
      found.map { $0.split(separator: " ").prefix(5).joined(separator: " ") } == [
        "GET /a 200 32 43", "POST /p 200 53 \(chunked.utf8.count)", "GET /a 200 32 43",
      ])
  }

  @Test("a body that -s cut is counted, and the next message is found behind it in time") func cutBody() {
    let long = "HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n" + String(repeating: "x", count: 9000)
    let found = Self.exchanges([.client(Self.get), .server(long, shown: 60), .client(Self.get), .server(Self.answer)])
    #expect(found == ["GET /a 200 32 9041 0 1", "GET /a 200 32 43 2 3"])
  }

  @Test("heads that -s cut: each call that begins with a start line is a message") func cutHeads() {
    let found = Self.exchanges([
      .client(Self.get, shown: 12), .server(Self.answer, shown: 20), .server("more of the body"), .client(Self.post, shown: 16),
      .server(Self.answer, shown: 15),
    ])
    #expect(found == ["GET /a 200 32 59 0 1", "POST /p 200 48 43 3 4"])
  }

  @Test("HEAD, 204 and 304 have no body, whatever their length says") func noBody() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"
    let found = Self.exchanges([
      .client("HEAD /a HTTP/1.1\r\n\r\n"), .server(head), .client(Self.get),
      .server("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"),
      .client(Self.get), .server(Self.answer),
    ])
    #expect(found == ["HEAD /a 200 20 41 0 1", "GET /a 304 32 48 2 3", "GET /a 200 32 43 4 5"])
  }

  @Test("an interim response is passed over, an upgrade ends HTTP") func interim() {
    let found = Self.exchanges([
      .client(Self.post), .server("HTTP/1.1 100 Continue\r\n\r\n"), .client("12345"), .server(Self.answer), .client(Self.get),
      .server("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"), .server("HTTP/1.1 200 OK\r\n\r\n"),
    ])
    #expect(found == ["POST /p 200 53 43 0 3", "GET /a 101 32 56 4 5"])
  }

  @Test("204 has no body; pipelined HEAD and GET are answered in their order") func order() {
    let found = Self.exchanges([
      .client("DELETE /a HTTP/1.1\r\n\r\nHEAD /b HTTP/1.1\r\n\r\n" + Self.get),
      .server("HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + Self.answer),
    ])
    #expect(found == ["DELETE /a 204 22 27 0 1", "HEAD /b 200 20 38 0 1", "GET /a 200 32 43 0 1"])
  }

  @Test("a chunked body with trailers, of a request and of a response; its length counts nothing beside") func chunked() {
    let post = "POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTrailer: Sum\r\n\r\n3\r\nGET\r\n0\r\nSum: 1\r\n\r\n"
    let answer =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\nContent-Length: 1\r\n\r\n2\r\nok\r\n0\r\nA: b\r\nC: d\r\n\r\n"
    let found = Self.exchanges([.client(post + Self.get), .server(answer + Self.answer)])
    #expect(found == ["POST /c 200 \(post.utf8.count) \(answer.utf8.count) 0 1", "GET /a 200 32 43 0 1"])
  }

  @Test("what goes through a tunnel is none of its requests, whole or with the answer's head cut", arguments: [nil, 20])
  func tunnel(shown: Int?) {
    let found = Self.exchanges([
      .client("CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n"),
      .server("HTTP/1.1 200 Connection established\r\n\r\n", shown: shown),
      .client(Self.get), .server(Self.answer), .client(Self.get), .server(Self.answer),
    ])
    #expect(found == ["CONNECT  200 37 \(shown ?? 39) 0 1"])
    let refused = Self.exchanges([
      .client("CONNECT h:80 HTTP/1.1\r\n\r\n"), .server("HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"), .client(Self.get),
      .server(Self.answer),
    ])
    #expect(refused == ["CONNECT  407 25 38 0 1", "GET /a 200 32 43 2 3"])
  }

  @Test("after an upgrade the client's bytes are no requests either") func upgrade() {
    let found = Self.exchanges([
      .client("GET /chat HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"), .server("HTTP/1.1 101 Switching Protocols\r\n\r\n"),
      .client(Self.get),
    ])
    #expect(found == ["GET /chat 101 42 36 0 1"])
  }

  @Test("a body that was refused before it was sent never comes") func refusedBody() {
    let expecting = "PUT /p HTTP/1.1\r\nContent-Length: 500\r\nExpect: 100-continue\r\n\r\n"
    let found = Self.exchanges([
      .client(expecting), .server("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n"), .client(Self.get), .server(Self.answer),
    ])
    #expect(found == ["PUT /p 413 62 45 0 1", "GET /a 200 32 43 2 3"])
  }

  @Test("a response without its request, a request without a response, a body until the end") func ends() {
    #expect(Self.exchanges([.server(Self.answer), .client(Self.get)]) == ["- - 200 0 43 - 0", "GET /a - 32 0 1 -"])
    #expect(
      Self.exchanges([.client(Self.get), .server("HTTP/1.0 200 OK\r\n\r\nabc"), .server("def")]) == ["GET /a 200 32 25 0 1"])
  }

  @Test("a log that begins in a body") func middle() {
    let found = Self.exchanges([.server("rest of a body\r\n\r\n"), .client("12345"), .client(Self.get), .server(Self.answer)])
    #expect(found == ["GET /a 200 32 43 2 3"])
  }

  @Test("waiting requests are bounded") func bounded() {
    let found = Self.exchanges((0..<1000).map { _ in .client(Self.get) })
    #expect(found.count == 1000)
  }
}
