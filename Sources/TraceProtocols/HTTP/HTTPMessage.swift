/// The head of an HTTP/1.x message: start line and the header fields that matter here (RFC 9112, sections 2 to 6).
public struct HTTPMessage: Sendable, Equatable {
  public enum Start: Sendable, Equatable {
    /// `target` is the request target as it stands (RFC 9112, section 3.2), cut or not.
    case request(method: String, target: String)
    case response(status: Int)
  }

  public var start: Start
  /// The digit behind `HTTP/1.`; nil where it is cut off.
  public var minorVersion: Int?
  /// The Host field, or the host of a target that names one (RFC 9112, section 3.2.2 and 3.2.3).
  public var host: String?
  /// The Content-Length field (RFC 9110, section 8.6); nil where there is none, or none shown.
  public var contentLength: Int?
  /// Whether the last transfer coding is chunked (RFC 9112, section 7.1).
  public var isChunked = false
  /// Whether the client waits for 100 before it sends the body (RFC 9110, section 10.1.1).
  public var expectsContinue = false
  /// Whether the target ends where the bytes end.
  public var isTargetCut = false
  /// The bytes of start line and fields with the empty line behind them; nil where they do not end within the bytes.
  public var headSize: Int?

  public init(_ start: Start) { self.start = start }

  public var method: String? { if case .request(let method, _) = start { method } else { nil } }
  public var status: Int? { if case .response(let status) = start { status } else { nil } }
  public var target: String? { if case .request(_, let target) = start { target } else { nil } }

  /// The target's path, without authority and query (RFC 3986, section 3); `*` of OPTIONS stays, that of CONNECT is empty.
  public var path: String? {
    guard case .request(let method, let target) = start else { return nil }
    if method == "CONNECT" { return "" }
    var rest = target[...]
    if let scheme = rest.range(ofScheme: "://") {
      rest = rest[scheme...]
      rest = rest.firstIndex(of: "/").map { rest[$0...] } ?? "/"
    }
    return String(rest.prefix { $0 != "?" && $0 != "#" })
  }

  /// Whether this is a response that another one follows for the same request: 1xx but 101 (RFC 9110, section 15.2).
  public var isInterim: Bool { status.map { (100..<200).contains($0) && $0 != 101 } ?? false }

  /// Whether no HTTP follows this response on its connection: 101, or a tunnel (RFC 9110, sections 9.3.6 and 15.2.2).
  func leavesHTTP(asAnswerTo method: String?) -> Bool {
    guard let status else { return false }
    return status == 101 || (method == "CONNECT" && (200..<300).contains(status))
  }
}

extension Substring {
  /// The place behind `scheme://` at the beginning, where it stands there.
  fileprivate func range(ofScheme mark: String) -> Index? {
    guard let first, first.isLetter, let colon = firstIndex(of: ":"), self[colon...].hasPrefix(mark) else { return nil }
    return index(colon, offsetBy: mark.count)
  }
}

extension HTTPMessage {
  /// The host of a target in absolute or authority form.
  mutating func takeHostFromTarget() {
    guard case .request(let method, let target) = start, !isTargetCut else { return }
    if method == "CONNECT" {
      host = target
    } else if let authority = target[...].range(ofScheme: "://") {
      host = String(target[authority...].prefix { $0 != "/" && $0 != "?" })
    }
  }
}
