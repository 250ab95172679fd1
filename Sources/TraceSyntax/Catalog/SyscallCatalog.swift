/// A system call's name as a small number: below ``SyscallCatalog/count`` a known name, above it one met in the log.
public struct SyscallID: Hashable, Comparable, Sendable, BitwiseCopyable {
  public let rawValue: UInt16
  @inlinable
  public init(rawValue: UInt16) { self.rawValue = rawValue }
  /// A name that is not in the catalogue; the ordered consumer gives it a number of its own.
  @inlinable public static var unknown: Self { Self(rawValue: .max) }
  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// The names that parse workers know. Numbers are stable within a run only.
public struct SyscallCatalog: Sendable {
  public static let shared = SyscallCatalog()
  /// Name and role by number.
  public let names: [String]
  public let roles: [SyscallRole]
  let table: NameTable

  public var count: Int { names.count }

  init() {
    var names: [String] = []
    var roles: [SyscallRole] = []
    for entry in Self.entries {
      for name in entry.names.description.split(separator: " ") {
        names.append(String(name))
        roles.append(entry.role)
      }
    }
    self.names = names
    self.roles = roles
    table = NameTable(names.enumerated().map { (Array($1.utf8), UInt16($0)) })
  }

  /// By number, whether a call reads or writes one descriptor's bytes and nothing more: messages may pass descriptors along.
  public var movesPlainBytes: [Bool] {
    zip(names, roles).map { ($1 == .read || $1 == .write) && $0 != "recvmsg" && $0 != "sendmsg" }
  }

  /// The number of a known name.
  public func id(of name: String) -> SyscallID? {
    // The table reads in words: the copy is padded for it.
    let bytes = Array(name.utf8) + [UInt8](repeating: 0, count: 40)
    return bytes.withUnsafeBufferPointer { buffer in
      guard let p = buffer.baseAddress else { return nil }
      return table.find(p, name.utf8.count).map(SyscallID.init)
    }
  }
}
