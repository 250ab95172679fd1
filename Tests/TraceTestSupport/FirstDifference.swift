/// Where two lists part, in a few words; nil where they are equal. `#expect(a == b)` on long lists prints both whole.
public func firstDifference<T: Equatable>(_ a: [T], _ b: [T]) -> String? {
  if a == b { return nil }
  for (index, pair) in zip(a, b).enumerated() where pair.0 != pair.1 {
    return "at \(index) of \(a.count) and \(b.count): \(pair.0) and \(pair.1)"
  }
  return "\(a.count) and \(b.count) elements, the shorter a prefix of the longer"
}
