/// AMF0 values as bytes (the specification's section 2), for payloads of tests.
enum AMF {
  static func string(_ text: String) -> [UInt8] { [2] + key(text) }
  static func key(_ text: String) -> [UInt8] { [UInt8(text.utf8.count >> 8), UInt8(text.utf8.count & 255)] + text.utf8 }
  static func number(_ value: Double) -> [UInt8] {
    [0] + (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (56 - 8 * UInt64($0))) }
  }
  static let null: [UInt8] = [5]
  static let objectStart: [UInt8] = [3]
  static let objectEnd: [UInt8] = [0, 0, 9]
  static func bool(_ value: Bool) -> [UInt8] { [1, value ? 1 : 0] }
  /// A type-0 chunk header: chunk stream, timestamp, length, type, message stream.
  static func header(type: UInt8, length: Int, chunkStream: UInt8 = 3, time: Int = 0) -> [UInt8] {
    [
      chunkStream, UInt8(time >> 16 & 255), UInt8(time >> 8 & 255), UInt8(time & 255), UInt8(length >> 16),
      UInt8(length >> 8 & 255), UInt8(length & 255), type, 0, 0, 0, 0,
    ]
  }
  /// A whole command message.
  static func message(_ body: [UInt8]) -> [UInt8] { header(type: 20, length: body.count) + body }

  static func connect(app: String) -> [UInt8] {
    string("connect") + number(1) + objectStart + key("type") + string("nonprivate") + key("flag") + bool(true) + key("app")
      + string(app) + key("tcUrl")
      + string("rtmp://h/\(app)") + objectEnd
  }
  static func publish(_ stream: String) -> [UInt8] { string("publish") + number(5) + null + string(stream) + string("live") }
}
