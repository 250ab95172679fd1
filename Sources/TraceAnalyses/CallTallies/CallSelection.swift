import TraceSyntax

/// Which calls are counted together: those of some names, under a condition.
public struct CallSelection: Sendable, Hashable {
  /// Names, or patterns of names; empty for all calls.
  public var syscalls: [Glob]
  public var condition: RowCondition?

  public init(_ syscalls: [Glob] = [], where condition: RowCondition? = nil) {
    self.syscalls = syscalls
    self.condition = condition
  }

  /// Known at the call itself.
  static let ofCall: Set<RowTest.Fact> = [.syscall, .errno, .fd, .tid, .direction, .duration, .bytes]
  /// Known of its connection or file, at the log's end.
  static let ofDescription: Set<RowTest.Fact> = [.peer, .local, .protocol, .stream, .kind, .role, .peerRole]
  /// All that may be asked of a call.
  public static let facts: [RowTest.Fact] = [
    .syscall, .errno, .fd, .direction, .duration, .bytes, .path, .peer, .local, .protocol, .stream, .kind, .role, .peerRole,
    .process, .tid, .thread,
  ]

  /// Whether its calls are told apart by what their descriptors refer to.
  public var asksForDescription: Bool { condition?.asks(for: Self.ofDescription.union([.path])) ?? false }
  /// Whether ``Connections`` is needed to tell.
  public var asksForRole: Bool { condition?.asks(for: [.role, .peerRole]) ?? false }
  /// Whether ``Threads`` is needed to tell.
  public var asksForThreadNames: Bool { condition?.asks(for: [.thread]) ?? false }
}
