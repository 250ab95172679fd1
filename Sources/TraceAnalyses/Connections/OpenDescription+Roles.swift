import TraceProcesses

extension OpenDescription {
  /// What this end and the far end are: by RTMP's commands, other messages, how the socket came to be, and the port that others were
  /// accepted on.
  func roles(isAccepted: Bool, isConnected: Bool, servedPorts: Set<UInt16>) -> (own: String, peer: String) {
    if let rtmp, let isClient = rtmp.isClient {
      let client = rtmp.role?.rawValue ?? "client"
      return isClient ? (client, "server") : ("server", client)
    }
    switch application?.role {
    case .client: return ("client", "server")
    case .server: return ("server", "client")
    case .unknown, nil: break
    }
    if isAccepted { return ("server", "client") }
    if isConnected { return ("client", "server") }
    if kind == .tcp, let port = OpenDescription.port(of: local), servedPorts.contains(port) {
      return peer == nil ? ("listener", "") : ("server", "client")
    }
    return ("", "")
  }
}
