/// Walks over a call's text as strace prints it, finds where values stand, and copies the rest.
///
/// Values are string literals, decorations (`3</tmp/x>`, `5<TCP:[a:1->b:2]>`) and, between them, addresses.
struct SyntaxWalker {
  private let line: [UInt8]
  private let redaction: Redaction
  private let use: LiteralUse
  private(set) var position: Int
  var output: [UInt8] = []

  /// Literals seen that no keyword before them explains.
  private var literals = 0
  /// Open brackets, and how many lists have begun: a program's arguments are the first, its environment is the second.
  private var depth = 0
  private var lists = 0
  /// The argument before, where it asks for a secret: `--password`, `-u`.
  private var asks = Asks.nothing
  /// `<` that nothing closes: a line of many is no call's.
  private var unclosed = 0
  /// Where what was not yet copied begins.
  private var pending: Int

  private enum Asks { case nothing, secret, login, header, host, word }

  init(_ line: [UInt8], from start: Int, _ redaction: Redaction, _ use: LiteralUse) {
    self.line = line
    self.redaction = redaction
    self.use = use
    position = start
    pending = start
  }

  /// The first argument, where it is a number, and its decoration: `3</tmp/x>, `, `fd=3, `.
  mutating func firstNumber() {
    var end = position
    while end < line.count, line[end] &- 97 < 26 { end += 1 }
    end = end < line.count && line[end] == UInt8(ascii: "=") ? end + 1 : position
    let number = end
    while end < line.count, TextRedactor.isHexDigit(line[end]) || line[end] == UInt8(ascii: "x") || line[end] == UInt8(ascii: "-")
    {
      end += 1
    }
    guard end > number else { return }
    if end < line.count, line[end] == UInt8(ascii: "<"), let after = afterDecoration(end) { end = after }
    if end + 1 < line.count, line[end] == UInt8(ascii: ",") { end += 2 }
    // In a word of somebody's, `3rd`, no number.
    guard end == line.count || !isNameByte(line[end]) || line[end - 1] == UInt8(ascii: " ") else { return }
    walk(upTo: end)
  }

  mutating func arguments(upTo end: Int) { walk(upTo: end) }

  /// Passes over text that nobody knows the form of.
  mutating func blank(upTo end: Int) {
    guard end > position else { return }
    output += LineRedactor.placeholder(end - position)
    position = end
    pending = end
  }

  /// What is left: a result, or a line that is no call.
  mutating func rest() { walk(upTo: line.count) }

  private mutating func walk(upTo end: Int) {
    while position < end {
      switch line[position] {
      case UInt8(ascii: "\""): literal(end)
      case UInt8(ascii: "<"): decoration(end)
      case UInt8(ascii: "["):
        if depth == 0 { lists += 1 }
        depth += 1
        position += 1
      case UInt8(ascii: "]"):
        depth = max(0, depth - 1)
        position += 1
      default: position += 1
      }
    }
    copyPending()
  }

  /// What strace itself printed.
  private mutating func copyPending() {
    guard position > pending else { return }
    let text = line[pending..<position]
    output += redaction.hidesAddresses ? TextRedactor.redact(Array(text), redaction, .syntax) : Array(text)
    pending = position
  }

  // MARK: Decorations

