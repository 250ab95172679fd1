import Tracestat

/// What a run said on standard error, taken apart.
struct BatchMessages {
  /// What was wrong; nil where nothing was.
  let message: String?
  /// Of the log, by the ledger's sentence.
  let lines: Int?
  /// Lines worth showing: all but the ledger's sentence and what is said as `message`.
  let shown: [String]

  init(_ outcome: ChildRun.Outcome, log: LogCollection.Log) {
    var said = outcome.errors.split(separator: "\n").map { line in
      line.hasPrefix("tracestat: ") ? String(line.dropFirst("tracestat: ".count)) : String(line)
    }
    var lines: Int?
    if let ledger = said.lastIndex(where: { Self.lines($0) != nil }) { lines = Self.lines(said.remove(at: ledger)) }
    self.lines = lines
    guard outcome.status != 0 else {
      message = nil
      shown = said
      return
    }
    let worst = said.firstIndex { $0.hasPrefix("partial: ") } ?? said.firstIndex { !$0.hasPrefix("note: ") }
    if let worst {
      var text = said.remove(at: worst)
      for prefix in ["partial: ", "Error: ", "\(log.paths[0]): "] where text.hasPrefix(prefix) {
        text = String(text.dropFirst(prefix.count))
      }
      message = text
    } else {
      message = outcome.status > 128 ? "killed by signal \(outcome.status - 128)" : "status \(outcome.status)"
    }
    shown = said
  }

  /// `49,079 lines, 30,190 calls ...` -> 49079.
  private static func lines(_ sentence: String) -> Int? {
    let words = sentence.split(separator: " ", maxSplits: 2)
    guard words.count > 2, words[1] == "lines,", words[0].allSatisfy({ $0.isNumber || $0 == "," }) else { return nil }
    return Int(words[0].filter { $0 != "," })
  }
}
