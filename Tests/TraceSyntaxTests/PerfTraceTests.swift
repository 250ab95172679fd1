import Testing
import TraceSyntax
import TraceTestSupport

@Suite("Lines of perf trace")
struct PerfTraceTests {
  static func facts(_ line: String) -> LineFacts { FastParser(.perfTrace).facts(line: line).comparable }

  /// A call behind an ordinary head -> `kind name(arguments) = result errno`, by the fast parser and the reference.
  static func call(_ text: String) -> String {
    let line = "     1.500 ( 0.250 ms): worker/77 \(text)"
    let found = facts(line)
    #expect(found == PerfTraceReference.facts(line: line), "\(line)")
    #expect(facts(line + "\r") == found)
    var words = "\(found.kind) \(found.syscall ?? "")(\(found.arguments ?? "")) = \(found.result)"
    if let errno = found.errno { words += " \(errno)" }
    #expect(found.tid == 77 && found.stamp == (found.kind == .resumed ? 1_750_000 : 1_500_000) && found.duration == 250_000)
    return words
  }

  @Test(
    "heads: stamp, duration, task",
    arguments: [
      ("     0.694 ( 0.018 ms): threads_mutex/4413 brk() = 0x55e6", 4413, 694_000, 18_000),
      ("4364511.840 ( 1.260 ms): a/7 brk() = 0x55e6", 7, 4_364_511_840_000, 1_260_000),
      ("     4.017 (1234.567 ms): a/7 brk() = 0x1", 7, 4_017_000, 1_234_567_000),
      ("     4.017 ( 0.622 ms): :4547/4547 brk() = 0", 4547, 4_017_000, 622_000),
      ("     4.017 ( 0.622 ms): Web Content/4 brk() = 0", 4, 4_017_000, 622_000),
      ("     4.017 ( 0.622 ms): kworker/1:2/9 brk() = 0", 9, 4_017_000, 622_000),
      ("     4.017 ( 0.622 ms): a/1 b/9 brk() = 0", 9, 4_017_000, 622_000),
      ("     4.017 ( 0.622 ms): 31/4/22 brk() = 0", 22, 4_017_000, 622_000),
      ("     4.017 ( 0.622 ms): (sd-pam)/22 brk() = 0", 22, 4_017_000, 622_000),
      ("     4.017 ( 0.622 ms): 22 brk() = 0", 22, 4_017_000, 622_000),
      ("     4.017 ( 0.622 ms): brk() = 0", 0, 4_017_000, 622_000),
      ("     4.017 ( 0.622 ms): open(filename: /12 x(, mode: 1) = 3", 0, 4_017_000, 622_000),
      // Before perf's first event: the sign is lost, the stamp counts as zero.
      ("18446744073709.508 ( 0.023 ms): asker/2 brk() = 0", 2, 0, 23_000),
    ] as [(String, Int32, Int64, Int64)])
  func heads(line: String, tid: Int32, stamp: Int64, duration: Int64) {
    let found = Self.facts(line)
    #expect(found.kind == .whole && found.tid == tid && found.duration == duration)
    #expect(found.stampKind == .sinceStart && found.stamp == stamp)
    #expect(found == PerfTraceReference.facts(line: line))
  }

