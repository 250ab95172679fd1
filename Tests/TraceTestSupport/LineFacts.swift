import TraceSyntax

/// One line as plain values: what the fast parser and the reference parser must agree on.
public struct LineFacts: Equatable, Sendable, CustomStringConvertible {
  public var kind: LineKind
  public var tid: Int32 = 0
  public var stampKind = StampKind.none
  public var stamp: Int64 = 0
  /// nil where the line is no call.
  public var syscall: String?
  public var arguments: String?
  public var descriptor: Int32?
  public var result: Int64 = 0
  public var errno: String?
  public var duration: Int64?
  /// Without `amf`, which is a hint.
  public var flags = LineFlags()

  public init(kind: LineKind) { self.kind = kind }

  /// What the fast parser found, its offsets turned into text.
  public init(_ event: LineEvent, in bytes: UnsafeBufferPointer<UInt8>) {
    kind = event.kind
    tid = event.tid
    stampKind = event.stampKind
    stamp = event.stamp
    result = event.result
    if event.errno != .none { errno = event.errno.name }
    if event.duration != LineEvent.unknownDuration { duration = event.duration }
    if event.descriptor != LineEvent.noDescriptor { descriptor = event.descriptor }
    flags = event.flags.subtracting(.amf)
    switch event.kind {
    case .whole, .unfinished, .resumed, .detached, .partial:
      let end = Int(event.offset + event.length)
      let name = bytes[Int(event.bodyStart)..<end].prefix { $0 != UInt8(ascii: "(") && $0 != UInt8(ascii: " ") }
      syscall = String(decoding: name, as: UTF8.self)
      let start = Int(event.argumentsStart)
      arguments =
        start <= Int(event.argumentsEnd)
        ? String(decoding: bytes[start..<Int(event.argumentsEnd)], as: UTF8.self)
        : "(the arguments end before they start)"
    default: break
    }
  }

  public var description: String {
    var words = ["\(kind)"]
    if tid != 0 { words.append("tid \(tid)") }
    if stampKind != .none { words.append("\(stampKind) \(stamp)") }
    if let syscall { words.append("\(syscall)(\(arguments ?? ""))") }
    if let descriptor { words.append("fd \(descriptor)") }
    words.append("= \(result)")
    if let errno { words.append(errno) }
    if let duration { words.append("<\(duration) ns>") }
    if flags.rawValue != 0 { words.append("flags \(flags.rawValue)") }
    return words.joined(separator: " ")
  }
}

/// Runs the fast parser of a syntax over text.
public struct FastParser {
  private let parser = LogChunkParser()
  private let buffer = LineEventBuffer()
  private let syntax: LogSyntax
  public init(_ syntax: LogSyntax = .strace) { self.syntax = syntax }

  /// Gives each line's event and the text it points into.
  public func forEach(_ text: some Sequence<UInt8>, _ body: (LineEvent, UnsafeBufferPointer<UInt8>) -> Void) {
    var padded = Array(text)
    let count = padded.count
    padded.append(contentsOf: repeatElement(0, count: StraceChunkParser.padding))
    padded.withUnsafeBufferPointer { bytes in
      parser.parse(bytes.baseAddress!, count: count, as: syntax, into: buffer)
      let last = buffer.count > 0 ? Int(buffer.base[buffer.count - 1].offset + buffer.base[buffer.count - 1].length) : 0
      let text = UnsafeBufferPointer(start: buffer.text, count: syntax == .strace ? count : last)
      for i in 0..<buffer.count { body(buffer.base[i], text) }
    }
  }

  public func facts(_ text: some Sequence<UInt8>) -> [LineFacts] {
    var facts: [LineFacts] = []
    forEach(text) { facts.append(LineFacts($0, in: $1)) }
    return facts
  }

  public func facts(line: String) -> LineFacts { facts(line.utf8)[0] }
}
