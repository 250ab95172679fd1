/// Follows one direction of an HTTP/1.x connection, call by call: where messages begin and end (RFC 9112, section 6).
///
/// A body is counted, not read, so what `-s` cut of it does no harm. Where it cut a head, the message's end is not known: the message
/// lasts until a call begins with another start line.
public struct HTTPStreamReader: Sendable {
  public enum Event: Sendable, Equatable {
    /// A head, as much of it as is shown.
    case message(HTTPMessage)
    /// The end of the message told last, and the bytes of its head and body.
    case end(bytes: Int)
  }

  private enum State: Equatable {
    /// At the first byte of a message.
    case start
    /// In a head, of which `head` holds the bytes so far.
    case head
    /// In a body of so many bytes more.
    case body(Int)
    /// In the line with a chunk's size (RFC 9112, section 7.1), its extensions included.
    case chunkLine(size: Int, digits: Int, isExtension: Bool)
    /// In a chunk's data and its CR LF.
    case chunkData(Int)
    /// In the fields behind the last chunk, so many bytes into a line.
    case trailer(Int)
    /// Somewhere.
    case unknown
    /// Behind an upgrade or in a tunnel: no HTTP any more.
    case tunnel
  }

  private var state: State
  private var head: [UInt8] = []
  /// Whether a message was told whose end was not.
  private var isOpen = false
  /// Whether the last byte was one of a head that goes on.
  var isInHead: Bool { state == .head }
  /// The bytes of the message under way.
  public private(set) var messageBytes = 0

  /// - Parameter isFromStart: whether the connection's first byte comes first; otherwise the log may begin in the middle of a message.
  public init(isFromStart: Bool = false) { state = isFromStart ? .start : .unknown }

  /// Takes the bytes of one call. `answers` gives the method of the request that a response answers, nil if it is not known; it is asked
  /// once for each response.
  public mutating func read(_ payload: Payload, answers: (HTTPMessage) -> String?, event: (Event) -> Void) {
    let size = payload.size ?? payload.count
    guard size > 0, state != .tunnel else { return }
    if state == .unknown {
      guard Self.begins(payload) else { return count(size) }
      close(event)
      state = .start
    }
    var position = 0
    while position < size {
      if state == .tunnel { return }
      guard position < payload.count else { return skip(size - position, event) }
      let rest = UnsafeRawBufferPointer(rebasing: payload.shown.dropFirst(position))
      let isLast = payload.count < size
      position += step(rest, hidesMore: isLast, answers, event)
    }
  }

  /// The next byte is the first of a message.
  mutating func beginMessage() { if state == .unknown { state = .start } }

  /// The body that was announced may not come: whatever call begins with a start line is the next message.
  mutating func forgoBody() {
    switch state {
    case .body, .chunkLine(size: 0, digits: 0, isExtension: false): state = .unknown
    default: break
    }
  }

  /// The other side agreed to another protocol, or made a tunnel: nothing more is a message.
  mutating func leaveHTTP(_ event: (Event) -> Void) {
    close(event)
    state = .tunnel
  }

  /// The connection's end ends a message that has no other.
  public mutating func finish(_ event: (Event) -> Void) {
    if state == .head { tellHead(head.count, { _ in nil }, event) }
    close(event)
    state = .unknown
  }

  /// Whether a call's bytes begin with a start line, cut or not.
  private static func begins(_ payload: Payload) -> Bool {
    switch HTTPHeadReader.read(payload.shown) {
    case .no: false
    case .short: payload.count > 4
    case .cutLine, .message: true
    }
  }

  /// Takes some of the bytes; gives how many, one at least.
  private mutating func step(
    _ bytes: UnsafeRawBufferPointer, hidesMore: Bool, _ answers: (HTTPMessage) -> String?, _ event: (Event) -> Void
  ) -> Int {
    switch state {
    case .start:
      // Empty lines in front of a message are nobody's (RFC 9112, section 2.2).
      if bytes[0] == 13 || bytes[0] == 10 { return 1 }
      state = .head
      head.removeAll(keepingCapacity: true)
      messageBytes = 0
      return takeHead(bytes, hidesMore: hidesMore, answers, event)
    case .head:
      return takeHead(bytes, hidesMore: hidesMore, answers, event)
    case .body(let left):
      let step = min(left, bytes.count)
      advance(step, left, event)
      return step
    case .chunkData(let left):
      let step = min(left, bytes.count)
      count(step)
      state = step == left ? .chunkLine(size: 0, digits: 0, isExtension: false) : .chunkData(left - step)
      return step
    case .chunkLine(let size, let digits, let isExtension):
      count(1)
      takeChunkLine(bytes[0], size, digits, isExtension)
      return 1
    case .trailer(let length):
      count(1)
      if bytes[0] == 10, length == 0 {
        close(event)
        state = .start
      } else {
        state = .trailer(bytes[0] == 10 ? 0 : bytes[0] == 13 ? length : length + 1)
      }
      return 1
    case .unknown, .tunnel:
      count(bytes.count)
      return bytes.count
    }
  }

