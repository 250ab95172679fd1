import CTraceScan
import Testing

@Suite("Vector scans find what a loop finds")
struct ScanTests {
  /// Bytes of the scans' patterns in any order: near misses are as frequent as hits.
  static func text(_ count: Int, _ generator: inout some RandomNumberGenerator) -> [UInt8] {
    let alphabet = Array("\\\\\\20200x0\n7".utf8)
    return (0..<count).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
  }

  static func holds(_ text: ArraySlice<UInt8>, _ pattern: String) -> Bool {
    let pattern = Array(pattern.utf8)
    guard text.count >= pattern.count else { return false }
    return (text.startIndex...(text.endIndex - pattern.count)).contains { text[$0..<($0 + pattern.count)].elementsEqual(pattern) }
  }

  @Test("AMF0 string headers in both spellings", arguments: [0, 1, 4, 5, 6, 7, 31, 32, 33, 63, 64, 65, 130, 700])
  func amf(count: Int) {
    var generator = SystemRandomNumberGenerator()
    var found = 0
    for _ in 0..<400 {
      // What stands before and behind belongs to other lines and must not count.
      let text = Self.text(count + 200, &generator)
      let own = text[100..<(100 + count)]
      let isThere = Self.holds(own, "\\2\\0\\") || Self.holds(own, "x02\\x00")
      let (fast, portable) = text.withUnsafeBufferPointer {
        let start = $0.baseAddress.map { $0 + 100 }
        return (trace_contains_amf(start, UInt64(count)) != 0, trace_contains_amf_portable(start, UInt64(count)) != 0)
      }
      #expect(fast == isThere && portable == isThere, "\(String(decoding: own, as: UTF8.self))")
      found += isThere ? 1 : 0
    }
    if count > 100 { #expect(found > 0) }
  }

  @Test("newlines") func newlines() {
    var generator = SystemRandomNumberGenerator()
    let text = Self.text(64 * 40, &generator)
    var fast = [UInt64](repeating: 0, count: 40)
    var portable = fast
    trace_newline_masks(text, 40, &fast)
    trace_newline_masks_portable(text, 40, &portable)
    for (index, byte) in text.enumerated() {
      let isSet = fast[index / 64] >> UInt64(index % 64) & 1 == 1
      #expect(isSet == (byte == UInt8(ascii: "\n")))
    }
    #expect(fast == portable)
  }

  @Test("digits") func digits() {
    for byte in UInt8.min...UInt8.max {
      var text = [UInt8](repeating: UInt8(ascii: "x"), count: 32)
      for place in 0..<32 {
        text[place] = byte
        let mask = trace_digit_mask32(text)
        #expect(mask == ((48...57).contains(byte) ? 1 << UInt32(place) : 0))
        text[place] = UInt8(ascii: "x")
      }
    }
  }
}
