/// Reads the packets of a pcapng file that tracestat wrote: by the draft's tables, not by the writer's code.
struct CapturedPackets {
  struct Packet {
    var time: UInt64
    /// What is there, and how long it was.
    var bytes: [UInt8]
    var length: Int
    var comment: String

    var isIPv4: Bool { bytes[0] >> 4 == 4 }
    var number: UInt8 { isIPv4 ? bytes[9] : bytes[6] }
    private var inner: ArraySlice<UInt8> { bytes[(isIPv4 ? 20 : 40)...] }
    var from: [UInt8] { Array(isIPv4 ? bytes[12..<16] : bytes[8..<24]) + inner.prefix(2) }
    var to: [UInt8] { Array(isIPv4 ? bytes[16..<20] : bytes[24..<40]) + inner.dropFirst(2).prefix(2) }
    var sequence: UInt32 { inner.dropFirst(4).prefix(4).reduce(0) { $0 << 8 | UInt32($1) } }
    var flags: UInt8 { inner[inner.startIndex + 13] }
    private var headers: Int { (isIPv4 ? 20 : 40) + (number == 6 ? 20 : 8) }
    /// Bytes of payload on the wire, and those that are there.
    var size: Int { length - headers }
    var payload: [UInt8] { Array(bytes[headers...]) }
    /// The length that the IP header states.
    var statedLength: Int { isIPv4 ? Int(bytes[2]) << 8 | Int(bytes[3]) : (Int(bytes[4]) << 8 | Int(bytes[5])) + 40 }
    /// Sums to zero where the header's checksum is right (RFC 1071).
    var checksum: UInt32 {
      var sum = stride(from: 0, to: 20, by: 2).reduce(UInt32(0)) { $0 + UInt32(bytes[$1]) << 8 + UInt32(bytes[$1 + 1]) }
      while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
      return sum ^ 0xffff
    }
  }

  private(set) var packets: [Packet] = []
  private(set) var blocks: [UInt32] = []

  /// nil where the file is not what the draft says.
  init?(_ file: [UInt8]) {
    func word(_ at: Int) -> Int { (0..<4).reduce(0) { $0 | Int(file[at + $1]) << (8 * $1) } }
    var at = 0
    while at < file.count {
      guard at + 12 <= file.count else { return nil }
      let length = word(at + 4)
      guard length % 4 == 0, length >= 12, at + length <= file.count, word(at + length - 4) == length else { return nil }
      blocks.append(UInt32(word(at)))
      if word(at) == 6 {
        let shown = word(at + 20)
        let options = at + 28 + (shown + 3) / 4 * 4
        let comment = Int(file[options + 2]) | Int(file[options + 3]) << 8
        guard file[options] == 1, options + 4 + comment <= at + length else { return nil }
        packets.append(
          Packet(
            time: UInt64(word(at + 12)) << 32 | UInt64(word(at + 16)), bytes: Array(file[(at + 28)..<(at + 28 + shown)]),
            length: word(at + 24), comment: String(decoding: file[(options + 4)..<(options + 4 + comment)], as: UTF8.self)))
      }
      at += length
    }
    guard blocks.first == 0x0a0d_0d0a, blocks.dropFirst().first == 1 else { return nil }
  }
}
