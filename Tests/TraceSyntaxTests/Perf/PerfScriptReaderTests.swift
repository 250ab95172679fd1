import Testing

@testable import TraceSyntax

@Suite("Samples of perf script")
struct PerfScriptReaderTests {
  static let usual = """
    # comment
    mux: 2  5125  3207.250016:   10101010 cpu-clock:ppp:\u{20}
    \t            12af burn+0x16 (/tmp/my app/hot)
    \t            2376 media::alpha+0x10 (/tmp/my app/hot (deleted))
    \t           d44a3 [unknown] (/usr/lib/libstdc++.so.6.0.30)

    dd 3100/3101 [001] 3207.300000: cycles:
    \tffffffff81400af3 schedule+0x3 ([kernel.kallsyms])
    \t    7f51a0020410  (/lib/libc-2.31.so)
    \t               0 [unknown] ([unknown])


    """

  @Test("two samples, whole and cut after every line", arguments: [nil, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  func usual(cut: Int?) {
    let text = StackText(Self.usual, cutAfterLine: cut)
    #expect(
      text.stacks == ["mux:_2;[libstdc++.so.6.0.30];media::alpha;burn", "dd;[unknown];[libc-2.31.so];schedule"])
    #expect(text.samples.map(\.weight) == [10_101_010, 1])
    #expect(text.samples.map(\.time) == [3_207_250_016_000, 3_207_300_000_000])
    #expect(text.event(0) == "cpu-clock:ppp" && text.event(1) == "cycles")
    #expect(text.reader.output.notUnderstood == 0 && !text.reader.output.endsWithinSample)
  }

  @Test("marks, addresses, ids") func naming() {
    var naming = FrameNaming()
    naming.kernel = true
    naming.jit = true
    naming.inline = true
    naming.addresses = true
    naming.tid = true
    let text = StackText(
      """
      java 7/8 1.000001: cycles:
      \tffffffff81400af3 schedule+0x3 ([kernel.kallsyms])
      \t  7d8 conntrack+0x7f8f80b8 ([nf_conntrack])
      \t  7d8 ext4_write+0x8 (/lib/modules/6.1/kernel/fs/ext4.ko.xz)
      \t  b46 __vdso_clock_gettime+0x56 ([vdso])
      \t  c00 inner (inlined)
      \t7f1 Ljava/util/Map;::get->Lfoo/Bar;::hash+0x8 (/tmp/perf-7.map)
      \t7f2 fib+0x8 (/tmp/jitted-7-1.so)
      \t7f3 (java) (/usr/bin/java)
      \t7f12 [unknown] (/lib/libc.so.6)

      swapper 0 1.000002: cycles:
      \t7f12 [unknown] ([unknown])
      """, naming)
    #expect(
      text.stacks == [
        "java-7/8;[libc.so.6 <7f12>];fib_[j];java/util/Map:::get_[j];foo/Bar:::hash_[i];inner_[i];__vdso_clock_gettime;ext4_write_[k];conntrack_[k];schedule_[k]",
        "swapper-?/0;[unknown <7f12>]",
      ])
    #expect(text.reader.output.endsWithinSample)
  }

  @Test("what stackcollapse-perf.pl drops: one-line samples, the last sample, headers with payload")
  func dropped() {
    let text = StackText(
      """
                  true 7310 4015.100213:          1 cycles:u:  7f40c0de1d90 _start+0x4 (/usr/lib/ld 2.so)
                    dd 7310 4015.100214:          1 cycles:u:  7f40c0de1d90 _start+0x4 (/usr/lib/ld 2.so)
                 nginx  6110 [001]  4015.100215:    syscalls:sys_exit_recvfrom: 0x8
      nginx  6110 [001]  4015.100216: sched:sched_switch: prev_comm=nginx prev_pid=6110 ==> next_comm=a:1
      \tffffffff81400af3 schedule+0x3 ([kernel.kallsyms])
      """)
    #expect(text.stacks == ["true;_start", "dd;_start", "nginx", "nginx;schedule"])
    #expect(text.event(3) == "sched:sched_switch")
  }

  @Test("no blank line between samples; frames at the start of their line; CRLF") func unusual() {
    let text = StackText(
      "java 5150 cycles:\r\nffffffff81030c0a native_write ([kernel.kallsyms])\r\nab 1 2.000000: cycles:\r\n\tab f (/x)\r\n\r\n")
    #expect(text.stacks == ["java;native_write", "ab;f"])
  }

