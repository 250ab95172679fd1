import TraceAnalyses
import TraceSyntax

/// A flame graph as one SVG file that needs nothing else: tooltips, a click zooms, Ctrl-F searches. Readable on light and on dark.
public struct FlameGraph {
  public struct Options: Sendable {
    public var title = "Flame graph"
    /// The root above, leaves below.
    public var isIcicle = false
    /// Stacks merged from their leaves on.
    public var isReversed = false
    /// Frames narrower than so many pixels of ``FlameGraph/width`` are left out.
    public var narrowest = 0.1
    public init() {}
  }

  /// Pixels from edge to edge.
  public static let width = 1200
  static let margin = 10
  static let row = 17
  static let head = 58
  static let foot = 26
  /// Of a letter of the 12 px font, about.
  static let letter = 7.3

  private let names: TraceSyntax.TextTable
  private let kinds: [FrameKind]
  private let unit: FoldedStacks.Unit
  private let options: Options
  private let layout: FlameLayout
  /// Of a differential graph.
  private let changes: FlameChanges?
  private var inner: Double { Double(Self.width - 2 * Self.margin) }

  public init(_ stacks: FoldedStacks, _ options: Options = Options()) {
    let tree = options.isReversed ? stacks.tree.reversed() : stacks.tree
    self.init(tree, stacks.names, stacks.kinds, stacks.unit, tree.totals(), nil, options)
  }

  /// Frames are as wide as in the second profile and coloured by how their own weight changed: red where it grew, blue where it shrank.
  public init(_ difference: StackDifference, _ options: Options = Options()) {
    let sums = difference.sums(difference.after)
    self.init(
      difference.tree, difference.names, difference.kinds, difference.unit, sums, FlameChanges(difference, sums), options)
  }

  private init(
    _ tree: StackTree, _ names: TraceSyntax.TextTable, _ kinds: [FrameKind], _ unit: FoldedStacks.Unit, _ totals: [Int64],
    _ changes: FlameChanges?, _ options: Options
  ) {
    self.names = names
    self.kinds = kinds
    self.unit = unit
    self.options = options
    self.changes = changes
    layout = FlameLayout(
      tree, names, totals: totals, narrowest: options.narrowest / Double(Self.width - 2 * Self.margin))
  }

  /// Whether there is anything to draw.
  public var isEmpty: Bool { layout.total == 0 }

