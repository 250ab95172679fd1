/// A packet of the MySQL client/server protocol (MySQL Source Code Documentation, "Client/Server Protocol"; MariaDB speaks it too).
public enum MySQLPacket: Sendable, Equatable {
  /// `Protocol::HandshakeV10`: the server's version, cut where `isVersionCut`.
  case handshake(serverVersion: String, isVersionCut: Bool)
  /// `Protocol::SSLRequest`.
  case sslRequest
  /// `Protocol::HandshakeResponse41`; nil where the user's name does not end within the bytes.
  case handshakeResponse(user: String?)
  /// `ERR_Packet`: the error's number and SQLSTATE.
  case error(code: Int, sqlState: String)
  /// `COM_QUERY`: the first word of the text, in capitals.
  case query(String)
  /// `COM_STMT_PREPARE`, the same.
  case prepare(String)
}
