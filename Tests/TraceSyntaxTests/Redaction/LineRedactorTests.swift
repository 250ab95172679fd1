import Testing
import TraceSyntax
import TraceTestSupport

@Suite("Lines as show --redact prints them")
struct LineRedactorTests {
  @Test(
    "lines",
    arguments: [
      (#"7     12:00:00 read(3, "abc", 9) = 3 <0.1>"#, #"7     12:00:00 read(3, "payload-#(3 bytes)", 9) = 3 <0.1>"#),
      (#"write(3, "\x61\x62"..., 9) = 9"#, #"write(3, "payload-#(2 bytes)"..., 9) = 9"#),
      (#"write(3, ""..., 9) = 9"#, #"write(3, ""..., 9) = 9"#),
      (#"read(3, 0x7ffc12, 1) = -1 EAGAIN (Resource temporarily unavailable)"#, nil),
      (#"write(4, "abc) = 5 <0.1>"#, #"write(4, "payload-#(3 bytes)) = 5 <0.1>"#),
      (#"7     <... read resumed>"abc", 3) = 3"#, #"7     <... read resumed>"payload-#(3 bytes)", 3) = 3"#),
      (#"openat(AT_FDCWD, "/a b\n?x=\"1\"", O_RDONLY) = 3"#, #"openat(AT_FDCWD, "/a b\n?query-#", O_RDONLY) = 3"#),
      (#"read(3</tmp/x?k=1>(deleted), "a", 1) = 1"#, #"read(3</tmp/x?query-#>(deleted), "payload-#(1 bytes)", 1) = 1"#),
      (
        #"accept(3<TCP:[10.0.0.1:80]>, NULL, NULL) = 4<TCP:[10.0.0.1:80->10.0.0.2:99]>"#,
        #"accept(3<TCP:[host-#:80]>, NULL, NULL) = 4<TCP:[host-#:80->host-#:99]>"#
      ),
      (#"close(3<TCPv6:[2001:db8::1:80->2001:db8::2:99]>) = 0"#, #"close(3<TCPv6:[host-#:80->host-#:99]>) = 0"#),
      (#"close(3<UNIX-STREAM:[1->2,"/run/a?t=1"]>) = 0"#, #"close(3<UNIX-STREAM:[1->2,"/run/a?query-#"]>) = 0"#),
      (#"close(3<socket:[12]>) = 0"#, nil),
      (#"getxattr("/a", "user.k", "abc", 9) = 3"#, #"getxattr("/a", "user.k", "payload-#(3 bytes)", 9) = 3"#),
      (#"7     <... getxattr resumed>"abc", 9) = 3"#, #"7     <... getxattr resumed>"payload-#(3 bytes)", 9) = 3"#),
      (#"7     <... readlink resumed>"/a", 9) = 2"#, nil),
      (#"futex(0x7f01, FUTEX_WAIT_PRIVATE, 2, NULL <unfinished ...>"#, nil),
      (#"write(2, "a", 1a secret)  = 1"#, #"write(2, "payload-#(1 bytes)", 1[redacted 8 bytes])  = 1"#),
      (#"write(2, "a", 1, secret)  = 1"#, #"write(2, "payload-#(1 bytes)", 1[redacted 8 bytes])  = 1"#),
      (
        #"sendto(3, "a", 1, MSG_DONTWAIT|MSG_NOSIGNAL, NULL, 0) = 1"#,
        #"sendto(3, "payload-#(1 bytes)", 1, MSG_DONTWAIT|MSG_NOSIGNAL, NULL, 0) = 1"#
      ),
      (#"write(2, "a", 1my secret"#, #"write(2, [redacted 15 bytes]"#),
      (#"fetch(secret) = 0"#, #"call_#([redacted 6 bytes]) = 0"#),
      ("my secret", "[redacted 9 bytes]"),
      (") my secret", ")[redacted 10 bytes]"),
      (")             = 4 <0.1>", nil),
      (", child_tidptr=0x7f) = 8", nil),
      ("7     --- SIGCHLD {si_signo=SIGCHLD} ---", nil),
      ("--- my secret", "--- [redacted 9 bytes]"),
      ("7     +++ killed by SIGSEGV (core dumped) +++", nil),
      ("+++ my secret", "+++ [redacted 9 bytes]"),
      (" > /lib/libc.so.6(read+0x1) [0x2a]", nil),
      (" > my secret", " > [redacted 9 bytes]"),
      (
        " | 00000  61 62                                             ab               |",
        " | 00000  .. ..                                             ................ |"
      ),
      (" | my secret", " | [redacted 9 bytes]"),
      (" * 3 bytes in buffer 0", nil), (" * my secret in buffer 0", "[redacted 24 bytes]"),
      ("% time     seconds  usecs/call     calls    errors syscall", nil),
      ("------ ----------- ----------- --------- --------- ----------------", nil),
      (" 77.87    0.008355        1044         8           clock_nanosleep", nil),
      (" 77,87    0,008355        1044         8         2 total", nil),
      (" 77.87    0.008355        1044         8           bobs_secret", "[redacted 62 bytes]"),
      ("strace: Process 8232 attached", nil), ("", nil),
      (
        #"     0.694 ( 0.018 ms): comm/44 openat(dfd: CWD, filename: "/a?t=1") = 3"#,
        #"     0.694 ( 0.018 ms): comm/44 openat(dfd: CWD, filename: "/a?query-#") = 3"#
      ),
      (#"         ? (         ): a b/44  ... [continued]: write()) = 3"#, nil),
      (
        #"     0.694 ( 0.018 ms): comm/44 write(fd: 4</x>, buf: "abc", count: 3) = 3"#,
        #"     0.694 ( 0.018 ms): comm/44 write(fd: 4</x>, buf: "payload-#(3 bytes)", count: 3) = 3"#
      ),
    ] as [(String, String?)])
  func lines(line: String, expected: String?) {
    #expect(RedactionTests.masked(RedactionTests.addresses.apply(to: line)) == expected ?? line)
    #expect(Redaction.none.apply(to: line) == line)
  }

  @Test("programs and their arguments")
  func programs() {
    let redact = { RedactionTests.masked(RedactionTests.addresses.apply(to: $0)) }
    let line = #"""
      execve("/usr/bin/curl", ["curl", "-u", "bob:pw", "-H", "X-Any: v", "--token", "t", "-p", "pw", "-p", "80", "a.b.org", \#
      "--host=db1", "-o", "out.log", "rtmp://h.org:1935/live/key?x=1", "https://u:p@h.org/a"], ["A=b", "C"]) = 0
      """#
    #expect(
      redact(line) == #"""
        execve("/usr/bin/curl", ["curl", "-u", "value-#", "-H", "X-Any: value-#", "--token", "value-#", "-p", "value-#", "-p", "80", \#
        "host-#", "--host=host-#", "-o", "out.log", "rtmp://host-#:1935/live/stream-#?query-#", "https://value-#@host-#/a"], \#
        ["A=value-#", "value-#"]) = 0
        """#)
  }

  @Test("every line of every log keeps its facts", arguments: Capture.all, Redaction.Scope.allCases)
  func facts(capture: Capture, scope: Redaction.Scope) throws {
    let redactor = LineRedactor(Redaction(scope, key: .init(salt: "test")))
    let parser = FastParser()
    for line in try capture.bytes().split(separator: UInt8(ascii: "\n")).map(Array.init) {
      let shown = redactor.redact(line)
      var (before, after) = (parser.facts(line)[0], parser.facts(shown)[0])
      before.arguments = nil
      after.arguments = nil
      if before.kind == .other {
        // Nobody knows what it holds; strace's own table stays.
        #expect(after.kind == .other)
        continue
      }
      #expect(after == before, "\(String(decoding: line, as: UTF8.self))\n\(String(decoding: shown, as: UTF8.self))")
    }
  }

  @Test("no line of any kind breaks it") func damage() {
    var random = SeededRandom(seed: 20_261_121)
    let redactor = LineRedactor(RedactionTests.addresses)
    var lines = RobustnessTests.lines
    lines += ((try? Fixture.bytes("Fixtures/redact/secrets.log")) ?? []).split(separator: 10).map(Array.init)
    for line in lines {
      for _ in 0..<3 {
        var damaged = line
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          guard !damaged.isEmpty else { break }
          let at = Int.random(in: 0..<damaged.count, using: &random)
          switch Int.random(in: 0..<5, using: &random) {
          case 0: damaged[at] ^= UInt8(1) << UInt8.random(in: 0..<8, using: &random)
          case 1: damaged[at] = Array(" <>()[]\"\\=?.:,-+0x\r\0@/|".utf8).randomElement(using: &random)!
          case 2: damaged.removeSubrange(at...)
          case 3: damaged.removeSubrange(...at)
          default: damaged.insert(damaged[at], at: at)
          }
        }
        let shown = redactor.redact(damaged)
        #expect(damaged.isEmpty == shown.isEmpty)
      }
    }
  }

  @Test(
    "long lines of one thing take no long time",
    arguments: ["a<", ",", "a=", "://", "/a", "\"a\"", "a:b,", "1.", "::", "[", "?", "=@"])
  func long(piece: String) {
    let text = [UInt8](String(repeating: piece, count: 20_000).utf8)
    let clock = ContinuousClock()
    for frame in [("execve(\"/a\", [\"", "\"]) = 0"), ("openat(AT_FDCWD, \"", "\", 0) = 3"), ("read(3, ", ") = 0"), ("", "")] {
      let line = Array(frame.0.utf8) + text + Array(frame.1.utf8)
      let took = clock.measure { #expect(!LineRedactor(RedactionTests.addresses).redact(line).isEmpty) }
      #expect(took < .seconds(20), "\(frame.0) \(piece)")
    }
  }
}
