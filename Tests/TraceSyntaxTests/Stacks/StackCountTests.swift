import Testing

@testable import TraceSyntax

/// Blocks after the rules of bcc's stackcount.py (`_print_frame`, `_comm_for_pid`, and the count with four blanks and a blank line below) and of
/// bpftrace's maps keyed by stacks; texts of our own.
@Suite("stackcount and bpftrace")
struct StackCountTests {
  private func folded(_ text: String, _ naming: FrameNaming = FrameNaming()) -> [String] {
    let read = StackText(text, naming)
    return zip(read.stacks, read.samples).map { "\($0) \($1.weight)" }
  }

  static let blocks = """
    Tracing 1 functions for "tcp_sendmsg"... Hit Ctrl-C to end.
    ^C
      tcp_sendmsg
      sock_sendmsg
      entry_SYSCALL_64_fastpath
        3

      tcp_sendmsg+0x1
      vfs_write+0xb8
        --
      __write_nocancel
      [unknown]
        relay server [8234]
        12

    06:05:15
      ffffffff817b05c1 tcp_sendmsg
      7f120511e6e0     Muxer<int>::operator()(int) const
      5581d0c01a20     [unknown]
        relay server [8234]
        5

    Detaching...

    """

  @Test("blocks without and with processes, delimiters, offsets, addresses") func bcc() {
    #expect(
      folded(Self.blocks) == [
        "entry_SYSCALL_64_fastpath;sock_sendmsg;tcp_sendmsg 3",
        "relay_server;[unknown];__write_nocancel;vfs_write;tcp_sendmsg 12",
        "relay_server;[unknown];Muxer<int>::operator();tcp_sendmsg 5",
      ])
    var naming = FrameNaming()
    naming.pid = true
    naming.kernel = true
    naming.addresses = true
    #expect(
      folded(Self.blocks, naming)[1...] == [
        "relay_server-8234;[unknown <>];__write_nocancel;vfs_write_[k];tcp_sendmsg_[k] 12",
        "relay_server-8234;[unknown <5581d0c01a20>];Muxer<int>::operator();tcp_sendmsg_[k] 5",
      ])
  }

  @Test("profile and offcputime name the process behind a dash") func dash() {
    let text =
      "Sampling at 49 Hertz of all threads by user + kernel stack... Hit Ctrl-C to end.\n\n    do_idle\n    main\n    -                mux er (77)\n        41\n\n"
    #expect(folded(text) == ["mux_er;main;do_idle 41"])
  }

  @Test("maps of bpftrace: keys before, between and behind stacks") func bpftrace() {
    let text = """
      Attaching 1 probe...
      ^C

      @[
          tcp_sendmsg+1
          ksys_write+107
      ]: 7
      @sends[nginx, 
          tcp_sendmsg+1
          0xffffffffc0a31234
      ,
          __write+79
          0x5581d0c01a20
      , 8234]: 2

      @[
          \tffffffffb0b6 do_sys_open+1 ([kernel.kallsyms])
      , a b]: 9

      """
    #expect(
      folded(text) == [
        "ksys_write;tcp_sendmsg 7", "nginx-8234;[unknown];__write;[[kernel.kallsyms]];tcp_sendmsg 2", "a_b;do_sys_open 9",
      ])
  }

  @Test("cut anywhere between lines the blocks are the same; a cut block is told") func cut() {
    let whole = StackText(Self.blocks)
    let lines = Self.blocks.split(separator: "\n", omittingEmptySubsequences: false).count
    for line in 0..<lines { #expect(StackText(Self.blocks, cutAfterLine: line).stacks == whole.stacks) }
    let short = StackText("  a\n  b\n    1\n\n  c\n")
    #expect(short.stacks == ["b;a"] && short.reader.output.endsWithinSample)
  }

  @Test("what is no stack is told") func odd() {
    let read = StackText("  a\n    1\n\n  b\ngarbage\n    2\n@[\n  c\n]: count 5, average 3\n")
    #expect(read.stacks == ["a", "b"] && read.reader.output.notUnderstood == 2)
    #expect(read.reader.output.firstNotUnderstood == 5)
  }

  @Test(
    "the first line that tells decides",
    arguments: [
      (Self.blocks, StackSyntax.stackCount), ("Attaching 2 probes...\n@x[\n    f+1\n]: 1\n", .stackCount),
      ("hello 5\nFull thread dump OpenJDK 64-Bit Server VM (17):\n", .threadDump), ("a 5\nb 6\n", .folded),
      ("started with 4 workers 4\na;b 5\n", .folded), ("12 08:01:19.1 read(3, \"a\", 1) = 1\n", .calls),
      ("read(3, \"a\", 1) = 1\n > /x(f+0x1) [0x1]\n", .calls),
      ("     0.000 ( 0.003 ms): nginx/1234 read(fd: 3, buf: 0x1, count: 4) = 4\n", .calls),
      ("a 1 5.000001: cycles:\n\t1 f (/x)\n\n", .perfScript),
    ]) func sniff(text: String, syntax: StackSyntax)
  {
    #expect(Array(text.utf8).withUnsafeBytes { StackSyntax.sniff($0) } == syntax)
  }
}