  private mutating func takeChunkLine(_ byte: UInt8, _ size: Int, _ digits: Int, _ isExtension: Bool) {
    if byte == 10 {
      state = digits == 0 ? .unknown : size == 0 ? .trailer(0) : .chunkData(size + 2)
    } else if let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80, !isExtension {
      state = digits < 12 ? .chunkLine(size: size << 4 | digit, digits: digits + 1, isExtension: false) : .unknown
    } else if isExtension || byte == UInt8(ascii: ";") || byte == 13 || byte == 0x20 {
      state = .chunkLine(size: size, digits: digits, isExtension: true)
    } else {
      state = .unknown
    }
  }

  private mutating func takeHead(
    _ bytes: UnsafeRawBufferPointer, hidesMore: Bool, _ answers: (HTTPMessage) -> String?, _ event: (Event) -> Void
  ) -> Int {
    let before = head.count
    let taken = min(bytes.count, Payload.limit - before)
    head += bytes.prefix(taken)
    if let end = Self.endOfHead(head, from: before) {
      count(end - before)
      tellHead(end, answers, event)
      return end - before
    }
    count(taken)
    if hidesMore || head.count >= Payload.limit {
      tellHead(head.count, answers, event)
    } else if case .no = head.withUnsafeBytes({ HTTPHeadReader.read($0) }) {
      state = .unknown
    }
    return taken
  }

  /// The place behind the empty line, if it ends at `from` or later.
  private static func endOfHead(_ head: [UInt8], from: Int) -> Int? {
    for i in max(1, from)..<max(1, from, head.count) where head[i] == 10 {
      if head[i - 1] == 10 || (i >= 2 && head[i - 1] == 13 && head[i - 2] == 10) { return i + 1 }
    }
    return nil
  }

  /// Reads the first `end` bytes of `head`, tells the message, and sets what comes behind it.
  private mutating func tellHead(
    _ end: Int, _ answers: (HTTPMessage) -> String?, _ event: (Event) -> Void
  ) {
    let outcome = head.withUnsafeBytes { HTTPHeadReader.read(UnsafeRawBufferPointer(rebasing: $0.prefix(end))) }
    head.removeAll(keepingCapacity: true)
    state = .unknown
    let message: HTTPMessage
    switch outcome {
    case .no, .short: return
    case .cutLine(let found), .message(let found): message = found
    }
    isOpen = true
    let method = message.status == nil ? nil : answers(message)
    event(.message(message))
    if message.leavesHTTP(asAnswerTo: method) { return leaveHTTP(event) }
    guard message.headSize != nil else { return }
    switch bodyLength(message, method) {
    case .some(0):
      close(event)
      state = .start
    case .some(let length): state = .body(length)
    case .none: if message.isChunked { state = .chunkLine(size: 0, digits: 0, isExtension: false) }
    }
  }

  /// The body's length; nil of one that ends otherwise (RFC 9112, section 6.3).
  private func bodyLength(_ message: HTTPMessage, _ method: String?) -> Int? {
    if let status = message.status {
      if method == "HEAD" || (100..<200).contains(status) || status == 204 || status == 304 { return 0 }
      return message.isChunked ? nil : message.contentLength
    }
    return message.isChunked ? nil : message.contentLength ?? 0
  }

  /// Bytes that were moved and are not shown.
  private mutating func skip(_ hidden: Int, _ event: (Event) -> Void) {
    switch state {
    case .body(let left) where hidden <= left: advance(hidden, left, event)
    case .body(let left):
      advance(left, left, event)
      state = .unknown
    case .chunkData(let left) where hidden <= left:
      count(hidden)
      state = hidden == left ? .chunkLine(size: 0, digits: 0, isExtension: false) : .chunkData(left - hidden)
    case .start: state = .unknown
    case .tunnel: break
    default:
      count(hidden)
      state = .unknown
    }
  }

  private mutating func advance(_ step: Int, _ left: Int, _ event: (Event) -> Void) {
    count(step)
    if step < left {
      state = .body(left - step)
    } else {
      close(event)
      state = .start
    }
  }

  private mutating func count(_ bytes: Int) { messageBytes &+= bytes }

  private mutating func close(_ event: (Event) -> Void) {
    if isOpen { event(.end(bytes: messageBytes)) }
    isOpen = false
    messageBytes = 0
  }
}
