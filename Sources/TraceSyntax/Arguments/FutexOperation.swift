/// The operation of a `futex` call, with its two flags split off: `FUTEX_WAIT_BITSET_PRIVATE|FUTEX_CLOCK_REALTIME`, `0x189`,
/// `0x80 /* FUTEX_WAIT_PRIVATE */`.
public struct FutexOperation: Sendable, Hashable {
  /// By the numbers of linux/futex.h.
  public enum Command: UInt64, Sendable, CaseIterable {
    case wait, wake, fd, requeue, compareRequeue, wakeOp, lockPI, unlockPI, trylockPI, waitBitset, wakeBitset
    case waitRequeuePI, compareRequeuePI, lockPI2

    /// As strace spells it, without `FUTEX_`.
    public var name: String {
      switch self {
      case .wait: "WAIT"
      case .wake: "WAKE"
      case .fd: "FD"
      case .requeue: "REQUEUE"
      case .compareRequeue: "CMP_REQUEUE"
      case .wakeOp: "WAKE_OP"
      case .lockPI: "LOCK_PI"
      case .unlockPI: "UNLOCK_PI"
      case .trylockPI: "TRYLOCK_PI"
      case .waitBitset: "WAIT_BITSET"
      case .wakeBitset: "WAKE_BITSET"
      case .waitRequeuePI: "WAIT_REQUEUE_PI"
      case .compareRequeuePI: "CMP_REQUEUE_PI"
      case .lockPI2: "LOCK_PI2"
      }
    }
  }

  public let command: Command
  /// The address means the same only within one process.
  public let isPrivate: Bool
  /// The timeout is of CLOCK_REALTIME.
  public let usesRealtimeClock: Bool
}

/// One of the addresses of `futex_waitv`: `{val=0, uaddr=0x5500, flags=FUTEX2_SIZE_U32|FUTEX2_PRIVATE}`.
public struct FutexWaiter: Sendable {
  public let address: UInt64
  /// The value that the word must still have.
  public let expected: UInt64
  public let flags: CallArgument
  /// `FUTEX2_PRIVATE`, or `FUTEX_PRIVATE_FLAG` up to 6.6: 128 in futex.h.
  public var isPrivate: Bool { flags.contains("FUTEX2_PRIVATE", 128) || flags.contains("FUTEX_PRIVATE_FLAG") }

  init?(_ argument: CallArgument) {
    guard let address = argument["uaddr"].unsigned, let expected = argument["val"].unsigned else { return nil }
    self.address = address
    self.expected = expected
    flags = argument["flags"]
  }
}

extension CallArgument {
  /// The operation of a futex call; nil where no kernel knows it (`0x63 /* FUTEX_??? */`).
  public var futexOperation: FutexOperation? {
    var command: FutexOperation.Command?
    var bits: UInt64 = 0
    var isPrivate = false
    var usesRealtimeClock = false
    for word in flags {
      if let number = word.unsigned {
        bits |= number
      } else if word.equals("FUTEX_CLOCK_REALTIME") {
        usesRealtimeClock = true
      } else if word.equals("FUTEX_PRIVATE_FLAG") {
        isPrivate = true
      } else if command == nil, let (known, isKnownPrivate) = Self.futexCommand(word) {
        command = known
        isPrivate = isPrivate || isKnownPrivate
      } else {
        return nil
      }
    }
    // FUTEX_PRIVATE_FLAG is 128, FUTEX_CLOCK_REALTIME 256 (futex.h).
    if command == nil, !isEmpty { command = FutexOperation.Command(rawValue: bits & ~384) }
    guard let command else { return nil }
    return FutexOperation(
      command: command, isPrivate: isPrivate || bits & 128 != 0, usesRealtimeClock: usesRealtimeClock || bits & 256 != 0)
  }

  private static func futexCommand(_ word: CallArgument) -> (FutexOperation.Command, Bool)? {
    guard word.hasPrefix("FUTEX_") else { return nil }
    let isPrivate = word.hasSuffix("_PRIVATE")
    let name = word.part(6..<max(6, word.unsafeBytes.count - (isPrivate ? 8 : 0)))
    return FutexOperation.Command.allCases.first { name.equals($0.name) }.map { ($0, isPrivate) }
  }

  /// The addresses of `futex_waitv`.
  public var futexWaiters: [FutexWaiter] { elements.compactMap(FutexWaiter.init) }
}
