import Testing
import TraceTestSupport

@testable import TraceProcesses
@testable import TraceProtocols

@Suite("RTMP commands in a buffer")
struct RTMPCommandTests {
  static func scan(_ bytes: [UInt8], truncated: Bool = false) -> [RTMPCommand] {
    var found: [RTMPCommand] = []
    RTMPCommand.scan(bytes, truncated: truncated, into: &found)
    return found
  }

  @Test("every name, with its transaction", arguments: RTMPCommand.names) func names(name: String) {
    let found = Self.scan(AMF.message(AMF.string(name) + AMF.number(7) + AMF.null))
    #expect(found == [RTMPCommand(name: name, transaction: 7)])
  }

  @Test("app of a connect, behind other properties") func connect() {
    let found = Self.scan(AMF.message(AMF.connect(app: "live")))
    #expect(found == [RTMPCommand(name: "connect", transaction: 1, app: "live")])
    #expect(found[0].shownApp == "live")
  }

  @Test("stream names", arguments: ["publish", "play", "releaseStream", "FCPublish", "FCUnpublish", "getStreamLength"])
  func stream(name: String) {
    let found = Self.scan(AMF.message(AMF.string(name) + AMF.number(2) + AMF.null + AMF.string("cam1?key=x")))
    #expect(found == [RTMPCommand(name: name, transaction: 2, stream: "cam1?key=x")])
  }

  @Test("several in one buffer, as ffmpeg batches them") func batch() {
    let bytes =
      AMF.message(AMF.string("releaseStream") + AMF.number(2) + AMF.null + AMF.string("cam"))
      + AMF.message(AMF.string("FCPublish") + AMF.number(3) + AMF.null + AMF.string("cam"))
      + AMF.message(AMF.string("createStream") + AMF.number(4) + AMF.null)
    #expect(Self.scan(bytes).map(\.name) == ["releaseStream", "FCPublish", "createStream"])
    #expect(Self.scan(bytes).map(\.transaction) == [2, 3, 4])
  }

  @Test("cut anywhere: what is proven is told, no more") func cuts() {
    let whole = AMF.message(AMF.publish("camera"))
    let start = 12 + 3
    for end in 0..<whole.count {
      let found = Self.scan(Array(whole[..<end]), truncated: true)
      let shown = end - start
      switch shown {
      case ..<1: #expect(found.isEmpty || found == [RTMPCommand(name: "publish", isComplete: false)], "\(end)")
      case 1..<7: #expect(found == [RTMPCommand(name: "publish", isComplete: false)], "\(end)")
      case 7..<16: #expect(found == [RTMPCommand(name: "publish")], "\(end)")
      default:
        #expect(found.count == 1 && found[0].name == "publish" && found[0].transaction == 5 && found[0].isComplete, "\(end)")
        let stream = found.first?.stream
        let isRight = stream == nil || "camera".hasPrefix(stream ?? "?")
        #expect(isRight)
        if let stream, stream != "camera" { #expect(found[0].isValueCut && found[0].shownStream == stream + "...") }
      }
    }
  }

  @Test("a buffer that ends by itself proves no cut name") func notTruncated() {
    #expect(Self.scan(Array(AMF.message(AMF.publish("x"))[..<18]), truncated: false).isEmpty)
  }

  @Test("a name cut where several fit is not guessed") func ambiguous() {
    // `connect` and `publish` are 7 long; with nothing but the length both fit.
    #expect(Self.scan([2, 0, 7], truncated: true).isEmpty)
    // `play2` and `pause`.
    #expect(Self.scan([2, 0, 5] + Array("p".utf8), truncated: true).isEmpty)
    #expect(Self.scan([2, 0, 5] + Array("pa".utf8), truncated: true).map(\.name) == ["pause"])
  }

  @Test("somebody's data", arguments: ["createStream, client: 127.0.0.1", "\u{2}connect", "publish"]) func falseHits(text: String)
  {
    #expect(Self.scan(Array(text.utf8)).isEmpty)
    #expect(Self.scan(AMF.string("level") + AMF.string("status")).isEmpty)
  }

  @Test("lengths beyond the buffer are not believed") func lengths() {
    #expect(Self.scan([2, 0, 255] + Array("connect".utf8), truncated: true).isEmpty)
    #expect(Self.scan([2, 0xff, 0xff] + Array("connect".utf8), truncated: true).isEmpty)
    #expect(Self.scan([2, 0, 0], truncated: true).isEmpty)
    #expect(Self.scan([2, 0], truncated: true).isEmpty)
  }

  @Test("random bytes find nothing that is not there, and nothing crashes") func noise() {
    var random = SeededRandom(seed: 3)
    for _ in 0..<3000 {
      let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
        [0, 2, 3, 5, 7, UInt8.random(in: 0...255, using: &random)].randomElement(using: &random)!
      }
      for command in Self.scan(bytes, truncated: false) { #expect(RTMPCommand.names.contains(command.name)) }
      _ = Self.scan(bytes, truncated: true)
    }
  }

  @Test("numbers that are none") func notANumber() {
    #expect(Self.scan(AMF.string("publish") + [0, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0]).first?.transaction == nil)
  }
}

@Suite("RTMP without a command")
struct RTMPSnifferTests {
  static func judge(_ head: [UInt8], _ size: Int64) -> String {
    switch head.withUnsafeBytes({ RTMPSniffer.judge(Payload($0, size: Int(size))) }) {
    case .no: "no"
    case .needMore: "more"
    case .yes(let finding):
      switch finding.message {
      case .rtmp(.handshake): "handshake"
      case .rtmp(.chunkHeader): "chunkHeader"
      default: "\(finding.name)"
      }
    }
  }

