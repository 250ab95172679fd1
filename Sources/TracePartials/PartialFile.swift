import CZlib
import Glibc
import TraceReports

/// The file around the message of a partial: what it is, how long, packed how, and whether it is whole.
///
/// | bytes | |
/// |---|---|
/// | 0 to 7 | `89 54 53 50 41 52 54 0A`, "\u{89}TSPART\n" |
/// | 8, 9 | version of the format, 1 |
/// | 10 | 0: the message as it is, 1: packed by zlib |
/// | 11 | 0 |
/// | 12 to 19 | bytes of what follows the header |
/// | 20 to 27 | bytes of the message, unpacked |
/// | 28 to 31 | CRC-32 (that of gzip) of bytes 0 to 27 and of what follows the header |
///
/// Numbers are little endian. Nothing follows the message.
enum PartialFile {
  static let version: UInt16 = 1
  static let magic: [UInt8] = [0x89] + Array("TSPART\n".utf8)
  static let headerLength = 32
  /// Bytes of a message: what claims more is refused before anything is allocated.
  static let longest: UInt64 = 1 << 30
  /// deflate makes no more than 1032 bytes of one.
  private static let mostPerByte: UInt64 = 1032

  // MARK: Writing

  /// The file's bytes.
  static func packed(_ message: [UInt8]) throws(PartialError) -> [UInt8] {
    guard message.count <= longest else {
      throw PartialError(
        "the state has \(message.count) bytes, more than the \(longest) that a partial holds: filter, or take longer intervals")
    }
    var body = message
    let deflated = deflate(message)
    let isPacked = deflated.map { $0.count < message.count } ?? false
    if let deflated, isPacked { body = deflated }
    var file = magic
    append(UInt64(version), 2, to: &file)
    file += [isPacked ? 1 : 0, 0]
    append(UInt64(body.count), 8, to: &file)
    append(UInt64(message.count), 8, to: &file)
    append(UInt64(checksum(file, body[...])), 4, to: &file)
    return file + body
  }

  private static func append(_ value: UInt64, _ count: Int, to bytes: inout [UInt8]) {
    for place in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> (UInt64(place) * 8))) }
  }

  private static func deflate(_ bytes: [UInt8]) -> [UInt8]? {
    var count = compressBound(uLong(bytes.count))
    var packed = [UInt8](repeating: 0, count: Int(count))
    guard compress2(&packed, &count, bytes, uLong(bytes.count), 6) == Z_OK else { return nil }
    return Array(packed.prefix(Int(count)))
  }

  /// Writes a file in one step: beside it first, then in its place, so that no reader meets half of one.
  static func write(_ bytes: [UInt8], to path: String) throws(OutputError) {
    var status = stat()
    // A pipe or device is written to, not replaced.
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      let sink = try OutputSink(path: path)
      try sink.write(bytes)
      return try sink.flush()
    }
    let temporary = "\(path).\(getpid()).part"
    do {
      let sink = try OutputSink(path: temporary)
      try sink.write(bytes)
      try sink.flush()
    } catch {
      unlink(temporary)
      throw error
    }
    guard rename(temporary, path) == 0 else {
      let reason = String(cString: strerror(errno))
      unlink(temporary)
      throw .failed(path: path, reason: reason)
    }
  }

  // MARK: Reading

  /// The message in a file's bytes; faults name the byte.
  static func unpacked(_ file: [UInt8]) throws(PartialFault) -> [UInt8] {
    try require(
      file.starts(with: magic.prefix(file.count)),
      "is no partial: the first bytes are other ones. `tracestat ... --partial FILE` writes one")
    try require(file.count >= headerLength, "ends at byte \(file.count), within the header: it was cut; write it anew")
    let found = number(file, 8, 2)
    try require(
      found <= version,
      "is of version \(found) of the format (byte 8), and this tracestat reads up to \(version): take a newer tracestat")
    try require(found > 0, "is of version 0 of the format (byte 8), which is none: the file was changed; write it anew")
    let (stored, length) = (number(file, 12, 8), number(file, 20, 8))
    let there = UInt64(file.count - headerLength)
    try require(
      there >= stored,
      "ends at byte \(file.count), and the header (byte 12) promises \(stored) bytes after byte \(headerLength): it was cut; write it anew"
    )
    try require(
      there == stored, "goes on after its end, from byte \(UInt64(headerLength) + stored): the file was changed; write it anew")
    let body = file[headerLength...]
    try require(
      UInt64(checksum(Array(file.prefix(28)), body)) == number(file, 28, 4),
      "has a checksum (byte 28) that bytes 0 to \(file.count - 1) do not have: the file was changed; write it anew")
    try require(file[10] <= 1, "is packed in a way (byte 10) that this tracestat does not know: take a newer tracestat")
    try require(
      length <= longest && length <= stored * mostPerByte + 64,
      "promises a message of \(length) bytes (byte 20), more than there can be: the file was changed; write it anew")
    guard file[10] == 1 else {
      try require(length == stored, "promises a message of \(length) bytes (byte 20) and has \(stored): write it anew")
      return Array(body)
    }
    var message = [UInt8](repeating: 0, count: Int(length))
    var count = uLong(length)
    let status = body.withUnsafeBufferPointer { uncompress(&message, &count, $0.baseAddress, uLong($0.count)) }
    try require(
      status == Z_OK && count == uLong(length),
      "does not unpack from byte \(headerLength) on: the file was changed; write it anew")
    return message
  }

  private static func number(_ bytes: [UInt8], _ start: Int, _ count: Int) -> UInt64 {
    (0..<count).reduce(0) { $0 | UInt64(bytes[start + $1]) << (UInt64($1) * 8) }
  }

  static func checksum(_ header: [UInt8], _ body: ArraySlice<UInt8>) -> UInt32 {
    var sum = crc32(0, header, uInt(header.count))
    // zlib takes lengths of 32 bits.
    body.withUnsafeBufferPointer { sum = crc32(sum, $0.baseAddress, uInt($0.count)) }
    return UInt32(truncatingIfNeeded: sum)
  }

  /// A file's bytes.
  static func read(_ path: String) throws(PartialError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw PartialError("\(path): \(String(cString: strerror(errno)))") }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &block, block.count)
      if count == 0 { return bytes }
      if count < 0 {
        if errno == EINTR { continue }
        throw PartialError("\(path): \(String(cString: strerror(errno)))")
      }
      // What is none is told by its first bytes, however large it is.
      if bytes.isEmpty, !block[..<count].starts(with: magic.prefix(count)) { return Array(block[..<count]) }
      bytes += block[..<count]
      guard bytes.count <= longest + UInt64(headerLength) else {
        throw PartialError("\(path): is longer than the \(longest) bytes that a partial can have")
      }
    }
  }
}
