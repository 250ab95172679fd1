import Foundation
import Testing
import TraceProtocols
import TraceTestSupport

@Suite("What is no protocol of these")
struct HealthyPayloadTests {
  static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  static let payloads: [(String, [UInt8])] = [
    (
      "JSON",
      bytes(#"{"level":"info","ts":1732204800.123,"msg":"GET /index.html HTTP/1.1","status":200,"tags":["a","b"]}"# + "\n")
    ),
    ("JSON list", bytes(#"[{"id":1,"name":"x"},{"id":2,"name":"y"}]"#)),
    ("log line", bytes("2026-11-21 15:56:23,123 INFO [main] com.example.Server - started on port 8080 in 3.2 s\n")),
    (
      "access log", bytes(#"127.0.0.1 - - [21/Nov/2026:15:56:23 +0000] "GET /hello.txt HTTP/1.1" 200 6 "-" "curl/7.88.1""# + "\n")
    ),
    ("log that begins with a method", bytes("GET /hello.txt took 13 ms and was answered from the cache of the second worker\n")),
    ("RTSP", bytes("OPTIONS rtsp://example.com/media.mp4 RTSP/1.0\r\nCSeq: 1\r\n\r\n")),
    ("RTSP description", bytes("DESCRIBE rtsp://example.com/media.mp4 RTSP/1.0\r\nCSeq: 2\r\n\r\n")),
    ("SIP", bytes("OPTIONS sip:carol@chicago.com SIP/2.0\r\nVia: SIP/2.0/UDP pc33.atlanta.com\r\n\r\n")),
    ("SMTP greeting", bytes("220 mail.example.com ESMTP Postfix\r\n")),
    ("SMTP", bytes("EHLO client.example.com\r\n")),
    ("POP3", bytes("+OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>\r\n")),
    ("POP3 error", bytes("-ERR no such message\r\n")),
    ("IMAP", bytes("* OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS] Dovecot ready.\r\n")),
    ("FTP", bytes("USER anonymous\r\n")),
    ("beanstalkd", bytes("put 1024 0 60 5\r\nhello\r\n")),
    ("beanstalkd reply", bytes("NOT_FOUND\r\n")),
    ("NATS", bytes(#"INFO {"server_id":"x","version":"2.10.0","proto":1}"# + "\r\n")),
    ("MQTT", [0x10, 0x10, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 60, 0, 4, 0x61, 0x62, 0x63, 0x64]),
    ("AMQP", bytes("AMQP\u{0}\u{0}\u{9}\u{1}")),
    ("Kafka ApiVersions", [0, 0, 0, 0x16, 0, 0x12, 0, 0, 0, 0, 0, 1, 0, 6] + bytes("client") + [0, 0, 0, 0, 0, 0]),
    ("MongoDB", [0x3f, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0xd4, 7, 0, 0, 0, 0, 0, 0] + bytes("admin.$cmd\u{0}") + [0, 0, 0, 0]),
    ("ZooKeeper", bytes("ruok")),
    ("X11", [0x6c, 0, 11, 0, 0, 0, 18, 0, 16, 0, 0, 0]),
    ("D-Bus", [0x6c, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0x6d, 0, 0, 0, 1, 1, 0x6f, 0, 0x15, 0, 0, 0]),
    ("D-Bus authentication", bytes("\u{0}AUTH EXTERNAL 30\r\n")),
    ("STUN", [0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
    ("NTP", [0x23, 0, 6, 0xec] + [UInt8](repeating: 0, count: 44)),
    ("RTP with H.264", [0x80, 0x60, 0x12, 0x34, 0, 1, 0xe2, 0x40, 0xde, 0xad, 0xbe, 0xef, 0x65, 0x88, 0x84, 0, 0x33, 0xff]),
    (
      "H.264, Annex B",
      [0, 0, 0, 1, 0x67, 0x64, 0, 0x1f, 0xac, 0xd9, 0x40, 0x50, 5, 0xbb, 1, 0x10, 0, 0, 3, 0, 0x10, 0, 0, 3, 1, 0xe0]
    ),
    ("MPEG-TS", [0x47, 0x40, 0, 0x10, 0, 0, 0xb0, 0x0d, 0, 1, 0xc1, 0, 0, 0, 1, 0xf0, 0, 0x2a, 0xb1, 4, 0xb2]),
    ("an RTMP handshake of another size", [3, 0, 0, 0, 0, 0, 0, 0, 0] + (0..<200).map { UInt8(truncatingIfNeeded: $0 &* 73) }),
    ("prose in German", bytes("Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich. Danach gibt es für alle Tee.\n")),
    ("prose in Japanese", bytes("いろはにほへと ちりぬるを わかよたれそ つねならむ うゐのおくやま けふこえて あさきゆめみし ゑひもせす")),
    ("class file", [0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 61, 0, 0x1d, 10, 0, 2, 0, 3, 7, 0, 4, 12, 0, 5, 0, 6, 1, 0, 0x10]),
    ("PNG", [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 64, 0, 0, 0, 48, 8, 2]),
    ("gzip", [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0xe7, 2, 0]),
    ("zeros", [UInt8](repeating: 0, count: 300)),
    ("ones", [UInt8](repeating: 1, count: 300)),
    ("0xff", [UInt8](repeating: 0xff, count: 300)),
    ("a number as eventfd(2) has it", [1, 0, 0, 0, 0, 0, 0, 0]),
    ("one byte of a self-pipe", [1]),
    ("a letter of a self-pipe", bytes("x")),
    ("a number in text", bytes("12345\n")),
    ("CSV", bytes("time,line,tid,process\n2026-11-21T15:56:23Z,1,2,3\n")),
    ("XML", bytes("<?xml version=\"1.0\"?>\n<root><a>1</a></root>\n")),
    ("HTML", bytes("<!DOCTYPE html>\n<html><head><title>x</title></head></html>\n")),
    ("angle brackets", bytes("<12>hello, this is no time\n")),
    ("Markdown list", bytes("* one\n* two\n")),
    ("a Redis count without elements", bytes("*7\r\nhello world this is text\r\n")),
    ("shell", bytes("set -e\nget_it() { :; }\n")),
    ("SQL", bytes("select 1 from t where a = 'b';\n")),
    ("YAML", bytes("name: value\nother: 3|c\n")),
  ]

  static let hints: [Payload.Transport] = [.stream, .datagram, .unknown]

  @Test("never yes, whole or cut", arguments: payloads) func never(name: String, bytes: [UInt8]) {
    check(bytes)
  }

  @Test("a path cut on a stream is taken for a request, and said to be without proof") func cutEvidence() {
    let line = Self.bytes("POST /a/very/long/path/that/goes/on?and=on - 200 in 3 ms\n")
    line.withUnsafeBytes { all in
      for shown in 0...all.count {
        for transport in Self.hints {
          let payload = Payload(UnsafeRawBufferPointer(rebasing: all.prefix(shown)), size: all.count, transport: transport)
          guard case .yes(let finding) = ApplicationProtocol.judge(payload) else { continue }
          #expect(finding.evidence == .cut && finding.sufficient == all.count && transport == .stream && shown < 44)
        }
      }
    }
  }

  @Test("the beginning of this program") func program() throws {
    let file = try #require(FileHandle(forReadingAtPath: "/proc/self/exe"))
    check([UInt8](try #require(try file.read(upToCount: 600))))
  }

  @Test("random bytes") func random() {
    var random = SeededRandom(seed: 7)
    for _ in 0..<300 {
      check((0..<Int.random(in: 1...64, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) })
    }
  }

  private func check(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { all in
      for transport in Self.hints {
        for shown in 0...all.count {
          let payload = Payload(UnsafeRawBufferPointer(rebasing: all.prefix(shown)), size: all.count, transport: transport)
          if case .yes(let finding) = ApplicationProtocol.judge(payload) {
            Issue.record("\(finding.name) at \(shown) of \(all.count) bytes, \(transport)")
          }
        }
      }
    }
  }

  @Test("mutated messages never crash, and no two sniffers claim one") func mutated() {
    var random = SeededRandom(seed: 3)
    for message in RecordedMessage.all {
      for _ in 0..<200 {
        var bytes = Array(message.bytes.prefix(Int.random(in: 0...message.bytes.count, using: &random)))
        for _ in 0..<Int.random(in: 0...4, using: &random) where !bytes.isEmpty {
          bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        let size = Bool.random(using: &random) ? bytes.count : message.size
        bytes.withUnsafeBytes { bytes in
          let payload = Payload(
            bytes, size: size, transport: message.transport, from: message.writer == .server ? message.port : nil,
            to: message.writer == .client ? message.port : nil)
          let claims = ApplicationProtocol.allCases.filter { if case .yes = $0.judge(payload) { true } else { false } }
          #expect(claims.count <= 1, "\(claims): \(Array(bytes))")
        }
      }
    }
  }
}
