import ArgumentParser
import Tracestat

/// Many logs in one call, each by itself.
struct LogListArguments: ParsableArguments {
  @Option(
    name: .customLong("files-from"),
    help: ArgumentHelp("Logs, folders and patterns, one in each line of this file; `-`: of standard input.", valueName: "file"))
  var list: String?
  @Flag(
    name: [.customShort("0"), .customLong("null")],
    help: "Names of --files-from end in zero bytes, as `find -print0` prints them.")
  var isNullSeparated = false
  @Flag(inversion: .prefixedNo, help: "Go on with further logs after one that failed.")
  var keepGoing = true

  func validate() throws {
    if isNullSeparated, list == nil { throw ValidationError("-0 goes with --files-from") }
  }

  /// Which logs are meant; what was passed over is said.
  ///
  /// - Parameters:
  ///   - named: on the command line.
  ///   - arrangement: whether all files are one log, and how they relate.
  ///   - options: how files are opened.
  func logs(_ named: [String], joined arrangement: InputArguments.FileArrangement, _ options: InputOptions) throws
    -> [LogCollection.Log]
  {
    var names = named
    if let list {
      let end = isNullSeparated ? UInt8(0) : UInt8(ascii: "\n")
      names += try SideFile.read(list, as: "a list of logs").split(separator: end).map { String(decoding: $0, as: UTF8.self) }
    }
    if names.isEmpty, list == nil {
      if Terminal.isTerminal(standardInput: true) {
        throw UsageError(description: "no log named (files, folders, patterns, or - for standard input); see tracestat --help")
      }
      names = ["-"]
    }
    if arrangement != .auto { return [LogCollection.Log(name: names.count == 1 ? names[0] : "\(names[0]) ...", paths: names)] }
    let found = LogCollection.find(names, options: options)
    if !found.passedOver.isEmpty {
      let shown = found.passedOver.prefix(3).joined(separator: ", ") + (found.passedOver.count > 3 ? " ..." : "")
      Pass.say("note: \(found.passedOver.count) files are no logs and were passed over (\(shown))")
    }
    guard !found.logs.isEmpty else { throw UsageError(description: "the list of logs is empty") }
    return found.logs
  }
}
