/// Reads the name-value pairs of `FCGI_PARAMS` records (FastCGI Specification 1.0, section 3.4).
enum FastCGIParameterReader {
  /// - Parameter start: where the first of the records begins.
  /// - Returns: whether the parameters were read to their end, an empty record.
  static func read(_ bytes: UnsafeRawBufferPointer, _ start: Int, into record: inout FastCGIRecord) -> Bool {
    var position = start
    // The content of one record is 64 KiB, so pairs that go over into the next are rare; they are not read.
    while position + 8 <= bytes.count, bytes[position] == 1, bytes[position + 1] == 4 {
      guard let length = bytes.uint16(position + 4), length > 0 else { return true }
      let end = position + 8 + length
      readPairs(bytes, (position + 8)..<min(end, bytes.count), &record)
      position = end + Int(bytes[position + 6])
    }
    return false
  }

  private static func readPairs(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ record: inout FastCGIRecord) {
    var position = range.lowerBound
    while let (nameLength, second) = length(bytes, position, range.upperBound),
      let (valueLength, start) = length(bytes, second, range.upperBound)
    {
      let value = start + nameLength
      guard value <= range.upperBound, valueLength <= range.upperBound - value else { return }
      func isName(_ word: StaticString) -> Bool {
        nameLength == word.utf8CodeUnitCount && bytes.match(word, at: start) == .yes
      }
      if isName("REQUEST_METHOD") {
        record.method = PayloadText.escaped(bytes, value..<(value + valueLength))
      } else if isName("SCRIPT_NAME") {
        record.scriptName = PayloadText.escaped(bytes, value..<(value + valueLength))
      } else if isName("REQUEST_URI") {
        record.requestURI = PayloadText.escaped(bytes, value..<(value + valueLength))
      }
      position = value + valueLength
    }
  }

  /// One byte below 128, or four with the top bit set.
  private static func length(_ bytes: UnsafeRawBufferPointer, _ position: Int, _ end: Int) -> (Int, Int)? {
    guard position < end else { return nil }
    if bytes[position] < 0x80 { return (Int(bytes[position]), position + 1) }
    guard position + 4 <= end, let value = bytes.uint32(position) else { return nil }
    return (value & 0x7fff_ffff, position + 4)
  }
}
