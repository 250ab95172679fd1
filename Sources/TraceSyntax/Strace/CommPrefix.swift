/// The command name that `strace -Y` puts behind a pid: `1234<java> 10:00:00 read(...`, `[pid  1234<java>] read(...`.
public enum CommPrefix {
  /// - Parameter head: the beginning of a line, up to somewhere behind the pid.
  public static func comm(in head: UnsafeRawBufferPointer) -> String? {
    var place = 0
    let bracketed: StaticString = "[pid "
    if head.first == bracketed.utf8Start.pointee {
      guard head.starts(with: UnsafeRawBufferPointer(start: bracketed.utf8Start, count: bracketed.utf8CodeUnitCount)) else {
        return nil
      }
      place = bracketed.utf8CodeUnitCount
      while place < head.count, head[place] == UInt8(ascii: " ") { place += 1 }
    }
    let digits = place
    while place < head.count, isDigit(head[place]) { place += 1 }
    guard place > digits, place < head.count, head[place] == UInt8(ascii: "<") else { return nil }
    // Escapes keep `<` and `>` out of the name; it is quoted like a string.
    guard let end = head[(place + 1)...].firstIndex(of: UInt8(ascii: ">")), end - place < 80 else { return nil }
    let name = UnsafeRawBufferPointer(rebasing: head[(place + 1)..<end])
    return name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
  }
}
