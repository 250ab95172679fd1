import Glibc

/// The families that change what a socket is to a reader.
public enum AddressFamily: Sendable, Hashable {
  case unix, inet, inet6, netlink, other
}

/// A socket address as any strace prints it.
///
/// `{sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("1.2.3.4")}`; IPv6 with its fields in the order of before and after
/// 5.0; `AF_FILE, path=` (up to 4.6) and `AF_LOCAL` (up to 4.10) for UNIX; the numbers and raw bytes of -X raw.
public enum SocketAddress: Sendable, Hashable {
  case inet(host: String, port: UInt16)
  /// The scope is an interface's name or number, nil for the global one.
  case inet6(host: String, port: UInt16, scope: String?)
  case unixPath(String)
  /// A name in no file system, without its leading NUL.
  case unixAbstract(String)
  case unixUnnamed
  case netlink(pid: UInt32, groups: UInt32)
  /// Another family, as strace names it: `AF_PACKET`, `0x4d`.
  case other(family: String)

  /// `1.2.3.4:80`, `[::1]:80` (without scope), a path, `@abstract`; nil where there is no name.
  public var name: String? {
    switch self {
    case .inet(let host, let port): "\(host):\(port)"
    case .inet6(let host, let port, _): "[\(host)]:\(port)"
    case .unixPath(let path): path
    case .unixAbstract(let name): "@\(name)"
    case .unixUnnamed, .netlink, .other: nil
    }
  }

  /// The port of an IP address.
  public var port: UInt16? {
    switch self {
    case .inet(_, let port), .inet6(_, let port, _): port
    default: nil
    }
  }

  public var family: AddressFamily {
    switch self {
    case .inet: .inet
    case .inet6: .inet6
    case .unixPath, .unixAbstract, .unixUnnamed: .unix
    case .netlink: .netlink
    case .other: .other
    }
  }
}

extension CallArgument {
  /// `AF_INET`, `PF_LOCAL`, `0x2`; nil where the value is none of a family. The numbers are Linux's (socket.h).
  public var addressFamily: AddressFamily? {
    guard let word = flags.first(where: { _ in true }) else { return nil }
    if let number = word.number {
      return switch number {
      case 1: .unix
      case 2: .inet
      case 10: .inet6
      case 16: .netlink
      default: .other
      }
    }
    guard word.hasPrefix("AF_") || word.hasPrefix("PF_") else { return nil }
    return switch word.text.dropFirst(3) {
    case "UNIX", "LOCAL", "FILE": .unix
    case "INET": .inet
    case "INET6": .inet6
    case "NETLINK": .netlink
    default: .other
    }
  }

  /// The socket address; nil where there is none: `NULL`, a pointer, a structure cut before its address.
  public var socketAddress: SocketAddress? {
    let address = after
    let familyField = address["sa_family"]
    guard let family = familyField.addressFamily else { return nil }
    switch family {
    case .inet:
      guard let port = address["sin_port"].port, let host = address["sin_addr"].inetHost else { return nil }
      return .inet(host: host, port: port)
    case .inet6:
      guard let port = address["sin6_port"].port, let host = address.inet6Host else { return nil }
      return .inet6(host: host, port: port, scope: address["sin6_scope_id"].scope)
    case .unix:
      for name in ["sun_path", "path"] {
        guard let path = address[name].string else { continue }
        if path.isAbstract { return .unixAbstract(path.description) }
        return path.byteCount == 0 ? .unixUnnamed : .unixPath(path.description)
      }
      return .unixUnnamed
    case .netlink:
      return .netlink(
        pid: address.netlinkField("nl_pid", "pid", radix: 10), groups: address.netlinkField("nl_groups", "groups", radix: 16))
    case .other:
      return .other(family: familyField.flags.first { _ in true }?.text ?? familyField.text)
    }
  }

  /// `htons(80)`, or two bytes in network order (-X raw).
  private var port: UInt16? {
    if let operands = operands(of: "htons") { return operands.number(0).flatMap(UInt16.init(exactly:)) }
    guard let bytes = string?.bytes, bytes.count == 2 else { return nil }
    return UInt16(bytes[0]) << 8 | UInt16(bytes[1])
  }

  /// `inet_addr("1.2.3.4")`, or four bytes.
  private var inetHost: String? {
    if let operands = operands(of: "inet_addr") { return operands[0].string?.description }
    return string.flatMap { Self.presentation($0.bytes) }
  }

  /// `inet_pton(AF_INET6, "::1", &sin6_addr)` as a field without a name, or behind `sin6_addr=`, or sixteen bytes.
  private var inet6Host: String? {
    for field in fields {
      if let operands = field.operands(of: "inet_pton") { return operands[1].string?.description }
    }
    return self["sin6_addr"].string.flatMap { Self.presentation($0.bytes) }
  }

  /// The text of an address of 4 or 16 bytes.
  private static func presentation(_ bytes: [UInt8]) -> String? {
    guard bytes.count == 4 || bytes.count == 16 else { return nil }
    var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    guard inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &buffer, socklen_t(buffer.count)) != nil else { return nil }
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// `if_nametoindex("lo")`, `0`, `1 /* if_nametoindex("lo") */`.
  private var scope: String? {
    for value in [self, comment].compactMap({ $0 }) {
      if let operands = value.operands(of: "if_nametoindex") { return operands[0].string?.description }
    }
    return number.flatMap { $0 == 0 ? nil : String($0) }
  }

  /// Groups are printed in hex without `0x`.
  private func netlinkField(_ name: String, _ oldName: String, radix: Int) -> UInt32 {
    for name in [name, oldName] {
      let value = self[name]
      if !value.isEmpty { return UInt32(value.withoutComment.text, radix: radix) ?? 0 }
    }
    return 0
  }
}
