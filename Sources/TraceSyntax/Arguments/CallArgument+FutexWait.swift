extension CallArgument {
  /// Whether a futex operation puts its caller to sleep: the waits and the locks of futex(2), by name or, with -X raw, by number.
  public var isFutexWait: Bool {
    if hasPrefix("FUTEX_WA") { return hasPrefix("FUTEX_WAIT") }
    if hasPrefix("FUTEX_") { return hasPrefix("FUTEX_LOCK_PI") }
    return switch futexOperation?.command {
    case .wait, .waitBitset, .waitRequeuePI, .lockPI, .lockPI2: true
    default: false
    }
  }
}
