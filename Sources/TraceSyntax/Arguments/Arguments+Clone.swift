extension Arguments {
  /// Whether CLONE_FILES is among the flags of a clone, clone3 or unshare (its value is of linux/sched.h); nil where no flags are
  /// printed, as in the first half of a clone by strace before 5.0, and in fork and vfork, which have none.
  public var sharesFiles: Bool? {
    guard !unsafeBytes.isEmpty else { return nil }
    var flags = named("flags")
    // clone3 has them in a structure; unshare has nothing else.
    if flags.isEmpty { flags = self[0].isStructure ? self[0]["flags"] : self[0] }
    return flags.contains("CLONE_FILES") || (count == 1 || flags.name != nil) && flags.contains("CLONE_FILES", 0x400)
  }

  /// Whether CLONE_THREAD is among the flags of a clone or clone3 (its value is of linux/sched.h).
  public var makesThread: Bool {
    var flags = named("flags")
    if flags.isEmpty { flags = self[0].isStructure ? self[0]["flags"] : self[0] }
    return flags.contains("CLONE_THREAD", 0x10000)
  }

  /// Where a clone with CLONE_PIDFD put the new descriptor: `parent_tid=[7]`, or, of clone3, `{flags=...} => {pidfd=[7]}`; empty where
  /// it is not printed.
  public var pidfd: CallArgument {
    let first = self[0]
    guard first.isStructure else { return named("parent_tid") }
    return first.after["pidfd"]
  }
}
