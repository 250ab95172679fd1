/// Several files read one after the other as one log (rotated pieces). A missing last newline is supplied, so that lines of two
/// files never join.
final class SequenceSource: NotingSource {
  private var remaining: ArraySlice<String>
  private let options: InputOptions
  private var current: (source: any ByteSource, file: FileSource)?
  private var finishedOffset: Int64 = 0
  private var lastByte = UInt8(ascii: "\n")
  private(set) var notes: [InputDamage] = []

  let path: String
  var storedOffset: Int64 { finishedOffset + (current?.file.storedOffset ?? 0) }

  init(_ paths: [String], _ options: InputOptions) throws {
    // All are opened once now, so that a wrong name is told before an hour of work.
    for path in paths where path != "-" { _ = try FileSource(path: path) }
    path = paths.first ?? ""
    remaining = paths[...]
    self.options = options
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      if current == nil, lastByte != UInt8(ascii: "\n"), !buffer.isEmpty {
        lastByte = UInt8(ascii: "\n")
        buffer[0] = lastByte
        return 1
      }
      guard let open = current else {
        guard let next = remaining.popFirst() else { return 0 }
        do {
          current = try openSource(next, options)
        } catch let error as InputError {
          // One piece that cannot be read does not hide the others.
          throw InputDamage(
            path: error.path, reason: error.reason, storedOffset: 0, logOffset: 0, severity: .partial)
        }
        continue
      }
      let count: Int
      do {
        count = try open.source.read(into: buffer)
      } catch {
        leave(open)
        throw error
      }
      if count > 0 {
        lastByte = buffer[count - 1]
        return count
      }
      leave(open)
    }
  }

  private func leave(_ open: (source: any ByteSource, file: FileSource)) {
    if let noting = open.source as? any NotingSource { notes += noting.notes }
    finishedOffset += open.file.storedOffset
    current = nil
  }
}
