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
}
