/// A FastCGI record, and what the request's parameters say (FastCGI Specification 1.0, sections 3.3 and 5).
public struct FastCGIRecord: Sendable, Equatable {
  /// `FCGI_BEGIN_REQUEST` ... of section 8.
  public enum RecordType: Int, Sendable {
    case beginRequest = 1
    case abortRequest, endRequest, params, stdin, stdout, stderr, data, getValues, getValuesResult, unknownType
  }

  /// `FCGI_RESPONDER`, `FCGI_AUTHORIZER`, `FCGI_FILTER`.
  public enum Role: Int, Sendable {
    case responder = 1
    case authorizer, filter
  }

  public let type: RecordType
  public let requestID: Int
  /// Of `FCGI_BEGIN_REQUEST`.
  public var role: Role?
  /// REQUEST_METHOD, SCRIPT_NAME and REQUEST_URI (RFC 3875, section 4.1; the last one is the servers' own), if they are shown.
  public var method: String?
  public var scriptName: String?
  public var requestURI: String?
  /// Of `FCGI_STDOUT`: the code of a `Status` field (RFC 3875, section 6.3.3).
  public var status: Int?
}
