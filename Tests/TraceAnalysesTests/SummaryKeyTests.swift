import Testing
import TraceTestSupport

@testable import TraceAnalyses
@testable import TraceCalls

@Suite("summary by more than the call")
struct SummaryKeyTests {
  static func options(_ key: Summary.Key? = nil, _ change: (inout Summary.Options) -> Void = { _ in }) -> Summary {
    var options = Summary.Options()
    options.key = key
    change(&options)
    return Summary(options)
  }

  /// What adds up, by call.
  struct Totals: Hashable {
    var calls = 0
    var errors = 0
    var time: Int64 = 0
    var timed = 0
    var inFlight = 0
    var shortest: Int64?
    var longest: Int64?
  }

  static func totals(_ result: Summary.Result) -> [String: Totals] {
    var totals: [String: Totals] = [:]
    for row in result.rows {
      var sum = totals[row.syscall] ?? Totals()
      sum.calls += row.calls
      sum.errors += row.errors
      sum.time = Summary.sum(sum.time, row.time ?? 0)
      sum.timed += row.timed
      sum.inFlight += row.inFlight
      sum.shortest = [sum.shortest, row.shortest].compactMap { $0 }.min()
      sum.longest = [sum.longest, row.longest].compactMap { $0 }.max()
      totals[row.syscall] = sum
    }
    return totals
  }

