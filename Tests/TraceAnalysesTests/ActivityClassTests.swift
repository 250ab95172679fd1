import Testing
import TraceAnalyses
import TraceCalls

/// The activity of each completed call, by name.
private struct Activities: Analysis {
  var names = ActivityClass()
  var found: [String] = []
  mutating func consume(_ batch: CallBatch, _ context: TraceContext) {
    for event in batch.places where event.pointee.isCompleted { found.append(names.activity(of: event, context).name) }
  }
  mutating func finish(_ context: TraceContext) -> [String] { found }
}

@Suite("What a call is spent on")
struct ActivityClassTests {
  /// Of the last call.
  static func last(_ lines: String...) throws -> String {
    let text = lines.map { "7     10:00:00.000000 \($0)\n" }.joined()
    return try #require(try analyse(text: text, Activities()).last)
  }

  @Test(
    "by the call alone",
    arguments: [
      ("fsync(3) = 0 <0.1>", "sync"), ("nanosleep({tv_sec=1, tv_nsec=0}, NULL) = 0 <1.0>", "sleep"),
      ("accept(3, NULL, NULL) = 4 <0.1>", "idle"), ("epoll_wait(3, [], 8, 1000) = 0 <1.0>", "idle"),
      ("pread64(3, \"x\", 1, 0) = 1 <0.1>", "file"), ("openat(AT_FDCWD, \"/a\", O_RDONLY) = 3 <0.1>", "file"),
      ("connect(3, {sa_family=AF_UNIX, sun_path=\"/s\"}, 9) = 0 <0.1>", "connect"), ("getpid() = 7 <0.1>", "other"),
      ("someday(1) = 0 <0.1>", "other"), ("poll(NULL, 0, 100) = 0 (Timeout) <0.1>", "sleep"),
      ("select(0, NULL, NULL, NULL, {tv_sec=1, tv_usec=0}) = 0 (Timeout) <1.0>", "sleep"),
      ("select(4, [3], NULL, NULL, NULL) = 1 (in [3]) <1.0>", "idle"),
      ("futex(0x7f, FUTEX_WAIT_PRIVATE, 2, NULL) = 0 <0.1>", "lock"),
      ("futex(0x7f, FUTEX_WAIT_BITSET_PRIVATE|FUTEX_CLOCK_REALTIME, 0, NULL, FUTEX_BITSET_MATCH_ANY) = 0 <0.1>", "lock"),
      ("futex(0x7f, 0x80 /* FUTEX_WAIT_PRIVATE */, 2, NULL) = 0 <0.1>", "lock"),
      ("futex(0x7f, FUTEX_LOCK_PI_PRIVATE, NULL) = 0 <0.1>", "lock"), ("futex(0x7f, FUTEX_WAKE_PRIVATE, 1) = 1 <0.1>", "other"),
      ("futex(0x7f, 0x81, 1) = 1 <0.1>", "other"), ("<... futex resumed>) = 0 <0.1>", "lock"),
      ("fcntl(3, F_SETLKW, {l_type=F_WRLCK}) = 0 <0.1>", "lock"), ("fcntl(3, F_GETFL) = 0x2 (flags O_RDWR) <0.1>", "other"),
      ("restart_syscall(<... resuming interrupted futex ...>) = 0 <0.1>", "lock"),
      ("restart_syscall(<... resuming interrupted clock_nanosleep ...>) = 0 <0.1>", "sleep"),
      ("restart_syscall(<... resuming interrupted read ...>) = 0 <0.1>", "idle"),
    ])
  func byName(call: String, activity: String) throws { #expect(try Self.last(call) == activity) }

  @Test(
    "by what the descriptor is",
    arguments: [
      ("socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 3 <0.1>", "read(3, \"x\", 1) = 1 <0.1>", "network_read"),
      (
        "socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 3 <0.1>", "writev(3, [{iov_base=\"x\", iov_len=1}], 1) = 1 <0.1>",
        "network_write"
      ),
      ("pipe([3, 4]) = 0 <0.1>", "read(3, \"x\", 1) = 1 <0.1>", "network_read"),
      ("openat(AT_FDCWD, \"/a\", O_RDWR) = 3 <0.1>", "read(3, \"x\", 1) = 1 <0.1>", "file"),
      ("openat(AT_FDCWD, \"/a\", O_RDWR) = 3 <0.1>", "close(3) = 0 <0.1>", "file"),
      ("socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 3 <0.1>", "close(3) = 0 <0.1>", "other"),
      ("eventfd2(0, 0) = 3 <0.1>", "read(3, \"\\1\\0\\0\\0\\0\\0\\0\\0\", 8) = 8 <0.1>", "idle"),
      ("getpid() = 7 <0.1>", "read(3, \"x\", 1) = 1 <0.1>", "other"),
      ("getpid() = 7 <0.1>", "recvfrom(3, \"x\", 1, 0, NULL, NULL) = 1 <0.1>", "network_read"),
      ("read(3, 0x7f, 1) = -1 EAGAIN (Resource temporarily unavailable) <0.1>", "write(3, \"x\", 1) = 1 <0.1>", "network_write"),
    ])
  func byDescriptor(before: String, call: String, activity: String) throws { #expect(try Self.last(before, call) == activity) }

  @Test("DNS and connections under way") func connecting() throws {
    let dns = [
      "socket(AF_INET, SOCK_DGRAM, IPPROTO_IP) = 3 <0.1>",
      #"connect(3, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("10.0.0.1")}, 16) = 0 <0.1>"#,
    ]
    #expect(try Self.last(dns[0], dns[1], "recvfrom(3, \"x\", 1, 0, NULL, NULL) = 1 <0.1>") == "connect")
    #expect(
      try Self.last(dns[0], dns[1], "poll([{fd=3, events=POLLIN}], 1, 5000) = 1 ([{fd=3, revents=POLLIN}]) <0.1>") == "connect")
    let tcp = [
      "socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 3 <0.1>",
      #"connect(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("10.0.0.1")}, 16) = -1 EINPROGRESS (Operation now in progress) <0.1>"#,
    ]
    let poll = "poll([{fd=3, events=POLLOUT}], 1, 5000) = 1 ([{fd=3, revents=POLLOUT}]) <0.1>"
    #expect(try Self.last(tcp[0], tcp[1], poll) == "connect")
    #expect(try Self.last(tcp[0], tcp[1], poll, "write(3, \"x\", 1) = 1 <0.1>", poll) == "idle")
    #expect(
      try Self.last(tcp[0], tcp[1], "poll([{fd=3, events=POLLOUT}, {fd=4, events=POLLIN}], 2, 5000) = 0 (Timeout) <0.1>")
        == "idle")
  }
}
