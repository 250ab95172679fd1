import TraceSyntax

/// Which samples are folded, and how their frames are named.
public struct FoldOptions: Sendable {
  public var naming = FrameNaming()
  /// In which form the logs are; nil for what their first lines say.
  public var syntax: StackSyntax?
  /// Only samples of this event, as perf prints it (`cycles:u`), or threads in this state (`RUNNABLE`). Without it the event of the first sample:
  /// periods of cycles and of page faults cannot be summed; and threads in any state.
  public var event: String?
  /// Counts samples instead of summing their periods.
  public var countsSamples = false
  /// What calls of strace weigh; nil for their time, or, where the log has none, one each.
  public var callWeight: CallWeight?
  /// Leaves out of the stacks of calls what is another in each run: processes, threads, and which connection it was beyond its protocol and role.
  public var leavesOutIdentities = false
  /// Nanoseconds of the slices of time that samples are counted in besides (``FoldedStacks/times``); nil for none.
  public var slice: Int64?
  /// Nanoseconds of the slices of time that stacks are kept apart by: `@00012.5`, seconds since the first sample, is their root. nil for none.
  public var every: Int64?
  /// Which names are hidden; nil for none.
  public var redaction: NameRedaction?
  public var from: ProfileTime?
  /// Up to, not including, this time.
  public var to: ProfileTime?
  public init() {}
}

/// What a call of a log weighs in its stack.
public enum CallWeight: String, Sendable, CaseIterable {
  /// Nanoseconds from call to return.
  case time
  case calls
  /// Bytes that a read or write moved.
  case bytes
}

/// How names of a profile are hidden, whose key may come from its first bytes.
public struct NameRedaction: Sendable {
  public var scope: Redaction.Scope
  /// A secret text instead of the profile's first bytes.
  public var salt: String?
  /// The first bytes of another profile, which shares its pseudonyms.
  public var head: [UInt8]?

  public init(_ scope: Redaction.Scope, salt: String? = nil) {
    self.scope = scope
    self.salt = salt
  }

  public func redaction(head: [UInt8]) -> Redaction {
    Redaction(scope, key: salt.map { .init(salt: $0) } ?? .init(head: self.head ?? head))
  }
}
