import TraceSyntax

/// Names and roles of all calls of a log: the catalogue's, and those that only this log has.
public final class SyscallNames {
  public private(set) var names: [String]
  private var known: [String: SyscallID] = [:]

  public init() { names = SyscallCatalog.shared.names }

  public func name(_ id: SyscallID) -> String {
    Int(id.rawValue) < names.count ? names[Int(id.rawValue)] : "?"
  }

  public func role(_ id: SyscallID) -> SyscallRole {
    let roles = SyscallCatalog.shared.roles
    return Int(id.rawValue) < roles.count ? roles[Int(id.rawValue)] : .other
  }

  /// The number of a name, a new one when it is met first. Only the ordered consumer calls this, so numbers are the same for any
  /// number of workers. A damaged log cannot exhaust them: beyond 60000 all share the last.
  func intern(_ bytes: UnsafeRawBufferPointer) -> SyscallID {
    let name = String(decoding: bytes.prefix(64), as: UTF8.self)
    if let id = known[name] { return id }
    guard names.count < 60_000 else { return SyscallID(rawValue: UInt16(names.count - 1)) }
    let id = SyscallID(rawValue: UInt16(names.count))
    names.append(names.count == 59_999 ? "(other names)" : name)
    known[name] = id
    return id
  }
}