  @Test("rows of any key sum to those by call", arguments: Capture.all + Capture.perfTrace + Capture.perfSyscalls)
  func sums(capture: Capture) throws {
    let byCall = try analyse(capture, Summary())
    let expected = Self.totals(byCall)
    for key in Summary.Key.allCases {
      let result = try analyse(capture, Self.options(key))
      #expect(Self.totals(result) == expected, "\(key)")
      #expect(
        [result.calls, result.errors, result.inFlight, Int(result.time)]
          == [byCall.calls, byCall.errors, byCall.inFlight, Int(byCall.time)])
      // A thing has one row for each of its calls, and no two things are one.
      #expect(Set(result.rows.map { "\($0.subject) \($0.syscall)" }).count == result.rows.count)
      #expect(Set(result.subjects.map(\.identity)).count == result.subjects.count)
      #expect(!result.notes.contains { $0.contains("(other)") } && !result.subjects.contains { $0.isRest })
    }
  }

  @Test("no room: the rest is counted as one, and said", arguments: Summary.Key.allCases) func limit(key: Summary.Key) throws {
    let capture = Capture.named("everything")
    let whole = try analyse(capture, Self.options(key))
    let result = try analyse(capture, Self.options(key) { $0.limit = 4 })
    let expected = try analyse(capture, Summary())
    #expect(Self.totals(result) == Self.totals(expected))
    guard whole.rows.count > 4 else { return }
    #expect(result.subjects.count { $0.isRest } == 1 && result.notes.count { $0.contains("(other)") } == 1)
    #expect(result.rows.count { !result.subjects[$0.subject].isRest } <= 4)
  }

  @Test("intervals, sizes and powers of two count the same calls", arguments: ["everything", "f-ns", "attach-yy", "perf-tcp"])
  func views(name: String) throws {
    let capture = Capture.named(name)
    for key in [nil] + Summary.Key.allCases.map(Optional.init) {
      let result = try analyse(
        capture,
        Self.options(key) {
          $0.interval = 1_000_000
          $0.keepsBuckets = true
          $0.keepsSizes = true
        })
      var (calls, errors) = ([Int](repeating: 0, count: result.rows.count), [Int](repeating: 0, count: result.rows.count))
      for piece in result.intervals {
        calls[piece.row] += piece.calls
        errors[piece.row] += piece.errors
      }
      #expect(calls == result.rows.map(\.calls) && errors == result.rows.map(\.errors))
      #expect(zip(result.intervals, result.intervals.dropFirst()).allSatisfy { ($0.interval, $0.row) < ($1.interval, $1.row) })
      for row in result.rows { #expect((row.microseconds?.counts.reduce(0, +) ?? 0) == row.timed, "\(row.syscall)") }
      for row in result.rows { #expect((row.sizes.map { $0.buckets.counts.reduce(0, +) == $0.transfers }) ?? true) }
    }
  }

  @Test("sizes of a descriptor are the bytes of `fds`", arguments: ["everything", "attach-yy", "ff", "perf-tcp"])
  func bytes(name: String) throws {
    let capture = Capture.named(name)
    let summary = try analyse(capture, Self.options(.fd) { $0.keepsSizes = true })
    var bytes: [String: Int64] = [:]
    for row in summary.rows {
      guard let sizes = row.sizes else { continue }
      let subject = summary.subjects[row.subject]
      bytes["\(subject.process ?? "") \(subject.descriptor ?? -9) \(subject.n ?? -9)", default: 0] += sizes.bytes
    }
    var expected: [String: Int64] = [:]
    for row in try analyse(capture, Fds()).rows where row.read.bytes + row.write.bytes > 0 {
      expected["\(row.process) \(row.incarnation.descriptor) \(row.incarnation.n)"] = row.read.bytes + row.write.bytes
    }
    #expect(bytes.filter { $0.value > 0 } == expected)
  }

  static let log = """
    7     10:00:00.000000 openat(AT_FDCWD, "/etc/hosts", O_RDONLY) = 3 <0.000010>
    7     10:00:00.100000 fstat(3, {st_mode=S_IFREG|0644, st_size=20, ...}) = 0 <0.000001>
    7     10:00:00.200000 newfstatat(3, "", {st_mode=S_IFREG|0644, ...}, AT_EMPTY_PATH) = 0 <0.000002>
    7     10:00:00.300000 read(3, "127.0.0.1 localhost\\n", 4096) = 20 <0.000003>
    7     10:00:00.400000 close(3) = 0 <0.000004>
    7     10:00:00.500000 socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 3 <0.000005>
    7     10:00:00.600000 connect(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("10.0.0.1")}, 16) = 0 <0.000006>
    7     10:00:00.700000 setsockopt(3, SOL_TCP, TCP_NODELAY, [1], 4) = 0 <0.000007>
    7     10:00:00.800000 write(3, "x", 1) = 1 <0.000008>
    7     10:00:01.000000 write(3, "y", 1) = 1 <0.000009>
    7     10:00:01.100000 write(3, "hello", 5) = -1 EAGAIN (Resource temporarily unavailable) <0.000010>
    7     10:00:01.200000 sendfile(3, 4, NULL, 100) = 100 <0.000011>
    7     10:00:01.300000 openat(AT_FDCWD, "/etc/hosts", O_RDONLY) = -1 ENOENT (No such file or directory) <0.000012>
    7     10:00:01.400000 getpid() = 7 <0.000013>
    7     10:00:01.500000 read(3,  <unfinished ...>

    """

  /// `thing: call=calls ...`, in order of names.
  static func text(_ result: Summary.Result, _ name: (Summary.Subject) -> String) -> [String] {
    result.subjects.enumerated().map { index, subject in
      let rows = result.rows.filter { $0.subject == index }.map { "\($0.syscall)=\($0.calls)\($0.inFlight > 0 ? "+1" : "")" }
      return "\(name(subject)): \(rows.sorted().joined(separator: " "))"
    }.sorted()
  }

  @Test("descriptors: calls that only look are on the life they look at") func descriptors() throws {
    let result = try analyse(text: Self.log, Self.options(.fd))
    let found = Self.text(result) { "\($0.process ?? "-") \($0.descriptor ?? -1)/\($0.n ?? -1)" }
    #expect(
      found == [
        "- -1/-1: getpid=1 openat=2 socket=1", "7 3/0: close=1 fstat=1 newfstatat=1 read=1",
        "7 3/1: connect=1 read=0+1 sendfile=1 setsockopt=1 write=3",
      ])
    #expect(result.subjects.contains { $0.description?.peer == "10.0.0.1:80" })
  }

  @Test("connections") func connections() throws {
    let result = try analyse(text: Self.log, Self.options(.connection))
    #expect(
      Self.text(result) { $0.description?.peer ?? $0.description?.path ?? "-" } == [
        "-: getpid=1 openat=2 socket=1", "/etc/hosts: close=1 fstat=1 newfstatat=1 read=1",
        "10.0.0.1:80: connect=1 read=0+1 sendfile=1 setsockopt=1 write=3",
      ])
    // The numbers are those of `connections`.
    let numbers = try analyse(text: Self.log, Connections()).rows.map { "\($0.connection) \($0.description.peer ?? "")" }
    #expect(numbers.contains("\(result.subjects.first { $0.description?.peer != nil }?.connection ?? 0) 10.0.0.1:80"))
  }

  @Test("paths: named, or of the descriptor") func paths() throws {
    let found = Self.text(try analyse(text: Self.log, Self.options(.path))) { $0.path ?? "-" }
    #expect(
      found == [
        "-: connect=1 getpid=1 read=0+1 sendfile=1 setsockopt=1 socket=1 write=3",
        "/etc/hosts: close=1 fstat=1 newfstatat=1 openat=2 read=1",
      ])
  }

  @Test("errors") func errors() throws {
    let found = Self.text(try analyse(text: Self.log, Self.options(.errno))) { $0.errno ?? "-" }
    #expect(found.count == 3 && found[1] == "EAGAIN: write=1" && found[2] == "ENOENT: openat=1")
  }

  @Test("threads of a process, and a number used again by another") func threads() throws {
    let log = """
      7     clone(child_stack=0x7f, flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD) = 8
      8     getppid() = 1
      8     +++ exited with 0 +++
      7     clone(child_stack=NULL, flags=SIGCHLD) = 8
      8     getppid() = 7

      """
    let found = Self.text(try analyse(text: log, Self.options(.thread))) { "\($0.process ?? "-") \($0.tid ?? -1)" }
    #expect(found == ["7 7: clone=2", "7 8: getppid=1", "8 8: getppid=1"])
    #expect(
      Self.text(try analyse(text: log, Self.options(.process))) { $0.process ?? "-" } == ["7: clone=2 getppid=1", "8: getppid=1"])
  }

  @Test("sizes: 1-byte writes are named") func sizes() throws {
    let result = try analyse(text: Self.log, Self.options(.connection) { $0.keepsSizes = true })
    let write = try #require(result.rows.first { $0.syscall == "write" }?.sizes)
    #expect(
      write.transfers == 2 && write.bytes == 2 && write.ofOneByte == 2 && write.top.map { [Int($0.size), $0.calls] } == [[1, 2]])
    // By bytes: the file was read.
    #expect(result.subjects.first?.description?.path == "/etc/hosts")
  }

  @Test("a filter of protocol or stream leaves the calls on such connections") func protocols() throws {
    let log = Self.log.replacing("\"x\", 1) = 1", with: "\"GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n\", 27) = 27")
    for key in [nil] + Summary.Key.allCases.map(Optional.init) {
      let result = try analyse(text: log, Self.options(key) { $0.filter.protocols = ["http"] })
      #expect(
        Self.totals(result).mapValues(\.calls) == ["connect": 1, "setsockopt": 1, "write": 3, "sendfile": 1, "read": 0],
        "\(String(describing: key))")
      #expect(Self.totals(result)["read"]?.inFlight == 1)
    }
  }

  @Test("no durations: times are unknown, not 0") func untimed() throws {
    let log = Self.log.split(separator: "\n").map {
      ($0.hasSuffix(">") && !$0.hasSuffix("...>") ? $0.prefix($0.count - 11) : $0) + "\n"
    }
    .joined()
    let result = try analyse(
      text: log,
      Self.options(.fd) {
        $0.keepsBuckets = true
        $0.interval = 1_000_000_000
      })
    #expect(result.rows.allSatisfy { $0.time == nil && $0.p50 == nil && $0.mean == nil && $0.microseconds == nil })
    #expect(result.intervals.reduce(0) { $0 + $1.calls } == 14 && Set(result.intervals.map(\.interval)) == [36_000, 36_001])
  }

  @Test("no stamps: one interval without a time") func unstamped() throws {
    let result = try analyse(
      text: "7     read(3, \"x\", 1) = 1 <0.5>\n7     read(3, \"x\", 1) = 1 <0.5>\n", Self.options { $0.interval = 1_000_000_000 }
    )
    #expect(result.intervals.map { [Int($0.interval), $0.calls] } == [[0, 2]] && result.clock.kind == .none)
  }

  @Test("absurd durations and stamps are counted, wherever their ends may lie") func absurd() throws {
    let log = (1...9).map {
      "7     4294967295.99999\($0) read(3, \"x\", 1) = 1 <\(String(repeating: "9", count: $0)).999999999>\n"
    }.joined()
    for key in [nil] + Summary.Key.allCases.map(Optional.init) {
      let result = try analyse(
        text: log,
        Self.options(key) {
          $0.keepsBuckets = true
          $0.interval = 1000
        })
      #expect(result.calls == 9 && result.intervals.reduce(0) { $0 + $1.calls } == 9)
      #expect(
        result.rows.allSatisfy { ($0.time ?? 0) > 0 && ($0.time ?? 0) <= result.time && ($0.p999 ?? 0) <= ($0.longest ?? 0) })
    }
  }

  @Test("only the busiest") func top() throws {
    let result = try analyse(text: Self.log, Self.options(.connection) { $0.top = 1 })
    #expect(result.subjects.count == 1 && result.subjects[0].description?.peer == "10.0.0.1:80")
    #expect(result.rows.allSatisfy { $0.subject == 0 } && result.rows.reduce(0) { $0 + $1.calls } == 6)
    // The whole that shares are of.
    #expect(result.calls == 14)
  }

  @Test("same for any number of workers", arguments: Summary.Key.allCases) func workers(key: Summary.Key) throws {
    let one = try analyse([Fixture.sample("nginx-rtmp")], Self.options(key))
    let three = try analyse([Fixture.sample("nginx-rtmp")], Self.options(key), workers: 3, chunkSize: 1 << 16)
    func text(_ result: Summary.Result) -> [String] {
      result.rows.map { "\(result.subjects[$0.subject].identity) \($0.syscall) \($0.calls) \($0.time ?? -1) \($0.p99 ?? -1)" }
    }
    #expect(text(one) == text(three) && one.rows.count >= 10)
  }
}
