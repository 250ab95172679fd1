import Testing
import TraceSyntax

@Suite("One argument")
struct CallArgumentTests {
  @Test(
    "R24 numbers",
    arguments: [
      ("3", 3), ("-100", -100), ("0x10", 16), ("0xffffff9c", 0xffff_ff9c), ("3</etc/hosts>", 3), ("AT_FDCWD", nil), ("", nil),
      ("NULL", nil), ("4294967295", 4_294_967_295), ("0644", 0o644), ("0", 0), ("[16]", 16), ("[0x7f /* X */]", 127),
      ("0x80 /* FUTEX_WAIT_PRIVATE */", 128), ("-100 /* AT_FDCWD */", -100), ("-100 /* AT_FDCWD */</tmp>", -100),
      ("3</dev/null<char 1:3>>", 3), ("4</memfd:x>(deleted)", 4), ("3</x> [tmp_t]", 3), ("9223372036854775807", .max),
      ("-9223372036854775808", .min), ("9223372036854775808", nil), ("-9223372036854775809", nil), ("18446744073709551615", nil),
      ("0xffffffffffffffff", -1), ("0x1ffffffffffffffff", nil), ("99999999999999999999999", nil), ("1<<3", nil),
      ("8192*1024", nil),
      ("[3, 4]", nil), ("[3 4]", nil), ("[3", nil), ("089", nil), ("0x", nil), ("-", nil), ("3x", nil), ("3<", nil), ("3<<", nil),
    ] as [(String, Int64?)])
  func number(text: String, number: Int64?) { #expect(value(text).number == number) }

  @Test("machine words") func unsigned() {
    #expect(value("18446744073709551615").unsigned == .max && value("-1").unsigned == .max)
    #expect(value("18446744073709551616").unsigned == nil && value("RLIM64_INFINITY").unsigned == nil)
  }

  @Test(
    "descriptors",
    arguments: [
      ("3", 3), ("3</etc/hosts>", 3), ("0x3", 3), ("AT_FDCWD", -100), ("AT_FDCWD</tmp>", -100), ("-100", -100),
      ("0xffffff9c", -100),
      ("4294967196", -100), ("0xffffffffffffff9c", -100), ("-1", -1), ("4294967295", -1), ("-100 /* AT_FDCWD */", -100),
      ("4294967296", nil), ("NULL", nil), ("-4294967296", nil), ("", nil),
    ] as [(String, Int32?)])
  func descriptor(text: String, descriptor: Int32?) { #expect(value(text).descriptor == descriptor) }

  @Test(
    "R21-R23 decorations",
    arguments: [
      ("3</etc/hosts>", "/etc/hosts"), ("3</dev/null<char 1:3>>", "/dev/null<char 1:3>"), ("4</memfd:x>(deleted)", "/memfd:x"),
      ("3<TCP:[127.0.0.1:80->127.0.0.1:51]>", "TCP:[127.0.0.1:80->127.0.0.1:51]"),
      (#"3<UNIX-STREAM:[1->2,"/tmp/a>b"]>"#, #"UNIX-STREAM:[1->2,"/tmp/a>b"]"#), ("AT_FDCWD</tmp>", "/tmp"), ("3", nil),
      ("-100 /* AT_FDCWD */</tmp>", "/tmp"), ("3</tmp/x (deleted)>", "/tmp/x (deleted)"), ("3<pid:7<sh>>", "pid:7<sh>"),
      (#""a<b>""#, nil), ("{x=3<a>}", nil), ("3 <a>", nil), ("3<", nil), ("3<a", nil), ("<a>", nil), ("", nil), ("3<>", ""),
    ] as [(String, String?)])
  func decoration(text: String, expected: String?) {
    #expect(value(text).decoration?.text == expected)
    #expect(owned(text + ", 5").decoration(0)?.text == expected)
    #expect(owned("7, " + text + ", 5").decoration(1)?.text == expected)
  }

  @Test(
    "comments",
    arguments: [
      ("0x7ffc /* 41 vars */", "41 vars"), ("[/* 41 vars */]", "41 vars"), ("0x63 /* FUTEX_??? */", "FUTEX_???"),
      (#"[{d_ino=1}, ...] /* 3 entries */"#, "3 entries"), (#""/* no */""#, nil), ("3", nil), ("1 /* cut", "cut"),
      ("{a=1 /* in */}", nil),
    ] as [(String, String?)])
  func comment(text: String, expected: String?) { #expect(value(text).comment?.text == expected) }

  @Test(
    "in and out",
    arguments: [
      ("[128 => 16]", "128", "16"), ("[128->16]", "128", "16"), ("[16]", "[16]", "[16]"), ("[0] => [3]", "[0]", "[3]"),
      ("{flags=CLONE_VM} => {parent_tid=[9]}", "{flags=CLONE_VM}", "{parent_tid=[9]}"), ("110 => 0", "110", "0"),
      ("3<TCP:[1:2->3:4]>", "3<TCP:[1:2->3:4]>", "3<TCP:[1:2->3:4]>"), (#""a => b""#, #""a => b""#, #""a => b""#),
      ("=>", "=>", "=>"), ("[1 =>", "[1 =>", "[1 =>"),
    ])
  func arrows(text: String, before: String, after: String) {
    #expect(value(text).before.text == before)
    #expect(value(text).after.text == after)
  }

  @Test("null") func null() {
    #expect(value("NULL").isNull && value("0").isNull && !value("0x0").isNull && !value("").isNull && value("").isEmpty)
  }

  @Test(
    "words of flags",
    arguments: [
      ("O_RDONLY", ["O_RDONLY"]), ("O_WRONLY|O_CREAT|0x40", ["O_WRONLY", "O_CREAT", "0x40"]), ("0", ["0"]), ("", []), ("|", []),
      ("0x80241 /* O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC */", ["O_WRONLY", "O_CREAT", "O_TRUNC", "O_CLOEXEC"]),
      ("0x1 /* SOCK_STREAM */|0x80000 /* SOCK_CLOEXEC */", ["SOCK_STREAM", "SOCK_CLOEXEC"]), ("0x63 /* O_??? */", ["0x63"]),
      ("A|~[INT CHLD]", ["A", "~[INT CHLD]"]), ("~(ICMP_A|ICMP_B)", ["~(ICMP_A|ICMP_B)"]),
      ("FUTEX_OP_ADD<<28|0x1<<12|FUTEX_OP_CMP_GT<<24|0", ["FUTEX_OP_ADD<<28", "0x1<<12", "FUTEX_OP_CMP_GT<<24", "0"]),
      (
        "0x1200000 /* CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID */|17 /* SIGCHLD */",
        ["CLONE_CHILD_CLEARTID", "CLONE_CHILD_SETTID", "SIGCHLD"]
      ),
      ("CLONE_VM|SIGCHLD", ["CLONE_VM", "SIGCHLD"]),
    ])
  func words(text: String, words: [String]) { #expect(value(text).flags.map(\.text) == words) }

  @Test(
    "whether a flag is set, in every spelling",
    arguments: [
      ("O_RDONLY|O_CLOEXEC", true), ("0x80000", true), ("0x80241 /* O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC */", true),
      ("0x1|0x80000", true),
      ("02000000", true), ("O_RDONLY", false), ("0", false), ("O_CLOEXECX", false), (#""O_CLOEXEC""#, false), ("0x40000", false),
      ("~(O_CLOEXEC)", false), ("", false), ("NULL", false),
    ])
  func contains(text: String, isSet: Bool) { #expect(value(text).contains("O_CLOEXEC", 0x80000) == isSet) }

  @Test("constants by name or value") func constants() {
    for text in ["F_SETFD", "0x2", "2", "0x2 /* F_SETFD */"] { #expect(value(text).isConstant("F_SETFD", 2)) }
    for text in ["F_SETFL", "0x22", "F_SETFD|F_X", ""] { #expect(!value(text).isConstant("F_SETFD", 2)) }
    #expect(value("A|0x6|010").flagBits == 14)
  }
}
