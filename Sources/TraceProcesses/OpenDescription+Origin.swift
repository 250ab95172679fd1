/// How a socket or pipe came to be what it is, seen from this side.
public enum DescriptionOrigin: String, Sendable {
  /// Not in the log, or no socket at all.
  case unknown = ""
  /// `listen`: connections come out of it, it is none itself.
  case listening
  /// Out of `accept`: this side is the server.
  case accepted
  /// `connect`, also one still in progress: this side is the client.
  case connected
  /// `socketpair` or `pipe`: both ends were made here.
  case paired
}