  public func write(to sink: OutputSink) throws(OutputError) {
    let height = Self.head + (layout.depth + 1) * Self.row + Self.foot
    try sink.write(
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <svg xmlns="http://www.w3.org/2000/svg" width="\(Self.width)" height="\(height)" viewBox="0 0 \(Self.width) \(height)">
      <style>\(Self.style)</style>
      <rect class="back" width="100%" height="100%"/>
      <text class="title" x="\(Self.width / 2)" y="24" text-anchor="middle">\(Self.escaped(options.title))</text>
      <text class="note" id="reset" x="\(Self.margin)" y="44" visibility="hidden">reset zoom</text>
      <text class="note" id="found" x="\(Self.width / 2)" y="44" text-anchor="middle">\(legend)</text>
      <text class="note" id="search" x="\(Self.width - Self.margin)" y="44" text-anchor="end">search (Ctrl-F)</text>
      <text class="note" id="detail" x="\(Self.margin)" y="\(height - 9)"> </text>
      <g id="frames">

      """)
    for frame in layout.frames where !isEmpty { try write(frame, to: sink) }
    try sink.write("</g>\n<script><![CDATA[\n\(Self.script)\n]]></script>\n</svg>\n")
    try sink.flush()
  }

  private func write(_ frame: FlameLayout.Frame, to sink: OutputSink) throws(OutputError) {
    let scale = inner / Double(layout.total)
    let x = Double(Self.margin) + Double(frame.start) * scale
    let width = Double(frame.width) * scale
    let level = options.isIcicle ? frame.depth : layout.depth - frame.depth
    let y = Self.head + level * Self.row
    let name = frame.name < 0 ? "all" : String(decoding: names.text(frame.name), as: UTF8.self)
    let room = Int((width - 6) / Self.letter)
    let label = room < 3 ? "" : name.utf8.count <= room ? name : name.count <= room ? name : name.prefix(room - 2) + ".."
    let kind = frame.name < 0 ? FrameKind.process : kinds[Int(frame.name)]
    let color = changes?.color(frame.node) ?? Self.color(name, kind)
    let change = changes.map { ", " + $0.text(frame.node) } ?? ""
    try sink.write(
      """
      <g data-x="\(frame.start)" data-w="\(frame.width)" data-d="\(frame.depth)">\
      <title>\(Self.escaped(name)) (\(unit.text(frame.width)), \(share(frame.width))\(change))</title>\
      <rect x="\(Self.decimal(x))" y="\(y)" width="\(Self.decimal(width))" height="\(Self.row - 1)" fill="\(color)"/>\
      <text x="\(Self.decimal(x + 3))" y="\(y + 12)">\(Self.escaped(label))</text></g>

      """)
  }

  private var legend: String {
    if let changes { return changes.legend }
    let shown = Set(layout.frames.compactMap { $0.name < 0 ? nil : kinds[Int($0.name)] })
    let order: [(FrameKind, String)] = [
      (.user, "user"), (.kernel, "kernel"), (.jit, "JIT"), (.inlined, "inlined"), (.call, "call"),
      (.connection, "connection or file"),
    ]
    return order.filter { shown.contains($0.0) }.map { "\(Self.key(Self.color("", $0))) \($1)" }.joined(separator: "  ")
  }

  static func key(_ color: String) -> String { "<tspan class=\"key\" fill=\"\(color)\">\u{25a0}</tspan>" }

  private func share(_ weight: Int64) -> String { Self.decimal(100 * Double(weight) / Double(layout.total)) + " %" }

  /// The same name has the same colour in every graph: the kind gives the hue, the name shifts it a little.
  static func color(_ name: String, _ kind: FrameKind) -> String {
    var hash: UInt32 = 2_166_136_261
    for byte in name.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
    let shift = Int(hash % 25) - 12
    let light = 66 + Int((hash >> 8) % 9)
    return switch kind {
    case .process: "hsl(220,12%,\(light)%)"
    case .user: "hsl(\(50 + shift * 2 / 3),85%,\(light)%)"
    case .kernel, .call: "hsl(\(6 + shift / 3),80%,\(light)%)"
    case .jit: "hsl(\(118 + shift),55%,\(light)%)"
    case .inlined, .connection: "hsl(\(190 + shift),60%,\(light)%)"
    }
  }

  /// Two digits of fraction at most.
  static func decimal(_ number: Double) -> String {
    guard number.isFinite, abs(number) < 1e15 else { return "0" }
    let hundredths = Int64((abs(number) * 100).rounded())
    let fraction = hundredths % 100
    let sign = number < 0 && hundredths > 0 ? "-" : ""
    if fraction == 0 { return "\(sign)\(hundredths / 100)" }
    return "\(sign)\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
  }

  /// Characters that XML does not allow are shown as `?`.
  static func escaped(_ text: some StringProtocol) -> String {
    // Nearly always there is nothing to do.
    let isPlain = text.utf8.allSatisfy { $0 >= 32 && $0 < 0x7f && $0 != 0x3c && $0 != 0x3e && $0 != 0x26 && $0 != 0x22 }
    if isPlain { return String(text) }
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      case "\"": result += "&quot;"
      case _ where scalar.value < 32 || scalar.value == 0xfffe || scalar.value == 0xffff: result += "?"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension FoldedStacks.Unit {
  /// A weight for people.
  func text(_ weight: Int64) -> String {
    switch self {
    case .count: "\(weight)"
    case .nanoseconds: Duration.text(weight)
    case .calls: "\(weight) calls"
    case .bytes: Bytes.text(weight)
    }
  }
}
