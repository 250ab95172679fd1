import Tracestat

extension ThreadDump {
  /// The dumps of `--thread-dump` files, plain or compressed, in the order of their names and lines. A file without one is refused: most likely
  /// it is another file.
  static func read(_ paths: [String]) throws -> [ThreadDump] {
    var dumps: [ThreadDump] = []
    for path in paths {
      let bytes = try SideFile.readUnpacked(path, as: "a thread dump")
      let found = bytes.withUnsafeBytes { ThreadDump.all(in: $0) }
      guard found.contains(where: { !$0.threads.isEmpty }) else {
        throw InputError(path: path, reason: "holds no thread dump of a JVM (jstack PID, jcmd PID Thread.print, kill -3)")
      }
      for dump in found where !dump.isComplete {
        Pass.say("note: \(path): a thread dump ends early, after \(dump.threads.count) threads: others are not named")
      }
      dumps += found
    }
    return dumps
  }
}
