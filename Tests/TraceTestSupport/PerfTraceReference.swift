import TraceSyntax

/// A slow and obvious parser of one line of perf trace: regular expressions and Strings. The fast parser must find the same.
///
/// It leaves results to the reference parser of strace, since perf prints them alike, and adds what only perf prints.
public struct PerfTraceReference {
  private var facts = LineFacts(kind: .other)
  private var rest: Substring

  public static func facts(_ line: [UInt8]) -> LineFacts { facts(line: String(decoding: line, as: UTF8.self)) }

  public static func facts(line: String) -> LineFacts {
    var line = line[...]
    if line.unicodeScalars.last == "\r" { line.unicodeScalars.removeLast() }
    if line.isEmpty { return LineFacts(kind: .blank) }
    var parser = PerfTraceReference(rest: line)
    if parser.times(), !parser.rest.isEmpty { parser.body() } else { parser.other(line) }
    return parser.facts.comparable
  }

  private init(rest: Substring) { self.rest = rest }

  // MARK: Head

  /// `     0.694 ( 0.018 ms): `; true where the line has a stamp or a duration.
  private mutating func times() -> Bool {
    let stamp = #/ *(?:(?<open>\?)|(?<ms>[0-9]{1,14}\.[0-9]{3})) /#.matchingSemantics(.unicodeScalar)
    let duration = #/ *\( *(?:(?<ms>[0-9]{1,14}\.[0-9]{3}) ms)?\): /#.matchingSemantics(.unicodeScalar)
    let start = rest.prefixMatch(of: stamp)
    if let start {
      rest = rest[start.range.upperBound...]
      if let text = start.ms {
        facts.stampKind = .sinceStart
        facts.stamp = Self.nanoseconds(text)
        facts.flags.insert(.fineStamp)
      }
    }
    // With a stamp the parenthesis follows at once.
    guard let length = rest.prefixMatch(of: duration), start == nil || rest.first == "(" else {
      return facts.stampKind == .sinceStart && rest.first != "("
    }
    rest = rest[length.range.upperBound...]
    if let text = length.ms { facts.duration = Self.nanoseconds(text) }
    return true
  }

  /// Milliseconds; a negative number stands without its sign.
  private static func nanoseconds(_ text: Substring) -> Int64 {
    let parts = text.split(separator: ".")
    return Int64(bitPattern: UInt64(parts[0])! &* 1_000_000 &+ UInt64(parts[1])! * 1000)
  }

  private static var bodies: Regex<Substring> {
    #/(?: \.\.\. \[|[A-Za-z0-9_]+\(|(?:min|maj)fault \[|[A-Za-z0-9_-]+:[A-Za-z0-9_]+[(:])/#.matchingSemantics(.unicodeScalar)
  }

