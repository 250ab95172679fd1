/// Hides the secrets in a text that may stay otherwise: a path, an argument, a socket's name.
///
/// What is looked for: query strings, `user:password@`, the value of a key that looks secret, stream names in RTMP URLs and names of
/// media files, and with ``Redaction/Scope/addresses`` hosts. In doubt it hides more: from such a key to the end of the text.
struct TextRedactor {
  enum Context {
    /// One name: a query goes on to its end.
    case path
    /// An argument of a program, perhaps a whole command: a query ends at a blank or a quote.
    case argument
    /// What strace itself prints between values: hosts only.
    case syntax
  }

  static func redact(_ bytes: [UInt8], _ redaction: Redaction, _ context: Context) -> [UInt8] {
    var redactor = TextRedactor(bytes: bytes, redaction: redaction, context: context)
    redactor.run()
    return redactor.output
  }

  private let bytes: [UInt8]
  private let redaction: Redaction
  private let context: Context
  private var output: [UInt8] = []
  private var i = 0
  // How far it is known that there is nothing of a kind: no byte is looked at twice for it.
  private var noCredentialsBefore = 0
  private var noMediaBefore = 0
  private var tokenEndsAt = 0

  private init(bytes: [UInt8], redaction: Redaction, context: Context) {
    self.bytes = bytes
    self.redaction = redaction
    self.context = context
    output.reserveCapacity(bytes.count + 16)
  }

  private mutating func run() {
    if context == .argument, redaction.hidesAddresses, isHostName(bytes[...]) {
      output = redaction.endpoint(bytes[...])
      return
    }
    while i < bytes.count {
      if redaction.hidesAddresses, address() { continue }
      guard context != .syntax else {
        copy(1)
        continue
      }
      if credentials() || mediaFile() { continue }
      switch bytes[i] {
      case UInt8(ascii: "?"):
        copy(1)
        replace(upTo: context == .path ? bytes.count : tokenEnd(i), .query)
      case UInt8(ascii: ":") where bytes[i...].starts(with: "://".utf8): url()
      case UInt8(ascii: ":"), UInt8(ascii: "="): keyed()
      default: copy(1)
      }
    }
  }

  private mutating func copy(_ count: Int) {
    output += bytes[i..<(i + count)]
    i += count
  }

  private mutating func replace(upTo end: Int, _ kind: Redaction.Kind) {
    guard end > i else { return }
    output += redaction.pseudonym(kind, bytes[i..<end])
    i = end
  }

  // MARK: What is looked for

