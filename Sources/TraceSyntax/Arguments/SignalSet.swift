/// A set of signals: `[INT CHLD]`, `~[RTMIN RT_1]`, `[2 15]` (-X raw).
public struct SignalSet: Sendable, Hashable {
  /// What is listed is what is missing: `~[...]`.
  public let isComplement: Bool
  /// The signals listed, as strace spells them, without `SIG`: `INT`, `RT_1`; a number where only that is printed.
  public let listed: [String]

  /// Whether the signal is in the set: `INT` or `SIGINT`.
  public func contains(_ signal: String) -> Bool {
    listed.contains(signal.hasPrefix("SIG") ? String(signal.dropFirst(3)) : signal) != isComplement
  }
}

extension CallArgument {
  /// The signal set; nil where it is not printed.
  public var signalSet: SignalSet? {
    let isComplement = unsafeBytes.first == UInt8(ascii: "~")
    let list = isComplement ? part(1..<unsafeBytes.count) : self
    guard list.unsafeBytes.first == UInt8(ascii: "[") else { return nil }
    return SignalSet(isComplement: isComplement, listed: list.words.map { ($0.knownWords ?? $0).text })
  }
}
