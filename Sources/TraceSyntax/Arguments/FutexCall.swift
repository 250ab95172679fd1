/// What a futex call asks for, read from the half that was printed first: the address, the operation, the value, whether there is a time limit.
///
/// Nine of ten lines of a busy threaded log are halves of these, so the usual spelling is read byte by byte:
///
/// ```text
/// 0x7f693c0d400c, FUTEX_WAIT_BITSET_PRIVATE|FUTEX_CLOCK_REALTIME, 0, NULL, FUTEX_BITSET_MATCH_ANY
/// ```
///
/// Any other (`-X raw`, `-e raw=futex`, named arguments) goes through ``Arguments``.
public struct FutexCall: Sendable, Equatable {
  /// 0 where the call names several (``FutexWaiter``).
  public var address: UInt64
  /// nil where the text ends before it, or names one that no kernel knows.
  public var command: FutexOperation.Command?
  public var isPrivate = false
  /// The value that the word must have to wait, the number of threads to wake; 0 where it was not printed.
  public var value: UInt64 = 0
  /// It waits with a timeout. Threads that wait for a lock rarely do.
  public var isTimed = false
  /// The second address of REQUEUE and WAKE_OP, 0 where there is none.
  public var otherAddress: UInt64 = 0

  /// Which system call the text is of: they order their arguments differently.
  public enum Form: UInt8, Sendable {
    /// `futex`, `futex_time64`.
    case classic
    /// `futex_wait`, of 6.7: address, value, mask, flags, timeout, clock.
    case wait
    /// `futex_wake`: address, mask, number, flags.
    case wake
    /// `futex_requeue`: two waiters, flags, number to wake, number to requeue.
    case requeue
    /// `futex_waitv`, of 5.16: a vector of waiters, their number, flags, timeout, clock.
    case waitv

    /// By the name of the call; nil for any other.
    public init?(_ name: String) {
      switch name {
      case "futex", "futex_time64": self = .classic
      case "futex_wait": self = .wait
      case "futex_wake": self = .wake
      case "futex_requeue": self = .requeue
      case "futex_waitv": self = .waitv
      default: return nil
      }
    }
  }

  public init(address: UInt64) { self.address = address }

  /// Reads the arguments of a call, or their first half; nil without an address.
  public init?(_ text: UnsafeRawBufferPointer, _ form: Form = .classic) {
    if form == .classic {
      if let usual = Self.usual(text) {
        self = usual
        return
      }
      self.init(classic: Arguments(text))
    } else {
      self.init(newer: Arguments(text), form)
    }
  }

  // MARK: The usual spelling

  private static func usual(_ text: UnsafeRawBufferPointer) -> FutexCall? {
    var i = 0
    guard let address = hexadecimal(text, &i), skips(text, &i, 44), skips(text, &i, 32), text.count - i > 10,
      // "FUTEX_"
      text.loadUnaligned(fromByteOffset: i, as: UInt32.self) == 0x4554_5546, text[i + 4] == 88, text[i + 5] == 95
    else { return nil }
    i += 6
    let word = i
    while i < text.count, text[i] &- 65 < 26 || text[i] == 95 || text[i] &- 48 < 10 { i += 1 }
    var length = i - word
    var call = FutexCall(address: address)
    // "_PRIVATE"
    if length > 8, text.loadUnaligned(fromByteOffset: i - 8, as: UInt64.self) == 0x4554_4156_4952_505f {
      call.isPrivate = true
      length -= 8
    }
    guard let command = command(text, word, length) else { return nil }
    call.command = command
    if i < text.count, text[i] == 124 {
      // `|FUTEX_CLOCK_REALTIME`: nothing else follows there.
      i += 1
      while i < text.count, text[i] != 44 { i += 1 }
    }
    guard skips(text, &i, 44), skips(text, &i, 32) else { return i >= text.count ? call : nil }
    guard let value = number(text, &i) else { return nil }
    call.value = value
    guard i < text.count else { return call }
    switch command {
    case .wait, .waitBitset, .lockPI, .lockPI2:
      // `, NULL` or `, {tv_sec=...}`; where the structure could not be read, its address.
      guard skips(text, &i, 44), skips(text, &i, 32), i < text.count else { return call }
      call.isTimed = text[i] == 123 || (text[i] == 48 && i + 1 < text.count && text[i + 1] == 120)
      return call
    case .wake, .wakeBitset, .unlockPI, .trylockPI: return call
    case .requeue, .compareRequeue, .wakeOp, .waitRequeuePI, .compareRequeuePI, .fd: return nil
    }
  }

