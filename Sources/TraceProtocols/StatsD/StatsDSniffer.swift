/// The first metric of a payload (statsd's docs/metric_types.md; `h`, `d` and tags are DogStatsD's).
public struct StatsDMetric: Sendable, Equatable {
  /// Counter, gauge, timing, set, histogram, distribution.
  public enum MetricType: String, Sendable {
    case counter = "c"
    case gauge = "g"
    case timing = "ms"
    case set = "s"
    case histogram = "h"
    case distribution = "d"
  }

  public let name: String
  public let type: MetricType
}

/// statsd: `name:value|type`, in a datagram; on anything else its port must speak for it.
enum StatsDSniffer {
  static let port: UInt16 = 8125
  /// The longest name and value that are waited for.
  private static let enough = 256

  static func judge(_ payload: Payload) -> ProtocolVerdict {
    guard payload.transport == .datagram || payload.hasPort(port) else { return .no }
    var colon = 0
    while colon < payload.count, colon < enough, isNameByte(payload.shown[colon]) { colon += 1 }
    guard colon < payload.count else { return payload.needAtMost(enough + 8) }
    guard colon > 0, payload.shown[0].isLetter || payload.shown[0] == UInt8(ascii: "_"), payload.shown[colon] == UInt8(ascii: ":")
    else {
      return .no
    }
    // A set's value is any text, the others' a number; DogStatsD packs several, with colons between.
    var bar = colon + 1
    while bar < payload.count, bar < enough, payload.shown[bar].isVisible, payload.shown[bar] != UInt8(ascii: "|") { bar += 1 }
    guard bar < payload.count else { return payload.needAtMost(enough + 8) }
    guard bar > colon + 1, payload.shown[bar] == UInt8(ascii: "|") else { return .no }
    var end = bar + 1
    while end < payload.count, end < bar + 4, payload.shown[end].isLowercaseLetter { end += 1 }
    guard end < payload.count || !payload.isCut else { return payload.needAtMost(enough + 8) }
    if let next = payload[end], next != UInt8(ascii: "|"), next != 10 { return .no }
    guard end > bar + 1, end <= bar + 3,
      let type = StatsDMetric.MetricType(rawValue: PayloadText.escaped(payload.shown, (bar + 1)..<end)),
      type == .set || isNumber(payload, (colon + 1)..<bar)
    else { return .no }
    return .yes(
      ProtocolFinding(
        writer: .client, .statsd(StatsDMetric(name: PayloadText.escaped(payload.shown, 0..<colon), type: type))))
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "/"): true
    default: byte.isLetter || byte.isDigit
    }
  }

  private static func isNumber(_ payload: Payload, _ range: Range<Int>) -> Bool {
    var digits = 0
    for i in range {
      switch payload.shown[i] {
      case UInt8(ascii: "+"), UInt8(ascii: "-"): if i != range.lowerBound { return false }
      case UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "e"): if digits == 0 { return false }
      case let byte where byte.isDigit: digits += 1
      default: return false
      }
    }
    return digits > 0
  }
}
