import Tracestat

extension AttachedProcesses {
  /// A `--notes` file: strace's standard error. Lines that say something else are passed over; a file without any that helps is no such file.
  static func read(_ path: String) throws -> AttachedProcesses {
    let bytes = try SideFile.read(path, as: "notes of strace")
    let notes = bytes.withUnsafeBytes { AttachNote.all(in: $0) }
    guard !notes.isEmpty else {
      throw InputError(path: path, reason: "has no line such as `strace: Process 1234 attached with 67 threads`")
    }
    return AttachedProcesses(notes)
  }
}
