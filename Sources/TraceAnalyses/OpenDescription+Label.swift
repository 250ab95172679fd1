import TraceProcesses
import TraceSyntax

extension OpenDescription {
  /// The shortest name that tells a person what it is, its parts hidden as a redaction says; nil where its kind is all there is.
  public func label(redaction: Redaction) -> String? { Self.label(stream: stream, peer: peer, path: path, redaction) }

  static func label(stream: String?, peer: String?, path: String?, _ redaction: Redaction) -> String? {
    // Its query says no more than the name when both are pseudonyms.
    let stream = stream.map { name in
      redaction.isActive ? String(redaction.redact(name, as: .stream).prefix { $0 != "?" }) : name
    }
    let peer = peer.map { redaction.redact($0, as: .address) }
    // A name that -s cut short tells little alone.
    if let stream, stream.hasSuffix("..."), let peer { return "\(peer) \(stream)" }
    return stream ?? peer ?? path.map { redaction.redact($0, as: .path) }
  }
}
