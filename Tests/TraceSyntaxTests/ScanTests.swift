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

  @Test("newlines, and where no AMF0 header can be", arguments: [1, 2, 16, 40]) func newlines(blocks: Int) {
    var generator = SystemRandomNumberGenerator()
    var (without, with) = (0, 0)
    for round in 0..<200 {
      // Lines of all lengths: blocks full of newlines, and with none.
      let sparse = round % 2 == 0
      let text = (0..<(64 * blocks + 66)).map { _ in
        sparse && Int.random(in: 0..<30, using: &generator) > 0 ? UInt8(ascii: "a") : Self.text(1, &generator)[0]
      }
      let count = 64 * blocks
      let wanted = text.indices.prefix(count).filter { text[$0] == UInt8(ascii: "\n") }
      for scan in [trace_newlines, trace_newlines_portable] {
        var places = [UInt32](repeating: 0, count: count + 2)
        var mayHold: Int32 = 0
        let found = Int(scan(text, UInt64(blocks), &places, &mayHold))
        #expect(places.prefix(found).map(Int.init) == wanted)
        let holds = (0..<count).contains { at in
          at > 0 && (Self.holds(text[(at - 1)..<(at + 4)], "\\2\\0\\") || Self.holds(text[(at - 1)..<(at + 4)], "02\\x0"))
        }
        #expect(!holds || mayHold != 0)
        if holds { with += 1 } else if mayHold == 0 { without += 1 }
      }
    }
    #expect(with > 0 && without > 0)
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

  @Test("where addresses end") func addresses() {
    var generator = SystemRandomNumberGenerator()
    var found = 0
    for _ in 0..<20_000 {
      let blanks = Int.random(in: 0...30, using: &generator)
      let digits = (0..<Int.random(in: 0...18, using: &generator)).map { _ in
        Array("0123456789abcdefABCDEF".utf8).randomElement() ?? 48
      }
      let rest = (0..<40).map { _ in Array(" \t\nxg/:@`G0f".utf8).randomElement(using: &generator) ?? 32 }
      let text = [UInt8](repeating: 32, count: blanks) + digits + rest
      let start = text.firstIndex { $0 != 32 } ?? 0
      let end = text[start...].firstIndex { !"0123456789abcdefABCDEF".utf8.contains($0) } ?? 0
      let isThere = (1...16).contains(end - start) && end < 32 && text[end] == 32
      #expect(trace_address_end(text) == (isThere ? end : 0))
      found += isThere ? 1 : 0
    }
    #expect(found > 100)
  }

  @Test("equal bytes, whatever follows them") func equal() {
    for count in 1...70 {
      let text = (0..<count).map { UInt8($0) }
      let (one, other) = (text + [UInt8](repeating: 1, count: 32), text + [UInt8](repeating: 2, count: 32))
      #expect(trace_is_equal(one, other, UInt64(count)) != 0)
      for place in 0..<count {
        var changed = other
        changed[place] ^= 1
        #expect(trace_is_equal(one, changed, UInt64(count)) == 0)
      }
    }
  }
}