  /// `comm/tid `: the first slash that a number and a body follow.
  private mutating func task() {
    if let name = rest.prefixMatch(of: #/([A-Za-z0-9_]+)\(/#), SyscallCatalog.shared.id(of: String(name.1)) != nil { return }
    var slash = rest.startIndex
    for _ in 0...16 {
      guard slash < rest.endIndex else { break }
      if rest.unicodeScalars[slash] == "/", takeTid(rest.index(after: slash)) { return }
      slash = rest.unicodeScalars.index(after: slash)
    }
    _ = takeTid(rest.startIndex)
  }

  private mutating func takeTid(_ start: Substring.Index) -> Bool {
    guard let number = rest[start...].prefixMatch(of: #/([0-9]{1,8}) /#), let tid = Int32(number.1),
      rest[number.range.upperBound...].prefixMatch(of: Self.bodies) != nil
    else { return false }
    facts.tid = tid
    rest = rest[number.range.upperBound...]
    return true
  }

  // MARK: Body

  private mutating func body() {
    task()
    defer { facts.stamp = max(0, facts.stamp) }
    if let continued = rest.prefixMatch(of: #/ \.\.\. \[continued\]: ([A-Za-z0-9_]+)\(/#) {
      facts.syscall = String(continued.1)
      rest = rest[continued.range.upperBound...]
      if rest.first == ")" { rest = rest.dropFirst() }
      guard result() != nil else {
        facts.kind = .partial
        return
      }
      facts.kind = .resumed
      facts.arguments = ""
      if facts.stampKind == .sinceStart {
        facts.stamp += facts.duration ?? 0
      } else if ["clone", "clone2", "clone3", "fork", "vfork"].contains(facts.syscall) {
        facts.flags.remove(.unavailable)
      }
    } else if let name = rest.prefixMatch(of: #/([A-Za-z0-9_]+)\(/#) {
      facts.syscall = String(name.1)
      rest = rest[name.range.upperBound...]
      call()
    } else if rest.prefixMatch(of: Self.bodies) != nil {
      facts.kind = rest.first == " " ? .other : .event
    }
  }

  private mutating func call() {
    let isExit = ["exit", "exit_group", "_exit"].contains(facts.syscall)
    let arguments: Substring
    if let opening = rest.wholeMatch(of: #/(?<arguments>.*)\) +\.\.\. */#.matchingSemantics(.unicodeScalar)) {
      facts.kind = .unfinished
      arguments = opening.arguments
      if facts.syscall == "rt_sigreturn" {
        facts.kind = .whole
        facts.flags.insert(.noResult)
      }
    } else if let found = result() {
      facts.kind = .whole
      arguments = found
      if isExit, facts.flags.contains(.noResult) { facts.flags.insert(.endsTask) }
    } else if isExit, !rest.contains(")") {
      facts.kind = .whole
      arguments = rest
      facts.flags.formUnion([.noResult, .endsTask])
    } else {
      facts.kind = .partial
      return
    }
    let text = PerfTraceReferenceArguments.spelled(facts.syscall ?? "", String(arguments.drop(atEnd: " ")))
    facts.arguments = text
    if let number = text.prefixMatch(of: #/(-?[0-9]{1,10})(<|,| |$)/#), let value = Int64(number.1), value <= Int64(UInt32.max) {
      facts.descriptor = Int32(truncatingIfNeeded: value)
      if number.2 == "<" { facts.flags.formUnion([.decorated, .lateName]) }
    }
  }

  /// Reads the result; what stands before its closing parenthesis, or nil where there is none.
  private mutating func result() -> Substring? {
    let line = ReferenceParser.facts(line: "x(\(rest)")
    if line.kind == .whole, let arguments = line.arguments {
      facts.result = line.result
      facts.errno = line.errno
      facts.flags.formUnion(line.flags.intersection([.noResult, .unavailable, .hugeResult, .decoratedResult]))
      if line.flags.contains(.decoratedResult) { facts.flags.insert(.lateName) }
      if line.result == -1, line.errno == nil { namelessError() }
      return rest.prefix(arguments.unicodeScalars.count)
    }
    guard let own = rest.wholeMatch(of: #/(?<arguments>.*)\) +=(?<text>[^=]*)/#.matchingSemantics(.unicodeScalar)) else {
      return nil
    }
    let text = own.text.drop { $0 == " " }
    if let error = text.wholeMatch(of: #/-1 (E[A-Za-z0-9_]{2,}) .*/#) {
      facts.result = -1
      facts.errno = String(error.1)
    } else if text.isEmpty || text.wholeMatch(of: #/[A-Za-z_][A-Za-z0-9_|]*/#) != nil {
      facts.flags.insert(.unavailable)
    } else if text != "0 Timeout" {
      return nil
    }
    return own.arguments
  }

  private mutating func namelessError() {
    guard rest.unicodeScalars.last == ")" else { return }
    facts.errno = "unknown errno"
    if let number = rest.firstMatch(of: #/(?:strerror_r\(|nknown error )([0-9]+)/#), let value = UInt16(number.1) {
      facts.errno = Errno(rawValue: value).name
    }
  }

  // MARK: Lines without a stamp

  private mutating func other(_ line: Substring) {
    facts = LineFacts(kind: .other)
    if let lost = line.prefixMatch(of: #/LOST ([0-9]+) events/#) {
      facts.kind = .note
      facts.result = Int64(lost.1) ?? 0
      facts.flags = .lostEvents
    } else if line.prefixMatch(of: #/ {30,}[^ (]/#) != nil {
      facts.kind = .stack
    } else if [
      "Problems reading syscall ", "Invalid syscall ", "Warning:", "WARNING:", "perf: ", "[ perf ", "Error:", "Couldn't ",
    ]
    .contains(where: { line.hasPrefix($0) }) {
      facts.kind = .note
    }
  }
}

extension LineFacts {
  /// Of a call without an end perf's parser keeps the line only.
  public var comparable: LineFacts {
    var facts = self
    if kind == .partial { (facts.syscall, facts.arguments) = (nil, nil) }
    return facts
  }
}

extension Substring {
  func drop(atEnd last: Character) -> Substring {
    var text = self
    while text.last == last { text.removeLast() }
    return text
  }
}
