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
      let line = Substring(decoding: line.prefix(512), as: UTF8.self)
      if let (tid, name) = pair(line) { names[tid] = name } else if let (tid, name) = perfSample(line) { samples[tid] = name }
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

  /// `java  1477/1487  [001] 12.345678:  ...`, `nginx 951 [000] 1.0: ...`: the name, then pid or pid/tid, then a processor or a time.
  private static func perfSample(_ line: Substring) -> (Int32, String)? {
    guard let first = line.first, first != "#", first != "\t" else { return nil }
    let words = line.split(separator: " ", omittingEmptySubsequences: true)
    guard words.count >= 3 else { return nil }
    // Names hold blanks: the number is the first word that the rest agrees with.
    for place in 1..<min(words.count - 1, 6) {
      let next = words[place + 1]
      guard next.hasPrefix("[") && next.hasSuffix("]") || next.hasSuffix(":") && next.contains(".") else { continue }
      let numbers = words[place].split(separator: "/")
      guard numbers.count <= 2, let tid = numbers.last.flatMap({ tid($0) }) else { return nil }
      return (tid, words[..<place].joined(separator: " "))
    }
    return nil
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text.drop { $0 == " " || $0 == "\t" }
    while let last = text.last, last == " " || last == "\t" || last == "\r" || last == "\r\n" { text.removeLast() }
    return String(text)
  }
}
