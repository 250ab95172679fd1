/// An AMF0 command or data message of RTMP seen in a buffer.
///
/// Adobe's RTMP specification 1.0, section 7.2 (commands) and AMF0 section 2: a name is a string value, marker 2, a 16-bit
/// length and the bytes; a command's transaction id follows as a number (marker 0, IEEE double, big endian).
public struct RTMPCommand: Sendable, Equatable {
  public var name: String
  /// nil where the string was cut before it, and for data messages.
  public var transaction: Double?
  /// `app` of a connect.
  public var app: String?
  /// The stream name (key) of publish, play, releaseStream, FCPublish ...
  public var stream: String?
  /// Whether app or stream is whole; strace's -s may cut it.
  public var isValueCut = false
  /// False when -s cut the name itself and its length header proves it.
  public var isComplete = true

  /// The names that are rows. Anything else in a payload is somebody's data.
  static let names: [String] = [
    "connect", "createStream", "releaseStream", "FCPublish", "FCUnpublish", "FCSubscribe", "FCUnsubscribe", "publish", "play",
    "play2", "deleteStream", "closeStream", "pause", "seek", "getStreamLength", "receiveAudio", "receiveVideo", "_result",
    "_error", "onStatus", "onFCPublish", "onFCUnpublish", "onFCSubscribe", "onFCUnsubscribe", "onBWDone", "onPlayStatus",
    "_checkbw", "checkBandwidth", "onMetaData", "@setDataFrame", "@clearDataFrame", "onTextData", "onCuePoint", "onCaption",
    "|RtmpSampleAccess",
  ]
  static let named: [[UInt8]] = names.map { Array($0.utf8) }
  /// Commands whose first string argument after the null is a stream name.
  private static let naming: Set<String> = [
    "releaseStream", "FCPublish", "FCUnpublish", "FCSubscribe", "FCUnsubscribe", "publish", "play", "getStreamLength",
  ]

  /// Finds every command in a decoded buffer. `truncated`: -s cut the buffer at its end.
  public static func scan(_ bytes: [UInt8], truncated: Bool, into found: inout [RTMPCommand]) {
    var i = 0
    while i + 3 < bytes.count {
      guard bytes[i] == 2, bytes[i + 1] == 0 else {
        i += 1
        continue
      }
      let length = Int(bytes[i + 2])
      let start = i + 3
      let available = bytes.count - start
      if available >= length {
        if let index = named.firstIndex(where: { $0.count == length && bytes[start..<(start + length)].elementsEqual($0) }) {
          var command = RTMPCommand(name: names[index])
          command.readValues(bytes, start + length, truncated: truncated)
          found.append(command)
          i = start + length
          continue
        }
      } else if truncated {
        let candidates = named.indices.filter { named[$0].count == length && named[$0].starts(with: bytes[start...]) }
        if candidates.count == 1 {
          found.append(RTMPCommand(name: names[candidates[0]], isComplete: false))
          return
        }
      }
      i += 1
    }
  }

  /// Transaction, then what the command carries, as far as the buffer goes.
  private mutating func readValues(_ bytes: [UInt8], _ start: Int, truncated: Bool) {
    var reader = AMF0Reader(bytes: bytes, position: start, truncated: truncated)
    guard let number = reader.number() else { return }
    transaction = number
    if name == "connect" {
      guard reader.objectStart() else { return }
      while let key = reader.key() {
        if key == "app" {
          (app, isValueCut) = reader.string() ?? (nil, false)
          return
        }
        guard reader.skipValue() else { return }
      }
    } else if Self.naming.contains(name) {
      guard reader.null() else { return }
      (stream, isValueCut) = reader.string() ?? (nil, false)
    }
  }
}

extension RTMPCommand {
  /// `app` and stream with `...` where -s cut them, as strace marks a cut string.
  public var shownApp: String? { app.map { isValueCut ? $0 + "..." : $0 } }
  public var shownStream: String? { stream.map { isValueCut ? $0 + "..." : $0 } }
}
