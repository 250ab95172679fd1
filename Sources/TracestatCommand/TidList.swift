import Tracestat

/// A `--tids` file: whitespace columns `tid tgid [comm]`; a header line is ignored.
enum TidList {
  /// - Parameter quoting: whether a message may quote the file: it may be a log, named by mistake.
  static func read(_ path: String, quoting: Bool) throws -> [Int32: Int32] {
    let bytes = try SideFile.read(path, as: "a list of tids")
    var tgids: [Int32: Int32] = [:]
    for (index, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
      let words = String(decoding: line, as: UTF8.self).split(whereSeparator: { $0 == " " || $0 == "\t" })
      guard !words.isEmpty, !words[0].hasPrefix("#") else { continue }
      if words.count >= 2, let tid = Int32(words[0]), let tgid = Int32(words[1]) {
        tgids[tid] = tgid
      } else if index > 0 {
        let quote = quoting ? ": \(String(decoding: line.prefix(60), as: UTF8.self))" : ""
        throw InputError(path: path, reason: "line \(index + 1) is not `tid tgid [comm]`\(quote)")
      }
    }
    return tgids
  }
}
