import Testing
import TraceTestSupport

@testable import TraceCalls

@Suite("Halves become calls")
struct StitchingTests {
  @Test(
    "R8 the halves of three generations give the same call",
    arguments: [
      ("7     read(3,  <unfinished ...>", "7     <... read resumed> \"abc\", 4096) = 3"),
      ("7     read(3,  <unfinished ...>", "7     <... read resumed>\"abc\", 4096) = 3"),
      ("7     read(3 <unfinished ...>", "7     <... read resumed>, \"abc\", 4096) = 3"),
    ])
  func generations(opening: String, closing: String) throws {
    let log = try CallLog("\(opening)\n8     getpid() = 8\n\(closing)\n")
    let call = try #require(log.calls.last)
    #expect(log.phases == [.began, .whole, .returned])
    #expect(call.arguments.filter { $0 != " " } == "3,\"abc\",4096")
    #expect(call.lines == 1...3 && call.descriptor == 3 && call.result == 3 && call.tid == 7 && call.hasStart)
  }

  @Test("R9 the match is by tid") func byTid() throws {
    let log = try CallLog(
      """
      7     read(3,  <unfinished ...>
      8     read(4,  <unfinished ...>
      9     close(5) = 0
      7     <... read resumed>"a", 1) = 1
      8     <... read resumed>"b", 1) = 1

      """)
    #expect(log.calls.map(\.tid) == [9, 7, 8])
    #expect(log.calls.map(\.lines) == [3...3, 1...4, 2...5])
    #expect(log.calls.map(\.descriptor) == [5, 3, 4])
  }

  @Test("R9 on a mismatch the newer line is believed, and it is counted") func mismatch() throws {
    let log = try CallLog(
      "7     read(3,  <unfinished ...>\n7     <... futex resumed>) = 0\n7     write(4,  <unfinished ...>\n7     close(3) = 0\n")
    #expect(log.phases == [.began, .abandoned, .returnedOnly, .began, .abandoned, .whole])
    #expect(log.ledger.abandoned.lines == 2 && log.ledger.abandoned.firstLine == 2)
    #expect(log.ledger.withoutStart.lines == 1)
    #expect(log.calls.map(\.syscall) == ["futex", "close"])
    #expect(log.calls[0].arguments == "" && log.calls[0].descriptor == nil)
  }

  @Test("R9 a call may resume as restart_syscall") func restart() throws {
    let log = try CallLog("7     poll([{fd=3}], 1, 5 <unfinished ...>\n7     <... restart_syscall resumed>) = 0\n")
    #expect(log.phases == [.began, .returned])
    #expect(log.ledger.abandoned.lines == 0)
  }

  @Test("R11 what the log leaves open") func openAtEnd() throws {
    let log = try CallLog(
      "7     read(3,  <unfinished ...>\n8     futex(0x1, FUTEX_WAIT, 2, NULL <detached ...>\n9     poll(NULL, 0, -1")
    #expect(log.phases == [.began, .detached, .inFlight])
    #expect(log.steps.map(\.syscall) == ["read", "futex", "read"])
    #expect(log.ledger.inFlight == 2)
    #expect(log.calls.isEmpty)
    #expect(log.ledger.reasons[Ledger.Reason.cutLastLine.rawValue].firstLine == 3)
  }

  @Test("R11 a detach in a call that was open") func detachedResumed() throws {
    let log = try CallLog("7     read(3,  <unfinished ...>\n7     <... read resumed> <detached ...>\n")
    #expect(log.phases == [.began, .detached])
    #expect(log.steps[1].lines == 1...2)
    #expect(log.ledger.inFlight == 1)
  }

  @Test(
    "R12 killed in a call: no completed call",
    arguments: [
      "7     <... read resumed> <unfinished ...>) = ?\n7     +++ killed by SIGKILL +++",
      "7     <... read resumed>) = ?\n7     +++ exited with 0 +++",
      "7     +++ killed by SIGKILL +++",
    ])
  func killed(end: String) throws {
    let log = try CallLog("7     read(3,  <unfinished ...>\n\(end)\n")
    #expect(log.phases == [.began, .abandoned, .exited])
    #expect(log.ledger.calls == 0)
    #expect(log.ledger.abandoned.lines == 0, "no contradiction")
  }

  @Test("R12 `= ?` on one line") func killedWhole() throws {
    let log = try CallLog(
      "7     exit_group(0) = ?\n8     pause( <unfinished ...>) = ?\n9     read(3, 0x1, 1) = ? <unavailable>\n")
    #expect(log.phases == [.whole, .whole, .whole])
    #expect(log.steps.map(\.isCompleted) == [false, false, true])
    #expect(log.ledger.calls == 1 && log.ledger.errors == 0)
  }

