import Testing
import TraceAnalyses

@Suite("Patterns")
struct GlobTests {
  @Test(
    "what they match",
    arguments: [
      ("", ""), ("*", ""), ("*", "abc"), ("a*c", "ac"), ("a*c", "abbc"), ("a?c", "abc"), ("a?c", "a\u{e9}c"), ("[a-c]x", "bx"),
      ("[!a-c]x", "dx"), ("[]]", "]"), ("[", "["), ("a[", "a["), ("/var/*/x", "/var/a/b/x"), ("*.*", "a.b.c"),
      ("epoll*", "epoll_wait"),
      ("*a*b*", "xaxbx"), ("[a-]", "-"),
    ])
  func matches(pattern: String, text: String) { #expect(Glob(pattern).matches(text)) }

  @Test(
    "what they do not",
    arguments: [
      ("", "a"), ("a", ""), ("a*c", "abcd"), ("a?c", "ac"), ("[a-c]x", "dx"), ("[!a-c]x", "ax"), ("A", "a"), ("*b", "a"),
      ("?", ""),
    ])
  func others(pattern: String, text: String) { #expect(!Glob(pattern).matches(text)) }

  @Test("a hostile pattern takes no time") func hostile() {
    let glob = Glob(String(repeating: "a*", count: 200) + "b")
    #expect(!glob.matches(String(repeating: "a", count: 2000)))
  }
}
