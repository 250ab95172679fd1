import Yams

/// What a measure was, by its text.
public struct BaselineValue: Sendable, Hashable {
  public let measure: String
  public let quantity: RuleQuantity
  public let value: Double

  public init(measure: String, quantity: RuleQuantity, value: Double) {
    self.measure = measure
    self.quantity = quantity
    self.value = value
  }
}

/// What the left sides of rules were in an earlier run, log by log.
///
/// The file is JSON: `{"format": "tracestat-baseline", "version": 1, "logs": [{"log": NAME, "measures": [{"measure": TEXT, "quantity": KIND,
/// "value": NUMBER}]}]}`. Logs are known by their names without folders and the suffixes of packing; values are in the units of
/// ``RuleQuantity/unit``.
public struct Baseline: Sendable {
  public static let format = "tracestat-baseline"
  public static let version = 1

  public struct Log: Sendable {
    public let name: String
    public let values: [BaselineValue]

    public init(name: String, values: [BaselineValue]) {
      self.name = name
      self.values = values
    }
  }

  public let logs: [Log]
  public init(logs: [Log]) { self.logs = logs }

  /// The values for a log of this name: its own, or those of the only log there is.
  public func values(for name: String) -> [BaselineValue]? {
    let short = Self.shortName(name)
    return (logs.first { $0.name == short } ?? (logs.count == 1 ? logs[0] : nil))?.values
  }

  /// `logs/web1.log.gz` -> `web1.log`.
  public static func shortName(_ path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    for suffix in [".gz", ".xz", ".zst", ".lzma"] where name.hasSuffix(suffix) && name.count > suffix.count {
      return String(name.dropLast(suffix.count))
    }
    return name
  }

  /// - Parameters:
  ///   - text: of the file.
  ///   - path: what to call it in messages.
  /// - Throws: ``RuleFileError``.
  public init(_ text: String, path: String) throws(RuleFileError) {
    func wrong(_ node: Node?, _ message: String) -> RuleFileError {
      let place = RulePlace(line: node?.mark?.line ?? 1, column: node?.mark?.column ?? 1)
      return RuleFileError(
        path: path, problems: [RuleProblem(place, "\(message) (write one with tracestat check --write-baseline)")])
    }
    // JSON is YAML.
    let root: Node?
    do { root = try Yams.compose(yaml: text) } catch { throw wrong(nil, "is no baseline: not JSON") }
    guard let root, root["format"]?.scalar?.string == Self.format else { throw wrong(root, "is no baseline") }
    guard root["version"]?.scalar?.string == String(Self.version) else {
      throw wrong(root["version"], "is a baseline of another version than \(Self.version)")
    }
    guard let items = root["logs"]?.sequence else { throw wrong(root, "is no baseline: it has no logs") }
    var logs: [Log] = []
    for item in items {
      guard let name = item["log"]?.scalar?.string, let measures = item["measures"]?.sequence else {
        throw wrong(item, "is damaged: expected \"log\" and \"measures\"")
      }
      var values: [BaselineValue] = []
      for measure in measures {
        guard let text = measure["measure"]?.scalar?.string,
          let quantity = measure["quantity"]?.scalar.flatMap({ RuleQuantity(rawValue: $0.string) }),
          let value = measure["value"]?.scalar.flatMap({ Double($0.string) }), value.isFinite
        else { throw wrong(measure, "is damaged: expected \"measure\", \"quantity\" and \"value\"") }
        values.append(BaselineValue(measure: text, quantity: quantity, value: value))
      }
      logs.append(Log(name: name, values: values))
    }
    self.logs = logs
  }
}
