/// A request and its response on one connection. `Place` is what the caller knows of a call: its line, its times.
public struct HTTPExchange<Place: Sendable>: Sendable {
  /// Nil of a response whose request was not seen.
  public var request: HTTPMessage?
  /// The call that wrote the request's first byte that was seen as such.
  public var requestPlace: Place?
  public var requestBytes = 0
  /// Nil where no response came.
  public var response: HTTPMessage?
  /// The call that wrote the response's first byte; interim responses (1xx) are passed over.
  public var responsePlace: Place?
  public var responseBytes = 0

  fileprivate var isRequestEnded = false
}

/// Pairs the requests of an HTTP/1.x connection with their responses, which come in the same order (RFC 9112, section 9.3.2).
public struct HTTPConnectionReader<Place: Sendable>: Sendable {
  /// The requests that wait for a response; the oldest is given up beyond.
  public static var mostWaiting: Int { 256 }

  private var requests: HTTPStreamReader
  private var responses: HTTPStreamReader
  private var waiting: [HTTPExchange<Place>] = []
  /// The exchange whose response is under way.
  private var current: HTTPExchange<Place>?
  /// The calls that wrote the first bytes of the heads under way.
  private var requestStart: Place?
  private var responseStart: Place?
  /// Whether the response under way is an interim one.
  private var isInterim = false

  /// - Parameter isFromStart: whether the connection's first bytes come first; otherwise the log may begin in the middle of messages.
  public init(isFromStart: Bool = false) {
    requests = HTTPStreamReader(isFromStart: isFromStart)
    responses = HTTPStreamReader(isFromStart: isFromStart)
  }

  /// The next byte of this writer is the first of a message.
  public mutating func beginMessage(of writer: ProtocolRole) {
    switch writer {
    case .client: requests.beginMessage()
    case .server: responses.beginMessage()
    case .unknown: break
    }
  }

  /// Takes the bytes of one call, and hands out every exchange that ends in it. Nothing is read of a writer that is unknown; `place` is
  /// kept for the message that begins in the call.
  public mutating func read(
    _ payload: Payload, writer: ProtocolRole, at place: Place, _ found: (HTTPExchange<Place>) -> Void
  ) {
    var events: [HTTPStreamReader.Event] = []
    switch writer {
    case .client:
      requests.read(payload) { _ in
        nil
      } event: {
        events.append($0)
      }
      for event in events { takeRequest(event, place, found) }
      requestStart = requests.isInHead ? requestStart ?? place : nil
    case .server:
      // Each response takes the oldest request, in the order of their heads.
      let queue = waiting
      var next = 0
      responses.read(payload) { message in
        guard next < queue.count else { return nil }
        defer { if !message.isInterim { next += 1 } }
        return queue[next].request?.method
      } event: {
        events.append($0)
      }
      for event in events { takeResponse(event, place, found) }
      responseStart = responses.isInHead ? responseStart ?? place : nil
    case .unknown: break
    }
  }

  /// The connection's end: hands out what is under way and what was never answered.
  public mutating func finish(_ found: (HTTPExchange<Place>) -> Void) {
    var end: HTTPStreamReader.Event?
    responses.finish { end = $0 }
    if case .end(let bytes) = end { current?.responseBytes = bytes }
    if let exchange = current { give(exchange, found) }
    current = nil
    for exchange in waiting { give(exchange, found) }
    waiting.removeAll()
    requests.finish { _ in }
  }

  private mutating func takeRequest(_ event: HTTPStreamReader.Event, _ place: Place, _ found: (HTTPExchange<Place>) -> Void) {
    switch event {
    case .message(let message):
      let start = requestStart ?? place
      requestStart = nil
      guard message.status == nil else { return }
      if waiting.count >= Self.mostWaiting { give(waiting.removeFirst(), found) }
      waiting.append(HTTPExchange(request: message, requestPlace: start))
    case .end(let bytes):
      if let last = waiting.indices.last, !waiting[last].isRequestEnded {
        waiting[last].requestBytes = bytes
        waiting[last].isRequestEnded = true
      } else if current?.isRequestEnded == false, current?.request != nil {
        current?.requestBytes = bytes
        current?.isRequestEnded = true
      }
    }
  }

  private mutating func takeResponse(_ event: HTTPStreamReader.Event, _ place: Place, _ found: (HTTPExchange<Place>) -> Void) {
    switch event {
    case .message(let message):
      let start = responseStart ?? place
      responseStart = nil
      isInterim = message.isInterim
      guard message.status != nil, !isInterim else { return }
      if let exchange = current { give(exchange, found) }
      if waiting.count == 1, waiting[0].request?.expectsContinue == true, !waiting[0].isRequestEnded { requests.forgoBody() }
      if message.leavesHTTP(asAnswerTo: waiting.first?.request?.method) {
        var end: HTTPStreamReader.Event?
        requests.leaveHTTP { end = $0 }
        if let end { takeRequest(end, place, found) }
      }
      var exchange = waiting.isEmpty ? HTTPExchange() : waiting.removeFirst()
      exchange.response = message
      exchange.responsePlace = start
      current = exchange
    case .end(let bytes):
      guard !isInterim, var exchange = current else { return }
      exchange.responseBytes = bytes
      current = nil
      give(exchange, found)
    }
  }

  /// A request whose end is not known has the bytes so far.
  private func give(_ exchange: HTTPExchange<Place>, _ found: (HTTPExchange<Place>) -> Void) {
    var exchange = exchange
    if exchange.request != nil, !exchange.isRequestEnded { exchange.requestBytes = requests.messageBytes }
    found(exchange)
  }
}