  /// `://` and what follows as far as it is authority and, for RTMP, application and stream.
  private mutating func url() {
    let scheme = bytes[..<i].suffix(while: { isNameByte($0) })
    let isRTMP = scheme.map { $0 | 0x20 }.starts(with: "rtmp".utf8)
    copy(3)
    var end = i
    let stop = tokenEnd(i)
    while end < stop, ![UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#")].contains(bytes[end]) { end += 1 }
    if let at = bytes[i..<end].lastIndex(of: UInt8(ascii: "@")) {
      replace(upTo: at, .value)
      copy(1)
    }
    if redaction.hidesAddresses {
      output += redaction.endpoint(bytes[i..<end])
      i = end
    } else {
      copy(end - i)
    }
    guard isRTMP else { return }
    while end < stop, bytes[end] != UInt8(ascii: "?") { end += 1 }
    output += redaction.app(bytes[i..<end])
    i = end
  }

  /// `user:password@` where a word begins.
  private mutating func credentials() -> Bool {
    guard i >= noCredentialsBefore, isWordStart(i) || bytes[i - 1] == UInt8(ascii: "/") else { return false }
    var end = i
    var colon = false
    while end < bytes.count, !Self.endsToken(bytes[end]), bytes[end] != UInt8(ascii: "/"), bytes[end] != UInt8(ascii: "@") {
      if bytes[end] == UInt8(ascii: ":") { colon = colon || end > i }
      end += 1
    }
    guard colon, end < bytes.count, bytes[end] == UInt8(ascii: "@"), end - i > 2 else {
      noCredentialsBefore = end
      return false
    }
    replace(upTo: end, .value)
    return true
  }

  /// The value of a key that looks secret, from here (its `=` or `:`) to the end.
  private mutating func keyed() {
    let key = Self.key(before: i, in: bytes)
    copy(1)
    let isSecret = SecretKeys.isSecret(key)
    guard isSecret || (redaction.hidesAddresses && SecretKeys.isHost(key)) else { return }
    while i < bytes.count, Self.isQuoteOrBlank(bytes[i]) { copy(1) }
    if isSecret { return replace(upTo: bytes.count, .value) }
    var end = i
    while end < bytes.count, isNameByte(bytes[end]) || ".:-[]%".utf8.contains(bytes[end]) { end += 1 }
    output += redaction.endpoint(bytes[i..<end])
    i = end
  }

  /// The identifier that ends before `sign`, quotes and blanks between them skipped.
  static func key(before sign: Int, in bytes: [UInt8]) -> ArraySlice<UInt8> {
    var end = sign
    while end > 0, isQuoteOrBlank(bytes[end - 1]) { end -= 1 }
    return bytes[..<end].suffix(while: { isNameByte($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") })
  }

  /// Where a name of a path begins: media files bear the names of streams, `/hls/KEY.m3u8`, `/rec/KEY-1763718490.flv`,
  /// `/hls/KEY/index.m3u8`.
  private mutating func mediaFile() -> Bool {
    guard i >= noMediaBefore, isWordStart(i) || bytes[i - 1] == UInt8(ascii: "/") else { return false }
    let end = componentEnd(i)
    noMediaBefore = end
    if end < bytes.count, bytes[end] == UInt8(ascii: "/") {
      let next = componentEnd(end + 1)
      guard end > i, next >= bytes.count || bytes[next] != UInt8(ascii: "/"),
        MediaFile.stem(bytes[(end + 1)..<next])?.isEmpty == true
      else { return false }
      replace(upTo: end, .stream)
      return true
    }
    guard let stem = MediaFile.stem(bytes[i..<end]), !stem.isEmpty else { return false }
    replace(upTo: stem.endIndex, .stream)
    return true
  }

  /// An IPv4, IPv6 or Ethernet address that begins here.
  private mutating func address() -> Bool {
    let first = bytes[i]
    guard isDigit(first) || first == UInt8(ascii: ":") || Self.isHexDigit(first) else { return false }
    let previous = i > 0 ? bytes[i - 1] : UInt8(ascii: " ")
    if isDigit(first), !isDigit(previous), previous != UInt8(ascii: ".") || i < 2 || !isDigit(bytes[i - 2]) {
      let run = bytes[i...].prefix { isDigit($0) || $0 == UInt8(ascii: ".") }.trimmed(UInt8(ascii: "."))
      if Redaction.isIPv4(run) { return hide(run) }
    }
    guard !isNameByte(previous), previous != UInt8(ascii: "."), previous != UInt8(ascii: ":") else { return false }
    let run = bytes[i...].prefix { Self.isHexDigit($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }
    guard run.count > 2, run.contains(UInt8(ascii: ":")) else { return false }
    if Redaction.isIPv6(run) { return hide(run) }
    let shorter = run.trimmed(UInt8(ascii: ".")).trimmed(UInt8(ascii: ":"))
    return Redaction.isIPv6(shorter) ? hide(shorter) : false
  }

  private mutating func hide(_ host: ArraySlice<UInt8>) -> Bool {
    output += redaction.host(host)
    i = host.endIndex
    return true
  }

  /// `cdn.example.com`, `user@cdn.example.com:1935`: a name that resolvers take, and no file's.
  private func isHostName(_ text: ArraySlice<UInt8>) -> Bool {
    var name = text
    if let colon = name.lastIndex(of: UInt8(ascii: ":")), name[(colon + 1)...].allSatisfy(isDigit) { name = name[..<colon] }
    let labels = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard labels.count > 1, let last = labels.last, last.count > 1, last.allSatisfy({ ($0 | 0x20) &- 97 < 26 }) else {
      return false
    }
    guard labels.allSatisfy({ !$0.isEmpty && $0.allSatisfy { isNameByte($0) || $0 == UInt8(ascii: "-") } }) else { return false }
    return !SecretKeys.fileExtensions.contains(String(decoding: last, as: UTF8.self))
  }

  // MARK: Words

  private func isWordStart(_ at: Int) -> Bool {
    at == 0 || Self.endsToken(bytes[at - 1]) || bytes[at - 1] == UInt8(ascii: "=") || bytes[at - 1] == UInt8(ascii: ",")
  }

  private mutating func tokenEnd(_ start: Int) -> Int {
    if start < tokenEndsAt { return tokenEndsAt }
    var end = start
    while end < bytes.count, !Self.endsToken(bytes[end]) { end += 1 }
    tokenEndsAt = end
    return end
  }

  private func componentEnd(_ start: Int) -> Int {
    var end = start
    while end < bytes.count, bytes[end] != UInt8(ascii: "/"), bytes[end] != UInt8(ascii: "?"),
      context == .path || !Self.endsToken(bytes[end])
    {
      end += 1
    }
    return end
  }

  private static func endsToken(_ c: UInt8) -> Bool {
    c <= 32 || c == UInt8(ascii: "\"") || c == UInt8(ascii: "'") || c == UInt8(ascii: "<") || c == UInt8(ascii: ">")
  }

  static func isQuoteOrBlank(_ c: UInt8) -> Bool {
    c == UInt8(ascii: " ") || c == UInt8(ascii: "\"") || c == UInt8(ascii: "'") || c == UInt8(ascii: "\\")
  }

  static func isHexDigit(_ c: UInt8) -> Bool { isDigit(c) || (c | 0x20) &- 97 < 6 }
}

/// Files that streams are served from and recorded to.
enum MediaFile {
  private static let extensions: Set<String> = [
    "m3u8", "ts", "m4s", "m4v", "m4a", "mp4", "mpd", "flv", "f4v", "mkv", "webm", "mp3", "aac", "mov",
  ]
  /// Names that say nothing: the folder's is the stream's.
  private static let common: Set<String> = [
    "index", "playlist", "chunklist", "master", "manifest", "init", "segment", "seg", "media",
  ]

  /// The part of a media file's name that is the stream's, without extension and running number; empty where the name is a common
  /// one, nil where it is no media file's.
  static func stem(_ name: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    let parts = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard let at = parts.indices.dropFirst().last(where: { extensions.contains(String(decoding: parts[$0], as: UTF8.self)) }),
      var stem = Optional(name[name.startIndex..<(parts[at].startIndex - 1)]), !stem.isEmpty
    else { return nil }
    let whole = stem
    while let last = stem.last, isDigit(last) { stem = stem.dropLast() }
    if stem.count < whole.count, let last = stem.last, "-_.".utf8.contains(last) {
      stem = stem.dropLast()
    } else if !stem.isEmpty {
      stem = whole
    }
    return common.contains(String(decoding: stem, as: UTF8.self)) ? name[name.startIndex..<name.startIndex] : stem
  }
}

extension Collection where Element == UInt8, SubSequence == ArraySlice<UInt8>, Self: BidirectionalCollection {
  /// The longest end of which every byte fits.
  fileprivate func suffix(while fits: (UInt8) -> Bool) -> ArraySlice<UInt8> {
    var start = endIndex
    while start > startIndex, fits(self[index(before: start)]) { start = index(before: start) }
    return self[start...]
  }

  /// Without such bytes at the end.
  fileprivate func trimmed(_ byte: UInt8) -> ArraySlice<UInt8> {
    var end = endIndex
    while end > startIndex, self[index(before: end)] == byte { end = index(before: end) }
    return self[..<end]
  }
}