  @inline(__always)
  private static func command(_ text: UnsafeRawBufferPointer, _ word: Int, _ length: Int) -> FutexOperation.Command? {
    // "WAIT", "WAKE", and "_BITSET" behind them.
    if length == 4 || length == 11 {
      let first = text.loadUnaligned(fromByteOffset: word, as: UInt32.self)
      let isBitset = length == 11 && text[word + 4] == 95 && text[word + 5] == 66
      if length == 4 || isBitset {
        if first == 0x5449_4157 { return isBitset ? .waitBitset : .wait }
        if first == 0x454b_4157 { return isBitset ? .wakeBitset : .wake }
      }
    }
    return nil
  }

  @inline(__always)
  private static func skips(_ text: UnsafeRawBufferPointer, _ i: inout Int, _ byte: UInt8) -> Bool {
    guard i < text.count, text[i] == byte else { return false }
    i += 1
    return true
  }

  @inline(__always)
  private static func hexadecimal(_ text: UnsafeRawBufferPointer, _ i: inout Int) -> UInt64? {
    guard text.count - i > 2, text[i] == 48, text[i + 1] == 120 else { return nil }
    i += 2
    let first = i
    var value: UInt64 = 0
    while i < text.count {
      let digit = text[i] &- 48
      if digit < 10 {
        value = value << 4 | UInt64(digit)
      } else {
        let letter = (text[i] | 0x20) &- 97
        guard letter < 6 else { break }
        value = value << 4 | UInt64(letter + 10)
      }
      i += 1
    }
    return i > first && i - first <= 16 ? value : nil
  }

  /// Decimal, or hexadecimal.
  @inline(__always)
  private static func number(_ text: UnsafeRawBufferPointer, _ i: inout Int) -> UInt64? {
    guard i < text.count, text[i] &- 48 < 10 else { return nil }
    if i + 1 < text.count, text[i + 1] == 120 { return hexadecimal(text, &i) }
    var value: UInt64 = 0
    while i < text.count, text[i] &- 48 < 10 {
      value = value &* 10 &+ UInt64(text[i] &- 48)
      i += 1
    }
    return value
  }

  // MARK: Any spelling

  private init?(classic arguments: Arguments) {
    let first = arguments[0]
    guard let address = first.unsigned ?? (first.isNull ? 0 : nil) else { return nil }
    self.address = address
    guard let operation = arguments[1].futexOperation else { return }
    command = operation.command
    isPrivate = operation.isPrivate
    value = arguments[2].unsigned ?? 0
    switch operation.command {
    case .wait, .waitBitset, .lockPI, .lockPI2, .waitRequeuePI:
      let limit = arguments[3]
      // perf leaves an absent timeout out: what stands there then is the mask of bits.
      isTimed = limit.isStructure || (limit.unsigned ?? 0) > UInt64(UInt32.max)
      if operation.command == .waitRequeuePI { otherAddress = arguments[4].unsigned ?? 0 }
    case .requeue, .compareRequeue, .compareRequeuePI, .wakeOp: otherAddress = arguments[4].unsigned ?? 0
    default: break
    }
  }

  private init?(newer arguments: Arguments, _ form: Form) {
    switch form {
    case .classic:
      self.init(classic: arguments)
    case .waitv:
      self.init(address: 0)
      command = .wait
      isTimed = !arguments[3].isEmpty && !arguments[3].isNull
    case .requeue:
      let waiters = arguments[0].futexWaiters
      guard let from = waiters.first else { return nil }
      self.init(address: from.address)
      command = .compareRequeue
      isPrivate = from.isPrivate
      value = arguments[2].unsigned ?? 0
      otherAddress = waiters.dropFirst().first?.address ?? 0
    case .wait, .wake:
      guard let address = arguments[0].unsigned else { return nil }
      self.init(address: address)
      isPrivate = arguments[3].contains("FUTEX2_PRIVATE", 128)
      if form == .wait {
        command = .waitBitset
        value = arguments[1].unsigned ?? 0
        isTimed = !arguments[4].isEmpty && !arguments[4].isNull
      } else {
        command = .wakeBitset
        value = arguments[2].unsigned ?? 0
      }
    }
  }
}

extension FutexOperation.Command {
  /// The thread waits, until it is woken, the value changes or time is up. What waits for a PI lock is among them.
  @inlinable public var waits: Bool {
    switch self {
    case .wait, .waitBitset, .lockPI, .lockPI2, .waitRequeuePI: true
    default: false
    }
  }

  /// It wakes threads, and returns how many; requeueing counts those moved as well.
  @inlinable public var wakes: Bool {
    switch self {
    case .wake, .wakeBitset, .wakeOp, .requeue, .compareRequeue, .compareRequeuePI: true
    default: false
    }
  }

  /// Of a lock with priority inheritance, whose word names the owner: no doubt what it is for.
  @inlinable public var isPriorityInheriting: Bool {
    switch self {
    case .lockPI, .lockPI2, .unlockPI, .trylockPI: true
    default: false
    }
  }
}
