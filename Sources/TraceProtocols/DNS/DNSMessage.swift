/// A DNS message (RFC 1035, section 4): header, first question, and the addresses among the answers, as far as the bytes go.
public struct DNSMessage: Sendable, Equatable {
  public let id: Int
  public let isResponse: Bool
  /// 0 is QUERY, 4 NOTIFY (RFC 1996), 5 UPDATE (RFC 2136).
  public let opcode: Int
  /// The four bits of the header; what EDNS adds to it is not read.
  public let rcode: Int
  /// TC: the answer did not fit into the datagram, the client will ask again over TCP.
  public let isTruncated: Bool
  public let isRecursionDesired: Bool
  public let questionCount: Int
  public let answerCount: Int
  public let authorityCount: Int
  public let additionalCount: Int
  /// The first question's name as RFC 1035, section 5.1 writes it, without the last dot; `.` is the root. Empty without a question.
  public var name = ""
  /// Whether the name goes on behind the bytes.
  public var isNameCut = false
  /// QTYPE and QCLASS; nil where the bytes end before them.
  public var type: Int?
  public var questionClass: Int?
  /// A and AAAA records among the answers shown, the first eight.
  public var addresses: [String] = []

  /// Reads a message; nil where the header is not whole, or what follows is no question.
  ///
  /// - Parameter bytes: from the message's first byte (over TCP, behind the length).
  public init?(_ bytes: UnsafeRawBufferPointer) {
    guard let id = bytes.uint16(0), let flags = bytes.uint16(2), let questions = bytes.uint16(4), let answers = bytes.uint16(6),
      let authorities = bytes.uint16(8), let additionals = bytes.uint16(10)
    else { return nil }
    self.id = id
    isResponse = flags & 0x8000 != 0
    opcode = flags >> 11 & 15
    isTruncated = flags & 0x0200 != 0
    isRecursionDesired = flags & 0x0100 != 0
    rcode = flags & 15
    questionCount = questions
    answerCount = answers
    authorityCount = authorities
    additionalCount = additionals
    guard questions > 0 else { return }
    switch DNSName.read(bytes, 12) {
    case .invalid: return nil
    case .cut(let text):
      name = text
      isNameCut = true
    case .name(let text, let end):
      name = text
      type = bytes.uint16(end)
      questionClass = bytes.uint16(end + 2)
      if questions == 1 { readAddresses(bytes, end + 4) }
    }
  }

  /// Resource records (section 4.1.3): name, type, class, TTL, length, data.
  private mutating func readAddresses(_ bytes: UnsafeRawBufferPointer, _ start: Int) {
    guard isResponse else { return }
    var position = start
    for _ in 0..<min(answerCount, 64) where addresses.count < 8 {
      guard let end = DNSName.skip(bytes, position), let type = bytes.uint16(end), let length = bytes.uint16(end + 8),
        end + 10 + length <= bytes.count
      else { return }
      let data = end + 10
      if type == 1, length == 4 {
        addresses.append((0..<4).map { String(bytes[data + $0]) }.joined(separator: "."))
      } else if type == 28, length == 16 {
        addresses.append(IPv6Text.text((0..<8).map { bytes.uint16(data + 2 * $0) ?? 0 }))
      }
      position = data + length
    }
  }
}

/// IPv6 addresses as RFC 5952 writes them: lowercase, the longest run of zeros, two at least, as `::`.
enum IPv6Text {
  static func text(_ groups: [Int]) -> String {
    var best = 0..<0
    var i = 0
    while i < groups.count {
      var end = i
      while end < groups.count, groups[end] == 0 { end += 1 }
      if end - i > max(best.count, 1) { best = i..<end }
      i = max(end, i + 1)
    }
    func text(_ groups: ArraySlice<Int>) -> String { groups.map { String($0, radix: 16) }.joined(separator: ":") }
    return best.isEmpty ? text(groups[...]) : text(groups[..<best.lowerBound]) + "::" + text(groups[best.upperBound...])
  }
}
