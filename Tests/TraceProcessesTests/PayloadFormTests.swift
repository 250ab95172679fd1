import Foundation
import Testing
import TraceTestSupport

@testable import TraceProcesses

/// Real logs of the network, their strings as other options of strace print them.
@Suite("Protocols in strings of every form")
struct PayloadFormTests {
  static let logs = ["http", "tls", "dns"]

  /// The log with each payload printed anew: `form` gets its bytes and whether -s cut it.
  static func rewritten(_ name: String, _ form: ([UInt8], Bool) -> String) throws -> String {
    let text = try Fixture.text("Fixtures/network/\(name).log")
    let literal = try NSRegularExpression(pattern: #"(\(\d+(?:<[^"]*?>)?, |iov_base=|resumed>)"((?:[^"\\]|\\.)*)"(\.\.\.)?"#)
    var result = ""
    var end = text.startIndex
    for match in literal.matches(in: text, range: NSRange(text.startIndex..., in: text)) {
      guard let whole = Range(match.range, in: text), let start = Range(match.range(at: 1), in: text),
        let body = Range(match.range(at: 2), in: text)
      else { continue }
      result += text[end..<whole.lowerBound] + text[start] + form(bytes(text[body]), match.range(at: 3).length > 0)
      end = whole.upperBound
    }
    return result + text[end...]
  }

  /// What the escapes of a string mean (man strace, -x).
  static func bytes(_ text: Substring) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\"), let mark = rest.popFirst() else {
        bytes.append(byte)
        continue
      }
      switch mark {
      case UInt8(ascii: "n"): bytes.append(10)
      case UInt8(ascii: "t"): bytes.append(9)
      case UInt8(ascii: "r"): bytes.append(13)
      case UInt8(ascii: "f"): bytes.append(12)
      case UInt8(ascii: "v"): bytes.append(11)
      case UInt8(ascii: "0")...UInt8(ascii: "7"):
        var value = Int(mark - 48)
        var digits = 1
        while digits < 3, let next = rest.first, (48...55).contains(next) {
          value = value * 8 + Int(next - 48)
          rest.removeFirst()
          digits += 1
        }
        bytes.append(UInt8(value))
      default: bytes.append(mark)
      }
    }
    return bytes
  }

  static func hex(_ bytes: [UInt8]) -> String {
    "\"" + bytes.map { "\\x" + String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() + "\""
  }

  /// What is known of every connection that names a protocol or says what -s would.
  static func known(_ log: String) throws -> [String] {
    try ModelLog(log).model.descriptions.filter { !$0.protocolName.isEmpty || $0.sufficientStringLimit != nil }.map {
      "\($0.protocolName) \($0.evidenceLine ?? 0) \($0.application?.host ?? "-") \($0.application?.details ?? []) \($0.sufficientStringLimit ?? 0)"
    }
  }

  @Test("-x and -xx say the same", arguments: logs) func hexadecimal(name: String) throws {
    let plain = try Self.known(try Fixture.text("Fixtures/network/\(name).log"))
    #expect(!plain.isEmpty)
    let all = try Self.rewritten(name) { Self.hex($0) + ($1 ? "..." : "") }
    #expect(try Self.known(all) == plain)
    // -x: strings with bytes that are neither printable nor blanks.
    let some = try Self.rewritten(name) { bytes, isCut in
      let isText = bytes.allSatisfy { (0x20...0x7e).contains($0) || (9...13).contains($0) }
      return (isText ? StraceQuote.quote(bytes) : Self.hex(bytes)) + (isCut ? "..." : "")
    }
    #expect(all.contains("\\x") && some.contains("\\x") == (name != "http"))
    #expect(try Self.known(some) == plain)
  }

  @Test("-s 0 names nothing, and says the -s that does", arguments: logs) func nothingShown(name: String) throws {
    let whole = try Self.rewritten(name) { StraceQuote.quote($0) + ($1 ? "..." : "") }
    let hidden = try ModelLog(try Self.rewritten(name) { $0.isEmpty && !$1 ? "\"\"" : "\"\"..." }).model.descriptions
    #expect(hidden.allSatisfy { $0.protocolName.isEmpty })
    let named = try ModelLog(whole).model.descriptions
    #expect(named.count == hidden.count && named.contains { $0.protocolName == name })
    for index in named.indices where !named[index].protocolName.isEmpty {
      let enough = try #require(hidden[index].sufficientStringLimit, "\(index)")
      let cut = try ModelLog(
        try Self.rewritten(name) { StraceQuote.quote($0, limit: enough) + ($1 && $0.count <= enough ? "..." : "") })
      #expect(cut.model.descriptions[index].protocolName == named[index].protocolName, "-s \(enough)")
    }
  }

  @Test("whatever -s, a protocol is the right one or none", arguments: logs) func anyLimit(name: String) throws {
    let named = try ModelLog(try Fixture.text("Fixtures/network/\(name).log")).model.descriptions.map(\.protocolName)
    for limit in [1, 2, 3, 4, 5, 6, 8, 12, 16, 24, 32, 64] {
      let cut = try Self.rewritten(name) { StraceQuote.quote($0, limit: limit) + ($1 && $0.count <= limit ? "..." : "") }
      for (index, description) in try ModelLog(cut).model.descriptions.enumerated() {
        #expect(["", named[index]].contains(description.protocolName), "-s \(limit)")
      }
    }
  }

  @Test("-e raw=all names nothing") func raw() throws {
    let log = try ModelLog(try Fixture.text("Fixtures/strace/raw.log"))
    #expect(!log.uses.isEmpty && log.model.descriptions.allSatisfy { $0.protocolName.isEmpty && $0.sufficientStringLimit == nil })
  }
}
