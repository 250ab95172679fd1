import TraceAnalyses
import TraceSyntax

extension FoldedStacks {
  /// Writes a profile for <https://profiler.firefox.com> in its processed format, version 47 (docs-developer/CHANGELOG-formats.md of
  /// firefox-devtools/profiler): a thread for each process at the root. What ran when is not in folded stacks: samples are a millisecond apart, in
  /// the order of their folded lines; their weights are what counts.
  public func writeFirefox(to sink: OutputSink, name: String) throws(OutputError) {
    let categories = Self.categories.map { "{\"name\":\"\($0)\",\"color\":\"\($1)\",\"subcategories\":[\"Other\"]}" }
    try sink.write(
      """
      {"meta":{"interval":1,"startTime":0,"processType":0,"product":\(name.jsonQuoted),"stackwalk":1,"version":29,\
      "preprocessedProfileVersion":47,"debug":false,"symbolicated":true,"markerSchema":[],"pausedRanges":[],\
      "extensions":{"id":[],"name":[],"baseURL":[],"length":0},"usesOnlyOneStackType":true,"doesNotUseFrameImplementation":true,\
      "sourceCodeIsNotOnSearchfox":true,"categories":[\(categories.joined(separator: ","))]},
      "libs":[],"pages":[],"counters":[],"profilerOverhead":[],"threads":[
      """)
    for (i, root) in threads().enumerated() {
      if i > 0 { try sink.write(",") }
      try write(root, number: i + 1, to: sink)
    }
    try sink.write("]}\n")
    try sink.flush()
  }

  /// By the raw values of ``FrameKind``.
  private static let categories = [
    ("Other", "grey"), ("User", "yellow"), ("Kernel", "orange"), ("JIT", "green"), ("Inlined", "blue"), ("Call", "orange"),
    ("Connection", "blue"),
  ]

  /// The nodes of a thread, parents first, and its name; nodes of frames that name processes are left out.
  private struct Thread {
    var name: String
    var nodes: [Int] = []
    /// Nodes where stacks end that name nothing but the process.
    var bare: [Int] = []
  }

  private func threads() -> [Thread] {
    var threads: [Thread] = []
    var threadOf = [Int](repeating: -1, count: tree.nodes.count)
    var byName: [Int32: Int] = [:]
    for (i, node) in tree.nodes.enumerated().dropFirst() {
      let isRoot = node.parent == 0
      let isProcess = isRoot && kinds[Int(node.name)] == .process
      if isRoot {
        let key = isProcess ? node.name : -1
        let thread = byName[key] ?? threads.count
        if thread == threads.count {
          threads.append(Thread(name: isProcess ? text(node.name) : "all"))
          byName[key] = thread
        }
        threadOf[i] = thread
      } else {
        threadOf[i] = threadOf[Int(node.parent)]
      }
      if isProcess { threads[threadOf[i]].bare.append(i) } else { threads[threadOf[i]].nodes.append(i) }
    }
    return threads
  }

  private func write(_ thread: Thread, number: Int, to sink: OutputSink) throws(OutputError) {
    var places: [Int: Int] = [:]
    for (place, node) in thread.nodes.enumerated() { places[node] = place }
    var functions: [Int32: Int] = [:]
    var names: [Int32] = []
    let frames = thread.nodes.map { node -> Int in
      let name = tree.nodes[node].name
      if let known = functions[name] { return known }
      functions[name] = names.count
      names.append(name)
      return names.count - 1
    }
    let ends = (thread.bare + thread.nodes).filter { tree.nodes[$0].samples > 0 }
    let category = names.map { Int(kinds[Int($0)].rawValue) }
    let zeros = names.map { _ in 0 }
    try sink.write(
      """
      {"processType":"default","processStartupTime":0,"processShutdownTime":null,"registerTime":0,"unregisterTime":null,"pausedRanges":[],\
      "name":\(thread.name.jsonQuoted),"processName":\(thread.name.jsonQuoted),"isMainThread":true,"pid":"\(number)","tid":\(number),
      "samples":{"length":\(ends.count),"weightType":"\(weightType)"
      """)
    try column("stack", ends, sink) { places[$0].map(String.init) ?? "null" }
    try column("time", ends.indices, sink) { String($0) }
    try column("weight", ends, sink) { weight(tree.nodes[$0].weight) }
    try sink.write("},\n\"stackTable\":{\"length\":\(thread.nodes.count)")
    try column("frame", frames, sink) { String($0) }
    try column("category", frames, sink) { String(category[$0]) }
    try column("subcategory", frames, sink) { _ in "0" }
    try column("prefix", thread.nodes, sink) { places[Int(tree.nodes[$0].parent)].map(String.init) ?? "null" }
    try sink.write("},\n\"frameTable\":{\"length\":\(names.count)")
    try column("address", zeros, sink) { _ in "-1" }
    try column("inlineDepth", zeros, sink) { _ in "0" }
    try column("category", category, sink) { String($0) }
    try column("subcategory", zeros, sink) { _ in "0" }
    try column("func", names.indices, sink) { String($0) }
    for name in ["nativeSymbol", "innerWindowID", "implementation", "line", "column"] {
      try column(name, zeros, sink) { _ in name == "innerWindowID" ? "0" : "null" }
    }
    try sink.write("},\n\"funcTable\":{\"length\":\(names.count)")
    try column("name", names.indices, sink) { String($0) }
    for name in ["isJS", "relevantForJS"] { try column(name, zeros, sink) { _ in "false" } }
    try column("resource", zeros, sink) { _ in "-1" }
    for name in ["fileName", "lineNumber", "columnNumber"] { try column(name, zeros, sink) { _ in "null" } }
    try sink.write(
      """
      },
      "resourceTable":{"length":0,"lib":[],"name":[],"host":[],"type":[]},
      "nativeSymbols":{"length":0,"libIndex":[],"address":[],"name":[],"functionSize":[]},
      "markers":{"length":0,"data":[],"name":[],"startTime":[],"endTime":[],"phase":[],"category":[]},
      "stringArray":[
      """)
    for (i, name) in names.enumerated() { try sink.write((i > 0 ? "," : "") + text(name).jsonQuoted) }
    try sink.write("]}")
  }

  private var weightType: String {
    switch unit {
    case .nanoseconds: "tracing-ms"
    case .bytes: "bytes"
    case .count, .calls: "samples"
    }
  }

  private func weight(_ weight: Int64) -> String {
    guard unit == .nanoseconds else { return String(weight) }
    let fraction = String(weight % 1_000_000)
    return "\(weight / 1_000_000).\(String(repeating: "0", count: 6 - fraction.count))\(fraction)"
  }

  private func column<Items: Sequence>(
    _ name: String, _ items: Items, _ sink: OutputSink, _ text: (Items.Element) -> String
  ) throws(OutputError) {
    try sink.write(",\"\(name)\":[")
    var isFirst = true
    for item in items {
      if !isFirst { try sink.write(byte: UInt8(ascii: ",")) }
      isFirst = false
      try sink.write(text(item))
    }
    try sink.write("]")
  }
}