  private func afterDecoration(_ open: Int) -> Int? {
    line.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return nil }
      return StraceLineParser.afterDecoration(base + open, base + bytes.count).map { $0 - base }
    }
  }

  private mutating func decoration(_ end: Int) {
    // A number or AT_FDCWD comes before; `1<<3`, ` <unfinished ...>` and ` <0.000031>` are none.
    guard position > 0, isNameByte(line[position - 1]) else {
      position += 1
      return
    }
    guard let after = afterDecoration(position), after <= end,
      let close = line[position..<after].lastIndex(of: UInt8(ascii: ">"))
    else {
      position += 1
      unclosed += 1
      if unclosed > 64 {
        copyPending()
        blank(upTo: end)
      }
      return
    }
    position += 1
    copyPending()
    output += decorated(Array(line[position..<close]))
    position = after
    output += line[close..<after]
    pending = after
  }

  /// `/tmp/x`, `TCP:[a:1->b:2]`, `UNIX-STREAM:[1->2,"/tmp/s"]`, `pipe:[7]`.
  private func decorated(_ text: [UInt8]) -> [UInt8] {
    if let first = text.firstIndex(of: UInt8(ascii: "\"")), let last = text.lastIndex(of: UInt8(ascii: "\"")), first < last,
      text.first != UInt8(ascii: "/")
    {
      return text[...first] + TextRedactor.redact(Array(text[(first + 1)..<last]), redaction, .path) + text[last...]
    }
    let families = ["TCP", "UDP", "RAW", "SCTP", "DCCP", "PING"]
    guard redaction.hidesAddresses, families.contains(where: { text.starts(with: $0.utf8) }),
      let open = text.firstIndex(of: UInt8(ascii: "[")), text.last == UInt8(ascii: "]"), text[..<open].last == UInt8(ascii: ":")
    else { return TextRedactor.redact(text, redaction, .path) }
    let content = text[(open + 1)..<(text.count - 1)]
    let arrow = content.indices.first { content[$0...].starts(with: "->".utf8) }
    let ends = arrow.map { [content[..<$0], content[($0 + 2)...]] } ?? [content]
    let shown = ends.map { redaction.endpoint($0, hasPort: true) }
    return text[...open] + shown.joined(separator: "->".utf8) + [UInt8(ascii: "]")]
  }

  // MARK: Literals

  private mutating func literal(_ end: Int) {
    let quote = position
    copyPending()
    var bytes: [UInt8] = []
    let read = line[..<end].withUnsafeBytes { StraceString.next(in: $0, from: quote, into: &bytes) }
    let after = min(end, read?.end ?? end)
    // `"`, or `"...` where -s cut the string; nothing where the line was cut.
    let closing: StaticString =
      read?.truncated != true
      ? "\"" : after - quote > 4 && line[quote..<after].suffix(4).elementsEqual("\"...".utf8) ? "\"..." : ""
    let shown = shown(bytes, before: quote)
    if shown == bytes {
      output += line[quote..<after]
    } else {
      output.append(UInt8(ascii: "\""))
      StraceString.quote(shown, into: &output)
      output += closing.description.utf8
    }
    position = after
    pending = after
  }

  private mutating func shown(_ bytes: [UInt8], before quote: Int) -> [UInt8] {
    guard !bytes.isEmpty else { return bytes }
    let before = line[..<quote]
    func follows(_ words: String...) -> Bool { words.contains { before.suffix($0.utf8.count).elementsEqual($0.utf8) } }
    if follows("inet_addr(", "inet_pton(AF_INET6, ", "inet_pton(AF_INET, ") {
      return redaction.hidesAddresses ? redaction.host(bytes[...]) : bytes
    }
    if follows("sun_path=", "sun_path=@", "path=", "path=@", "if_nametoindex(", "ifr_name=", "@") {
      return TextRedactor.redact(bytes, redaction, .path)
    }
    if follows("nodename=", "node=", "domainname=") { return hostName(bytes) }
    defer { literals += 1 }
    switch use {
    case .payload: return redaction.payload(bytes)
    case .names(let count):
      return literals < count ? TextRedactor.redact(bytes, redaction, .path) : redaction.payload(bytes)
    case .host: return hostName(bytes)
    case .program:
      return lists == 0 ? TextRedactor.redact(bytes, redaction, .path) : lists == 1 ? argument(bytes) : variable(bytes)
    }
  }

  private func hostName(_ bytes: [UInt8]) -> [UInt8] { redaction.hidesAddresses ? redaction.host(bytes[...]) : bytes }

  /// `PATH=/usr/bin`: the name stays.
  private func variable(_ bytes: [UInt8]) -> [UInt8] {
    guard let sign = bytes.firstIndex(of: UInt8(ascii: "=")) else { return redaction.pseudonym(.value, bytes) }
    return bytes[...sign] + (sign + 1 < bytes.count ? redaction.pseudonym(.value, bytes[(sign + 1)...]) : [])
  }

  /// One argument of a program, in the light of the one before.
  private mutating func argument(_ bytes: [UInt8]) -> [UInt8] {
    let asked = asks
    asks = Self.asks(bytes)
    switch asked {
    case .secret: return redaction.pseudonym(.value, bytes)
    case .login where bytes.contains(UInt8(ascii: ":")): return redaction.pseudonym(.value, bytes)
    case .word where !bytes.allSatisfy(isDigit): return redaction.pseudonym(.value, bytes)
    case .host where redaction.hidesAddresses && bytes.first != UInt8(ascii: "/"): return redaction.endpoint(bytes[...])
    case .header:
      guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { break }
      return bytes[...colon] + [UInt8(ascii: " ")] + redaction.pseudonym(.value, bytes[(colon + 1)...].drop { $0 == 32 })
    default: break
    }
    return TextRedactor.redact(bytes, redaction, .argument)
  }

  private static func asks(_ argument: [UInt8]) -> Asks {
    guard argument.first == UInt8(ascii: "-"), argument.count > 1,
      argument.allSatisfy({ isNameByte($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") })
    else { return .nothing }
    switch String(decoding: argument, as: UTF8.self) {
    case "-u", "-U", "--user", "--proxy-user": return .login
    case "-p": return .word
    case "-H", "--header", "-headers": return .header
    case "-b": return .word
    default: return SecretKeys.isSecret(argument) ? .secret : SecretKeys.isHost(argument) ? .host : .nothing
    }
  }
}
