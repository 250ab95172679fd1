// Cells that come again and again, row after row, as the names of a series do over time: written once, copied after that.
extension RecordWriter {
  /// What was written for keys met last; forgetting one costs time only.
  struct RepeatedCells {
    static let slots = 1024
    var keys = [Int](repeating: -1, count: slots)
    var texts = [[UInt8]](repeating: [], count: slots)
    var counts = [Int](repeating: 0, count: slots)
  }

  /// Cells that are the same whenever the key is, none of them a row's first.
  ///
  /// - Parameters:
  ///   - key: from 0.
  ///   - cells: writes them, the first time.
  public func repeated(_ key: Int, _ cells: () throws(OutputError) -> Void) throws(OutputError) {
    guard isText, cell > 0 else { return try cells() }
    let slot = key & (RepeatedCells.slots - 1)
    if repeatedCells.keys[slot] == key {
      try sink.write(repeatedCells.texts[slot])
      cell += repeatedCells.counts[slot]
      return
    }
    let first = cell
    try sink.makeRoom()
    let start = sink.mark
    try cells()
    guard let written = sink.text(since: start) else { return }
    repeatedCells.keys[slot] = key
    repeatedCells.texts[slot] = written
    repeatedCells.counts[slot] = cell - first
  }
}
