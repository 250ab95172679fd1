import Testing
import TraceSyntax
import TraceTestSupport

@Suite("R20 strings")
struct StraceStringTests {
  static func decode(_ text: String) -> (bytes: [UInt8], truncated: Bool, end: Int)? {
    var bytes: [UInt8] = []
    return Array(text.utf8).withUnsafeBytes { raw in
      StraceString.next(in: raw, from: 0, into: &bytes).map { (bytes, $0.truncated, $0.end) }
    }
  }

  @Test(
    "escapes",
    arguments: [
      (#""abc""#, Array("abc".utf8)), (#""""#, []), (#""\n\t\r\f\v\"\\""#, [10, 9, 13, 12, 11, 34, 92]),
      (#""\0\33\303""#, [0, 0o33, 0o303]), (#""oct\0011""#, Array("oct".utf8) + [1, 0x31]),
      (#""oct\18""#, Array("oct".utf8) + [1, 0x38]), (#""\377\3770""#, [255, 255, 0x30]), (#""\x03\x00\xff""#, [3, 0, 255]),
      (#""\xAb""#, [0xab]), (#"3, "x", 1"#, Array("x".utf8)),
    ] as [(String, [UInt8])])
  func escapes(text: String, bytes: [UInt8]) { #expect(Self.decode(text)?.bytes == bytes) }

  @Test("-s marks a cut string") func truncated() {
    #expect(Self.decode(#""abc"..., 5"#)?.truncated == true)
    #expect(Self.decode(#""abc"..., 5"#)?.end == 8)
    #expect(Self.decode(#""abc""#)?.truncated == false)
    #expect(Self.decode(#""abc", 5"#)?.end == 5)
    #expect(Self.decode(#"""..."#)?.truncated == true, "-s 0")
    #expect(Self.decode(#""abc"#)?.truncated == true, "no closing quote")
    #expect(Self.decode("3, NULL") == nil)
  }

  @Test("`...` at the very end of the text") func truncatedLast() { #expect(Self.decode(#""abc"..."#)?.truncated == true) }

  @Test("every byte survives strace's quoting, in all three spellings") func roundTrip() {
    let all = [UInt8](0...255) + [0, 0x31, 1, 0x37, 7, 0x38, 0o33, 0x30]
    let octal = StraceQuote.quote(all)
    #expect(Self.decode(octal)?.bytes == all)
    let hex = "\"" + all.map { "\\x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "\""
    #expect(Self.decode(hex)?.bytes == all)
  }
}
