import ArgumentParser
import Tracestat

/// Files that name threads.
struct NameArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Names of threads: lines `tid name`, or the text of perf script or of a thread dump.", valueName: "file"))
  var names: String?

  @Option(
    name: .customLong("thread-dump"),
    help: ArgumentHelp("A JVM's thread dump (jstack): names threads; without a log it is grouped by stack.", valueName: "file"))
  var dump: String?

  /// By tid; what is read later in this list wins: --tids, --names, --thread-dump.
  func read(_ input: InputArguments) throws -> [Int32: String] {
    var found: [Int32: String] = [:]
    if let tids = input.tids {
      found = ThreadNames.ofTids(String(decoding: try SideFile.read(tids, as: "a list of tids"), as: UTF8.self))
    }
    if let names {
      let bytes = try SideFile.readUnpacked(names, as: "a list of names")
      let more = bytes.withUnsafeBytes { ThreadNames.all(in: $0) }
      guard !more.isEmpty else {
        throw InputError(path: names, reason: "has no line `tid name`, nor is it of perf script or a thread dump")
      }
      found.merge(more) { $1 }
    }
    if let dump {
      for dump in try ThreadDump.read([dump]) {
        for thread in dump.threads { found[thread.tid] = thread.name }
      }
    }
    return found
  }
}
