import Testing

@testable import TraceSyntax

@Suite("Frames of strace -k")
struct StraceFramesTests {
  private func name(_ line: String, _ naming: FrameNaming = FrameNaming()) -> String? {
    let names = StackNames()
    let bytes = Array(line.utf8) + [UInt8](repeating: 0, count: 8)
    let frame = bytes.withUnsafeBytes {
      StraceFrames(naming, names).frame(UnsafeRawBufferPointer(rebasing: $0[..<(bytes.count - 8)]))
    }
    return frame.map { String(decoding: names.names.text($0), as: UTF8.self) }
  }

  @Test(
    "symbols, modules, errors",
    arguments: [
      (" > /usr/lib/x86_64-linux-gnu/libc.so.6(__open64+0x51) [0xf8011]", "__open64"),
      (" > /usr/bin/cat() [0x2752]", "[cat]"), (" > /srv/my app (old)/hot(main+0x54) [0x13d5]", "main"),
      (" > /srv/hot(media::nap(long)+0x22) [0x220b]", "media::nap"),
      (
        " > /srv/hot(std::_State_impl<std::tuple<void (*)(int), int> >::_M_run()+0xd) [0x237b]",
        "std::_State_impl<std::tuple<void (*)(int), int> >::_M_run"
      ), (" > /srv/hot(operator()+0x1) [0x1] /srv/a [0x2].cpp:3", "operator()"),
      (" > unexpected_backtracing_error [0x7f12]", nil),
      (" > BUG IN print_call_cb", nil), (" > ", nil), (" > (f+0x1) [0x1]", nil), (" > /x(f+0x1) [0x]", nil),
    ]) func names(line: String, expected: String?)
  {
    #expect(name(line) == expected)
  }

  @Test("source lines of -kk, addresses") func options() {
    var naming = FrameNaming()
    naming.sourceLines = true
    naming.addresses = true
    #expect(name(" > /srv/hot(main+0x54) [0x13d5] /srv/hot;x.cpp:21", naming) == "main:/srv/hot:x.cpp:21")
    #expect(name(" > /usr/bin/cat() [0x2752]", naming) == "[cat <2752>]")
  }
}
