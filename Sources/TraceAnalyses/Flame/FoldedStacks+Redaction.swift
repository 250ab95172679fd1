import TraceSyntax

extension FoldedStacks {
  /// The stacks with what may be secret in names replaced by pseudonyms: names of threads, paths, and what was folded elsewhere can hold
  /// query strings, credentials, keys, names of streams and, in that scope, hosts. What stands between `::` is looked at by itself: `token::parse`
  /// is code and no key with its value.
  func redacted(_ redaction: Redaction) -> FoldedStacks {
    guard redaction.isActive else { return self }
    var result = self
    let table = StackNames()
    let numbers = (0..<Int32(names.count)).map { number in
      let name = String(decoding: names.text(number), as: UTF8.self)
      let parts = name.split(separator: "::", omittingEmptySubsequences: false)
      let shown = parts.map { redaction.redact(String($0), as: .path) }.joined(separator: "::")
      return table.number(shown, kinds[Int(number)])
    }
    let renamed = tree.renamed { numbers[Int($0)] }
    result.tree = renamed.tree
    result.times?.renumber(renamed.places)
    result.names = table.names
    result.kinds = table.kinds
    return result
  }
}
