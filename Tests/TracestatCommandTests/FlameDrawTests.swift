import Foundation
import Testing
import TraceTestSupport

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite("flame draw")
struct FlameDrawTests {
  /// What a reader of XML finds in the graph.
  private final class Graph: NSObject, XMLParserDelegate {
    struct Frame {
      var start: Int
      var width: Int
      var depth: Int
      var y: Int
      var title = ""
    }
    var frames: [Frame] = []
    private var isTitle = false

    init(_ bytes: [UInt8]) throws {
      super.init()
      let parser = XMLParser(data: Data(bytes))
      parser.delegate = self
      try #require(parser.parse(), "\(String(describing: parser.parserError))")
    }

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String]
    ) {
      if let start = attributes["data-x"].flatMap({ Int($0) }) {
        frames.append(Frame(start: start, width: Int(attributes["data-w"]!)!, depth: Int(attributes["data-d"]!)!, y: 0))
      }
      if name == "rect", !frames.isEmpty { frames[frames.count - 1].y = Int(attributes["y"] ?? "") ?? 0 }
      isTitle = name == "title"
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
      if isTitle, !frames.isEmpty { frames[frames.count - 1].title += text }
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
      isTitle = false
    }
  }

  private func draw(_ folded: String, _ options: String...) throws -> Graph {
    let folder = try TemporaryFolder(["folded": folded])
    let outcome = try Tool.run(["flame", "draw", "--title", "<&>"] + options + ["\(folder.path)/folded"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try Graph(outcome.output)
  }

  static let folded = "a;f<int>;g 30\na;f<int>;h_[k] 10\na;f<int> 10\nb;g 50\n"

  @Test("a frame for each node, as wide as its samples, within the one below") func frames() throws {
    let graph = try draw(Self.folded)
    #expect(
      graph.frames.map(\.title) == [
        "all (100, 100 %)", "b (50, 50 %)", "g (50, 50 %)", "a (50, 50 %)", "f<int> (50, 50 %)", "h_[k] (10, 10 %)",
        "g (30, 30 %)",
      ])
    for (i, frame) in graph.frames.enumerated().dropFirst() {
      #expect(
        graph.frames[..<i].contains {
          $0.depth == frame.depth - 1 && $0.start <= frame.start && $0.start + $0.width >= frame.start + frame.width
            && $0.y > frame.y
        })
    }
  }

  @Test("icicle, leaves first, narrow frames left out") func options() throws {
    let icicle = try draw(Self.folded, "--icicle")
    #expect(icicle.frames.max { $0.y < $1.y }!.depth == 3)
    let reversed = try draw(Self.folded, "--reverse")
    #expect(
      reversed.frames.filter { $0.depth == 1 }.map(\.title).sorted() == ["f<int> (10, 10 %)", "g (80, 80 %)", "h_[k] (10, 10 %)"])
    let wide = try draw(Self.folded, "--min-width", "200")
    #expect(!wide.frames.contains { $0.width < 20 } && wide.frames.count == 6)
  }

  @Test("profiles of perf, whatever is in their names") func perf() throws {
    for name in ["chains", "events", "tracepoint"] {
      let outcome = try Tool.run("flame", "draw", FlameFoldTests.fixture(name))
      #expect(outcome.status == 0)
      #expect(try Graph(outcome.output).frames.count > 10)
    }
    let folder = try TemporaryFolder(["folded": "a 1\na;\u{1}x\u{fffe};]]>&amp\"' 3\n"])
    let odd = try Tool.run("flame", "draw", "\(folder.path)/folded")
    #expect(
      odd.text.contains("<title>]]&gt;&amp;amp&quot;' (3, 75 %)</title>") && odd.text.contains("<title>?x? (3, 75 %)</title>"))
    #expect(try Graph(odd.output).frames.count == 4)
  }

  @Test("the title says what widths are") func measure() throws {
    func title(_ options: String...) throws -> String {
      let outcome = try Tool.run(["flame", "draw"] + options)
      return String(try #require(outcome.text.firstMatch(of: #/<text class="title"[^>]*>([^<]*)</#)).1)
    }
    #expect(try title(FlameFoldTests.fixture("chains")) == "Flame graph of cpu-clock")
    #expect(try title("--samples", FlameFoldTests.fixture("chains")) == "Flame graph of samples of cpu-clock")
    #expect(try title(FlameInputTests.jstack) == "Flame graph of samples")
    #expect(try title(FlameInputTests.strace) == "Flame graph of time in calls")
    #expect(try title("--weight", "calls", FlameInputTests.strace) == "Flame graph of calls")
  }

  @Test("2: nothing to draw, a width out of range") func none() throws {
    let folder = try TemporaryFolder(["folded": "a;b 0\n"])
    #expect(try Tool.run("flame", "draw", "\(folder.path)/folded").status == 2)
    #expect(try Tool.run("flame", "draw", "--min-width", "-1", "\(folder.path)/folded").status == 2)
  }
}
