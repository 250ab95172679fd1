/// The first record of a payload (RFC 8446, section 5.1).
public struct TLSRecord: Sendable, Equatable {
  public enum ContentType: Int, Sendable {
    case changeCipherSpec = 20
    case alert, handshake, applicationData
  }

  /// HandshakeType (RFC 8446, section 4, and RFC 5246, section 7.4).
  public enum HandshakeType: Int, Sendable {
    case clientHello = 1
    case serverHello = 2
    case newSessionTicket = 4
    case certificate = 11
    case serverKeyExchange = 12
    case certificateRequest = 13
    case serverHelloDone = 14
    case clientKeyExchange = 16
  }

  public let contentType: ContentType
  /// A version as it is on the wire: 0x0303 is TLS 1.2, 0x0304 TLS 1.3. Of a hello the version it names, that of `supported_versions` first
  /// (the server's choice, the highest the client offers); otherwise the record's.
  public var version: Int
  /// Nil where the record is no handshake, or an encrypted one.
  public var handshakeType: HandshakeType?
  /// `server_name` of the ClientHello (RFC 6066, section 3).
  public var serverName: String?
  /// `application_layer_protocol_negotiation` (RFC 7301): what the client offers, or the server's choice.
  public var applicationProtocols: [String] = []
  /// The description of an alert that is not encrypted (RFC 8446, section 6).
  public var alert: Int?

  public var versionName: String {
    switch version {
    case 0x0300: "SSL 3.0"
    case 0x0301...0x0304: "TLS 1.\(version - 0x0301)"
    default: "0x\(String(version, radix: 16))"
    }
  }
}
