import TraceAnalyses

extension FoldedStacks {
  /// Writes a profile for <https://www.speedscope.app>: each stack is a sample with its weight
  /// (<https://www.speedscope.app/file-format-schema.json>). What ran when is not in folded stacks: they are in the order of their folded lines.
  public func writeSpeedscope(to sink: OutputSink, name: String) throws(OutputError) {
    try sink.write(#"{"$schema":"https://www.speedscope.app/file-format-schema.json","exporter":"tracestat","#)
    try sink.write("\"name\":\(name.jsonQuoted),\"shared\":{\"frames\":[")
    for number in 0..<Int32(names.count) {
      try sink.write("\(number > 0 ? "," : "")\n{\"name\":\(text(number).jsonQuoted)}")
    }
    let unitName =
      switch unit {
      case .nanoseconds: "nanoseconds"
      case .bytes: "bytes"
      case .count, .calls: "none"
      }
    try sink.write(
      "]},\n\"profiles\":[{\"type\":\"sampled\",\"name\":\(name.jsonQuoted),\"unit\":\"\(unitName)\",\"startValue\":0,\"endValue\":"
    )
    try sink.write(integer: tree.totals()[0])
    try sink.write(",\n\"samples\":[")
    var weights: [Int64] = []
    try forEachStack { (path, weight) throws(OutputError) in
      try sink.write(weights.isEmpty ? "\n[" : ",\n[")
      for (i, name) in path.enumerated() {
        if i > 0 { try sink.write(byte: UInt8(ascii: ",")) }
        try sink.write(integer: Int64(name))
      }
      try sink.write(byte: UInt8(ascii: "]"))
      weights.append(weight)
    }
    try sink.write("],\n\"weights\":[")
    for (i, weight) in weights.enumerated() {
      if i > 0 { try sink.write(byte: UInt8(ascii: ",")) }
      try sink.write(integer: weight)
    }
    try sink.write("]}]}\n")
    try sink.flush()
  }

  func text(_ name: Int32) -> String { String(decoding: names.text(name), as: UTF8.self) }
}
