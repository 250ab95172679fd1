import ArgumentParser
import Tracestat

/// Files that name threads.
struct NameArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Names of threads: lines `tid name`, or the text of perf script or of a thread dump.", valueName: "file"))
  var names: String?

  @Option(
    name: .customLong("thread-dump"), parsing: .singleValue,
    help: ArgumentHelp(
      "A thread dump of the JVM (jstack, jcmd Thread.print, kill -3) that names threads and monitors; may be repeated.",
      valueName: "file"))
  var dumps: [String] = []

  /// By tid; what is read later in this list wins: --tids, --names, --thread-dump.
  func read(_ input: InputArguments) throws -> ThreadNames {
    var found: [Int32: String] = [:]
    if let tids = input.tasks.tids {
      found = ThreadNameList.ofTids(String(decoding: try SideFile.read(tids, as: "a list of tids"), as: UTF8.self))
    }
    if let names {
      let bytes = try SideFile.readUnpacked(names, as: "a list of names")
      let more = bytes.withUnsafeBytes { ThreadNameList.all(in: $0) }
      guard !more.isEmpty else {
        throw InputError(path: names, reason: "has no line `tid name`, nor is it of perf script or a thread dump")
      }
      found.merge(more) { $1 }
    }
    return ThreadNames(try ThreadDump.read(dumps), names: found)
  }
}
