// ARCHITECTURE: how bytes become a protocol's name.
//
// A sniffer is one file in a folder of its protocol: `XSniffer.judge(payload)` looks at a `Payload` (bytes shown, bytes moved,
// transport, ports) and says yes, no or need more; on yes it hands out a typed message. It is a pure function, looks at no more than
// `Payload.limit` bytes and allocates nothing before it is sure. A yes stands on evidence that no other protocol of the list can show;
// where a protocol's signature is too weak for that, a port of it may add what is missing, and without the port the answer is no.
//
// To add a protocol: a case below (its place is the order of trial), a line in `judge`, a case in `ProtocolMessage`, the sniffer, and
// messages captured from real programs by Scripts/capture-protocols, which the tests of all sniffers then use.

/// A protocol that payloads are recognised as, by the name that reports print. The order is the order of trial: binary signatures
/// of fixed bytes, then text with a fixed beginning, then those that need lengths to fit, then those that lean on a port. RTMP is last: a chunk of media has no magic.
public enum ApplicationProtocol: String, Sendable, CaseIterable {
  case tls, http2, http, ssh, flv, fastcgi, postgresql, mysql, redis, dns, syslog, memcached, statsd, rtmp

  /// What the payload is: the first yes in the order of trial. Where none is sure and several need more, the greatest need.
  public static func judge(_ payload: Payload) -> ProtocolVerdict {
    var needed = 0
    for candidate in allCases {
      switch candidate.judge(payload) {
      case .yes(let finding): return .yes(finding)
      case .needMore(let bytes): needed = max(needed, bytes)
      case .no: break
      }
    }
    return needed > 0 ? .needMore(bytes: needed) : .no
  }

  /// Whether the payload is of this protocol.
  public func judge(_ payload: Payload) -> ProtocolVerdict {
    if payload.size == 0 { return .no }
    return switch self {
    case .tls: TLSSniffer.judge(payload)
    case .http2: HTTP2Sniffer.judge(payload)
    case .http: HTTPSniffer.judge(payload)
    case .ssh: SSHSniffer.judge(payload)
    case .flv: FLVSniffer.judge(payload)
    case .fastcgi: FastCGISniffer.judge(payload)
    case .postgresql: PostgreSQLSniffer.judge(payload)
    case .mysql: MySQLSniffer.judge(payload)
    case .redis: RedisSniffer.judge(payload)
    case .dns: DNSSniffer.judge(payload)
    case .syslog: SyslogSniffer.judge(payload)
    case .memcached: MemcachedSniffer.judge(payload)
    case .statsd: StatsDSniffer.judge(payload)
    case .rtmp: RTMPSniffer.judge(payload)
    }
  }
}
