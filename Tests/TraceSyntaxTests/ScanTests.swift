import CTraceScan
import Testing

@Suite("Vector scans find what a loop finds")
struct ScanTests {
  /// Bytes of the scans' patterns in any order: near misses are as frequent as hits.
  static func text(_ count: Int, _ generator: inout some RandomNumberGenerator) -> [UInt8] {
    let alphabet = Array("\\\\\\20200x0\n7fc_".utf8)
    return (0..<count).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
  }

  static func holds(_ text: ArraySlice<UInt8>, _ pattern: String) -> Bool {
    let pattern = Array(pattern.utf8)
    guard text.count >= pattern.count else { return false }
    return (text.startIndex...(text.endIndex - pattern.count)).contains { text[$0..<($0 + pattern.count)].elementsEqual(pattern) }
  }

  /// `\2\0\`, a length as an escape, and the beginning of a name, of the end of the string or of the bytes.
  static func holdsName(_ text: ArraySlice<UInt8>) -> Bool {
    String(decoding: text, as: UTF8.self).contains(/\\2\\0\\([0-7]{3}|[0-7]{1,2}(?![0-7])|[^0-7]|\z)([A-Za-z_@|"]|\z)/)
  }

  @Test("AMF0 string headers in both spellings", arguments: [0, 1, 4, 5, 6, 7, 31, 32, 33, 63, 64, 65, 130, 700])
  func amf(count: Int) {
    var generator = SystemRandomNumberGenerator()
    var found = 0
    for _ in 0..<400 {
      // What stands before and behind belongs to other lines and must not count.
      let text = Self.text(count + 200, &generator)
      let own = text[100..<(100 + count)]
      let isThere = Self.holdsName(own) || Self.holds(own, "x02\\x00")
      let (fast, portable) = text.withUnsafeBufferPointer {
        let start = $0.baseAddress.map { $0 + 100 }
        return (trace_contains_amf(start, UInt64(count)) != 0, trace_contains_amf_portable(start, UInt64(count)) != 0)
      }
      #expect(fast == isThere && portable == isThere, "\(String(decoding: own, as: UTF8.self))")
      found += isThere ? 1 : 0
    }
    if count > 100 { #expect(found > 0) }
  }

  /// How this processor can look for newlines.
  private static let levels: [Int32] = [0, 1, 2].filter { level in
    var (place, pending): (UInt32, Int32) = (0, 0)
    return trace_newlines_level(level, [0], 0, &place, &pending) == 0
  }

  @Test("newlines, and which lines may hold an AMF0 header", arguments: [1, 2, 16, 17, 40, 100]) func newlines(blocks: Int) {
    var generator = SystemRandomNumberGenerator()
    var (marked, unmarked, pendings) = (0, 0, 0)
    for round in 0..<200 {
      // Lines of all lengths: blocks full of newlines, and with none; headers in every other text only.
      let (sparse, plain) = (round % 2 == 0, round % 4 < 2)
      let text = (0..<(64 * blocks + 66)).map { _ in
        if sparse, Int.random(in: 0..<30, using: &generator) > 0 { return UInt8(ascii: "a") }
        let byte = Self.text(1, &generator)[0]
        return plain && byte == UInt8(ascii: "2") ? UInt8(ascii: "3") : byte
      }
      let count = 64 * blocks
      let wanted = text.indices.prefix(count).filter { text[$0] == UInt8(ascii: "\n") }
      for level in Self.levels {
        // In two pieces, as a chunk is scanned: what is pending goes from one to the next.
        let first = Int.random(in: 0...blocks, using: &generator)
        var found: [UInt32] = []
        var pending: Int32 = 0
        for piece in [0..<first, first..<blocks] {
          var places = [UInt32](repeating: 0, count: 64 * piece.count + 2)
          let start = 64 * piece.lowerBound
          let some = text[start...].withUnsafeBufferPointer {
            trace_newlines_level(level, $0.baseAddress, UInt64(piece.count), &places, &pending)
          }
          found += places.prefix(Int(some)).map { $0 + UInt32(start) }
        }
        #expect(found.map { Int($0 & ~TRACE_MAY_HOLD_AMF) } == wanted)
        func holds(_ line: Range<Int>) -> Bool {
          Self.holds(text[line], "\\2\\0\\") || Self.holds(text[line], "x02\\x00")
        }
        var start = 0
        for (place, end) in zip(found, wanted) {
          let isMarked = place & TRACE_MAY_HOLD_AMF != 0
          #expect(isMarked || !holds(start..<end))
          if isMarked { marked += 1 } else { unmarked += 1 }
          start = end + 1
        }
        #expect(pending != 0 || !holds(start..<count))
        pendings += pending != 0 ? 1 : 0
      }
    }
    #expect(marked > 0 && unmarked > 0 && pendings > 0)
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