  @Test(
    "arguments at their places, prefixes and left-out zeros restored",
    arguments: [
      ("read(fd: 4</etc/hosts>, buf: 0x7ffc, count: 64) = 12", "whole read(4</etc/hosts>, 0x7ffc, 64) = 12"),
      ("read(buf: 0x7ffc, count: 64) = 12", "whole read(0, 0x7ffc, 64) = 12"),
      ("read(fd: 4, buf: 0x7ffc) = 0", "whole read(4, 0x7ffc, 0) = 0"),
      (
        "openat(dfd: CWD, filename: 0xfa49, flags: RDONLY|CLOEXEC) = 4",
        "whole openat(AT_FDCWD, 0xfa49, O_RDONLY|O_CLOEXEC, 0) = 4"
      ),
      ("openat(dfd: CWD, filename: \"/etc/x, y: z\") = 4", "whole openat(AT_FDCWD, \"/etc/x, y: z\", 0, 0) = 4"),
      ("open(filename: \"/x\", flags: O_RDWR|O_CREAT, mode: 0644) = 3", "whole open(\"/x\", O_RDWR|O_CREAT, 0644) = 3"),
      ("fcntl(fd: 8, cmd: SETFD, arg: 0) = 0", "whole fcntl(8, F_SETFD, FD_CLOEXEC) = 0"),
      ("fcntl(fd: 8, cmd: SETFD) = 0", "whole fcntl(8, F_SETFD, 0) = 0"),
      ("fcntl(fd: 4</x>, cmd: DUPFD_CLOEXEC, arg: 30) = 30</x>", "whole fcntl(4</x>, F_DUPFD_CLOEXEC, 30) = 30"),
      ("fcntl(fd: 4, cmd: GETFL) = RDWR|APPEND", "whole fcntl(4, F_GETFL, 0) = 0"),
      ("accept4(fd: 4, flags: 526336) = 8", "whole accept4(4, 0, 0, SOCK_CLOEXEC|526336) = 8"),
      ("socket(family: LOCAL, type: STREAM|CLOEXEC) = 3", "whole socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0) = 3"),
      ("socket(family: INET, type: DGRAM, protocol: UDP) = 3", "whole socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP) = 3"),
      (
        "futex(uaddr: 0x55e6, op: WAIT_BITSET|PRIVATE_FLAG|CLOCK_REALTIME, val: 7, val3: MATCH_ANY) = 0",
        "whole futex(0x55e6, FUTEX_WAIT_BITSET_PRIVATE|FUTEX_CLOCK_REALTIME, 7, FUTEX_BITSET_MATCH_ANY) = 0"
      ),
      (
        "clone(clone_flags: VM|FILES|0x11, child_tidptr: 0x76) = 6932 (exec chain)",
        "whole clone(flags=CLONE_VM|CLONE_FILES|0x11, 0, 0, 0x76, 0) = 6932"
      ),
      ("dup2(oldfd: 9</a>, newfd: 1000</a>) = 1000", "whole dup2(9</a>, 1000</a>) = 1000"),
      (
        "madvise(start: 0x7f, len_in: 83, behavior: MADV_DONTNEED) = 0",
        "whole madvise(start: 0x7f, len_in: 83, behavior: MADV_DONTNEED) = 0"
      ),
    ])
  func arguments(text: String, expected: String) { #expect(Self.call(text) == expected) }

  @Test(
    "results",
    arguments: [
      (
        "access(filename: 0xfa, mode: R)      = -1 ENOENT (No such file or directory)",
        "whole access(filename: 0xfa, mode: R) = -1 ENOENT"
      ),
      ("getppid()     = ", "whole getppid() = 0"),
      ("poll(ufds: 0x7f, nfds: 1)    = 0 (Timeout)", "whole poll(ufds: 0x7f, nfds: 1) = 0"),
      ("brk()                                      = 0x55dff56eb000", "whole brk() = \(0x55df_f56e_b000)"),
      (
        "read(fd: 4, buf: 0x7f, count: 1)  = -1 (unknown) (INTERNAL ERROR: strerror_r(512, [buf], 128)=22)",
        "whole read(4, 0x7f, 1) = -1 ERESTARTSYS"
      ),
      (
        "read(fd: 4, buf: 0x7f, count: 1)  = -1 (unknown) (Unknown error 516)",
        "whole read(4, 0x7f, 1) = -1 ERESTART_RESTARTBLOCK"
      ),
      ("exit_group()    = ?", "whole exit_group(0) = 0"),
      ("exit_group(error_code: 3", "whole exit_group(3) = 0"),
      ("futex(uaddr: 0x1, val: 2)        ...", "unfinished futex(0x1, FUTEX_WAIT, 2) = 0"),
      (" ... [continued]: futex())                 = 0", "resumed futex() = 0"),
      (" ... [continued]: read())                 = -1 EAGAIN (Resource temporarily unavailable)", "resumed read() = -1 EAGAIN"),
      // perf before 4.20 and 5.0.
      ("gettimeofday(tv: 0x707d30                       ) = 0", "whole gettimeofday(tv: 0x707d30) = 0"),
      ("close(fd: 3                       ) = -1 EBADF Bad file descriptor", "whole close(3) = -1 EBADF"),
      ("futex(uaddr: 0x1, op: WAKE|PRIV, val: 2                ) = 0 Timeout", nil),
      ("read(fd: 3, buf: 0x1                       ) ...", "unfinished read(3, 0x1, 0) = 0"),
      ("rt_sigreturn()      ...", "whole rt_sigreturn() = 0"),
    ] as [(String, String?)])
  func results(text: String, expected: String?) {
    if let expected { #expect(Self.call(text) == expected) }
  }

  @Test("old words of futex") func oldFutex() {
    let found = Self.facts("     0.001 ( 0.001 ms): futex(uaddr: 0x1, op: WAIT|PRIV|CLKRT, val: 2         ) = 0 Timeout")
    #expect(found.arguments == "0x1, FUTEX_WAIT_PRIVATE|FUTEX_CLOCK_REALTIME, 2" && found.result == 0 && found.kind == .whole)
  }

  @Test(
    "strings, addresses and names by BPF and from /proc in strace's spelling",
    arguments: [
      (#"write(fd: 1, buf: "\2\0\7publish\10", count: 11) = 11"#, #"1, "\2\0\7publish\12", 11"#),
      (#"write(fd: 1, buf: "\0017\255", count: 3) = 3"#, #"1, "\0017\377", 3"#),
      (#"write(fd: 1, buf: "say "hi", ab", count: 3) = 3"#, #"1, "say \42hi\42, ab", 3"#),
      (
        "connect(fd: 3, uservaddr: { .family: INET, port: 53, addr: 10.0.0.1 }, addrlen: 16) = 0",
        #"3, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("10.0.0.1")}, 16"#
      ),
      (
        "connect(fd: 3, uservaddr: { .family: INET6, port: 53, addr: ::1 }, addrlen: 28) = 0",
        #"3, {sa_family=AF_INET6, sin6_port=htons(53), inet_pton(AF_INET6, "::1", &sin6_addr)}, 28"#
      ),
      (
        "connect(fd: 3, uservaddr: { .family: UNIX, path: /run/a b }, addrlen: 110) = 0",
        #"3, {sa_family=AF_UNIX, sun_path="/run/a b"}, 110"#
      ),
      ("close(fd: 4</tmp/a, b: c>) = 0", "4</tmp/a, b: c>"), ("close(fd: 4</tmp/<x>y>) = 0", #"4</tmp/\74x\76y>"#),
      ("close(fd: 4</tmp/x (deleted)>) = 0", "4</tmp/x>(deleted)"),
      ("open(filename: /etc/x, flags: CLOEXEC) = 3", #""/etc/x", O_CLOEXEC, 0"#),
    ])
  func texts(text: String, expected: String) {
    let found = Self.facts("     1.500 ( 0.250 ms): worker/77 \(text)")
    #expect(found.arguments == expected)
  }

  @Test("an AMF0 header in a buffer is flagged") func amf() {
    var flags = LineFlags()
    FastParser(.perfTrace).forEach(#"     1.0 (: "#.utf8) { event, _ in flags.formUnion(event.flags) }
    #expect(!flags.contains(.amf))
    FastParser(.perfTrace).forEach(#"     1.000 ( 0.001 ms): a/1 write(fd: 1, buf: "\3\2\0\7publish", count: 11) = 11"#.utf8) {
      event, _ in
      flags.formUnion(event.flags)
    }
    #expect(flags.contains(.amf))
  }

  @Test(
    "what is no call",
    arguments: [
      ("LOST 12 events!", LineKind.note), ("                                       __libc_close (/x/workload)", .stack),
      ("     0.098 ( 0.000 ms): leak/7075 minfault [_start+0x0] => /usr/lib/ld.so@0x1ab70 (d.)", .event),
      ("     0.344 (         ): workload/1 sched:sched_switch(prev_comm: \"x\")", .event),
      ("     0.344 sched:sched_switch(prev_comm: \"x\")", .event), ("     0.344 (         ): probe:vfs_getname:(c0) x", .event),
      ("\r", .blank), (" nginx (8262), 4648 events, 51.8%", .other), ("   futex   17      0    14.253", .other),
      ("                                     (msec)    (msec)    (msec)", .other), ("hello from the program", .other),
      ("     0.098 ( 0.012 ms): leak/7075 read(fd: 3, bu", .partial), ("read(3, \"\", 1) = 0", .other),
      ("Invalid syscall 334 id, skipping (rseq) ...", .note),
    ])
  func others(line: String, kind: LineKind) {
    #expect(Self.facts(line).kind == kind)
    #expect(Self.facts(line) == PerfTraceReference.facts(line: line))
  }

  @Test("LOST says how many") func lost() {
    let found = Self.facts("LOST 12 events!")
    #expect(found.result == 12 && found.flags == .lostEvents)
  }

  @Test("a half begun before the trace has no stamp; other halves end at start + duration") func continued() {
    let before = Self.facts("         ? (         ): wrk/4 ... [continued]: execve())                 = 0")
    #expect(before.kind == .resumed || before.kind == .other)
    let found = Self.facts("         ? (         ): wrk/4  ... [continued]: execve())                 = 0")
    #expect(found.kind == .resumed && found.stampKind == .none && found.duration == nil && found.tid == 4)
    let child = Self.facts("         ? (         ): wrk/4  ... [continued]: clone())             = ")
    #expect(child.kind == .resumed && child.result == 0 && !child.flags.contains(.unavailable))
    let end = Self.facts("    10.000 ( 2.500 ms): wrk/4  ... [continued]: read())                 = 5")
    #expect(end.stamp == 12_500_000 && end.duration == 2_500_000)
  }

  // MARK: Sniffing

  @Test("the syntax of every fixture is told by its head, or not decided") func sniffing() throws {
    func syntax(_ bytes: [UInt8]) -> LogSyntax? { bytes.withUnsafeBytes { LogSyntax.sniff($0) } }
    for capture in Capture.all where !capture.isTableOnly {
      #expect(syntax(try capture.bytes()) == .strace, "\(capture)")
    }
    for capture in Capture.perfTrace { #expect(syntax(try capture.bytes()) == .perfTrace, "\(capture)") }
    #expect(syntax(Array("hello\n\nworld\n".utf8)) == nil)
    #expect(syntax([]) == nil)
    // A program's output in front of either.
    #expect(
      syntax(Array("starting (1.0 ms): x\n     0.694 ( 0.018 ms): a/1 brk() = 0\n7 read(3, \"\", 1) = 0\n".utf8)) == .perfTrace)
    #expect(syntax(Array("starting\n7 read(3, \"\", 1) = 0\n     0.694 ( 0.018 ms): a/1 brk() = 0\n".utf8)) == .strace)
  }

  // MARK: Against the reference

  static func compare(_ bytes: [UInt8], limit: Int = 5) {
    let fast = FastParser(.perfTrace).facts(bytes)
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    #expect(fast.count == lines.count)
    var differences = 0
    for (found, line) in zip(fast, lines) {
      let expected = PerfTraceReference.facts(Array(line))
      if found.comparable != expected, differences < limit {
        differences += 1
        Issue.record("\(String(decoding: line, as: UTF8.self))\nfast:      \(found)\nreference: \(expected)")
      }
    }
  }

  @Test("agrees with the reference on every line", arguments: Capture.perfTrace)
  func agreement(capture: Capture) throws { Self.compare(try capture.bytes()) }

  @Test("and on lines cut anywhere") func cutAgreement() throws {
    for capture in Capture.perfTrace {
      for (index, line) in try capture.bytes().split(separator: 10).enumerated() where index % 7 == 0 {
        Self.compare((1...line.count).filter { $0 % 3 == index % 3 }.flatMap { line.prefix($0) + [10] }, limit: 1)
      }
    }
  }

  // MARK: Damage

  static let lines: [[UInt8]] = {
    var lines = Capture.perfTrace.flatMap { ((try? $0.bytes()) ?? []).split(separator: 10).map(Array.init) }
    lines += [
      #"     1.500 ( 0.250 ms): w/7 write(fd: 1</tmp/x (deleted)>, buf: "\2\0\7publish\10", count: 11) = 30</tmp/x>"#,
      "     1.500 ( 0.250 ms): w/7 connect(fd: 3, uservaddr: { .family: INET6, port: 53, addr: ::1 }, addrlen: 28) = -1 EBADF (x)",
      "18446744073709.508 ( 0.023 ms): w/7 futex(uaddr: 0x1, op: WAIT|PRIV|CLKRT, val: 2, val3: MATCH_ANY    ) = 0 Timeout",
      "     1.500 ( 0.250 ms): w/7 accept4(fd: 4, flags: 526336) = 8", "LOST 99999999999999999999 events!",
    ].map { Array($0.utf8) }
    return lines
  }()

  static func check(_ text: [UInt8], _ parser: FastParser) {
    parser.forEach(text) { event, bytes in
      if !RobustnessTests.holds(event, count: bytes.count) {
        Issue.record("\(event) of \(String(decoding: text, as: UTF8.self))")
      }
    }
  }

  @Test("cut at every byte, from either end") func cuts() {
    let parser = FastParser(.perfTrace)
    for line in Self.lines {
      Self.check((1...line.count).flatMap { line.prefix($0) + [10] }, parser)
      Self.check((0..<line.count).flatMap { line[$0...] + [10] }, parser)
    }
  }

  @Test("with bytes flipped, doubled and dropped") func flips() {
    let parser = FastParser(.perfTrace)
    var random = SeededRandom(seed: 20_261_121)
    for line in Self.lines {
      for _ in 0..<20 {
        var damaged = line
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          let at = Int.random(in: 0..<damaged.count, using: &random)
          switch Int.random(in: 0..<4, using: &random) {
          case 0: damaged[at] ^= UInt8(1) << UInt8.random(in: 0..<8, using: &random)
          case 1: damaged[at] = Array(" <>()[]{}\"\\=?.:,|/-+0x\n\r\0".utf8).randomElement(using: &random)!
          case 2: damaged.insert(damaged[at], at: at)
          default: if damaged.count > 1 { damaged.remove(at: at) }
          }
        }
        Self.check(damaged, parser)
      }
    }
  }

  @Test("of random and of equal bytes, short and long; the room for rewriting suffices") func noise() {
    let parser = FastParser(.perfTrace)
    var random = SeededRandom(seed: 7)
    let head = Array("     1.500 ( 0.250 ms): w/7 ".utf8)
    for name in ["futex(", "openat(", "clone(", "epoll_ctl(", "fcntl(", "connect(", "write(fd: 1, buf: \"", "close(fd: 1<"] {
      for pattern in [
        "X|", "A|", ",", ", a: ", "op: X|", "flags: X|X|", "val3: X|X|X|", "{ .family: A, port: , addr: ", "<", "\"", "\u{1}",
        "\\",
      ] {
        for count in [1, 10, 1000, 20_000] {
          let body = Array((name + (0..<(count / pattern.utf8.count + 1)).map { _ in pattern }.joined()).utf8)
          Self.check(head + body + Array(") = 0".utf8), parser)
          Self.check(head + body + Array("\") = 0".utf8), parser)
        }
      }
    }
    for byte in Array(" <>()[]{}\"\\=?.:,-+09ax\r\0\u{7f}E/".utf8) {
      for count in [1, 2, 3, 8, 16, 63, 64, 65, 300, 17_000] {
        Self.check([UInt8](repeating: byte, count: count), parser)
        Self.check(head + [UInt8](repeating: byte, count: count), parser)
      }
    }
    for _ in 0..<2000 {
      let count = Int.random(in: 1...200, using: &random)
      Self.check(head + (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }, parser)
    }
  }
}
