import Testing
import TraceSyntax
import TraceTestSupport

@Suite("Deadlocks in thread dumps")
struct JavaDeadlockTests {
  private static func dumps(_ text: String) -> [ThreadDump] {
    Array(text.utf8).withUnsafeBytes { ThreadDump.all(in: $0) }
  }

  /// `name>name ...` of each circle, `|` and those behind it.
  private static func circles(_ dump: ThreadDump?) -> [String] {
    (dump?.deadlocks ?? []).map { deadlock in
      deadlock.members.map(\.thread.name).joined(separator: ">")
        + (deadlock.behind.isEmpty ? "" : " | \(deadlock.behind.map(\.name).joined(separator: " "))")
    }
  }

  @Test(
    "JDK 17 as it was: jstack, which hides who holds a ReentrantLock, jstack -l, kill -3",
    arguments: ["jstack", "jstack-l", "kill-3"])
  func recorded(name: String) throws {
    let dumps = Self.dumps(try Fixture.text("Fixtures/jvm/deadlock.\(name).txt"))
    #expect(dumps.count == 1)
    #expect(Self.circles(dumps.first) == ["transfer>post>review | bystander", "crossing-1>crossing-2"])
    let members = try #require(dumps.first?.deadlocks.first?.members)
    #expect(
      members.map(\.lock.className) == [
        "java.lang.Object", "java.util.concurrent.locks.ReentrantLock$NonfairSync", "java.lang.Object",
      ])
    #expect(members.map(\.lock.use) == [.waitingToLock, .parking, .waitingToLock])
    #expect(members[0].thread.frames.first == "Deadlock.transfer(Deadlock.java:25)")
  }

  /// Two threads, each with the lines given about its locks, and what the JVM says.
  private static func dump(_ a: String, _ b: String, heads: (String, String) = (Self.head8, Self.head8), said: String = "")
    -> String
  {
    """
    Full thread dump OpenJDK 64-Bit Server VM (25.292-b10 mixed mode):

    "A" \(heads.0.replacing("TID", with: "0x11"))
       java.lang.Thread.State: BLOCKED (on object monitor)
    \tat a.B.c(B.java:1)
    \(a)

    "B" \(heads.1.replacing("TID", with: "0x12"))
       java.lang.Thread.State: BLOCKED (on object monitor)
    \tat a.B.d(B.java:2)
    \(b)

    JNI global references: 5

    \(said)
    """
  }
  private static let head8 = "#1 prio=5 os_prio=0 tid=0x00007f0c6000a000 nid=TID waiting for monitor entry [0x00007f0c67cfe000]"
  private static let head21 =
    "#29 [17] prio=5 os_prio=0 cpu=0.91ms elapsed=22.20s tid=0x00007f69c8019490 nid=TID waiting for monitor entry  [0x00007f69cf1fe000]"

  private static let a =
    "\t- waiting to lock <0x00000000d5f6> (a java.lang.Object)\n\t- locked <0x00000000d5f7> (a java.lang.Object)"
  private static let b =
    "\t- waiting to lock <0x00000000d5f7> (a java.lang.Object)\n\t- locked <0x00000000d5f6> (a java.lang.Object)"

  @Test("by the stacks alone, of JDK 8 and 21; the text may end before what the JVM says")
  func stacks() {
    #expect(Self.circles(Self.dumps(Self.dump(Self.a, Self.b)).first) == ["A>B"])
    #expect(Self.circles(Self.dumps(Self.dump(Self.a, Self.b, heads: (Self.head21, Self.head21))).first) == ["A>B"])
    let owned =
      "\t- parking to wait for  <0x1> (a java.util.concurrent.locks.ReentrantLock$FairSync)\n\n   Locked ownable synchronizers:\n\t- <0x2> (a X)"
    let other = "\t- parking to wait for  <0x2> (a X)\n\n   Locked ownable synchronizers:\n\t- <0x1> (a X)"
    #expect(Self.circles(Self.dumps(Self.dump(owned, other)).first) == ["A>B"])
  }

  @Test("by what the JVM says alone: JDK 8 to 21, and in JNI")
  func said() {
    for held in ["),\n  which is held by", ")\n  in JNI, which is held by"] {
      let said = """
        Found one Java-level deadlock:
        =============================
        "A":
          waiting to lock monitor 0x00007f (object 0x00000000d5f6, a java.lang.Object\(held) "B"
        "B":
          waiting for ownable synchronizer 0x00000000d5f7, (a java.util.concurrent.locks.ReentrantLock$NonfairSync\(held) "A"

        Java stack information for the threads listed above:
        ===================================================
        "A":
        \tat a.B.c(B.java:1)
        Found 1 deadlock.
        """
      let found = Self.dumps(Self.dump("", "", said: said)).first?.deadlocks ?? []
      #expect(found.map { $0.members.map(\.thread.name) } == [["A", "B"]])
      #expect(found.first?.members.map(\.lock.address) == [0xd5f6, 0xd5f7])
      #expect(
        found.first?.members.map(\.lock.className) == [
          "java.lang.Object", "java.util.concurrent.locks.ReentrantLock$NonfairSync",
        ])
    }
  }

  @Test("none: a queue, waits for work, a lock given up in wait(), a thread that waits for itself, garbage")
  func none() throws {
    #expect(Self.circles(Self.dumps(Self.dump(Self.a, "\t- locked <0x00000000d5f6> (a java.lang.Object)")).first).isEmpty)
    let waiting = "\t- waiting on <0x00000000d5f7> (a java.lang.Object)\n\t- locked <0x00000000d5f6> (a java.lang.Object)"
    #expect(Self.circles(Self.dumps(Self.dump(Self.a, waiting)).first).isEmpty)
    let relock = "\t- waiting to re-lock in wait() <0x00000000d5f6> (a X)\n\t- locked <0x00000000d5f6> (a X)"
    #expect(Self.circles(Self.dumps(Self.dump(relock, "")).first).isEmpty)
    for said in [
      "Found one Java-level deadlock:",
      "Found one Java-level deadlock:\n\"\n\"\"\n\"A\":\n  waiting to lock monitor (object\n  which is held by \"",
      "Found one Java-level deadlock:\n\"A\":\n  waiting to lock monitor 0x1 (object 0x2, a X),\n  which is held by \"A\"\n",
      "Found one Java-level deadlock:\n\"C\":\n  waiting to lock monitor 0x1 (object 0x2, a X),\n  which is held by \"D\"\n",
      "Found one Java-level deadlock:\n\"A\":\n  waiting to lock monitor 0x1 (object 0x2, a X),\n  which is held by UNKNOWN_owner_addr=0x3\n",
    ] {
      #expect(Self.circles(Self.dumps(Self.dump("", "", said: said)).first).isEmpty)
    }
    let sample = try Fixture.unpackedSampleTruth("jvm-relay.truth/jstack.txt.xz")
    let dumps = sample.withUnsafeBytes { ThreadDump.all(in: $0) }
    #expect(!dumps.isEmpty && dumps.allSatisfy { $0.deadlocks.isEmpty })
  }

  @Test("cut anywhere it is no trap, and what is there is found") func cut() throws {
    let text = Array(try Fixture.text("Fixtures/jvm/deadlock.jstack-l.txt").utf8)
    for end in stride(from: 0, to: text.count, by: 97) {
      for dump in text[..<end].withUnsafeBytes({ ThreadDump.all(in: $0) }) {
        #expect(dump.deadlocks.count <= 2 && dump.deadlocks.allSatisfy { $0.members.count > 1 })
      }
    }
  }
}