  @Test("R12 strace 5.2 to 6.1 under -z cut calls that ended at once") func statusFilter() throws {
    let log = try CallLog("7     madvise(0x7f90, 8368128, MADV_DONTNEED <unfinished ...>\n)      = 0 <0.000044>\n")
    #expect(log.phases == [.began, .returned])
    #expect(log.calls[0].duration == 44_000 && log.calls[0].lines == 1...2 && log.calls[0].tid == 7)
    #expect(log.ledger[.continuation].lines == 1 && log.ledger.notUnderstood == 0)
  }

  @Test("R13 no opening: a call of its name, arguments unknown") func withoutStart() throws {
    let log = try CallLog("7     <... read resumed>\"abc\", 4096) = 3 <0.5>\n")
    #expect(log.phases == [.returnedOnly])
    #expect(!log.calls[0].hasStart && log.calls[0].duration == 500_000_000 && log.calls[0].descriptor == nil)
    #expect(log.ledger.withoutStart.lines == 1 && log.ledger.calls == 1)
  }

  @Test("R15 exec off the leader", arguments: [true, false])
  func exec(hasSupersededLine: Bool) throws {
    let log = try CallLog(
      """
      10005 read(3,  <unfinished ...>
      10008 execve("/tmp/x", ["/tmp/x"], 0x7fff /* 39 vars */ <pid changed to 10005 ...>
      \(hasSupersededLine ? "10005 +++ superseded by execve in pid 10008 +++" : "10007 +++ exited with 0 +++")
      10005 <... execve resumed>)             = 0
      10005 close(3) = 0

      """)
    let exec = try #require(log.calls.first)
    #expect(exec.syscall == "execve" && exec.tid == 10005 && exec.lines == 2...4 && exec.result == 0)
    #expect(exec.arguments == #""/tmp/x", ["/tmp/x"], 0x7fff /* 39 vars */"#)
    #expect(log.steps.contains { $0.phase == .superseded })
    #expect(log.calls.map(\.syscall) == ["execve", "close"])
  }

  @Test("names that are not in the catalogue are told apart") func unknownNames() throws {
    let log = try CallLog(
      "syscall_0x14e(1) = 0\nnew_call(2) = 0\nsyscall_0x14e(3) = -1 (errno 38)\n7 <... new_call resumed>) = 1\n")
    #expect(log.calls.map(\.syscall) == ["syscall_0x14e", "new_call", "syscall_0x14e", "new_call"])
  }

  @Test("long halves outlive their chunk", arguments: [16, 64, 256, 4096])
  func longLived(chunkSize: Int) throws {
    let long = String(repeating: "x", count: 700)
    let middle = (0..<50).map { "8     write(4, \"\($0)\", 2) = 2\n" }.joined()
    let log = try CallLog(
      "7     sendto(3, \"\(long)\", 700, 0 <unfinished ...>\n\(middle)7     <... sendto resumed>, NULL, 0) = 700\n",
      workers: 2, chunkSize: chunkSize)
    let call = try #require(log.calls.last)
    #expect(call.arguments == "3, \"\(long)\", 700, 0, NULL, 0")
    #expect(call.lines == 1...52)
  }

  @Test("a kept half stays while the task opens its next call") func keptHalf() throws {
    // Chunks of 128 bytes: the first ends after line 2, the second after line 4.
    let log = try CallLog(
      """
      7     sendto(3, "the first call's own text, some sixty bytes of it", 50 <unfinished ...>
      8     getpid() = 8
      7     <... sendto resumed>, 0, NULL, 0) = 50
      7     futex(0x7f659800b798, FUTEX_WAIT_PRIVATE, 2, NULL <unfinished ...>
      8     getpid() = 8
      7     <... futex resumed>) = 0

      """, chunkSize: 128)
    let sent = try #require(log.calls.first { $0.syscall == "sendto" })
    #expect(sent.arguments == #"3, "the first call's own text, some sixty bytes of it", 50, 0, NULL, 0"#)
  }

  @Test("a call left open on a resumed line goes on") func stillOpen() throws {
    let log = try CallLog(
      "7     ppoll([{fd=3}],  <unfinished ...>\n7     <... ppoll resumed>1, NULL <unfinished ...>\n7     <... ppoll resumed>, 8) = 1\n"
    )
    #expect(log.calls.map(\.arguments) == ["[{fd=3}],1, NULL, 8"])
    #expect(log.calls[0].lines == 1...3)
  }
}
