/// Which address a futex wait was at, whether it had a time limit, and whether its thread had come to it without having done anything since it
/// was woken.
struct FutexWaitKey: Hashable, Sendable {
  let rawValue: Int32
  /// The log does not show the address, or there are too many.
  static let unknown = Self(rawValue: -1)

  private init(rawValue: Int32) { self.rawValue = rawValue }

  @inline(__always)
  init(row: Int32, isTimed: Bool, isPressed: Bool) { rawValue = row << 2 | (isTimed ? 2 : 0) | (isPressed ? 1 : 0) }

  /// Place of the address among those of ``Futex``.
  var row: Int { Int(rawValue >> 2) }
  var isTimed: Bool { rawValue & 2 != 0 }
  var isPressed: Bool { rawValue & 1 != 0 }
}

/// Tells waits of threads that were held up from those of threads that had nothing to do, once all waits and wakes are known.
struct FutexVerdicts {
  private enum Verdict { case held, heldWhereUntimed, heldWherePressed, parked }
  private let verdicts: [Verdict]

  init(_ rows: [FutexAddress], _ roots: [Futex.RootKey: Futex.RootSum]) {
    let inference = LockInference(rows, roots)
    var verdicts = rows.indices.map { inference.use($0).isContention ? Verdict.held : .parked }
    for lock in inference.locks() where lock.isInferred {
      for row in lock.rows {
        if !lock.isHeldByOne {
          // Where threads let time pass, too.
          verdicts[row] = .heldWhereUntimed
        } else if verdicts[row] == .parked {
          // Where threads park for work, too: only those were held up that had been woken and could not go on.
          verdicts[row] = .heldWherePressed
        }
      }
    }
    self.verdicts = verdicts
  }

  /// Whether waits like this were idle; nil where that is not known.
  func isParked(_ key: FutexWaitKey) -> Bool? {
    guard key != .unknown, key.row < verdicts.count else { return nil }
    switch verdicts[key.row] {
    case .held: return false
    case .heldWhereUntimed: return key.isTimed
    case .heldWherePressed: return !key.isPressed || key.isTimed
    case .parked: return true
    }
  }
}
