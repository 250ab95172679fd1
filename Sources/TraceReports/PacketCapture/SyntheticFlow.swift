/// The packets that could have carried what went over one socket: headers are made up from its addresses, sequence numbers count the bytes
/// that calls moved, whether the log shows them or not. Checksums of TCP and UDP are 0: nobody knows the bytes that strace cut.
struct SyntheticFlow {
  let local: IPEndpoint
  let peer: IPEndpoint
  /// The next sequence number of each side.
  private var sent: UInt32
  private var received: UInt32
  /// The sides that will write no more.
  private var hasSentEnd = false
  private var hasReceivedEnd = false

  /// Most payload of one packet.
  static let segment = 60_000

  /// - Parameter start: the first sequence number of both sides.
  init(local: IPEndpoint, peer: IPEndpoint, start: UInt32 = 0) {
    let isMapped = local.address.count != peer.address.count
    self.local = isMapped ? local.mapped : local
    self.peer = isMapped ? peer.mapped : peer
    (sent, received) = (start, start)
  }

  /// A packet as far as it is shown, and its length on the wire.
  struct Packet {
    let bytes: [UInt8]
    let length: Int
  }

  /// The three packets that open a connection.
  mutating func opening(isAccepted: Bool) -> [Packet] {
    let packets = [
      tcp(fromPeer: isAccepted, flags: 0x02, shown: [], size: 0),
      tcp(fromPeer: !isAccepted, flags: 0x12, shown: [], size: 0, acknowledges: sent &+ 1),
    ]
    sent &+= 1
    received &+= 1
    return packets + [tcp(fromPeer: isAccepted, flags: 0x10, shown: [], size: 0)]
  }

  /// What carries the bytes of one call. More than ``longest`` segments' worth is passed over: the sequence numbers tell.
  mutating func packets(isRead: Bool, size: Int, shown: UnsafeRawBufferPointer) -> [Packet] {
    var packets: [Packet] = []
    var done = 0
    while done < size, packets.count < Self.longest {
      let count = min(Self.segment, size - done)
      let part = shown.dropFirst(done).prefix(count)
      packets.append(tcp(fromPeer: isRead, flags: 0x18, shown: .init(rebasing: part), size: count))
      advance(isRead, by: count)
      done += count
    }
    advance(isRead, by: size - done)
    return packets
  }

  static let longest = 64

  /// One side will write no more: FIN, unless it was told before, or the connection is reset.
  mutating func end(isRead: Bool) -> Packet? {
    guard !(isRead ? hasReceivedEnd : hasSentEnd) else { return nil }
    let packet = tcp(fromPeer: isRead, flags: 0x11, shown: [], size: 0)
    advance(isRead, by: 1)
    if isRead { hasReceivedEnd = true } else { hasSentEnd = true }
    return packet
  }

  /// The other side broke off: RST, the last packet.
  mutating func reset() -> Packet? {
    guard !(hasReceivedEnd && hasSentEnd) else { return nil }
    (hasReceivedEnd, hasSentEnd) = (true, true)
    return tcp(fromPeer: true, flags: 0x14, shown: [], size: 0)
  }

  /// What carries the bytes of one call as a datagram.
  func datagram(isRead: Bool, size: Int, shown: UnsafeRawBufferPointer) -> Packet {
    udp(fromPeer: isRead, shown: shown, size: min(size, Self.segment))
  }

  private mutating func advance(_ isRead: Bool, by count: Int) {
    if isRead { received &+= UInt32(truncatingIfNeeded: count) } else { sent &+= UInt32(truncatingIfNeeded: count) }
  }

  // MARK: Headers

  private func tcp(fromPeer: Bool, flags: UInt8, shown: UnsafeRawBufferPointer, size: Int, acknowledges: UInt32? = nil) -> Packet
  {
    let (from, to) = fromPeer ? (peer, local) : (local, peer)
    let acknowledged = flags & 0x10 == 0 ? 0 : acknowledges ?? (fromPeer ? sent : received)
    var header = ports(from, to)
    header += Self.bytes(fromPeer ? received : sent) + Self.bytes(acknowledged)
    // Five words of header, a window of 65535, no checksum, nothing urgent.
    header += [0x50, flags, 0xff, 0xff, 0, 0, 0, 0]
    return packet(from, to, 6, header, shown, size)
  }

  private func tcp(fromPeer: Bool, flags: UInt8, shown: [UInt8], size: Int, acknowledges: UInt32? = nil) -> Packet {
    shown.withUnsafeBytes { tcp(fromPeer: fromPeer, flags: flags, shown: $0, size: size, acknowledges: acknowledges) }
  }

  private func udp(fromPeer: Bool, shown: UnsafeRawBufferPointer, size: Int) -> Packet {
    let (from, to) = fromPeer ? (peer, local) : (local, peer)
    return packet(
      from, to, 17, ports(from, to) + Self.bytes(UInt16(size + 8)) + [0, 0], .init(rebasing: shown.prefix(size)), size)
  }

  private func ports(_ from: IPEndpoint, _ to: IPEndpoint) -> [UInt8] { Self.bytes(from.port) + Self.bytes(to.port) }

  private func packet(
    _ from: IPEndpoint, _ to: IPEndpoint, _ number: UInt8, _ header: [UInt8], _ shown: UnsafeRawBufferPointer, _ size: Int
  ) -> Packet {
    let inner = header.count + size
    var bytes: [UInt8]
    if from.address.count == 4 {
      // RFC 791: version 4, five words; not to be fragmented; 64 hops.
      bytes = [0x45, 0] + Self.bytes(UInt16(inner + 20)) + [0, 0, 0x40, 0, 64, number, 0, 0] + from.address + to.address
      let sum = Self.checksum(bytes)
      bytes[10] = UInt8(sum >> 8)
      bytes[11] = UInt8(sum & 0xff)
    } else {
      // RFC 8200: version 6; 64 hops.
      bytes = [0x60, 0, 0, 0] + Self.bytes(UInt16(inner)) + [number, 64] + from.address + to.address
    }
    let length = bytes.count + inner
    bytes += header
    bytes += shown
    return Packet(bytes: bytes, length: length)
  }

  private static func checksum(_ header: [UInt8]) -> UInt16 {
    var sum: UInt32 = 0
    for index in stride(from: 0, to: header.count, by: 2) { sum += UInt32(header[index]) << 8 | UInt32(header[index + 1]) }
    while sum > 0xffff { sum = (sum & 0xffff) + sum >> 16 }
    return ~UInt16(sum)
  }

  private static func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.bigEndian) { Array($0) }
  }
}
