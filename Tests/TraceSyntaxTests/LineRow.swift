import Testing
import TraceSyntax
import TraceTestSupport

/// A line and what it means, for tables.
struct LineRow: Sendable, CustomStringConvertible {
  let line: String
  let facts: LineFacts
  var description: String { line }

  init(
    _ line: String, _ kind: LineKind, tid: Int32 = 0, at stamp: (StampKind, Int64) = (.none, 0), _ syscall: String? = nil,
    _ arguments: String? = nil, fd: Int32? = nil, _ result: Int64 = 0, _ errno: String? = nil, takes duration: Int64? = nil,
    flags: LineFlags = []
  ) {
    self.line = line
    var facts = LineFacts(kind: kind)
    facts.tid = tid
    facts.stampKind = stamp.0
    facts.stamp = stamp.1
    facts.syscall = syscall
    facts.arguments = arguments
    facts.descriptor = fd
    facts.result = result
    facts.errno = errno
    facts.duration = duration
    facts.flags = flags
    self.facts = facts
  }

  /// Both parsers say what the table says; with a CR and with blanks at the end too.
  func check(_ location: SourceLocation = #_sourceLocation) {
    #expect(FastParser().facts(line: line) == facts, sourceLocation: location)
    #expect(ReferenceParser.facts(line: line) == facts, "reference", sourceLocation: location)
    #expect(FastParser().facts(line: line + "\r") == facts, "with CR", sourceLocation: location)
  }
}

/// 13:58:09.5 and so on in nanoseconds.
func clock(_ hours: Int64, _ minutes: Int64, _ seconds: Int64, ns: Int64 = 0) -> (StampKind, Int64) {
  (.timeOfDay, (hours * 3600 + minutes * 60 + seconds) * 1_000_000_000 + ns)
}
