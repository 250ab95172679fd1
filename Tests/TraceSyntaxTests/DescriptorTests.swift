import Testing
import TraceSyntax
import TraceTestSupport

@Suite("The first argument as a descriptor")
struct DescriptorTests {
  @Test(
    "R24 decimal, hex, negative, not a descriptor",
    arguments: [
      ("read(3, ", 3), ("read(0x3, ", 3), ("read(-1, ", -1), ("read(4294967295, ", -1), ("read(0xffffff9c, ", -100),
      ("read(3</a,b>, ", 3),
      ("openat(-100, ", -100), ("openat(AT_FDCWD, ", nil), ("futex(0x7f659800b798, ", nil), ("read(99999999999, ", nil),
      ("read(NULL, ", nil), ("write(\"3\", ", nil), ("poll([{fd=3}], ", nil), ("read(3[", nil), ("read(3abc, ", nil),
      ("read(2147483647, ", 2_147_483_647), ("clone(child_stack=0x4ba2f0, ", nil),
    ] as [(String, Int32?)])
  func number(text: String, descriptor: Int32?) {
    for rest in ["1) = 1", "1 <unfinished ...>"] {
      #expect(FastParser().facts(line: text + rest).descriptor == descriptor)
      #expect(ReferenceParser.facts(line: text + rest).descriptor == descriptor)
    }
  }

  @Test("a decoration's fingerprint is that of its text, whatever came before") func fingerprints() {
    let decorations = [
      "</tmp/a>", "</tmp/b>", "</tmp/a>(deleted)", "<TCP:[127.0.0.1:1935->127.0.0.1:60718]>", "</dev/null<char 1:3>>",
      "</tmp/ab>",
    ]
    let parser = FastParser()
    var byText: [String: Set<UInt32>] = [:]
    for round in 0..<3 {
      // The same task and descriptor each time, and tasks that share a slot with others.
      for (index, decoration) in decorations.enumerated() {
        for tid in [7, 7 + index, 7 + 977 * round] {
          parser.forEach("\(tid) read(3\(decoration), \"\", 1) = 0".utf8) { event, _ in
            #expect(event.flags.contains(.decorated) && event.decoration != 0)
            byText[decoration, default: []].insert(event.decoration)
          }
        }
      }
    }
    #expect(byText.values.allSatisfy { $0.count == 1 })
    #expect(Set(byText.values.joined()).count == decorations.count)
    parser.forEach("read(3, \"\", 1) = 0\nread(3</tmp/a, \"\", 1) = 0".utf8) { event, _ in #expect(event.decoration == 0) }
  }

  @Test("R25 -N names every argument (strace 6.16)") func namedArguments() {
    #expect(FastParser().facts(line: "read(fd=3, buf=\"x\", count=1) = 1").descriptor == 3)
    #expect(FastParser().facts(line: "epoll_ctl(epfd=7, op=EPOLL_CTL_DEL, fd=3, event=NULL) = 0").descriptor == 7)
  }

  @Test(
    "only calls whose buffers carry payload are marked for AMF0",
    arguments: [
      (#"read(3, "\3\0\0\2\0\7connect", 4096) = 12"#, true), (#"write(3, "\x03\x02\x00\x07", 4) = 4"#, true),
      (#"read(3, "plain", 5) = 5"#, false), (#"open("\2\0\7connect", O_RDONLY) = 3"#, false),
      (#"<... read resumed>"\2\0\7connect", 10) = 10"#, true), (#"sendto(3, "\2\0\7connect", 10, 0, NULL, 0) = 10"#, true),
    ])
  func payloads(line: String, expected: Bool) {
    FastParser().forEach(line.utf8) { event, _ in #expect(event.flags.contains(.amf) == expected) }
  }

  @Test(
    "AMF0 behind a printable first byte, in the three spellings of strings",
    arguments: [
      #"write(3, "C\0\0\0\0\0\31\24\2\0\14createStream", 33) = 33"#,
      #"write(3, "\x43\x00\x00\x00\x00\x00\x19\x14\x02\x00\x0c\x63", 33) = 33"#,
    ])
  func printableFirst(line: String) {
    FastParser().forEach(line.utf8) { event, _ in #expect(event.flags.contains(.amf)) }
  }

  @Test("--strings-in-hex=non-ascii-chars: hex for single bytes") func hexBytes() {
    FastParser().forEach(#"write(3, "C\x00\x00\x00\x00\x00\x19\x14\x02\x00\x0ccreateStream", 33) = 33"#.utf8) { event, _ in
      #expect(event.flags.contains(.amf))
    }
  }
}
