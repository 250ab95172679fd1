import Testing
import TraceTestSupport

@testable import TraceProtocols

@Suite("What recorded messages say")
struct FindingTests {
  static func message(_ file: String, _ connection: Int, _ index: Int, shown: Int? = nil) throws -> ProtocolMessage {
    try #require(try RecordedMessage.find(file, connection, index).finding(shown: shown)).message
  }

  static func sufficient(_ file: String, _ connection: Int, _ index: Int, shown: Int) throws -> Int? {
    try #require(try RecordedMessage.find(file, connection, index).finding(shown: shown)).sufficient
  }

  @Test("HTTP") func http() throws {
    guard case .http(let request) = try Self.message("http", 1, 1) else { throw Mismatch() }
    #expect(request.start == .request(method: "GET", target: "/hello.txt?key=secret"))
    #expect(request.path == "/hello.txt")
    #expect(request.host == "www.example.com")
    #expect(request.minorVersion == 1)
    #expect(request.headSize == 99)
    guard case .http(let response) = try Self.message("http", 1, 2) else { throw Mismatch() }
    #expect(response.status == 200)
    #expect(response.contentLength == 6)
    #expect(response.headSize == 235)
    guard case .http(let proxied) = try Self.message("http", 6, 1) else { throw Mismatch() }
    #expect(proxied.path == "/hello.txt")
    #expect(proxied.host == "www.example.com")
  }

  @Test("HTTP under -s 32, and which -s would show the host") func cutHTTP() throws {
    guard case .http(let request) = try Self.message("http", 1, 1, shown: 20) else { throw Mismatch() }
    #expect(request.target == "/hello.txt?key=s")
    #expect(request.isTargetCut)
    #expect(request.host == nil)
    #expect(try Self.sufficient("http", 1, 1, shown: 20) == 99)
    #expect(try Self.sufficient("http", 1, 1, shown: 99) == nil)
    guard case .http(let whole) = try Self.message("http", 1, 1, shown: 30) else { throw Mismatch() }
    #expect(whole.target == "/hello.txt?key=secret")
    #expect(!whole.isTargetCut)
  }

  @Test("HTTP/2") func http2() throws {
    #expect(try Self.message("http2", 1, 1) == .http2(.preface))
    #expect(try Self.message("http2", 1, 2) == .http2(.settings(maxConcurrentStreams: 128, initialWindowSize: 65536)))
  }

  @Test("TLS") func tls() throws {
    guard case .tls(let client) = try Self.message("tls", 1, 1) else { throw Mismatch() }
    #expect(client.handshakeType == .clientHello)
    #expect(client.serverName == "www.example.com")
    #expect(client.applicationProtocols == ["h2", "http/1.1"])
    #expect(client.versionName == "TLS 1.3")
    guard case .tls(let server) = try Self.message("tls", 1, 2) else { throw Mismatch() }
    #expect(server.handshakeType == .serverHello)
    #expect(server.versionName == "TLS 1.3")
    guard case .tls(let older) = try Self.message("tls", 2, 2) else { throw Mismatch() }
    #expect(older.versionName == "TLS 1.2")
    guard case .tls(let alert) = try Self.message("tls", 4, 2) else { throw Mismatch() }
    #expect(alert.contentType == .alert)
    #expect(alert.alert == 70)
  }

  @Test("TLS under -s 32: the record's length tells which -s would show the name") func cutTLS() throws {
    guard case .tls(let client) = try Self.message("tls", 1, 1, shown: 32) else { throw Mismatch() }
    #expect(client.handshakeType == .clientHello)
    #expect(client.serverName == nil)
    #expect(try Self.sufficient("tls", 1, 1, shown: 32) == 517)
  }

  @Test("DNS") func dns() throws {
    guard case .dns(let query) = try Self.message("dns-udp", 1, 1) else { throw Mismatch() }
    #expect(!query.isResponse)
    #expect(query.name == "www.example.com")
    #expect(query.typeName == "A")
    guard case .dns(let answer) = try Self.message("dns-udp", 1, 2) else { throw Mismatch() }
    #expect(answer.id == query.id)
    #expect(answer.isResponse)
    #expect(answer.rcodeName == "NOERROR")
    #expect(answer.addresses == ["192.0.2.1"])
    guard case .dns(let longer) = try Self.message("dns-udp", 2, 2) else { throw Mismatch() }
    #expect(longer.addresses == ["2001:db8::1"])
    guard case .dns(let missing) = try Self.message("dns-udp", 3, 2) else { throw Mismatch() }
    #expect(missing.rcodeName == "NXDOMAIN")
    guard case .dns(let root) = try Self.message("dns-udp", 5, 1) else { throw Mismatch() }
    #expect(root.name == ".")
    #expect(root.typeName == "NS")
    guard case .dns(let stream) = try Self.message("dns-tcp", 2, 1) else { throw Mismatch() }
    #expect(stream.name == "none.example.com")
    #expect(stream.typeName == "MX")
  }

  @Test("a DNS name that -s cut") func cutDNS() throws {
    guard case .dns(let query) = try Self.message("dns-udp", 1, 1, shown: 20) else { throw Mismatch() }
    #expect(query.name == "www.exa")
    #expect(query.isNameCut)
    #expect(query.type == nil)
    #expect(try Self.sufficient("dns-udp", 1, 1, shown: 20) == 56)
  }

