/// What a payload is, as far as it shows.
public enum ProtocolVerdict: Sendable, Equatable {
  /// The bytes can be nothing else that is known here, and more of them change nothing (but see `ProtocolFinding.Evidence`).
  case yes(ProtocolFinding)
  /// It is none of the protocols, whatever follows.
  case no
  /// The bytes fit so far. So many of them, from the first one on, settle it: where the call moved that many, strace would have
  /// shown them with this `-s`; what is above the bytes moved is in the next call on the stream. A message that goes on behind the
  /// call's bytes may need that one too.
  case needMore(bytes: Int)
}

/// The end that wrote, told by the message: who asks is the client.
public enum ProtocolRole: String, Sendable {
  case client, server, unknown
}

/// A protocol recognised, and what its message says.
public struct ProtocolFinding: Sendable, Equatable {
  /// Who wrote it.
  public let writer: ProtocolRole
  public let message: ProtocolMessage
  public let evidence: Evidence
  /// The `-s` that would have shown what is missing of the message's details; nil where nothing that is read is missing.
  public let sufficient: Int?

  public enum Evidence: Sendable {
    /// The bytes shown are proof.
    case whole
    /// `-s` cut the proof. What is shown is a beginning that no other protocol here has, on a transport or a port that fits; text that
    /// happens to begin like it would be taken for it. `sufficient` tells what would have shown it.
    case cut
  }

  public init(
    writer: ProtocolRole, _ message: ProtocolMessage, evidence: Evidence = .whole, sufficient: Int? = nil
  ) {
    self.writer = writer
    self.message = message
    self.evidence = evidence
    self.sufficient = sufficient
  }

  public var name: ApplicationProtocol { message.name }
}

/// A message of one of the protocols.
public enum ProtocolMessage: Sendable, Equatable {
  case http(HTTPMessage)
  case http2(HTTP2Opening)
  case tls(TLSRecord)
  case dns(DNSMessage)
  case redis(RedisMessage)
  case postgresql(PostgreSQLMessage)
  case mysql(MySQLPacket)
  case memcached(MemcachedMessage)
  case fastcgi(FastCGIRecord)
  case ssh(SSHIdentification)
  case syslog(SyslogMessage)
  case statsd(StatsDMetric)
  case flv(FLVHeader)
  case rtmp(RTMPOpening)

  public var name: ApplicationProtocol {
    switch self {
    case .http: .http
    case .http2: .http2
    case .tls: .tls
    case .dns: .dns
    case .redis: .redis
    case .postgresql: .postgresql
    case .mysql: .mysql
    case .memcached: .memcached
    case .fastcgi: .fastcgi
    case .ssh: .ssh
    case .syslog: .syslog
    case .statsd: .statsd
    case .flv: .flv
    case .rtmp: .rtmp
    }
  }
}
