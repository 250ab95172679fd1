/// Reads ClientHello and ServerHello (RFC 8446, section 4.1.2 and 4.1.3), as far as the bytes go.
struct TLSHelloReader {
  let bytes: UnsafeRawBufferPointer
  /// The end of the hello, or of the bytes.
  let end: Int
  var position: Int

  /// - Parameter start: where the hello's body begins, behind type and length.
  init(_ bytes: UnsafeRawBufferPointer, start: Int, length: Int) {
    self.bytes = bytes
    end = min(bytes.count, start + length)
    position = start
  }

  /// Takes what the hello says into `record`; gives whether all extensions were read.
  mutating func read(into record: inout TLSRecord) -> Bool {
    guard let version = take16() else { return false }
    record.version = version
    // Random, then the session's identifier.
    guard skip(32), let session = take8(), skip(session) else { return false }
    if record.handshakeType == .clientHello {
      guard let ciphers = take16(), skip(ciphers), let methods = take8(), skip(methods) else { return false }
    } else {
      guard skip(3) else { return false }
    }
    // A hello before TLS 1.3 may have no extensions.
    if position == end { return end < bytes.count || bytes.count == end }
    guard let length = take16() else { return false }
    let limit = position + length
    while position + 4 <= min(end, limit) {
      guard let type = take16(), let size = take16() else { return false }
      let start = position
      guard position + size <= end else { return false }
      read(type, start..<(start + size), &record)
      position = start + size
    }
    return position >= limit
  }

  private func read(_ type: Int, _ range: Range<Int>, _ record: inout TLSRecord) {
    switch type {
    case 0:
      // ServerNameList: length, then name type 0 (host_name), length, name. The server's answer is empty.
      guard range.count > 5, bytes[range.lowerBound + 2] == 0, let length = bytes.uint16(range.lowerBound + 3),
        length <= range.count - 5
      else { return }
      record.serverName = PayloadText.escaped(bytes, (range.lowerBound + 5)..<(range.lowerBound + 5 + length))
    case 16:
      var position = range.lowerBound + 2
      while position < range.upperBound, record.applicationProtocols.count < 16 {
        let length = Int(bytes[position])
        guard length > 0, position + 1 + length <= range.upperBound else { return }
        record.applicationProtocols.append(PayloadText.escaped(bytes, (position + 1)..<(position + 1 + length)))
        position += 1 + length
      }
    case 43:
      if record.handshakeType == .serverHello {
        record.version = bytes.uint16(range.lowerBound) ?? record.version
      } else {
        // The versions offered; GREASE values (RFC 8701) are above all that exist.
        var position = range.lowerBound + 1
        while position + 2 <= range.upperBound, let version = bytes.uint16(position) {
          if version <= 0x0304 { record.version = max(record.version, version) }
          position += 2
        }
      }
    default: break
    }
  }

  private mutating func take8() -> Int? {
    guard position < end else { return nil }
    position += 1
    return Int(bytes[position - 1])
  }

  private mutating func take16() -> Int? {
    guard position + 2 <= end, let value = bytes.uint16(position) else { return nil }
    position += 2
    return value
  }

  private mutating func skip(_ count: Int) -> Bool {
    guard position + count <= end else { return false }
    position += count
    return true
  }
}
