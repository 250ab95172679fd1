/// Which address a futex wait was at, and whether its thread had come to it without having done anything since it was woken.
struct FutexWaitKey: Hashable, Sendable {
  let rawValue: Int32
  /// The log does not show the address, or there are too many.
  static let unknown = Self(rawValue: -1)

  private init(rawValue: Int32) { self.rawValue = rawValue }

  @inline(__always)
  init(row: Int32, isPressed: Bool) { rawValue = row << 1 | (isPressed ? 1 : 0) }

  /// Place of the address among those of ``Futex``.
  var row: Int { Int(rawValue >> 1) }
  var isPressed: Bool { rawValue & 1 != 0 }
}

/// Tells waits of threads that were held up from those of threads that had nothing to do, once all waits and wakes are known.
struct FutexVerdicts {
  private enum Verdict { case held, heldWherePressed, parked }
  private let verdicts: [Verdict]

  init(_ rows: [FutexAddress], _ roots: [Futex.RootKey: Futex.RootSum]) {
    let inference = LockInference(rows, roots)
    var verdicts = rows.indices.map { inference.use($0).isContention ? Verdict.held : .parked }
    // Where threads park for work, too: only those were held up that had been woken and could not go on.
    for lock in inference.locks() where lock.isHeldByOne {
      for row in lock.rows where verdicts[row] == .parked { verdicts[row] = .heldWherePressed }
    }
    self.verdicts = verdicts
  }

  /// Whether waits like this were idle; nil where that is not known.
  func isParked(_ key: FutexWaitKey) -> Bool? {
    guard key != .unknown, key.row < verdicts.count else { return nil }
    switch verdicts[key.row] {
    case .held: return false
    case .heldWherePressed: return !key.isPressed
    case .parked: return true
    }
  }
}
