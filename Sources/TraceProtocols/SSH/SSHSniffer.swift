/// The first line of either side: `SSH-protoversion-softwareversion SP comments CR LF` (RFC 4253, section 4.2).
public struct SSHIdentification: Sendable, Equatable {
  /// `2.0`, or `1.99` of a server that speaks both (section 5.1).
  public let version: String
  /// Such as `OpenSSH_9.2p1`, cut where `isSoftwareCut`.
  public let software: String
  public let isSoftwareCut: Bool
}

/// SSH 2 (RFC 4253). Both sides write the same line: a port tells the role.
enum SSHSniffer {
  private static let versions: [StaticString] = ["SSH-2.0-", "SSH-1.99-"]
  /// The longest line with its end (section 4.2).
  private static let longestLine = 255

  static func judge(_ payload: Payload) -> ProtocolVerdict {
    guard payload.transport != .datagram else { return .no }
    let (word, match) = payload.shown.match(anyOf: versions)
    guard let word else { return match == .short ? payload.needMore(9) : .no }
    let start = word.utf8CodeUnitCount
    var end = start
    // A blank, CR, or LF of old implementations ends it.
    while end < min(payload.count, longestLine), payload.shown[end].isVisible { end += 1 }
    guard end > start || payload.count == start else { return .no }
    guard end > start else { return payload.needMore(start + 1) }
    return .yes(
      ProtocolFinding(
        writer: payload.role(serverPort: 22),
        .ssh(
          SSHIdentification(
            version: PayloadText.escaped(payload.shown, 4..<(start - 1)),
            software: PayloadText.escaped(payload.shown, start..<end), isSoftwareCut: end == payload.count)),
        sufficient: end == payload.count ? payload.sufficient(longestLine) : nil))
  }
}
