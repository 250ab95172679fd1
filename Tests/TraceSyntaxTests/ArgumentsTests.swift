import Testing
import TraceSyntax

@Suite("Arguments")
struct ArgumentsTests {
  @Test(
    "top-level split",
    arguments: [
      ("", []),
      ("3", ["3"]),
      (#"3, "a, b", 5"#, ["3", #""a, b""#, "5"]),
      (#"3, "a\", b", 5"#, ["3", #""a\", b""#, "5"]),
      (#"3, "a\\", 5"#, ["3", #""a\\""#, "5"]),
      (#"AT_FDCWD</tmp/a>, "x""#, ["AT_FDCWD</tmp/a>", #""x""#]),
      (#"AT_FDCWD</tmp/a, b>, "x""#, ["AT_FDCWD</tmp/a, b>", #""x""#]),
      (#"-100 /* AT_FDCWD */</tmp/a, b>, "x""#, ["-100 /* AT_FDCWD */</tmp/a, b>", #""x""#]),
      ("3</tmp/a, b>, 5", ["3</tmp/a, b>", "5"]),
      (#"3<UNIX-STREAM:[1->2,"/tmp/a, b>"]>, 5"#, [#"3<UNIX-STREAM:[1->2,"/tmp/a, b>"]>"#, "5"]),
      ("3</dev/ptmx<char 5:2 @/dev/pts/0>>, 5", ["3</dev/ptmx<char 5:2 @/dev/pts/0>>", "5"]),
      ("[{fd=3, events=POLLIN}, {fd=4}], 2, -1", ["[{fd=3, events=POLLIN}, {fd=4}]", "2", "-1"]),
      ("1<<3, 2", ["1<<3", "2"]),
      ("0x1, FUTEX_OP_ADD<<28|0x1<<12, 7", ["0x1", "FUTEX_OP_ADD<<28|0x1<<12", "7"]),
      ("{a=1, b={2, 3}}, makedev(0x88, 0x5), 4", ["{a=1, b={2, 3}}", "makedev(0x88, 0x5)", "4"]),
      ("[0] => [3], 1", ["[0] => [3]", "1"]),
      (#"3, "abc"..., 4096"#, ["3", #""abc"..."#, "4096"]),
      (#""cut, off"#, [#""cut, off"#]),
      ("0x7ffc /* 41, vars) */, 3", ["0x7ffc /* 41, vars) */", "3"]),
      (#"0x1 /* a "*/, 2" */, 3"#, [#"0x1 /* a "*/, 2" */"#, "3"]),
      ("3,  ", ["3"]),
      ("3<never closed, 4, 5<x>, 6", ["3<never closed", "4", "5<x>", "6"]),
      ("1, }2], 3", ["1", "}2]", "3"]),
    ])
  func topLevel(text: String, parts: [String]) {
    let arguments = owned(text)
    #expect(arguments.map(\.text) == parts)
    #expect(arguments.count == parts.count)
    for (index, part) in parts.enumerated() { #expect(arguments[index].text == part) }
    #expect(arguments[parts.count].isEmpty && arguments[100].isEmpty)
    #expect(arguments.description == text)
  }

  @Test("-N names every argument (strace 6.16), and places see through the names") func named() {
    let arguments = owned(#"dirfd=AT_FDCWD, pathname="/x", flags=O_RDONLY|O_CLOEXEC"#)
    #expect(arguments[0].descriptor == -100 && arguments[0].name == "dirfd")
    #expect(arguments.named("pathname").string?.description == "/x")
    #expect(arguments.named("flags").flags.map(\.text) == ["O_RDONLY", "O_CLOEXEC"])
    #expect(arguments.named("path").isEmpty && arguments.named("").isEmpty)
  }

  @Test(
    "what is a name",
    arguments: [
      ("a=1", "a", "1"), ("sin6_port=htons(1)", "sin6_port", "htons(1)"), ("msg_iov(2)=[1]", "msg_iov", "[1]"), ("a", nil, "a"),
      ("a==1", nil, "a==1"), ("a => 1", nil, "a => 1"), ("msg(x)=1", nil, "msg(x)=1"), ("1=2", nil, "1=2"), ("=2", nil, "=2"),
      ("WIFEXITED(s) && a == 1", nil, "WIFEXITED(s) && a == 1"), ("a=", "a", ""), ("cmd.x=1", "cmd.x", "1"),
      ("msg(2)", nil, "msg(2)"),
    ] as [(String, String?, String)])
  func names(text: String, name: String?, rest: String) {
    #expect(value(text).name == name)
    #expect(value(text).text == rest)
  }

  @Test("text outlives the call it came from") func memory() {
    func make() -> CallArgument { owned(#"3, {a="x", b=[1, 2]}"#)[1]["b"] }
    let held = make()
    #expect(held.elements.map(\.number) == [1, 2] && held.text == "[1, 2]")
  }

  @Test("the first in brackets") func firstCompound() {
    #expect(owned(#"3, "{", {a=1}, [16]"#).firstCompound.text == "{a=1}" && owned("[5, 6]").firstCompound.text == "[5, 6]")
    #expect(owned("3, 4").firstCompound.isEmpty && owned("").firstCompound.isEmpty)
  }

  @Test("a quick look") func mayContain() {
    #expect(owned(#"3, "cmsg_type=""#).mayContain("cmsg_type="))
    #expect(!owned("3, cmsg_typ").mayContain("cmsg_type=") && !owned("").mayContain("x"))
  }
}
