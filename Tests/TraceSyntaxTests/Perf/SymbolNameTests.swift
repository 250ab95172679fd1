import Testing

@testable import TraceSyntax

@Suite("Names of symbols")
struct SymbolNameTests {
  static let names = [
    ("main", "main"),
    ("SocketThread::run(int)", "SocketThread::run"),
    ("(anonymous namespace)::hidden(int)", "(anonymous namespace)::hidden"),
    ("a::(anonymous namespace)::f(int) const [clone .isra.0]", "a::(anonymous namespace)::f"),
    ("media::Muxer<int>::operator()(int) const", "media::Muxer<int>::operator()"),
    ("media::Muxer<int>::operator<<(int)", "media::Muxer<int>::operator<<"),
    ("std::function<void (int)>::operator()(int) const", "std::function<void (int)>::operator()"),
    ("operator new(unsigned long)", "operator new"), ("myoperator(int)", "myoperator"),
    ("work(char const*)::{lambda(int)#1}::operator()(int) const", "work::{lambda(int)#1}::operator()"),
    ("net/http.(*Client).Do", "net/http.(*Client).Do"),
    ("decltype(nullptr) f<int>(int)", "decltype(nullptr) f<int>"),
    ("foo[abi:cxx11](int)", "foo[abi:cxx11]"),
    ("<core::iter::Map<I,F> as Iterator>::next", "<core::iter::Map<I,F> as Iterator>::next"),
    ("core::ops::function::FnOnce<fn() -> i32>::call_once", "core::ops::function::FnOnce<fn() -> i32>::call_once"),
    ("Ljava/util/Map;.get(Ljava/lang/Object;)Ljava/lang/Object;", "Ljava/util/Map:.get"),
    ("Ljava/util/Map;.<init>(Ljava/l", "Ljava/util/Map:.<init>"),
    ("void Relay.spin(long)", "void Relay.spin"), ("StubRoutines (1)", "StubRoutines"),
    ("RegExp:[<>&\\\"\\']", "RegExp:[<>&\\\\]"), ("RegExp:[<](a|b)", "RegExp:[<]"),
    ("main.work(n: Swift.Int) -> Swift.Int", "main.work"),
    ("closure #1 (Swift.Int) -> () in main.work(n: Swift.Int) -> ()", "closure #1 in main.work"),
    ("operator<", "operator<"), ("f(", "f"), ("f)", "f)"),
  ]

  @Test("parameters go, names stay", arguments: names) func tidied(_ name: String, _ wanted: String) {
    let bytes = Array(name.utf8)
    bytes.withUnsafeBufferPointer { #expect(String(decoding: SymbolName($0).tidied, as: UTF8.self) == wanted) }
  }

  @Test(
    "frames that a JIT joined",
    arguments: [
      ("Lfoo;::a->Lbar;::b->Lbaz;::c", ["Lfoo;::a", "Lbar;::b", "Lbaz;::c"]), ("f<fn() -> i32>::g", ["f<fn() -> i32>::g"]),
      ("T::operator->() const", ["T::operator->() const"]), ("main.f() -> Swift.Int", ["main.f() -> Swift.Int"]), ("a", ["a"]),
    ])
  func inlined(_ name: String, _ wanted: [String]) {
    let bytes = Array(name.utf8)
    bytes.withUnsafeBufferPointer { text in
      #expect(SymbolName(text).inlinedParts.map { String(decoding: $0, as: UTF8.self) } == wanted)
    }
  }
}
