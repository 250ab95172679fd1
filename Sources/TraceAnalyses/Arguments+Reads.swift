import TraceSyntax

extension Arguments {
  /// Whether a read has room for any bytes.
  var asksForBytes: Bool {
    let vectors = self[1].messageHeader?.vectors ?? self[1].ioVectors
    return vectors.isEmpty ? number(2) != 0 : vectors.contains { $0.length > 0 }
  }
}
