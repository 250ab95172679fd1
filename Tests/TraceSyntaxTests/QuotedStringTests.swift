import Testing
import TraceSyntax
import TraceTestSupport

@Suite("A string argument")
struct QuotedStringTests {
  @Test(
    "where there is one",
    arguments: [
      (#""abc""#, "abc"), (#""""#, ""), (#"@"abs\0x""#, "abs\0x"), (#"/* bytes 0..7 */ "\1a""#, "\u{1}a"), (#""abc"..."#, "abc"),
      (#""\x61\x62" [shell_exec_t]"#, "ab"), (#""cut"#, "cut"), (#""cut\"#, "cut\\"), ("0x7ffc", nil), ("NULL", nil),
      (#"{a="x"}"#, nil),
      (#"["x"]"#, nil), ("", nil), (#"/* "x" */"#, nil),
    ] as [(String, String?)])
  func strings(text: String, expected: String?) {
    let string = value(text).string
    #expect(string?.description == expected)
    #expect(string?.byteCount == expected?.utf8.count)
    var buffer: [UInt8] = [1, 2, 3]
    string?.bytes(into: &buffer)
    if let string { #expect(buffer == string.bytes) }
  }

  @Test("whether bytes are missing") func truncated() {
    for text in [#""abc"..."#, #"""..."#, #""cut"#, #""cut\""#, "\""] {
      #expect(value(text).string?.isTruncated == true, "\(text)")
    }
    for text in [#""abc""#, #""abc" [t]"#, #""a\\""#, #""abc".."#] {
      #expect(value(text).string?.isTruncated == false, "\(text)")
    }
    #expect(value(#"@"x""#).string?.isAbstract == true && value(#""@x""#).string?.isAbstract == false)
  }

  @Test("every byte survives strace's quoting") func roundTrip() {
    let all = [UInt8](0...255) + [0, 0x31, 1, 0x37, 7, 0x38, 0o33, 0x30]
    #expect(owned(StraceQuote.quote(all))[0].string?.bytes == all)
    #expect(owned(StraceQuote.quote(all))[0].string?.byteCount == all.count)
  }
}