  @Test("handshakes by their size", arguments: [1537, 3073] as [Int64]) func handshake(size: Int64) {
    #expect(Self.judge([3] + [UInt8](repeating: 0, count: 31), size) == "handshake")
    #expect(Self.judge([3] + [UInt8](repeating: 0, count: 31), size + 1) != "handshake")
    #expect(Self.judge([4] + [UInt8](repeating: 0xff, count: 31), size) == "no")
  }

  @Test("chunk headers of audio, video, data and commands", arguments: [8, 9, 18, 20] as [UInt8]) func chunk(type: UInt8) {
    #expect(Self.judge(AMF.header(type: type, length: 300, chunkStream: 6, time: 5000), 400) == "chunkHeader")
  }

  @Test("a type-1 header needs a small step of time") func delta() {
    #expect(Self.judge([0x44, 0, 0, 40, 0, 1, 0, 9, 0x17], 300) == "chunkHeader")
    #expect(Self.judge([0x44, 0xff, 0, 40, 0, 1, 0, 9, 0x17], 300) == "no")
  }

  @Test(
    "what is none",
    arguments: [
      Array("GET / HTTP/1.1\r\n".utf8), Array("HTTP/1.1 200 OK\r\n".utf8), [0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3, 1],
      Array("2026/11/21 09:00:00 [error] createStream".utf8),
      [UInt8](repeating: 0, count: 32), [UInt8](repeating: 0xff, count: 32), AMF.header(type: 8, length: 0, chunkStream: 4),
      AMF.header(type: 7, length: 9, chunkStream: 4),
      AMF.header(type: 8, length: 9 << 20, chunkStream: 4), AMF.header(type: 8, length: 9, chunkStream: 2),
    ])
  func none(bytes: [UInt8]) { #expect(Self.judge(bytes, 1000) == "no") }

  @Test("too little to tell") func short() { #expect(Self.judge([3, 0, 0], 1537) == "more") }
}

@Suite("RTMP in a log")
struct RTMPLogTests {
  static func write(_ fd: Int, _ bytes: [UInt8], _ call: String = "sendto", limit: Int = 128) -> String {
    "7     \(call)(\(fd), \(StraceQuote.quote(bytes, limit: limit)), \(bytes.count)\(call == "sendto" ? ", 0, NULL, 0" : "")) = \(bytes.count)\n"
  }
  static let socket = "7     socket(AF_INET, SOCK_STREAM, 0) = 4\n"

  @Test("a publisher's session") func publisher() throws {
    let log = try ModelLog(
      Self.socket + Self.write(4, AMF.message(AMF.connect(app: "live"))) + Self.write(4, AMF.message(AMF.publish("cam"))))
    let session = try #require(log.what(4)?.rtmp)
    #expect(session.app == "live" && session.stream == "cam" && session.role == .publisher)
    #expect(session.evidence == .command && session.evidenceLine == 2)
    #expect(log.what(4)?.protocolName == "rtmp")
    #expect(log.sightings.map(\.command.name) == ["connect", "publish"])
    #expect(log.sightings.allSatisfy { !$0.isRead })
  }

  @Test("read in a second half, in a vector, in hex") func spellings() throws {
    let bytes = AMF.message(AMF.publish("cam"))
    let hex = "\"" + bytes.map { "\\x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "\""
    let log = try ModelLog(
      """
      7     read(4,  <unfinished ...>
      7     <... read resumed>\(StraceQuote.quote(bytes)), 4096) = \(bytes.count)
      7     writev(5, [{iov_base=\(StraceQuote.quote(Array(bytes.prefix(12)))), iov_len=12}, {iov_base=\(StraceQuote.quote(Array(bytes.dropFirst(12)))), iov_len=\(bytes.count - 12)}], 2) = \(bytes.count)
      7     write(6, \(hex), \(bytes.count)) = \(bytes.count)

      """)
    #expect(log.sightings.map(\.command.stream) == ["cam", "cam", "cam"])
    #expect(log.sightings.map(\.isRead) == [true, false, false])
    #expect([4, 5, 6].map { log.what($0)?.stream } == ["cam", "cam", "cam"])
  }

  @Test("-s cut the stream's name") func cut() throws {
    let bytes = AMF.message(AMF.publish("a-long-stream-key-that-is-cut"))
    let log = try ModelLog(Self.socket + Self.write(4, bytes, limit: 50))
    #expect(log.what(4)?.stream?.hasPrefix("a-long") == true)
    #expect(log.what(4)?.stream?.hasSuffix("...") == true)
  }

  @Test("a transfer that failed or moved nothing shows nothing") func failed() throws {
    let text = StraceQuote.quote(AMF.message(AMF.publish("cam")))
    let log = try ModelLog(
      "7     write(4, \(text), 47) = -1 EAGAIN (Resource temporarily unavailable)\n7     write(4, \(text), 47) = 0\n")
    #expect(log.sightings.isEmpty)
  }

  @Test("an error log's text is no command, a file no connection") func errorLog() throws {
    let log = try ModelLog(
      """
      7     open("/var/log/error.log", O_WRONLY|O_APPEND) = 4
      7     write(4, "2026/11/21 09:00:00 [info] 7#0: *1 createStream, client: 127.0.0.1, server: 0.0.0.0:1935", 88) = 88
      7     write(4, \(StraceQuote.quote(AMF.message(AMF.publish("cam")))), 47) = 47

      """)
    #expect(log.what(4)?.rtmp == nil)
    #expect(log.what(4)?.protocolName == "")
  }

  @Test("media alone proves a connection that was there before the log") func media() throws {
    let header = AMF.header(type: 9, length: 1000, chunkStream: 6, time: 99)
    let log = try ModelLog(Self.write(4, header + [UInt8](repeating: 0x17, count: 500)))
    #expect(log.what(4)?.rtmp?.evidence == .chunkHeader)
    #expect(log.sightings.isEmpty)
  }

  @Test("a command begun before the log is a sighting on no descriptor") func withoutStart() throws {
    let bytes = AMF.message(AMF.publish("cam"))
    let log = try ModelLog("7     <... read resumed>\(StraceQuote.quote(bytes)), 4096) = \(bytes.count)\n")
    #expect(log.sightings.count == 1 && log.sightings[0].incarnation == -1)
  }

  @Test("the new life of a number is another connection") func reuse() throws {
    let log = try ModelLog(
      Self.socket + Self.write(4, AMF.message(AMF.publish("one"))) + "7     close(4) = 0\n" + Self.socket
        + Self.write(4, AMF.message(AMF.publish("two"))))
    #expect(log.what(4, 0)?.stream == "one" && log.what(4, 1)?.stream == "two")
  }
}
