import Foundation
import Testing
import TraceTestSupport

/// What other viewers are given, read back.
@Suite("flame fold: formats of other viewers")
struct FlameExportTests {
  private static let inputs = [FlameFoldTests.fixture("chains"), FlameInputTests.strace, FlameInputTests.jstack]

  private func export(_ form: String, _ input: String) throws -> [UInt8] {
    let outcome = try Tool.run("flame", "fold", "--format", form, input)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return outcome.output
  }

  private func folded(_ input: String) throws -> [String] { try Tool.run("flame", "fold", input).lines.sorted() }

  @Test("speedscope", arguments: inputs) func speedscope(input: String) throws {
    let file = try #require(try JSONSerialization.jsonObject(with: Data(export("speedscope", input))) as? [String: Any])
    #expect(file["$schema"] as? String == "https://www.speedscope.app/file-format-schema.json")
    // The schema's required properties; none has a value of another kind.
    #expect(Set(file.keys) == ["$schema", "exporter", "name", "shared", "profiles"])
    let frames = try #require((file["shared"] as? [String: Any])?["frames"] as? [[String: String]]).map { $0["name"]! }
    let profile = try #require((file["profiles"] as? [[String: Any]])?.first)
    #expect(Set(profile.keys) == ["type", "name", "unit", "startValue", "endValue", "samples", "weights"])
    #expect(
      profile["type"] as? String == "sampled"
        && profile["unit"] as? String == (input == FlameInputTests.strace ? "nanoseconds" : "none"))
    let samples = try #require(profile["samples"] as? [[Int]])
    let weights = try #require(profile["weights"] as? [Int])
    #expect(samples.count == weights.count && samples.joined().allSatisfy(frames.indices.contains))
    #expect(zip(samples, weights).map { "\($0.map { frames[$0] }.joined(separator: ";")) \($1)" }.sorted() == (try folded(input)))
    #expect(profile["startValue"] as? Int == 0 && profile["endValue"] as? Int == weights.reduce(0, +))
  }

  private static let firefoxTables = [
    "samples": ["stack", "time", "weight", "weightType"], "stackTable": ["frame", "category", "subcategory", "prefix"],
    "frameTable": [
      "address", "inlineDepth", "category", "subcategory", "func", "nativeSymbol", "innerWindowID", "implementation", "line",
      "column",
    ],
    "funcTable": ["name", "isJS", "relevantForJS", "resource", "fileName", "lineNumber", "columnNumber"],
    "resourceTable": ["lib", "name", "host", "type"], "nativeSymbols": ["libIndex", "address", "name", "functionSize"],
    "markers": ["data", "name", "startTime", "endTime", "phase", "category"],
  ]

  @Test("Firefox: tables are as long as they say, samples are those folded", arguments: inputs) func firefox(input: String) throws
  {
    let file = try #require(try JSONSerialization.jsonObject(with: Data(export("firefox", input))) as? [String: Any])
    let meta = try #require(file["meta"] as? [String: Any])
    for name in ["interval", "startTime", "processType", "product", "stackwalk", "version", "markerSchema"] {
      #expect(meta[name] != nil, "meta.\(name)")
    }
    #expect(meta["preprocessedProfileVersion"] as? Int == 47)
    let colors = try #require(meta["categories"] as? [[String: Any]]).map { $0["color"] as? String }
    // Stacks of no category are given the first grey one.
    #expect(colors.first == "grey")
    let categories = colors.count
    var stacks: [String] = []
    var tids: Set<Int> = []
    for thread in try #require(file["threads"] as? [[String: Any]]) {
      func table(_ name: String) throws -> [String: Any] {
        let table = try #require(thread[name] as? [String: Any])
        for (column, values) in table {
          if let values = values as? [Any] { #expect(values.count == table["length"] as? Int, "\(name).\(column)") }
        }
        return table
      }
      // Its columns, as version 47 has them: a viewer reads each without asking whether it is there.
      for (name, columns) in Self.firefoxTables {
        #expect(Set(try table(name).keys).isSuperset(of: columns + ["length"]), "\(name)")
      }
      #expect(thread["pid"] is String && thread["isMainThread"] is Bool && thread["pausedRanges"] is [Any])
      #expect(tids.insert(try #require(thread["tid"] as? Int)).inserted)
      let strings = try #require(thread["stringArray"] as? [String])
      let functions = try #require(try table("funcTable")["name"] as? [Int])
      let frames = try #require(try table("frameTable")["func"] as? [Int])
      let stackFrames = try #require(try table("stackTable")["frame"] as? [Int])
      let prefixes = try #require(try table("stackTable")["prefix"] as? [Any])
      #expect(try #require(try table("stackTable")["category"] as? [Int]).allSatisfy { $0 < categories })
      let samples = try table("samples")
      for (stack, weight) in zip(try #require(samples["stack"] as? [Any]), try #require(samples["weight"] as? [Double])) {
        var path: [String] = []
        var place = stack as? Int
        while let at = place {
          path.append(strings[functions[frames[stackFrames[at]]]])
          place = prefixes[at] as? Int
          if let place { #expect(place < at) }
        }
        path.append(try #require(thread["name"] as? String))
        let whole = samples["weightType"] as? String == "tracing-ms" ? Int((weight * 1e6).rounded()) : Int(weight)
        stacks.append("\(path.reversed().joined(separator: ";")) \(whole)")
      }
    }
    #expect(stacks.sorted() == (try folded(input)))
  }

  /// Fields of a message: their numbers, and what they hold.
  private func fields(_ bytes: ArraySlice<UInt8>) -> [(field: Int, value: UInt64, bytes: ArraySlice<UInt8>)] {
    var fields: [(Int, UInt64, ArraySlice<UInt8>)] = []
    var rest = bytes
    while !rest.isEmpty {
      let key = varint(&rest)
      let value = varint(&rest)
      if key & 7 == 2 {
        fields.append((Int(key >> 3), 0, rest.prefix(Int(value))))
        rest = rest.dropFirst(Int(value))
      } else {
        fields.append((Int(key >> 3), value, []))
      }
    }
    return fields
  }

  private func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64 {
    var (value, shift): (UInt64, UInt64) = (0, 0)
    while let byte = rest.popFirst() {
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { break }
      shift += 7
    }
    return value
  }

  @Test("pprof: profile.proto in gzip, the same for the same input", arguments: inputs) func pprof(input: String) throws {
    #expect(try export("pprof", input) == export("pprof", input))
    let unpacked = try Tool.shell("\"$0\" flame fold --format pprof \"$1\" | gzip -dc", input).output
    let profile = fields(unpacked[...])
    let strings = profile.filter { $0.field == 6 }.map { String(decoding: $0.bytes, as: UTF8.self) }
    #expect(strings.first == "" && profile.filter { $0.field == 1 }.count == 2)
    // Of each kind: what a sample's values are, the preferred of them, and numbers that are not 0.
    let types = profile.filter { $0.field == 1 }.map { fields($0.bytes).map { strings[Int($0.value)] } }
    #expect(types[0] == ["samples", "count"] && types.count == 2)
    #expect(profile.filter { $0.field == 14 }.map { strings[Int($0.value)] } == [types[1][0]])
    for message in profile where message.field == 4 || message.field == 5 {
      #expect(fields(message.bytes).contains { $0.field == 1 && $0.value > 0 })
    }
    let functions = Dictionary(
      uniqueKeysWithValues: profile.filter { $0.field == 5 }.map { function in
        let parts = fields(function.bytes)
        return (parts.first { $0.field == 1 }!.value, strings[Int(parts.first { $0.field == 2 }!.value)])
      })
    let locations = Dictionary(
      uniqueKeysWithValues: profile.filter { $0.field == 4 }.map { location in
        let parts = fields(location.bytes)
        return (parts.first { $0.field == 1 }!.value, functions[fields(parts.first { $0.field == 4 }!.bytes)[0].value]!)
      })
    let stacks = profile.filter { $0.field == 2 }.map { sample in
      func numbers(_ field: Int) -> [UInt64] {
        var rest = fields(sample.bytes).first { $0.field == field }!.bytes
        var numbers: [UInt64] = []
        while !rest.isEmpty { numbers.append(varint(&rest)) }
        return numbers
      }
      #expect(numbers(2).count == types.count)
      return "\(numbers(1).reversed().map { locations[$0]! }.joined(separator: ";")) \(numbers(2)[1])"
    }
    #expect(stacks.sorted() == (try folded(input)))
  }
}
