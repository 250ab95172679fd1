import TraceAnalyses

extension FoldedStacks {
  /// Writes a profile for `pprof`: profile.proto of google/pprof, in gzip. A sample's values are how often its stack was met, and its weight.
  ///
  /// Fields are written as they are numbered there; a runtime of Protocol Buffers would be the larger part of this.
  public func writePprof(to sink: OutputSink) throws(OutputError) {
    var strings: [String] = ["", "samples", "count"]
    func string(_ text: String) -> Int64 {
      if let known = strings.firstIndex(of: text) { return Int64(known) }
      strings.append(text)
      return Int64(strings.count - 1)
    }
    let type = weightType
    let (name, unit) = (string(type.name), string(type.unit))
    let gzip = GzipWriter(sink)
    var head = ProtobufMessage()
    for (name, unit) in [(Int64(1), Int64(2)), (name, unit)] {
      head.add(1) {
        $0.add(1, name)
        $0.add(2, unit)
      }
    }
    head.add(14, name)
    try gzip.write(head.bytes)
    for (i, node) in tree.nodes.enumerated() where node.samples > 0 && i > 0 {
      // The leaf first.
      var locations: [Int64] = []
      var place = i
      while place > 0 {
        locations.append(Int64(tree.nodes[place].name) + 1)
        place = Int(tree.nodes[place].parent)
      }
      var sample = ProtobufMessage()
      sample.add(2) {
        $0.add(1, locations)
        $0.add(2, [node.samples, node.weight])
      }
      try gzip.write(sample.bytes)
    }
    // A function and a location for each name, by its number + 1.
    let firstName = Int64(strings.count)
    for number in 0..<Int64(names.count) {
      var message = ProtobufMessage()
      message.add(4) {
        $0.add(1, number + 1)
        $0.add(4) { $0.add(1, number + 1) }
      }
      message.add(5) {
        $0.add(1, number + 1)
        $0.add(2, firstName + number)
        $0.add(3, firstName + number)
      }
      try gzip.write(message.bytes)
    }
    var texts = ProtobufMessage()
    for text in strings { texts.add(6, Array(text.utf8)) }
    // Strings of Protocol Buffers are UTF-8.
    for number in 0..<Int32(names.count) { texts.add(6, Array(text(number).utf8)) }
    try gzip.write(texts.bytes)
    try gzip.finish()
  }

  private var weightType: (name: String, unit: String) {
    switch unit {
    case .nanoseconds: ("time", "nanoseconds")
    case .calls: ("calls", "count")
    case .bytes: ("transferred", "bytes")
    case .count:
      // perf's `cycles:u` without its modifiers.
      (
        events.first.map { String($0.name.prefix { $0 != ":" }) }.flatMap { $0.isEmpty || addsEvents ? nil : $0 } ?? "weight",
        "count"
      )
    }
  }
}
