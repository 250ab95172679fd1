import TraceCalls
import TraceProtocols

/// The protocol that a connection's payloads show, with the line it rests on. RTMP has its own, ``RTMPSession``.
///
/// An object, so that the many descriptions without a protocol stay small; what is learned later makes a new one.
public final class ApplicationSession: Sendable {
  public let name: ApplicationProtocol
  /// What this end of the connection is, by the messages it wrote or read.
  public let role: ProtocolRole
  /// The first line of the call that the identification rests on.
  public let evidenceLine: Int
  /// The last line of the first call that spoke the protocol, its proof cut or not: calls that ended before did not, but see
  /// ``ProcessModel/openings``.
  public let firstEndLine: Int
  /// Whether `-s` cut the proof: see `ProtocolFinding.Evidence`.
  public let isCut: Bool
  /// The `-s` that would have shown all that is read of the messages; nil where nothing is missing.
  public let sufficient: Int?
  /// The host that the client asks for: HTTP's Host field, the server name of TLS.
  public let host: String?
  /// What else the first messages tell, in their order: a request's method and path, a version, a user.
  public let details: [String]

  private static let mostDetails = 4

  init(_ finding: ProtocolFinding, isRead: Bool, _ event: CallEvent) {
    name = finding.name
    role = Self.role(finding, isRead: isRead)
    evidenceLine = event.startLine
    firstEndLine = event.endLine
    isCut = finding.evidence == .cut
    sufficient = finding.sufficient
    host = finding.message.host
    details = finding.message.detail.map { [$0] } ?? []
  }

  /// No more than a name, one object for all that have it.
  static func named(_ name: ApplicationProtocol) -> ApplicationSession { names[name] ?? ApplicationSession(name) }

  private static let names = Dictionary(uniqueKeysWithValues: ApplicationProtocol.allCases.map { ($0, ApplicationSession($0)) })

  private init(_ name: ApplicationProtocol) {
    self.name = name
    role = .unknown
    evidenceLine = 0
    firstEndLine = 0
    isCut = false
    sufficient = nil
    host = nil
    details = []
  }

  /// What is known with one more message.
  init(_ known: ApplicationSession, _ finding: ProtocolFinding, isRead: Bool, line: Int) {
    let isBetter = known.isCut && finding.evidence == .whole
    let role = Self.role(finding, isRead: isRead)
    name = known.name
    firstEndLine = known.firstEndLine
    self.role = known.role == .unknown ? role : known.role
    evidenceLine = isBetter ? line : known.evidenceLine
    isCut = known.isCut && !isBetter
    sufficient = [known.sufficient, finding.sufficient].compactMap { $0 }.max()
    host = known.host ?? finding.message.host
    if let detail = finding.message.detail, known.details.count < Self.mostDetails, !known.details.contains(detail) {
      details = known.details + [detail]
    } else {
      details = known.details
    }
  }

  private static func role(_ finding: ProtocolFinding, isRead: Bool) -> ProtocolRole {
    switch finding.writer {
    case .unknown: .unknown
    case .client: isRead ? .server : .client
    case .server: isRead ? .client : .server
    }
  }
}
