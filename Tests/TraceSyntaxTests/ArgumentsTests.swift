import Testing
import TraceSyntax

/// The text between the parentheses of a call.
private func withArguments<T>(_ text: String, _ body: (Arguments) throws -> T) rethrows -> T {
  try Array(text.utf8).withUnsafeBytes { try body(Arguments($0)) }
}

private func split(_ text: String, _ count: Int) -> [String] {
  withArguments(text) { arguments in (0..<count).map { String(decoding: arguments[$0], as: UTF8.self) } }
}

@Suite("Arguments")
struct ArgumentsTests {
  @Test(
    "top-level split",
    arguments: [
      ("", [""]),
      ("3", ["3", ""]),
      (#"3, "a, b", 5"#, ["3", #""a, b""#, "5", ""]),
      (#"3, "a\", b", 5"#, ["3", #""a\", b""#, "5"]),
      (#"3, "a\\", 5"#, ["3", #""a\\""#, "5"]),
      (#"AT_FDCWD</tmp/a>, "x""#, ["AT_FDCWD</tmp/a>", #""x""#]),
      ("3</tmp/a, b>, 5", ["3</tmp/a, b>", "5"]),
      (#"3<UNIX-STREAM:[1->2,"/tmp/a, b>"]>, 5"#, [#"3<UNIX-STREAM:[1->2,"/tmp/a, b>"]>"#, "5"]),
      ("[{fd=3, events=POLLIN}, {fd=4}], 2, -1", ["[{fd=3, events=POLLIN}, {fd=4}]", "2", "-1"]),
      ("1<<3, 2", ["1<<3", "2"]),
      ("0x1, FUTEX_OP_ADD<<28|0x1<<12, 7", ["0x1", "FUTEX_OP_ADD<<28|0x1<<12", "7"]),
      ("{a=1, b={2, 3}}, makedev(0x88, 0x5), 4", ["{a=1, b={2, 3}}", "makedev(0x88, 0x5)", "4"]),
      ("[0] => [3], 1", ["[0] => [3]", "1"]),
      (#"3, "abc"..., 4096"#, ["3", #""abc"..."#, "4096"]),
      (#""cut, off"#, [#""cut, off"#, ""]),
    ])
  func topLevel(text: String, parts: [String]) { #expect(split(text, parts.count) == parts) }

  @Test("a decoration after AT_FDCWD may hold a comma")
  func directory() {
    #expect(split(#"AT_FDCWD</tmp/a, b>, "x""#, 2) == ["AT_FDCWD</tmp/a, b>", #""x""#])
  }

  @Test(
    "R24 numbers",
    arguments: [
      ("3", 3), ("-100", -100), ("0x10", 16), ("0xffffff9c", 0xffff_ff9c), ("3</etc/hosts>", 3), ("AT_FDCWD", nil), ("", nil),
      ("NULL", nil), ("4294967295", 4_294_967_295), (" 7", nil),
    ] as [(String, Int64?)])
  func number(text: String, value: Int64?) {
    let number = Array(text.utf8).withUnsafeBytes { Arguments.number($0) }
    #expect(number == value)
  }

  @Test("octal: a mode, umask") func octal() {
    let number = Array("0644".utf8).withUnsafeBytes { Arguments.number($0) }
    #expect(number == 0o644)
  }

  @Test(
    "R21-R23 decorations",
    arguments: [
      ("3</etc/hosts>", "/etc/hosts"), ("3</dev/null<char 1:3>>", "/dev/null<char 1:3>"), ("4</memfd:x>(deleted)", "/memfd:x"),
      ("3<TCP:[127.0.0.1:80->127.0.0.1:51]>", "TCP:[127.0.0.1:80->127.0.0.1:51]"),
      (#"3<UNIX-STREAM:[1->2,"/tmp/a>b"]>"#, #"UNIX-STREAM:[1->2,"/tmp/a>b"]"#), ("AT_FDCWD</tmp>", "/tmp"), ("3", nil),
      (#""a<b>""#, nil), ("{x=3<a>}", nil),
    ] as [(String, String?)])
  func decoration(text: String, expected: String?) {
    let found = Array(text.utf8).withUnsafeBytes { Arguments.decoration($0).map { String(decoding: $0, as: UTF8.self) } }
    #expect(found == expected)
  }

  @Test(
    "words in strings are not mentioned",
    arguments: [
      (#"3, "O_CLOEXEC", O_RDONLY"#, false), (#"3, "x", O_RDONLY|O_CLOEXEC"#, true), (#"3, "\"O_CLOEXEC", 0"#, false),
      ("O_CLOEXEC", true), (#"O_CLOEXEC, "x""#, true), (#""x"O_CLOEX, "y""#, false), ("", false),
    ])
  func mentions(text: String, expected: Bool) { #expect(withArguments(text) { $0.mentions("O_CLOEXEC") } == expected) }
}
