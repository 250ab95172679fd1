import Testing
import TraceProtocols

@Suite("DNS messages")
struct DNSTests {
  static func message(_ bytes: [UInt8]) -> DNSMessage? { bytes.withUnsafeBytes { DNSMessage($0) } }
  /// A query's header with one question.
  static let header: [UInt8] = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]

  @Test("labels are spelled so that no byte reaches a terminal") func escapes() {
    let label: [UInt8] = [7, 0x61, 0x2e, 0x5c, 0x1b, 0, 0xff, 0x20]
    #expect(Self.message(Self.header + label + [0, 0, 1, 0, 1])?.name == #"a\.\\\027\000\255\032"#)
  }

  @Test("a pointer to itself, forward, or round and round is no name") func loops() {
    #expect(Self.message(Self.header + [0xc0, 12, 0, 1, 0, 1]) == nil)
    #expect(Self.message(Self.header + [0xc0, 14, 1, 0x61, 0, 0, 1, 0, 1]) == nil)
    #expect(Self.message(Self.header + [1, 0x61, 0xc0, 12, 0, 1, 0, 1]) == nil)
    #expect(Self.message(Self.header + [0x40, 0, 0, 1, 0, 1]) == nil)
  }

  @Test("a name of 255 bytes is the longest") func longest() {
    let label = [63] + [UInt8](repeating: 0x61, count: 63)
    let fits = label + label + label + [61] + [UInt8](repeating: 0x61, count: 61) + [0, 0, 1, 0, 1]
    #expect(Self.message(Self.header + fits)?.name.utf8.count == 253)
    let over = label + label + label + [62] + [UInt8](repeating: 0x61, count: 62) + [0, 0, 1, 0, 1]
    #expect(Self.message(Self.header + over) == nil)
  }

  @Test("IPv6 addresses as RFC 5952 writes them") func addresses() {
    func answer(_ address: [UInt8]) -> [String]? {
      var bytes: [UInt8] = [0x12, 0x34, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0x61, 0, 0, 28, 0, 1]
      bytes += [0xc0, 12, 0, 28, 0, 1, 0, 0, 0, 60, 0, 16] + address
      return Self.message(bytes)?.addresses
    }
    let zeros = [UInt8](repeating: 0, count: 16)
    #expect(answer(zeros) == ["::"])
    #expect(answer(zeros.dropLast() + [1]) == ["::1"])
    #expect(answer([0x20, 1, 0x0d, 0xb8] + zeros.prefix(8) + [0, 1, 0, 0]) == ["2001:db8::1:0"])
    #expect(answer([0, 1] + zeros.prefix(2) + [0, 1] + zeros.prefix(10)) == ["1:0:1::"])
  }

  @Test("over TCP, however the calls cut it", arguments: 1...70) func stream(size: Int) throws {
    let recorded = RecordedMessage.all.filter { $0.file == "dns-tcp" }.map(\.bytes)
    let bytes = Array(recorded.joined())
    var reader = DNSStreamReader()
    var found: [String] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
      Array(bytes[start..<min(start + size, bytes.count)]).withUnsafeBytes { part in
        reader.read(Payload(part, size: part.count, transport: .stream)) {
          found.append("\($0.name) \($0.isResponse) \($0.rcodeName)")
        }
      }
    }
    #expect(
      found == [
        "www.example.com false NOERROR", "www.example.com true NOERROR", "none.example.com false NOERROR",
        "none.example.com true NXDOMAIN",
      ])
  }

  @Test("over TCP a message that -s cut is read as far as it goes, and the next one is found") func cutStream() throws {
    let recorded = RecordedMessage.all.filter { $0.file == "dns-tcp" }
    var reader = DNSStreamReader()
    var found: [String] = []
    for message in recorded {
      message.with(shown: 24) { reader.read($0) { found.append("\($0.id) \($0.name) \($0.isNameCut)") } }
    }
    #expect(found.count == 4)
    #expect(found.allSatisfy { $0.hasSuffix(" true") })
    #expect(!reader.isLost)
    // A length that is not shown loses the way.
    let two = recorded[0].bytes + recorded[1].bytes
    two.withUnsafeBytes { all in
      reader.read(Payload(UnsafeRawBufferPointer(rebasing: all.prefix(20)), size: all.count, transport: .stream)) { _ in }
    }
    #expect(reader.isLost)
  }
}
