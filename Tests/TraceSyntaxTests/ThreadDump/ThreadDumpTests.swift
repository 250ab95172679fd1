import Testing
import TraceSyntax
import TraceTestSupport

@Suite("Thread dumps of a JVM")
struct ThreadDumpTests {
  private static func dumps(_ text: String) -> [ThreadDump] {
    var text = text
    return text.withUTF8 { ThreadDump.all(in: UnsafeRawBufferPointer($0)) }
  }

  private static let jdk17 = """
    2026-11-21 07:09:12
    Full thread dump OpenJDK 64-Bit Server VM (17.0.15+6-Debian-1deb12u1 mixed mode, sharing):

    Threads class SMR info:
    _java_thread_list=0x00007f69ac013a00, length=1, elements={
    0x00007f69c8019490
    }

    "Finalizer" #3 daemon prio=8 os_prio=0 cpu=0.26ms elapsed=22.18s tid=0x00007f69c80b7c50 nid=0x5de in Object.wait()  [0x00007f69b0d28000]
       java.lang.Thread.State: WAITING (on object monitor)
    \tat java.lang.Object.wait(java.base@17.0.15/Native Method)
    \t- waiting on <0x00000000fa000648> (a java.lang.ref.ReferenceQueue$Lock)
    \tat java.lang.ref.ReferenceQueue.remove(java.base@17.0.15/ReferenceQueue.java:155)
    \t- locked <0x00000000fa000648> (a java.lang.ref.ReferenceQueue$Lock)

       Locked ownable synchronizers:
    \t- None

    "say \\"hi\\" #9" #18 prio=5 os_prio=0 cpu=321.67ms elapsed=4.98s tid=0x00007f69c81a57d0 nid=0x61b waiting for monitor entry  [0x00007f6956bfe000]
       java.lang.Thread.State: BLOCKED (on object monitor)
    \tat Relay.lambda$main$1(Relay.java:96)
    \t- waiting to lock <0x00000000fa54b2b0> (a java.lang.Object)
    \t- locked <0x00000000fa54b2c0> (a java.lang.Class for Relay)
    \tat java.lang.Thread.run(java.base@17.0.15/Thread.java:840)

       Locked ownable synchronizers:
    \t- <0x00000000fa080a70> (a java.util.concurrent.locks.ReentrantLock$NonfairSync)

    "VM Thread" os_prio=0 cpu=853.79ms elapsed=22.20s tid=0x00007f69c80b27b0 nid=0x5db runnable  

    JNI global refs: 12, weak refs: 0

    """

