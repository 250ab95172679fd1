import Testing
import TraceSyntax
import TraceTestSupport

@testable import TraceProcesses

@Suite("Processes that were attached")
struct AttachedProcessTests {
  static func notes(_ text: String) -> [AttachNote] {
    Array(text.utf8).withUnsafeBytes { AttachNote.all(in: $0) }
  }

  @Test("strace's notes, in the words of all versions") func words() {
    let notes = Self.notes(
      """
      strace: Process 123 attached with 67 threads
      strace: Process 200 attached
      Process 7 attached with 3 threads - interrupt to quit
      /opt/bin/strace-4.15: Process 8 attached
      strace: [ Process PID=9 runs in 32 bit mode. ]
      strace: Process 123 detached
      strace: attach: ptrace(PTRACE_SEIZE, 5): Operation not permitted
      Process 99999999999 attached

      """)
    #expect(notes.map(\.tid) == [123, 200, 7, 8] && notes.map(\.threads) == [67, 1, 3, 1])
  }

  @Test("cut anywhere a note is nothing else") func cuts() {
    let whole = Array("strace: Process 123 attached with 67 threads".utf8)
    for end in 0...whole.count {
      let note = whole[..<end].withUnsafeBytes { AttachNote($0) }
      #expect(note == nil || (note?.tid == 123 && (note?.threads == 1) == (end < whole.count)), "\(end)")
    }
  }

  static func processes(_ log: String, _ notes: String, _ grouping: ProcessGrouping = .auto) throws -> [Int32: String] {
    var options = ProcessOptions()
    options.attached = AttachedProcesses(Self.notes(notes))
    options.grouping = grouping
    return try ModelLog(log, options).processOf
  }
  static let reads = [5, 6, 15, 16, 105].map { "\($0)     read(3, \"x\", 1) = 1\n" }.joined()

  @Test("one process with threads, and one without") func oneThreaded() throws {
    let notes = "strace: Process 6 attached\nstrace: Process 5 attached with 4 threads\nstrace: Process 15 attached\n"
    #expect(try Self.processes(Self.reads, notes) == [5: "5", 6: "6", 15: "5", 16: "5", 105: "5"])
    #expect(try Self.processes(Self.reads, notes, .one) == [5: "5", 6: "5", 15: "5", 16: "5", 105: "5"])
    #expect(Set(try Self.processes(Self.reads, notes, .each).values).count == 5)
  }

  @Test("several processes with threads: the next lower number") func severalThreaded() throws {
    let notes = "strace: Process 15 attached with 3 threads\nstrace: Process 5 attached with 2 threads\n"
    #expect(try Self.processes(Self.reads, notes) == [5: "5", 6: "5", 15: "15", 16: "15", 105: "15"])
  }

  @Test("no threads: each its own; who is born in the log is known by birth") func singles() throws {
    let notes = "strace: Process 5 attached\nstrace: Process 6 attached\nstrace: Process 7 attached\n"
    let thread = "5     clone(child_stack=0x7f, flags=CLONE_VM|CLONE_FILES|CLONE_THREAD, parent_tid=[7]) = 7\n"
    let processes = try Self.processes(
      thread + "5     read(3, \"x\", 1) = 1\n6     read(3, \"x\", 1) = 1\n7     read(3, \"x\", 1) = 1\n", notes)
    #expect(processes == [5: "5", 6: "6", 7: "5"])
  }

  @Test("the same from the head of a log that is strace's standard error") func inLog() throws {
    let log = try ModelLog(
      """
      strace: Process 5 attached with 2 threads
      strace: Process 15 attached
      [pid    16] read(3, "x", 1) = 1
      [pid    15] read(3, "x", 1) = 1
      [pid     5] clone(child_stack=NULL, flags=SIGCHLD) = 20
      strace: Process 20 attached
      [pid    20] read(3, "x", 1) = 1

      """)
    #expect(log.processOf == [16: "5", 15: "15", 5: "5", 20: "20"])
    #expect(log.model.closingNotes.contains { $0.contains("2 processes were attached, 1 of one thread and 1 of several") })
  }

  /// Three workers of Python's `accept` loop, attached with `strace -f -p A -p B -p C`: two of them used the same numbers one after the other.
  @Test("workers of a server are told apart once one of them is") func preforked() throws {
    let text = try Fixture.text("Fixtures/strace/attach-workers.log")
    let workers = Set(text.split(separator: "\n").compactMap { $0.split(separator: " ").first.flatMap { Int32($0) } })
    let log = try ModelLog(text)
    #expect(workers.count == 3 && log.processOf == Dictionary(uniqueKeysWithValues: workers.map { ($0, String($0)) }))
    #expect(log.model.notes.count == 1 && log.model.notes[0].contains("none used what another opened"))
  }

