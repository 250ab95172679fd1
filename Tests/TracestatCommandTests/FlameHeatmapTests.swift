import Foundation
import Testing
import TraceTestSupport

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite("flame heatmap")
struct FlameHeatmapTests {
  private func page(_ input: String, _ options: String...) throws -> (data: [String: Any], text: String) {
    let outcome = try Tool.run(["flame", "heatmap", "--format", "html"] + options + [input])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let json = try #require(outcome.text.firstMatch(of: #/(?s)<script type="application/json" id="data">(.*?)</script>/#)).1
    return (try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]), outcome.text)
  }

  @Test(
    "the page's cells are the samples, and their stacks those folded",
    arguments: [FlameFoldTests.fixture("chains"), FlameInputTests.strace, FlameInputTests.jstack])
  func cells(input: String) throws {
    let (data, _) = try page(input)
    let names = try #require(data["names"] as? [String])
    let parents = try #require(data["parent"] as? [Int])
    let nodeNames = try #require(data["name"] as? [Int])
    let (nodes, slices) = (try #require(data["nodes"] as? [Int]), try #require(data["slices"] as? [Int]))
    let weights = try #require(data["weights"] as? [Int])
    let last = try #require(data["columns"] as? Int) * #require(data["rows"] as? Int) * #require(data["perColumn"] as? Int)
    #expect(slices == slices.sorted() && slices.allSatisfy { $0 >= 0 && $0 < last })
    #expect((data["kinds"] as? [Int])?.count == names.count && nodeNames.count == parents.count)
    var stacks: [String: Int] = [:]
    for (node, weight) in zip(nodes, weights) {
      var path: [String] = []
      var place = node
      while place > 0 {
        path.append(names[nodeNames[place]])
        #expect(parents[place] < place)
        place = parents[place]
      }
      stacks[path.reversed().joined(separator: ";"), default: 0] += weight
    }
    let folded = try Tool.run("flame", "fold", input).lines
    #expect(stacks.map { "\($0.key) \($0.value)" }.sorted() == folded.sorted())
  }

  @Test("a picture: cells where samples are") func picture() throws {
    let folder = try TemporaryFolder([
      "log":
        "a 1 100.010000: cycles:\n\t1 f (/x)\n\na 1 100.030000: cycles:\n\t1 f (/x)\n\na 1 101.030000: cycles:\n\t1 f (/x)\n\na 1 101.031000: cycles:\n\t1 f (/x)\n\n"
    ])
    let outcome = try Tool.run("flame", "heatmap", "--rows", "10", "--title", "<&>", folder.path + "/log")
    #expect(outcome.status == 0 && XMLParser(data: Data(outcome.output)).parse())
    #expect(outcome.text.contains("1 to 2 samples in 100ms") && outcome.text.contains("&lt;&amp;&gt;"))
    // Two samples in the first slice of each second: two columns of one cell, of the same colour.
    let cells = outcome.text.matches(of: #/<path class="s(\d)" d="([^"]*)"/>/#)
    #expect(cells.map { String($0.1) } == ["9"] && cells[0].2.filter { $0 == "M" }.count == 2)
    let file = "\(folder.path)/heat.html"
    #expect(try Tool.run("flame", "heatmap", "-o", file, folder.path + "/log").status == 0)
    #expect(try String(contentsOfFile: file, encoding: .utf8).hasPrefix("<!DOCTYPE html>"))
  }

  @Test("whatever is in names, no tag begins in the page") func hostile() throws {
    let folder = try TemporaryFolder([
      "log": "</script><script>alert(1)</script> 1 100.010000: cycles:\n\t1 <img src=x onerror=alert(2)> (/x)\n\n"
    ])
    let (data, text) = try page("\(folder.path)/log", "--title", "</title><b>")
    #expect((data["names"] as? [String])?.contains("<img_src=x onerror=alert") == false)
    #expect((data["names"] as? [String])?.contains { $0.hasPrefix("</script>") } == true)
    #expect(!text.contains("alert(1)</script>") && !text.contains("<img") && !text.contains("<b>"))
    #expect(text.components(separatedBy: "<script").count == 3)
  }

  @Test("stamps of whole seconds: a cell for each second") func wholeSeconds() throws {
    func map(_ stamp: (Int) -> String) throws -> Tool.Outcome {
      let lines = (0..<40).map { "100 \(stamp($0)) getpid() = 100 <0.000010>\n" }
      let folder = try TemporaryFolder(["log": lines.joined()])
      return try Tool.run("flame", "heatmap", folder.path + "/log")
    }
    let whole = try map { "10:00:0\($0 / 10)" }
    #expect(whole.text.contains("stamps are of whole seconds") && whole.text.contains("1 to 10 calls in 1.0s"))
    // Four columns from top to bottom.
    #expect(whole.text.matches(of: #/M[0-9.]+ 52h40v300h-40z/#).count == 4)
    let fine = try map { "10:00:0\($0 / 10).\($0 % 10)00000" }
    #expect(fine.status == 0 && fine.text.contains("read upwards") && fine.text.contains("1 call in 20ms"))
    #expect(fine.text.matches(of: #/M[0-9.]+ [0-9.]+h40v6h-40z/#).count == 40)
  }

  @Test("2: samples without times") func none() throws {
    let folder = try TemporaryFolder(["folded": "a;b 1\n"])
    let outcome = try Tool.run("flame", "heatmap", "\(folder.path)/folded")
    #expect(outcome.status == 2 && outcome.errors.contains("no sample has a time"))
    #expect(try Tool.run("flame", "heatmap", "--rows", "0", FlameFoldTests.fixture("chains")).status == 2)
  }

  @Test("--every keeps slices of time apart; their sum is the whole") func every() throws {
    for input in [FlameFoldTests.fixture("chains"), FlameInputTests.strace, FlameInputTests.jstack] {
      let whole = try Tool.run("flame", "fold", input).lines.sorted()
      let sliced = try Tool.run("flame", "fold", "--every", "10ms", input).lines
      #expect(sliced.count > 1 && sliced.allSatisfy { $0.hasPrefix("@") })
      var sums: [String: Int] = [:]
      for line in sliced {
        let space = line.lastIndex(of: " ")!
        sums[String(line[..<space].drop { $0 != ";" }.dropFirst()), default: 0] += Int(line[line.index(after: space)...])!
      }
      #expect(sums.map { "\($0.key) \($0.value)" }.sorted() == whole)
    }
  }
}