  @Test("JDK 17: names, numbers, states, frames, locks") func jdk17() throws {
    let dump = try #require(Self.dumps(Self.jdk17).first)
    #expect(dump.isComplete && dump.machine == "OpenJDK 64-Bit Server VM (17.0.15+6-Debian-1deb12u1 mixed mode, sharing)")
    // 2026-11-21 07:09:12, as if it were UTC.
    #expect(dump.localTime == 1_795_244_952)
    #expect(dump.threads.map(\.name) == ["Finalizer", #"say \"hi\" #9"#, "VM Thread"])
    #expect(dump.threads.map(\.tid) == [0x5de, 0x61b, 0x5db])
    #expect(dump.threads.map(\.javaID) == [3, 18, nil] && dump.threads.map(\.isDaemon) == [true, false, false])
    #expect(dump.threads.map(\.state) == ["WAITING", "BLOCKED", nil])
    #expect(dump.threads.map(\.stateDetail) == ["on object monitor", "on object monitor", nil])
    #expect(dump.threads.map(\.nativeState) == ["in Object.wait()", "waiting for monitor entry", "runnable"])
    let finalizer = dump.threads[0]
    // A monitor that is waited on is not held meanwhile.
    #expect(finalizer.held.isEmpty && finalizer.waitedFor?.address == 0xfa00_0648 && finalizer.waitedFor?.use == .waitingOn)
    let blocked = dump.threads[1]
    #expect(
      blocked.frames == ["Relay.lambda$main$1(Relay.java:96)", "java.lang.Thread.run(java.base@17.0.15/Thread.java:840)"])
    let wanted = try #require(blocked.waitedFor)
    #expect(
      wanted.use == .waitingToLock && wanted.address == 0xfa54_b2b0 && wanted.className == "java.lang.Object" && wanted.frame == 0
    )
    #expect(
      blocked.held.map(\.className) == [
        "java.lang.Class for Relay", "java.util.concurrent.locks.ReentrantLock$NonfairSync",
      ])
    #expect(blocked.held.map(\.frame) == [0, nil])
    #expect(dump.thread(0x5db)?.name == "VM Thread" && dump.thread(7) == nil)
  }

  @Test(
    "heads of JDK 8 to 21",
    arguments: [
      (#""main" #1 prio=5 os_prio=0 tid=0x00007f0c6000a000 nid=0x5cf waiting on condition [0x00007f0c67cfe000]"#, 1487),
      (#""GC task thread#0 (ParallelGC)" os_prio=0 tid=0x00007f0c6001f800 nid=0x5d1 runnable "#, 1489),
      (
        #""main" #1 prio=5 os_prio=0 cpu=91.08ms elapsed=22.20s tid=0x00007f69c8019490 nid=0x5cf runnable  [0x00007f69cf1fe000]"#,
        1487
      ),
      (
        #""main" #1 prio=5 os_prio=0 cpu=91.08ms elapsed=22.20s tid=0x00007f69c8019490 nid=1487 runnable  [0x00007f69cf1fe000]"#,
        1487
      ),
      (
        #""main" #1 [1487] prio=5 os_prio=0 cpu=91.08ms elapsed=22.20s tid=0x00007f69c8019490 nid=1487 waiting on condition  [0x00007f69cf1fe000]"#,
        1487
      ),
      (#""DestroyJavaVM" #13 [9] prio=5 os_prio=0 cpu=1ms elapsed=1s allocated=1K defined_classes=2 tid=0x1 nid=9 runnable"#, 9),
    ])
  func heads(line: String, tid: Int32) {
    #expect(Self.dumps("Full thread dump X:\n\n\(line)\n").first?.threads.map(\.tid) == [tid])
  }

  @Test("several dumps amid a program's output, with CRLF") func several() {
    let text =
      "started\n\(Self.jdk17)Heap\n garbage-first heap\n\"not a thread\"\n2026-11-21 07:10:00\n\(Self.jdk17.split(separator: "\n", maxSplits: 1)[1])"
    let dumps = Self.dumps(text.replacing("\n", with: "\r\n"))
    #expect(dumps.map(\.threads.count) == [3, 3] && dumps.allSatisfy(\.isComplete))
    #expect(dumps.map(\.localTime) == [1_795_244_952, 1_795_245_000])
    #expect(dumps[1].threads[1].frames.count == 2 && dumps[1].threads[1].stateDetail == "on object monitor")
  }

  @Test("a deadlock's text names threads without being their dump") func deadlock() {
    let text = """
      Full thread dump X:
      "A" #1 prio=5 os_prio=0 tid=0x1 nid=0x11 waiting for monitor entry [0x1]
      \tat a.B.c(B.java:1)
      JNI global references: 5


      Found one Java-level deadlock:
      =============================
      "A":
        waiting to lock monitor 0x00007f (object 0x00000000d5f6, a java.lang.Object),
        which is held by "B"

      Java stack information for the threads listed above:
      ===================================================
      "A":
      \tat a.B.c(B.java:1)
      \t- waiting to lock <0x00000000d5f6> (a java.lang.Object)
      """
    #expect(Self.dumps(text).map { $0.threads.map(\.name) } == [["A"]])
    #expect(Self.dumps(text)[0].threads[0].frames.count == 1 && Self.dumps(text)[0].threads[0].locks.isEmpty)
  }

  @Test("cut anywhere, a dump gives what it holds") func cut() {
    let bytes = Array(Self.jdk17.utf8)
    var last = 0
    for end in 0...bytes.count {
      let dumps = bytes[..<end].withUnsafeBytes { ThreadDump.all(in: $0) }
      let count = dumps.first?.threads.count ?? 0
      #expect(count >= last && count <= 3)
      last = count
      #expect(dumps.first?.isComplete != true || end > bytes.count - 40)
    }
    #expect(last == 3)
  }

  @Test("no dump in it") func none() {
    #expect(Self.dumps("").isEmpty)
    #expect(Self.dumps("\"main\" #1 prio=5 nid=0x5cf runnable\n").isEmpty)
    #expect(
      Self.dumps("Full thread dump\n\"\n\"\"\n\"a\" nid=\n\"b\" nid=99999999999999999999\n\"c\" nid=0x\n").map(\.threads.count)
        == [0])
    var noise = SeededRandom(seed: 7)
    let bytes = Array("Full thread dump X\n".utf8) + (0..<5000).map { _ in UInt8.random(in: 0...255, using: &noise) }
    #expect(bytes.withUnsafeBytes { ThreadDump.all(in: $0) }.first?.threads.isEmpty == true)
  }

  @Test("the dump beside the sample") func sample() throws {
    let text = try Fixture.unpackedSampleTruth("jvm-relay.truth/jstack.txt.xz")
    let dump = try #require(text.withUnsafeBytes { ThreadDump.all(in: $0) }.first)
    #expect(dump.isComplete)
    let comms = try Fixture.sampleTruth("jvm-relay.truth/tids.tsv").split(separator: "\n").dropFirst().map {
      $0.split(separator: "\t")
    }
    // The kernel keeps 15 bytes of a name.
    var found = 0
    for columns in comms where columns.count == 3 {
      guard let tid = Int32(columns[0]), let thread = dump.thread(tid), columns[2] != "java" else { continue }
      #expect(thread.name.hasPrefix(columns[2]) || columns[2].hasPrefix("VM "))
      found += 1
    }
    #expect(found > 25)
  }
}