  @Test("threads that hand descriptors on stay together when a process leaves") func tied() throws {
    let log = try ModelLog(
      """
      5     read(3, "x", 1) = 1
      6     open("/a", O_RDONLY) = 4
      5     read(4, "x", 1) = 1
      7     open("/b", O_RDONLY) = 4
      5     read(4, "x", 1) = 1
      6     close(4) = 0

      """)
    #expect(log.processOf == [5: "5", 6: "5", 7: "7"])
  }

  @Test(
    "getpid and tgkill tell threads from processes",
    arguments: [
      // A thread's getpid is its process; the process bears its number though the thread came first.
      ("16 getpid() = 15\n15 getpid() = 15\n", [15: "15", 16: "15", 5: "15"]),
      // Two processes, each with a thread; who says nothing stays with the one proven first.
      ("16 getpid() = 15\n6 getpid() = 5\n", [15: "15", 16: "15", 5: "5", 6: "5", 105: "15"]),
      ("5 tgkill(15, 16, SIGRT_1) = 0\n5 getpid() = 5\n15 getpid() = 15\n", [15: "15", 16: "15", 5: "5", 6: "15"]),
      // What failed, or names a task that the log does not show, proves nothing; nor does anything in a PID namespace.
      ("15 tgkill(15, 16, SIGRT_1) = -1 ESRCH (No such process)\n", [15: "5", 16: "5"]),
      ("15 getpid() = 1\n16 getpid() = 1\n", [15: "5", 16: "5"]),
      ("16 gettid() = 6\n16 getpid() = 15\n5 getpid() = 5\n", [15: "5", 16: "5"]),
    ])
  func proofs(calls: String, expected: [Int32: String]) throws {
    let log = try ModelLog(Self.reads + calls + Self.reads)
    for (tid, process) in expected { #expect(log.processOf[tid] == process, "\(tid)") }
    #expect(
      try ModelLog(
        Self.reads + calls + Self.reads,
        {
          var one = ProcessOptions()
          one.grouping = .one
          return one
        }()
      ).processOf.values.allSatisfy { $0 == "5" })
  }

  @Test("a process that is told apart takes its descriptors along, and a note says why") func proofNotes() throws {
    let log = try ModelLog(
      """
      5     open("/a", O_RDONLY) = 4
      15    open("/b", O_RDONLY) = 9
      16    getpid() = 15
      5     getpid() = 5
      16    read(9, "x", 1) = 1
      5     open("/c", O_RDONLY) = 9
      15    close(9) = 0
      5     read(9, "x", 1) = 1

      """)
    #expect(log.words("15") == ["15 9/0 open@2 close@7"] && log.words("5") == ["5 4/0 open@1", "5 9/0 open@6"])
    #expect(log.model.notes.count == 1 && log.model.notes[0].contains("process 5 (tasks 5) is another one than 15"))
    #expect(log.model.notes[0].contains("by getpid at line 4"))
  }

  @Test("a thread taken for a process comes back to its own") func proofOfThread() throws {
    let log = try ModelLog(
      """
      5     open("/a", O_RDONLY) = 4
      6     open("/b", O_RDONLY) = 4
      7     open("/c", O_RDONLY) = 8
      7     getpid() = 6
      6     read(8, "x", 1) = 1
      7     read(4, "x", 1) = 1
      6     close(9) = 0

      """)
    // A later task was on its own, until getpid told.
    #expect(log.processOf == [5: "5", 6: "6", 7: "6"] && log.use(5)?.on == "8/0" && log.what(4, 0)?.path == "/a")
    #expect(log.words("6").contains("6 8/0 open@3"))
  }

  /// A master and two workers with a thread each, attached with three `-p`; a worker is killed and replaced.
  @Test("nginx: the truth with strace's notes, one master and its children without") func nginx() throws {
    let text = try Fixture.text("Fixtures/network/nginx.log")
    let rows = try Fixture.text("Fixtures/network/nginx.tids").split(separator: "\n").map { $0.split(separator: "\t") }
    let truth = Dictionary(uniqueKeysWithValues: rows.compactMap { row in Int32(row[0]).map { ($0, String(row[1])) } })
    let notes = try Fixture.text("Fixtures/network/nginx.notes")
    let found = try Self.processes(text, notes)
    #expect(truth.count == 7 && found == truth)
    // What the master passed to its worker is what it had.
    var options = ProcessOptions()
    options.attached = AttachedProcesses(Self.notes(notes))
    let model = try ModelLog(text, options).model
    let received = model.incarnations.filter { $0.openedBy == .received }
    #expect(received.count == 1)
    for life in received {
      let senders = model.incarnations.filter { $0.description == life.description && $0.table != life.table }
      #expect(senders.contains { model.processLabel($0.table) == "23509" } && life.closedBy == .none)
    }
  }
}
