import Testing
import TraceTestSupport

@testable import TraceCalls

@Suite("R16, R17: lines cut by other text on a shared stderr")
struct PartialLineTests {
  @Test("strace's own message in the middle") func note() throws {
    let log = try CallLog(
      "clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLDstrace: Process 8232 attached\n, child_tidptr=0x7fab7607fa10) = 8232\n"
    )
    let call = try #require(log.calls.first)
    #expect(
      call.result == 8232 && call.arguments == "child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLD, child_tidptr=0x7fab7607fa10"
    )
    #expect(log.ledger.notUnderstood == 0 && log.ledger.lines == 2)
  }

  @Test("strace's own message before `<unfinished ...>`") func noteAndUnfinished() throws {
    let log = try CallLog(
      "vfork(strace: Process 8234 attached\n <unfinished ...>\n[pid  8234] getpid() = 8234\n[pid  8233] <... vfork resumed>) = 8234\n"
    )
    #expect(log.calls.map(\.syscall) == ["getpid", "vfork"])
    #expect(log.calls[1].hasStart && log.calls[1].lines == 1...4)
    #expect(log.ledger.notUnderstood == 0)
  }

  @Test("before 4.11 the message has no name in front") func oldNote() throws {
    let log = try CallLog("[pid  8231] clone(child_stack=NULL, flags=SIGCHLDProcess 8232 attached\n, child_tidptr=0x7f) = 8232\n")
    #expect(log.calls.map(\.result) == [8232])
    #expect(log.calls.map(\.tid) == [8231])
  }

  @Test(
    "the program's own output",
    arguments: [
      "write(1, \"one\\n\", 4one\n)                    = 4\n", "write(1, \"one\\ntwo\\n\", 8one\ntwo\n) = 8\n",
      "write(1, \"one\", 3one)  = 3\n",
      "write(1, \"one\\n\\nx\\n\", 7one\n\nx\n) = 7 <0.000028>\n",
    ])
  func output(text: String) throws {
    let log = try CallLog("[pid 7] getpid() = 7\n" + text)
    let call = try #require(log.calls.last)
    #expect(call.syscall == "write" && call.descriptor == 1 && call.result >= 3)
    #expect(call.lines.lowerBound == 2)
    #expect(log.ledger.notUnderstood == 0)
    #expect(log.ledger.lines == 1 + text.count { $0 == "\n" })
  }

  @Test("a call that never goes on is given up, the next line is not") func givenUp() throws {
    let log = try CallLog("[pid 7] write(1, \"one\n[pid 7] close(3) = 0\n")
    #expect(log.calls.map(\.syscall) == ["close"])
    #expect(log.ledger.reasons[Ledger.Reason.cutCall.rawValue].lines == 1)
  }

  @Test("it goes on in the next chunk", arguments: [8, 16, 32, 64]) func chunks(size: Int) throws {
    let log = try CallLog("write(1, \"one\\ntwo\\n\", 8one\ntwo\n) = 8\nclose(3) = 0\n", workers: 2, chunkSize: size)
    #expect(log.calls.map(\.syscall) == ["write", "close"])
    #expect(log.calls[0].arguments.hasPrefix("1, \"one\\ntwo\\n\""))
  }

  @Test("in a log of its own, other text is not the program's") func file() throws {
    let log = try CallLog("7     getpid() = 7\nhello\n")
    #expect(log.ledger.notUnderstood == 1)
    let shared = try CallLog("[pid     7] getpid() = 7\nhello\n")
    #expect(shared.ledger.notUnderstood == 0 && shared.ledger[.continuation].lines == 1)
  }
}
