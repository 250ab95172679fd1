import TraceSyntax

/// What `shutdown` ends on a socket (`man 2 shutdown`), for every descriptor that refers to it.
public struct ShutdownDirections: OptionSet, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  public static let read = Self(rawValue: 1)
  public static let write = Self(rawValue: 2)

  /// The second argument of `shutdown`: `SHUT_WR`, or `1 /* send */` of strace before 4.11; the values are those of linux/net.h.
  public init(_ how: CallArgument) {
    rawValue =
      how.isConstant("SHUT_RDWR", 2) ? 3 : how.isConstant("SHUT_WR", 1) ? 2 : how.isConstant("SHUT_RD", 0) ? 1 : 0
  }

  /// `read`, `write`, `both`, or empty.
  public var name: String {
    switch self {
    case [.read, .write]: "both"
    case .read: "read"
    case .write: "write"
    default: ""
    }
  }
}
