import Glibc

// Hosts: IPv4, IPv6 and names. Ports, brackets and what is nobody's address stay.
extension Redaction {
  /// `10.0.0.9:1935`, `[2001:db8::9]:1935`, a socket's path, `ROUTE:2085` of netlink.
  func address(_ bytes: [UInt8]) -> [UInt8] {
    guard hidesAddresses else { return TextRedactor.redact(bytes, self, .path) }
    if bytes.first == UInt8(ascii: "/") || bytes.first == UInt8(ascii: "@") { return TextRedactor.redact(bytes, self, .path) }
    return endpoint(bytes[...])
  }

  /// HOST, HOST:PORT or [HOST]:PORT with the host hidden; a lone number (an inode) and netlink's `ROUTE:2085` stay.
  ///
  /// - Parameter hasPort: whether what follows the last colon is a port even if all of it reads as IPv6 (strace before 4.22 prints
  ///   `::1:80`).
  func endpoint(_ bytes: ArraySlice<UInt8>, hasPort: Bool = false) -> [UInt8] {
    if bytes.allSatisfy(isDigit) { return Array(bytes) }
    if bytes.first == UInt8(ascii: "["), let close = bytes.lastIndex(of: UInt8(ascii: "]")) {
      return [UInt8(ascii: "[")] + host(bytes[(bytes.startIndex + 1)..<close]) + bytes[close...]
    }
    guard hasPort || !Self.isIPv6(bytes), let colon = bytes.lastIndex(of: UInt8(ascii: ":")),
      bytes[(colon + 1)...].allSatisfy(isDigit)
    else {
      return host(bytes)
    }
    let name = bytes[..<colon]
    if name.allSatisfy({ $0 &- 65 < 26 || $0 == UInt8(ascii: "_") }) { return Array(bytes) }
    return host(name) + bytes[colon...]
  }

  /// A host's pseudonym, the same for an IPv4 address and its IPv4-mapped IPv6 form; loopback and unspecified addresses stay.
  func host(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    let mapped = Array("::ffff:".utf8)
    var name = bytes
    if bytes.starts(with: mapped), Self.isIPv4(bytes.dropFirst(mapped.count)) { name = bytes.dropFirst(mapped.count) }
    let lowered = name.map { $0 &- 65 < 26 ? $0 | 0x20 : $0 }
    let text = String(decoding: lowered, as: UTF8.self)
    if lowered.isEmpty || text == "localhost" || text == "::1" || text == "::" || text == "0.0.0.0" || text == "(none)" {
      return Array(bytes)
    }
    if Self.isIPv4(name), text.hasPrefix("127.") { return Array(bytes) }
    return pseudonym(.host, lowered)
  }

  static func isIPv4(_ bytes: ArraySlice<UInt8>) -> Bool { isAddress(bytes, AF_INET, longest: 15) }
  /// An Ethernet address counts too.
  static func isIPv6(_ bytes: ArraySlice<UInt8>) -> Bool {
    if isAddress(bytes, AF_INET6, longest: 45) { return true }
    let pairs = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    return pairs.count == 6 && pairs.allSatisfy { $0.count == 2 && $0.allSatisfy(TextRedactor.isHexDigit) }
  }

  private static func isAddress(_ bytes: ArraySlice<UInt8>, _ family: Int32, longest: Int) -> Bool {
    guard bytes.count >= 2, bytes.count <= longest else { return false }
    var binary = in6_addr()
    return inet_pton(family, String(decoding: bytes, as: UTF8.self), &binary) == 1
  }
}
