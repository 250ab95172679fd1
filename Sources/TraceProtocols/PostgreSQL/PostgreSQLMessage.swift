/// A message of PostgreSQL's frontend/backend protocol 3.0 (PostgreSQL documentation, "Message Formats").
public enum PostgreSQLMessage: Sendable, Equatable {
  case startup(user: String?, database: String?)
  case sslRequest, gssEncRequest, cancelRequest
  case authentication(Authentication)
  /// `S` and `C` of an ErrorResponse ("Error and Notice Message Fields"): severity and SQLSTATE.
  case errorResponse(severity: String, code: String?)
  /// The first word of a simple query's text, in capitals.
  case query(String)
  /// The same of a prepared statement.
  case parse(String)
  /// A password, or the first or a later SASL response: the same tag.
  case passwordMessage
  case readyForQuery
  case terminate

  /// The first number of an Authentication message.
  public enum Authentication: Int, Sendable {
    case ok = 0
    case kerberosV5 = 2
    case cleartextPassword, crypt, md5Password, scm, gss, gssContinue, sspi, sasl, saslContinue, saslFinal
  }
}
