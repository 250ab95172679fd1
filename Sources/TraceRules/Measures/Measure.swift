import TraceAnalyses

/// A figure that rules may name, and where else tracestat shows it.
public struct Measure: Sendable {
  /// What it is a figure of.
  public enum Population: String, Sendable, CaseIterable {
    case calls, stalls, leaks, descriptors, connections, http, dns
    case rtmpSessions = "RTMP sessions"
    case rtmpFreezes = "RTMP freezes"
    case futexes, locks, deadlocks, threads, log
  }

  /// How it is made of its population.
  enum Figure: Sendable, Hashable {
    /// How many rows, or what they count.
    case count
    /// Of calls: those that failed.
    case errors, errorShare, callShare, timeShare, inFlight
    case rate, throughput
    case sum, mean, least, most
    /// Thousandths; nil where the rule says which.
    case percentile(Int?)
    // Of the log, or of the open descriptors of its processes.
    case growth, notUnderstood, unpaired, lostEvents, damages, lines, signals, exits, duration
  }

  public let name: String
  /// Other names of it.
  public let aliases: [String]
  public let population: Population
  let figure: Figure
  public let quantity: RuleQuantity
  /// What it means.
  public let meaning: String
  /// The subcommand that shows the same figure.
  public let command: String

  init(
    _ name: String, _ aliases: [String], _ population: Population, _ figure: Figure, _ quantity: RuleQuantity,
    _ meaning: String, _ command: String
  ) {
    self.name = name
    self.aliases = aliases
    self.population = population
    self.figure = figure
    self.quantity = quantity
    self.meaning = meaning
    self.command = command
  }

  init(
    _ name: String, _ population: Population, _ figure: Figure, _ quantity: RuleQuantity, _ meaning: String, _ command: String
  ) {
    self.init(name, [], population, figure, quantity, meaning, command)
  }

  /// How its arguments are written.
  public var usage: String {
    var parts: [String] = []
    if figure == .percentile(nil) { parts.append("N") }
    if population == .calls { parts.append("CALL, ...") }
    if takesLength { parts.append("longer than TIME") }
    if !facts.isEmpty { parts.append("where CONDITION") }
    return parts.isEmpty ? name : "\(name)(\(parts.joined(separator: " ")))"
  }

  /// Whether `longer than` is understood.
  var takesLength: Bool { population == .stalls || population == .rtmpFreezes }

  /// What conditions may ask of its rows.
  public var facts: [RowTest.Fact] { population.facts }
}

extension Measure.Population {
  /// What conditions may ask of a row.
  public var facts: [RowTest.Fact] {
    switch self {
    case .calls: CallSelection.facts
    case .stalls: [.kind, .duration, .process, .tid, .fd, .peer, .stream]
    case .leaks: [.kind, .path, .peer, .process, .openedBy]
    case .descriptors: [.process]
    case .connections:
      [
        .kind, .protocol, .role, .peerRole, .peer, .local, .stream, .path, .process, .fd, .endedBy, .readBytes, .writeBytes,
        .silence,
        .errors,
      ]
    case .http: [.method, .host, .path, .status, .latency, .role, .process, .tid, .fd, .requestBytes, .responseBytes]
    case .dns: [.name, .type, .outcome, .server, .attempts, .latency, .tid]
    case .rtmpSessions: [.role, .app, .stream, .peer, .process, .fd, .endedBy, .readBytes, .writeBytes]
    case .rtmpFreezes: [.role, .app, .stream, .peer, .process, .fd, .cause, .duration]
    case .futexes: [.use, .process, .waits]
    case .locks: [.process, .waits]
    case .deadlocks: [.process]
    case .threads: [.thread, .role, .process, .tid, .saturation]
    case .log: []
    }
  }
}
