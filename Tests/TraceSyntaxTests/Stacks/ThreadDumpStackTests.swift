import Testing
import TraceTestSupport

@testable import TraceSyntax

@Suite("Thread dumps as samples")
struct ThreadDumpStackTests {
  @Test("a sample for each thread with a stack, its state the event") func samples() throws {
    let read = StackText(try Fixture.text("Fixtures/stacks/jstack.txt"))
    #expect(read.stacks.count == 24 && read.reader.output.addsEvents)
    let states = read.samples.indices.map(read.event)
    #expect(Set(states) == ["RUNNABLE", "WAITING", "TIMED_WAITING", "BLOCKED"])
    let blocked = zip(read.stacks, states).filter { $0.1 == "BLOCKED" }.map(\.0)
    #expect(blocked.count == 6 && blocked.allSatisfy { $0.hasPrefix("java;java.lang.Thread.run;Waiting$$Lambda$") })
    #expect(blocked.allSatisfy { $0.hasSuffix(".run;Waiting.enter") && !$0.contains("/0x") })
    let times = read.samples.compactMap(\.time)
    #expect(times.count == 24 && times == times.sorted() && times[23] - times[0] >= 2_000_000_000)
  }

  @Test("threads and source lines where asked for") func naming() throws {
    var naming = FrameNaming()
    naming.threads = true
    naming.sourceLines = true
    let read = StackText(try Fixture.text("Fixtures/stacks/jstack.txt"), naming)
    #expect(read.stacks.contains { $0.hasPrefix("java;compute-1;") && $0.contains(";Waiting.compute:Waiting.java:") })
    #expect(read.stacks.contains { $0.hasPrefix("java;holder;") && $0.hasSuffix(";java.lang.Thread.sleep") })
  }

  @Test("memory does not follow the dumps; a last dump cut short is told") func many() {
    let thread = """
      "w;1" #9 prio=5 os_prio=0 tid=0x00007f nid=0x67a runnable  [0x00007f]
         java.lang.Thread.State: RUNNABLE
      \tat a.B.c(B.java:1)

      """
    let dump =
      "2026-11-21 07:09:12\nFull thread dump OpenJDK 64-Bit Server VM (17):\n\n\(thread)\nJNI global refs: 1, weak refs: 0\n\n"
    let whole = StackText(String(repeating: dump, count: 50))
    #expect(whole.stacks == Array(repeating: "java;a.B.c", count: 50) && !whole.reader.output.endsWithinSample)
    for line in 1...9 { #expect(StackText(dump + dump, cutAfterLine: line).stacks.count == 2) }
    #expect(StackText(dump + "Full thread dump OpenJDK:\n" + thread).reader.output.endsWithinSample)
  }
}