  @Test("Redis") func redis() throws {
    #expect(try Self.message("redis", 1, 1) == .redis(.command("PING")))
    #expect(try Self.message("redis", 1, 2) == .redis(.reply(.simpleString)))
    #expect(try Self.message("redis", 2, 1) == .redis(.command("SET")))
    #expect(try Self.message("redis", 3, 2) == .redis(.reply(.bulkString)))
    #expect(try Self.message("redis", 5, 2) == .redis(.reply(.map)))
    #expect(try Self.message("redis", 6, 2) == .redis(.reply(.simpleError)))
  }

  @Test("PostgreSQL") func postgresql() throws {
    #expect(try Self.message("postgresql", 1, 1) == .postgresql(.sslRequest))
    #expect(try Self.message("postgresql", 1, 3) == .postgresql(.startup(user: "secret", database: "postgres")))
    #expect(try Self.message("postgresql", 1, 4) == .postgresql(.authentication(.sasl)))
    #expect(try Self.message("postgresql", 1, 5) == .postgresql(.passwordMessage))
    #expect(try Self.message("postgresql", 2, 2) == .postgresql(.authentication(.ok)))
    #expect(try Self.message("postgresql", 2, 3) == .postgresql(.query("INSERT")))
    #expect(try Self.message("postgresql", 2, 4) == .postgresql(.errorResponse(severity: "ERROR", code: "42P01")))
    #expect(try Self.message("postgresql", 2, 5) == .postgresql(.terminate))
    #expect(try Self.message("postgresql", 5, 4) == .postgresql(.parse("SELECT")))
  }

  @Test("MySQL") func mysql() throws {
    #expect(
      try Self.message("mysql", 1, 1)
        == .mysql(.handshake(serverVersion: "5.5.5-10.11.19-MariaDB-0+deb12u1", isVersionCut: false)))
    #expect(try Self.message("mysql", 1, 2) == .mysql(.handshakeResponse(user: "tracestat")))
    #expect(try Self.message("mysql", 1, 2, shown: 32) == .mysql(.handshakeResponse(user: nil)))
    #expect(try Self.sufficient("mysql", 1, 2, shown: 32) == (try RecordedMessage.find("mysql", 1, 2).size))
    #expect(try Self.message("mysql", 1, 4) == .mysql(.query("SELECT")))
    #expect(try Self.message("mysql", 2, 3) == .mysql(.error(code: 1045, sqlState: "28000")))
  }

  @Test("memcached") func memcached() throws {
    #expect(try Self.message("memcached", 1, 1) == .memcached(.command("set")))
    #expect(try Self.message("memcached", 1, 2) == .memcached(.reply("STORED")))
    #expect(try Self.message("memcached", 2, 1) == .memcached(.command("get")))
    #expect(try Self.message("memcached", 2, 2) == .memcached(.reply("VALUE")))
    #expect(try Self.message("memcached", 3, 1) == .memcached(.binaryRequest(opcode: 1)))
    #expect(try Self.message("memcached", 4, 2) == .memcached(.binaryResponse(opcode: 12, status: 0)))
    #expect(try Self.message("memcached", 5, 6) == .memcached(.reply("STAT")))
  }

  @Test("FastCGI") func fastcgi() throws {
    guard case .fastcgi(let request) = try Self.message("fastcgi", 1, 1) else { throw Mismatch() }
    #expect(request.type == .beginRequest)
    #expect(request.role == .responder)
    #expect(request.requestID == 1)
    #expect(request.method == "POST")
    guard case .fastcgi(let response) = try Self.message("fastcgi", 1, 2) else { throw Mismatch() }
    #expect(response.type == .stdout)
    #expect(response.status == 202)
  }

  @Test("RTMP") func rtmp() throws {
    #expect(try Self.message("rtmp", 1, 1, shown: 32) == .rtmp(.handshake))
    #expect(try Self.message("rtmp", 1, 2, shown: 32) == .rtmp(.handshake))
    #expect(try Self.message("rtmp", 1, 4, shown: 32) == .rtmp(.chunkHeader(messageType: 20)))
  }

  @Test("SSH, FLV, syslog and statsd") func others() throws {
    #expect(
      try Self.message("ssh", 1, 1) == .ssh(SSHIdentification(version: "2.0", software: "OpenSSH_9.2p1", isSoftwareCut: false)))
    #expect(try Self.message("flv", 1, 1) == .flv(FLVHeader(hasAudio: true, hasVideo: true)))
    #expect(try Self.message("statsd", 1, 2) == .statsd(StatsDMetric(name: "web.latency", type: .timing)))
    for (file, connection, format) in [
      ("syslog-local", 1, SyslogMessage.Format.rfc3164), ("syslog-udp", 1, .rfc3164), ("syslog-udp", 2, .rfc5424),
      ("syslog-udp", 3, .rfc5424),
    ] {
      guard case .syslog(let message) = try Self.message(file, connection, 1) else { throw Mismatch() }
      #expect(message.application == "app")
      #expect(message.format == format)
    }
    guard case .syslog(let error) = try Self.message("syslog-udp", 1, 1) else { throw Mismatch() }
    #expect(error.facilityName == "local0" && error.severityName == "err")
  }

  @Test(
    "without the port weak messages are not recognised", arguments: [("redis", 2, 2), ("memcached", 2, 1), ("memcached", 1, 2)])
  func weak(file: String, connection: Int, index: Int) throws {
    #expect(try RecordedMessage.find(file, connection, index).finding() != nil)
    #expect(try RecordedMessage.find(file, connection, index).finding(hasPorts: false) == nil)
  }

  struct Mismatch: Error {}
}
