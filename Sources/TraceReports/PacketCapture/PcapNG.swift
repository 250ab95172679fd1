/// Blocks of a pcapng file (IETF draft-ietf-opsawg-pcapng), in this machine's byte order: one section, one interface of raw IP packets with
/// stamps in nanoseconds.
struct PcapNG {
  private let sink: OutputSink
  private var block: [UInt8] = []

  /// LINKTYPE_RAW of tcpdump.org's list: a packet begins with its IPv4 or IPv6 header.
  private static let rawIP: UInt16 = 101

  init(_ sink: OutputSink) throws(OutputError) {
    self.sink = sink
    // Section Header Block: byte-order magic, version 1.0, length of the section unknown.
    put(UInt32(0x1a2b_3c4d))
    put(UInt16(1))
    put(UInt16(0))
    put(UInt64.max)
    option(4, Array("tracestat".utf8))
    endOptions()
    try write(type: 0x0a0d_0d0a)
    // Interface Description Block: no limit of length; option 9 is if_tsresol, 10^-9 s.
    put(Self.rawIP)
    put(UInt16(0))
    put(UInt32(0))
    option(2, Array("strace".utf8))
    option(9, [9])
    endOptions()
    try write(type: 1)
  }

  /// Enhanced Packet Block.
  ///
  /// - Parameters:
  ///   - packet: what is there of it.
  ///   - length: what it was on the wire.
  ///   - time: nanoseconds since 1970.
  ///   - comment: shown beside the packet.
  mutating func write(packet: [UInt8], length: Int, time: Int64, comment: String) throws(OutputError) {
    let stamp = UInt64(bitPattern: time)
    put(UInt32(0))
    put(UInt32(truncatingIfNeeded: stamp >> 32))
    put(UInt32(truncatingIfNeeded: stamp))
    put(UInt32(clamping: packet.count))
    put(UInt32(clamping: length))
    block += packet
    pad()
    option(1, Array(comment.utf8))
    endOptions()
    try write(type: 6)
  }

  private mutating func put<Number: FixedWidthInteger>(_ number: Number) {
    withUnsafeBytes(of: number) { block += $0 }
  }

  private mutating func pad() { while block.count % 4 != 0 { block.append(0) } }

  private mutating func option(_ code: UInt16, _ value: [UInt8]) {
    put(code)
    put(UInt16(clamping: value.count))
    block += value.prefix(Int(UInt16.max))
    pad()
  }

  private mutating func endOptions() { put(UInt32(0)) }

  private mutating func write(type: UInt32) throws(OutputError) {
    // Type and length in front, the length once more behind.
    let length = UInt32(clamping: block.count + 12)
    let body = block
    block.removeAll(keepingCapacity: true)
    put(type)
    put(length)
    block += body
    put(length)
    try sink.write(block)
    block.removeAll(keepingCapacity: true)
  }
}
