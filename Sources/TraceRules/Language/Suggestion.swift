/// Finds what a misspelt word was meant to be.
enum Suggestion {
  /// `; did you mean 'write'?`, or nothing where no word is near.
  static func text(for word: String, among known: some Sequence<String>) -> String {
    nearest(to: word, among: known).map { "; did you mean '\($0)'?" } ?? ""
  }

  /// The nearest word, at most a third of the letters away (one of short words); of equally near ones the first.
  static func nearest(to word: String, among known: some Sequence<String>) -> String? {
    let wanted = Array(word.lowercased().unicodeScalars.prefix(64))
    let most = max(1, wanted.count / 3)
    var best: (distance: Int, word: String)?
    for candidate in known {
      let distance = distance(wanted, Array(candidate.lowercased().unicodeScalars.prefix(64)))
      if distance <= most, distance < best?.distance ?? .max { best = (distance, candidate) }
    }
    return best?.word
  }

  /// Letters added, left out, changed, or swapped with their neighbour (the distance of Damerau and Levenshtein, restricted to that).
  private static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var before: [Int] = []
    var row = Array(0...b.count)
    for i in a.indices {
      var next = [i + 1]
      for j in b.indices {
        var least = min(row[j] + (a[i] == b[j] ? 0 : 1), row[j + 1] + 1, next[j] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { least = min(least, before[j - 1] + 1) }
        next.append(least)
      }
      (before, row) = (row, next)
    }
    return row[b.count]
  }
}