  @Test("without headers, without modules, without symbols") func fields() {
    #expect(StackText("\n\t 12af burn (/my app)\n\t 12ec apply (/my app)\n\n\n\t 1 x (/y)\n\n").stacks == ["apply;burn", "x"])
    #expect(StackText("a 1 2.000000: cycles:\n\t 12af burn+0x1\n\t 12ec f(int) const\n\n").stacks == ["a;f;burn"])
    #expect(StackText("a 1 2.000000: cycles:\n\t 12af\n\n").stacks == ["a;[unknown]"])
  }

  @Test("source lines") func sourceLines() {
    var naming = FrameNaming()
    let log = """
      calc 9011 61000.250003:     500125 cycles:
                40a0c0 add_all+0x40 (/srv/calc)
        numbers.h:27
          7f33b0a02b10 __libc_start_main+0xd5 (/lib64/libc-2.36.so)
        libc-2.36.so[28b10]
          7ffe10a0b0c0 [unknown] ([unknown])
       \u{20}

      """
    #expect(StackText(log, naming).stacks == ["calc;[unknown];__libc_start_main;add_all"])
    naming.sourceLines = true
    let text = StackText(log, naming)
    #expect(text.stacks == ["calc;[unknown];__libc_start_main:libc-2.36.so;add_all:numbers.h:27"])
    #expect(text.reader.output.notUnderstood == 0)
  }

  @Test("perf's own records, and what is none of its lines") func records() {
    let text = StackText(
      """
      a     1 [000] 2.000000: PERF_RECORD_LOST lost 12
      garbage
      a 1 2.000000: cycles:
      \t 1 x (/y)
      more garbage

      \t 2 astray (/y)

      """)
    #expect(text.stacks == ["a;x"])
    #expect(text.reader.output.lostEvents == 12)
    #expect(text.reader.output.notUnderstood == 3 && text.reader.output.firstNotUnderstood == 2)
  }

  @Test("folded stacks") func folded() {
    let text = StackText("a;b;c_[k] 3\n# x\nmain;std::function<void (int)>::operator() 12\nalone 1\nno count\nd; 5\n")
    #expect(text.stacks == ["a;b;c_[k]", "main;std::function<void (int)>::operator()", "alone", "d;"])
    #expect(text.samples.map(\.weight) == [3, 12, 1, 5])
    let leaf = text.reader.output.names
    #expect(text.reader.output.kinds[(0..<leaf.count).first { leaf.text(Int32($0)).elementsEqual("c_[k]".utf8) }!] == .kernel)
    #expect(text.reader.output.notUnderstood == 1)
  }

  @Test("forms") func sniff() {
    func sniff(_ text: String) -> StackSyntax? { Array(text.utf8).withUnsafeBytes { StackSyntax.sniff($0) } }
    #expect(sniff("PERFILE2\0\0") == .perfData)
    #expect(sniff("# x\n\na;b 1\n") == .folded)
    #expect(sniff("java 5150 cycles:\n") == .perfScript)
    #expect(sniff("\n\t 12af burn (/my app)\n") == .perfScript)
    #expect(sniff("3721  07:08:55 read(3, \"x\", 1) = -1 EAGAIN (Resource temporarily unavailable)\n") == .calls)
    #expect(sniff("") == nil)
  }

  @Test("damaged logs neither trap nor stick", arguments: 0..<20) func damaged(seed: UInt64) {
    var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    var bytes = Array((Self.usual + Self.usual).utf8)
    for _ in 0..<30 {
      let i = random(bytes.count)
      switch random(4) {
      case 0: bytes.remove(at: i)
      case 1: bytes[i] = UInt8(random(128))
      case 2: bytes.insert(contentsOf: Array("(<;\n\t-> 9".utf8)[random(9)...], at: i)
      default: bytes.swapAt(i, random(bytes.count))
      }
    }
    let damaged = String(decoding: bytes, as: UTF8.self)
    let whole = StackText(damaged)
    #expect(whole.reader.output.lines > 0)
    #expect(StackText(damaged, cutAfterLine: random(20)).stacks == whole.stacks)
  }
}
