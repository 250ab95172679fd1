/// Replaces what a log's reader should not see by pseudonyms: equal values get equal ones.
///
/// A pseudonym is 32 bits of SipHash-2-4 of the value, under a key that only the owner of the log (or of a salt) has.
public struct Redaction: Sendable {
  /// How much is hidden.
  public enum Scope: String, Sendable, CaseIterable {
    /// Stream names, query strings, credentials, payload.
    case secrets
    /// Those, and hosts.
    case addresses
  }

  /// What a value of a log is, as far as hiding it goes. Whoever prints a value says so.
  public enum Sensitivity: Sendable, CaseIterable {
    /// Says nothing of anyone: numbers, times, words of tracestat or strace.
    case plain
    /// A system call's name: known ones stay, another may be any text that looks like a call.
    case syscall
    /// A stream name, which is a key as often as not; a query string may follow.
    case stream
    /// The application of an RTMP connect: its first part stays.
    case app
    /// A file or socket name: stays but for the secrets in it.
    case path
    /// A peer or a local address, or a socket's name.
    case address
    /// Bytes read or written.
    case payload
  }

  /// What makes pseudonyms: without it nobody can try names.
  public struct Key: Sendable {
    fileprivate let hash: SipHash

    /// The key of a log: from its first 64 KiB, decompressed. That is more than the few lines someone might pass on, so that the key
    /// rests on bytes that a redacted log does not show.
    public init(head: [UInt8]) { self.init(head, domain: 0) }

    /// A key that several logs can share.
    public init(salt: String) { self.init(Array(salt.utf8), domain: 2) }

    private init(_ bytes: [UInt8], domain: UInt64) {
      hash = SipHash(SipHash(0, domain).hash(bytes), SipHash(0, domain + 1).hash(bytes))
    }
  }

  /// nil hides nothing.
  public let scope: Scope?
  private let key: Key

  /// Hides nothing.
  public static let none = Redaction(scope: nil, key: Key(salt: ""))

  public init(_ scope: Scope, key: Key) { self.init(scope: scope, key: key) }

  private init(scope: Scope?, key: Key) {
    self.scope = scope
    self.key = key
  }

  public var isActive: Bool { scope != nil }
  var hidesAddresses: Bool { scope == .addresses }

  /// A value as it may be shown.
  public func redact(_ value: String, as sensitivity: Sensitivity) -> String {
    guard isActive, sensitivity != .plain, !value.isEmpty else { return value }
    let bytes = Array(value.utf8)
    let shown =
      switch sensitivity {
      case .plain: bytes
      case .syscall: syscall(bytes)
      case .stream: cut(bytes, stream)
      case .app: cut(bytes, app)
      case .path: TextRedactor.redact(bytes, self, .path)
      case .address: address(bytes)
      case .payload: payload(bytes)
      }
    return String(decoding: shown, as: UTF8.self)
  }

  // MARK: Pseudonyms

  /// What a pseudonym stands for, as it is spelled.
  enum Kind: String {
    case stream, query, host, payload, value
  }

  /// `stream-3f9a1c2b`.
  func pseudonym(_ kind: Kind, _ value: some Sequence<UInt8>) -> [UInt8] {
    Array("\(kind.rawValue)-\(digits(kind.rawValue, value))".utf8)
  }

  /// Eight hexadecimal digits. The kind is hashed too: a host and a stream of one name have nothing in common.
  private func digits(_ kind: String, _ value: some Sequence<UInt8>) -> String {
    let hash = key.hash.hash(Array(kind.utf8) + [0] + value)
    let text = String(UInt32(truncatingIfNeeded: hash), radix: 16)
    return String(repeating: "0", count: 8 - text.count) + text
  }

  /// `payload-3f9a1c2b(123 bytes)`.
  func payload(_ bytes: [UInt8]) -> [UInt8] { pseudonym(.payload, bytes) + "(\(bytes.count) bytes)".utf8 }

  /// Each part of the name by itself, then the query: `stream-3f9a1c2b?query-0011aabb`.
  func stream(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    let (name, rest) = queried(bytes)
    return parts(name, kept: 0) + rest
  }

  /// The first part stays, as the name of an application; more of them is an instance or a key.
  func app(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    let (name, rest) = queried(bytes)
    return parts(name, kept: 1) + rest
  }

  /// A system call's name as it may be shown; what no catalogue knows still reads as a name.
  func syscall(_ bytes: [UInt8]) -> [UInt8] {
    // `readv#64` and `64:readv` of x32; `syscall_0x1a7`, `????`.
    let isKnown = bytes.split(whereSeparator: { $0 == UInt8(ascii: "#") || $0 == UInt8(ascii: ":") }).allSatisfy { part in
      let name = String(decoding: part, as: UTF8.self)
      if SyscallCatalog.shared.id(of: name) != nil || part.allSatisfy({ isDigit($0) || $0 == UInt8(ascii: "?") }) { return true }
      let number = name.hasPrefix("syscall_0x") ? part.dropFirst(10) : name.hasPrefix("syscall_") ? part.dropFirst(8) : []
      return !number.isEmpty && number.count <= 8 && number.allSatisfy { isDigit($0) || ($0 | 0x20) &- 97 < 6 }
    }
    return isKnown ? bytes : Array("call_\(digits("call", bytes))".utf8)
  }

  /// Splits a query off and hides it.
  private func queried(_ bytes: ArraySlice<UInt8>) -> (name: ArraySlice<UInt8>, query: [UInt8]) {
    guard let mark = bytes.firstIndex(of: UInt8(ascii: "?")) else { return (bytes, []) }
    let query = bytes[(mark + 1)...]
    return (bytes[..<mark], [UInt8(ascii: "?")] + (query.isEmpty ? [] : pseudonym(.query, query)))
  }

  private func parts(_ name: ArraySlice<UInt8>, kept: Int) -> [UInt8] {
    var seen = 0
    return Array(
      name.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { part -> [UInt8] in
        guard !part.isEmpty else { return [] }
        seen += 1
        return seen <= kept ? Array(part) : pseudonym(.stream, part)
      }.joined(separator: [UInt8(ascii: "/")]))
  }

  /// Without the `...` of a name that -s cut, which stays.
  private func cut(_ bytes: [UInt8], _ body: (ArraySlice<UInt8>) -> [UInt8]) -> [UInt8] {
    let mark = Array("...".utf8)
    guard bytes.count > mark.count, bytes.suffix(mark.count).elementsEqual(mark) else { return body(bytes[...]) }
    return body(bytes.dropLast(mark.count)) + mark
  }
}
