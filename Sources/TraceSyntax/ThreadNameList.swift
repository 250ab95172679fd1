/// Names of threads by tid, from files that tell them.
public enum ThreadNameList {
  /// Lines `tid name`, as `ps -L -o tid,comm` and loops over /proc/PID/task print them; `perf script`; a JVM's thread dump.
  public static func all(in text: UnsafeRawBufferPointer) -> [Int32: String] {
    let dumps = ThreadDump.all(in: text)
    if !dumps.isEmpty {
      return Dictionary(dumps.flatMap(\.threads).map { ($0.tid, $0.name) }, uniquingKeysWith: { $1 })
    }
    var names: [Int32: String] = [:]
    var samples: [Int32: String] = [:]
    for line in TextLines(text) {
      let line = UnsafeRawBufferPointer(rebasing: line.prefix(512))
      if let (tid, name) = pair(Substring(decoding: line, as: UTF8.self)) {
        names[tid] = name
      } else if let (tid, name) = perfSample(line) {
        samples[tid] = name
      }
    }
    // A stack of perf script has lines of an address and a name: where samples are, they tell.
    return samples.isEmpty ? names : samples
  }

  /// The third column of a `--tids` file: `tid tgid comm`.
  public static func ofTids(_ text: String) -> [Int32: String] {
    var names: [Int32: String] = [:]
    for line in text.split(whereSeparator: \.isNewline) {
      let words = line.split(maxSplits: 2, whereSeparator: { $0 == " " || $0 == "\t" })
      guard words.count == 3, let tid = tid(words[0]), Int32(words[1]) != nil else { continue }
      names[tid] = trimmed(words[2])
    }
    return names
  }

  private static func tid(_ word: Substring) -> Int32? {
    Int32(word).flatMap { $0 > 0 && Int64($0) < TaskNumber.limit ? $0 : nil }
  }

  /// `1234 java`, `1234: java`, `1234<TAB>G1 Main Marker`; the name may hold blanks.
  private static func pair(_ line: Substring) -> (Int32, String)? {
    let line = line.drop { $0 == " " || $0 == "\t" }
    let number = line.prefix { $0.isASCII && $0.isNumber }
    guard let tid = tid(number) else { return nil }
    var rest = line[number.endIndex...]
    if rest.first == ":" { rest.removeFirst() }
    guard let blank = rest.first, blank == " " || blank == "\t" || blank == "," else { return nil }
    let name = trimmed(rest.dropFirst())
    return name.isEmpty ? nil : (tid, name)
  }

  /// The name of a sample, as its first line has it, or the new one of an event that says so (`--show-task-events`):
  /// `java 1477 [001] 12.345678: PERF_RECORD_COMM: VM Thread:1477/1487`.
  private static func perfSample(_ line: UnsafeRawBufferPointer) -> (Int32, String)? {
    // Frames are indented by a tab, comments begin so.
    guard let first = line.first, first != UInt8(ascii: "\t"), first != UInt8(ascii: "#"),
      let start = line.bindMemory(to: UInt8.self).baseAddress, let header = PerfScriptHeader(start, start + line.count)
    else { return nil }
    if header.event.elementsEqual("PERF_RECORD_COMM".utf8) || header.rest.starts(with: "PERF_RECORD_COMM ".utf8) {
      return newName(String(decoding: header.rest, as: UTF8.self))
    }
    guard !header.event.isEmpty || header.rest.starts(with: "PERF_RECORD_".utf8), !header.comm.isEmpty,
      let tid = header.tid.flatMap({ $0 > 0 && $0 < TaskNumber.limit ? Int32($0) : nil })
    else { return nil }
    return (tid, String(decoding: header.comm, as: UTF8.self))
  }

  /// `VM Thread:1477/1487`, `PERF_RECORD_COMM exec: ls:12/12`.
  private static func newName(_ text: String) -> (Int32, String)? {
    guard let slash = text.lastIndex(of: "/"), let colon = text[..<slash].lastIndex(of: ":"),
      let tid = tid(text[text.index(after: slash)...].prefix { $0.isASCII && $0.isNumber })
    else { return nil }
    let exec = "PERF_RECORD_COMM exec: "
    return (tid, trimmed(text.hasPrefix(exec) ? text[..<colon].dropFirst(exec.count) : text[..<colon]))
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text.drop { $0 == " " || $0 == "\t" }
    while let last = text.last, last == " " || last == "\t" || last == "\r" || last == "\r\n" { text.removeLast() }
    return String(text)
  }
}
