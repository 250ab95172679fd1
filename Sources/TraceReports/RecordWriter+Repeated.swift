// Cells that come again and again, row after row, as the names of a series do over time: written once, copied after that.
extension RecordWriter {
  /// What was written for a key met before.
  struct RepeatedCells {
    var key = -1
    var text: [UInt8] = []
    var count = 0
    /// As many are remembered; forgetting one costs time only.
    static let slots = 1024
  }

  /// Cells that are the same whenever the key is, none of them a row's first.
  ///
  /// - Parameters:
  ///   - key: from 0.
  ///   - cells: writes them, the first time.
  public func repeated(_ key: Int, _ cells: () throws(OutputError) -> Void) throws(OutputError) {
    guard isText, cell > 0 else { return try cells() }
    if repeatedCells.isEmpty { repeatedCells = [RepeatedCells](repeating: RepeatedCells(), count: RepeatedCells.slots) }
    let slot = key & (RepeatedCells.slots - 1)
    if repeatedCells[slot].key == key {
      try sink.write(repeatedCells[slot].text)
      cell += repeatedCells[slot].count
      return
    }
    let first = cell
    try sink.makeRoom()
    let start = sink.mark
    try cells()
    guard let written = sink.text(since: start) else { return }
    repeatedCells[slot] = RepeatedCells(key: key, text: written, count: cell - first)
  }
}
