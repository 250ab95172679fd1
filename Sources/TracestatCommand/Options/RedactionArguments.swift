import ArgumentParser
import Glibc
import Tracestat

/// What is hidden of the log's values, wherever one is printed.
struct RedactionArguments: ParsableArguments {
  // Not ArgumentParser's `defaultAsFlag`: it takes a log's name for the value, drops the value when another option follows, and
  // takes a misspelt one for the default.
  @Option(
    name: .customLong("redact"),
    help: ArgumentHelp(
      """
      Print pseudonyms for stream names, query strings, credentials and payload; --redact=addresses: for hosts too. \
      --redact alone is --redact=secrets.
      """, valueName: "what"))
  var scope: Redaction.Scope?

  @Option(
    name: .customLong("redact-salt"),
    help: ArgumentHelp(
      """
      A secret text that pseudonyms are made with instead of the log's own head, so that several logs share them \
      (or TRACESTAT_REDACT_SALT in the environment).
      """, valueName: "text"))
  var salt: String?

  mutating func validate() throws {
    if salt != nil, scope == nil { throw ValidationError("--redact-salt goes with --redact") }
    if salt == "" { throw ValidationError("--redact-salt is empty: anyone could try names") }
  }

  /// After the log was read.
  func redaction(of log: TraceLog) throws -> Redaction { try ofEachLog(log) }

  /// The same, for logs that are read on other threads.
  var ofEachLog: @Sendable (TraceLog) throws -> Redaction {
    guard let scope else { return { _ in .none } }
    let secret = secret
    return { try $0.redaction(scope, salt: secret) }
  }

  /// For profiles, whose names are hidden once they are read.
  var naming: NameRedaction? { scope.map { NameRedaction($0, salt: secret) } }

  private var secret: String? {
    salt ?? getenv("TRACESTAT_REDACT_SALT").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// `--redact LOG` names a log, not what to redact: only what follows a `=` is a value.
  static func separated(_ arguments: [String]) -> [String] {
    let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
    return arguments[..<end].map { $0 == "--redact" ? "--redact=\(Redaction.Scope.secrets.rawValue)" : $0 } + arguments[end...]
  }
}

extension Redaction.Scope: ExpressibleByArgument {}
