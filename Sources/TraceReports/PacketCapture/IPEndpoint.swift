import Glibc

/// An address and a port as an IP header has them.
struct IPEndpoint: Hashable {
  /// Four or sixteen bytes.
  var address: [UInt8]
  var port: UInt16

  /// `127.0.0.1:1935`, `[::1]:80`; nil for anything else (a path, an inode).
  init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else { return nil }
    self.port = port
    var host = String(text[..<colon])
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
    if isBracketed { host = String(host.dropFirst().dropLast()) }
    // A scope, `fe80::1%eth0`, has no place in a header.
    host = String(host.prefix { $0 != "%" })
    address = [UInt8](repeating: 0, count: isBracketed ? 16 : 4)
    guard inet_pton(isBracketed ? AF_INET6 : AF_INET, host, &address) == 1 else { return nil }
  }

  init(address: [UInt8], port: UInt16) {
    self.address = address
    self.port = port
  }

  /// An address of 10.0.0.0/8 for what has none: a UNIX socket, or one whose address the log does not show.
  static func invented(_ description: Int, isPeer: Bool) -> IPEndpoint {
    let number = UInt32(truncatingIfNeeded: description) & 0x7f_ffff
    return IPEndpoint(
      address: [
        10, UInt8(truncatingIfNeeded: number >> 16) | (isPeer ? 0x80 : 0), UInt8(truncatingIfNeeded: number >> 8),
        UInt8(truncatingIfNeeded: number),
      ],
      port: isPeer ? 2 : 1)
  }

  /// The same address in sixteen bytes (RFC 4291, IPv4-mapped), for a flow whose other side has sixteen.
  var mapped: IPEndpoint {
    address.count == 16 ? self : IPEndpoint(address: [UInt8](repeating: 0, count: 10) + [0xff, 0xff] + address, port: port)
  }
}
