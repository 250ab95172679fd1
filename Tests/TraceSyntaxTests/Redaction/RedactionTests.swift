import Testing
import TraceSyntax

@Suite("Values as a redaction shows them")
struct RedactionTests {
  static let secrets = Redaction(.secrets, key: .init(salt: "test"))
  static let addresses = Redaction(.addresses, key: .init(salt: "test"))

  /// `stream-3f9a1c2b` as `stream-#`, so that tables read well.
  static func masked(_ text: String) -> String {
    var masked = ""
    var rest = text[...]
    while let dash = rest.firstIndex(where: { $0 == "-" || $0 == "_" }) {
      let digits = rest[rest.index(after: dash)...].prefix { $0.isHexDigit && !$0.isUppercase }
      let word = rest[..<dash].reversed().prefix { $0.isLetter }.reversed()
      masked += rest[...dash]
      rest = rest[rest.index(after: dash)...]
      if digits.count == 8, ["stream", "query", "host", "payload", "value", "call"].contains(String(word)) {
        masked += "#"
        rest = rest[digits.endIndex...]
      }
    }
    return masked + rest
  }

  @Test(
    "kept, hidden, hidden with addresses",
    arguments: [
      (.stream, "cam", "stream-#", "stream-#"),
      (.stream, "cam?token=x", "stream-#?query-#", "stream-#?query-#"),
      (.stream, "cam...", "stream-#...", "stream-#..."),
      (.stream, "live/cam", "stream-#/stream-#", "stream-#/stream-#"),
      (.app, "live", "live", "live"),
      (.app, "live/inst?auth=x", "live/stream-#?query-#", "live/stream-#?query-#"),
      (.path, "/var/log/nginx/access.log", "/var/log/nginx/access.log", "/var/log/nginx/access.log"),
      (.path, "/run/a.sock", "/run/a.sock", "/run/a.sock"),
      (.path, "/cgi/x?token=a b\"c", "/cgi/x?query-#", "/cgi/x?query-#"),
      (.path, "/srv/u:p@h/x", "/srv/value-#@h/x", "/srv/value-#@h/x"),
      (.path, "/srv/api_key=abc/def", "/srv/api_key=value-#", "/srv/api_key=value-#"),
      (.path, "/hls/cam-12.ts", "/hls/stream-#-12.ts", "/hls/stream-#-12.ts"),
      (.path, "/hls/cam.m3u8.bak", "/hls/stream-#.m3u8.bak", "/hls/stream-#.m3u8.bak"),
      (.path, "/hls/cam/index.m3u8", "/hls/stream-#/index.m3u8", "/hls/stream-#/index.m3u8"),
      (.path, "/hls/cam/0.ts", "/hls/stream-#/0.ts", "/hls/stream-#/0.ts"),
      (.path, "/log/10.1.2.3.log", "/log/10.1.2.3.log", "/log/host-#.log"),
      (.path, "/lib/libx.so.1.2.3.4", "/lib/libx.so.1.2.3.4", "/lib/libx.so.host-#"),
      (.address, "10.1.2.3:80", "10.1.2.3:80", "host-#:80"),
      (.address, "[2001:db8::1]:80", "[2001:db8::1]:80", "[host-#]:80"),
      (.address, "127.0.0.1:80", "127.0.0.1:80", "127.0.0.1:80"),
      (.address, "[::1]:80", "[::1]:80", "[::1]:80"),
      (.address, "[::]:80", "[::]:80", "[::]:80"),
      (.address, "0.0.0.0:1935", "0.0.0.0:1935", "0.0.0.0:1935"),
      (.address, "ROUTE:2085", "ROUTE:2085", "ROUTE:2085"),
      (.address, "1104240", "1104240", "1104240"),
      (.address, "/run/a.sock", "/run/a.sock", "/run/a.sock"),
      (.address, "@bus", "@bus", "@bus"),
      (.syscall, "read", "read", "read"),
      (.syscall, "syscall_0x1a7", "syscall_0x1a7", "syscall_0x1a7"),
      (.syscall, "readv#64", "readv#64", "readv#64"),
      (.syscall, "login_bob", "call_#", "call_#"),
      (.syscall, "syscall_bob", "call_#", "call_#"),
      (.payload, "abc", "payload-#(3 bytes)", "payload-#(3 bytes)"),
      (.plain, "password=x", "password=x", "password=x"),
    ] as [(Redaction.Sensitivity, String, String, String)])
  func values(sensitivity: Redaction.Sensitivity, value: String, hidden: String, withAddresses: String) {
    #expect(Redaction.none.redact(value, as: sensitivity) == value)
    #expect(Self.masked(Self.secrets.redact(value, as: sensitivity)) == hidden)
    #expect(Self.masked(Self.addresses.redact(value, as: sensitivity)) == withAddresses)
  }

  @Test("equal values, equal pseudonyms; another kind, key or value, another pseudonym") func stable() {
    let redact = Self.addresses.redact
    #expect(redact("10.1.2.3:80", .address).dropLast(3) == redact("10.1.2.3:443", .address).dropLast(4))
    #expect(redact("[::ffff:10.1.2.3]:80", .address).dropFirst().prefix(13) == redact("10.1.2.3:80", .address).prefix(13))
    #expect(redact("cam?a=1", .stream).prefix(15) == redact("cam", .stream).prefix(15))
    #expect(redact("cam", .stream) != redact("cam2", .stream))
    #expect(redact("cam", .stream) == Self.secrets.redact("cam", as: .stream))
    #expect(redact("cam", .stream).suffix(8) != redact("cam", .payload).dropFirst(8).prefix(8))
    #expect(redact("cam", .stream) != Redaction(.secrets, key: .init(salt: "other")).redact("cam", as: .stream))
    let head = Array("7 read(3, \"x\", 1) = 1\n".utf8)
    let byHead = Redaction(.secrets, key: .init(head: head)).redact("cam", as: .stream)
    #expect(byHead == Redaction(.secrets, key: .init(head: head)).redact("cam", as: .stream))
    #expect(byHead != Redaction(.secrets, key: .init(head: head.dropLast())).redact("cam", as: .stream))
    // A salt that reads as a log's head is not that log's key.
    #expect(byHead != Redaction(.secrets, key: .init(salt: String(decoding: head, as: UTF8.self))).redact("cam", as: .stream))
  }
}
