import Testing
import TraceSyntax
import TraceTestSupport

@Suite("R6 text that looks like strace's own")
struct HostileTextTests {
  @Test(
    "strings, comments, annotations",
    arguments: [
      LineRow(
        #"write(4, ") = 5 <unfinished ...>", 22) = 22 <0.000021>"#, .whole, "write", #"4, ") = 5 <unfinished ...>", 22"#, fd: 4,
        22, takes: 21_000),
      LineRow(#"write(4, "\", 5) = 5 <0.000001>", 20)   = 20"#, .whole, "write", #"4, "\", 5) = 5 <0.000001>", 20"#, fd: 4, 20),
      LineRow(
        #"write(4, "<... read resumed>\"x\", 5) = 7 <1"..., 35) = 35"#, .whole, "write",
        #"4, "<... read resumed>\"x\", 5) = 7 <1"..., 35"#, fd: 4, 35),
      LineRow(#"write(4, "/* , ) */ [{(<\\", 16) = 16"#, .whole, "write", #"4, "/* , ) */ [{(<\\", 16"#, fd: 4, 16),
      LineRow(
        #"open("no) = 3 <0.000001>", O_RDONLY) = -1 ENOENT (No such file or directory)"#, .whole, "open",
        #""no) = 3 <0.000001>", O_RDONLY"#, -1, "ENOENT"),
      LineRow(
        #"execve("/x", ["x", ") = 0"], 0x7ffc /* 42 vars) = 1 */) = 0"#, .whole, "execve",
        #""/x", ["x", ") = 0"], 0x7ffc /* 42 vars) = 1 */"#),
      LineRow(
        #"getdents64(3, 0x55 /* 3 entries */, 32768) = 80"#, .whole, "getdents64", "3, 0x55 /* 3 entries */, 32768", fd: 3, 80),
      LineRow(
        #"read(3</tmp/a) = 7 <b>, "x", 1) = 1"#, .whole, "read", #"3</tmp/a) = 7 <b>, "x", 1"#, fd: 3, 1, flags: .decorated),
      LineRow(
        #"read(3<UNIX-STREAM:[1->2,"/tmp/a) = 5"]>, "x", 1) = 1 <0.1>"#, .whole, "read",
        #"3<UNIX-STREAM:[1->2,"/tmp/a) = 5"]>, "x", 1"#, fd: 3, 1, takes: 100_000_000, flags: .decorated),
      LineRow(#"write(1, "+++ exited with 0 +++", 21) = 21"#, .whole, "write", #"1, "+++ exited with 0 +++", 21"#, fd: 1, 21),
      LineRow(
        #"7     write(1, "7     close(3) = 0", 18 <unfinished ...>"#, .unfinished, tid: 7, "write",
        #"1, "7     close(3) = 0", 18"#, fd: 1),
      LineRow(#"write(1, ") = 5 (x)", 9) = 9 (INJECTED)"#, .whole, "write", #"1, ") = 5 (x)", 9"#, fd: 1, 9),
      LineRow(
        #"7     <... read resumed>") = 0 <unfinished ...>", 17) = 17"#, .resumed, tid: 7, "read",
        #"") = 0 <unfinished ...>", 17"#, 17),
      LineRow(
        #"7     <... read resumed>"<... read resumed>", 17) = 17"#, .resumed, tid: 7, "read", #""<... read resumed>", 17"#, 17),
    ])
  func hostile(row: LineRow) { row.check() }

  @Test("unbalanced text falls back to the last result (AF_PACKET before 4.11)") func unbalanced() {
    LineRow(
      "sendto(3, \"x\", 1, 0, {sa_family=AF_PACKET, addr(0)={0, }, 20) = 1", .whole, "sendto",
      "3, \"x\", 1, 0, {sa_family=AF_PACKET, addr(0)={0, }, 20", fd: 3, 1
    ).check()
    // So does a string that a cut left open.
    LineRow("write(4, \"abc) = 5 <0.1>", .whole, "write", "4, \"abc", fd: 4, 5, takes: 100_000_000).check()
  }
}
