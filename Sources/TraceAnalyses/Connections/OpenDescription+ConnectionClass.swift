import TraceProcesses
import TraceSyntax

extension OpenDescription {
  /// The port that it shows to be served here.
  var servedPort: UInt16? { kind == .tcp && (origin == .accepted || origin == .listening) ? Self.port(of: local) : nil }

  /// Protocol and role, which another run has too; empty where it is no connection.
  func connectionClass(servedPorts: Set<UInt16>) -> String {
    switch kind {
    case .tcp, .udp, .unix, .socket: break
    case .pipe: return "pipe"
    default: if protocolName.isEmpty { return "" }
    }
    let (role, peerRole) = roles(isAccepted: origin == .accepted, isConnected: origin == .connected, servedPorts: servedPorts)
    var name = protocolName.isEmpty ? kind.rawValue : protocolName
    if !role.isEmpty { name += " " + role }
    if !["", "client", "server"].contains(peerRole) { name += " of " + peerRole }
    return name
  }
}
