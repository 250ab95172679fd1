import TraceSyntax

/// Threads of a dump that are at the same place: equal states and stacks.
public struct StackGroup: Sendable {
  /// In the order of the dump.
  public let threads: [JavaThread]
  /// `WAITING (parking)`; what the JVM says of the native thread where it is none of Java's.
  public let state: String
  /// Innermost first.
  public let frames: [String]

  /// The groups of a dump, the largest first, then as the dump has them.
  public static func of(_ dump: ThreadDump) -> [StackGroup] {
    struct Key: Hashable {
      var state: String
      var frames: [String]
    }
    var places: [Key: Int] = [:]
    var groups: [(key: Key, threads: [JavaThread])] = []
    for thread in dump.threads {
      let key = Key(state: state(thread), frames: thread.frames)
      if let place = places[key] {
        groups[place].threads.append(thread)
      } else {
        places[key] = groups.count
        groups.append((key, [thread]))
      }
    }
    return groups.enumerated().sorted { ($1.element.threads.count, $0.offset) < ($0.element.threads.count, $1.offset) }.map {
      StackGroup(threads: $0.element.threads, state: $0.element.key.state, frames: $0.element.key.frames)
    }
  }

  private static func state(_ thread: JavaThread) -> String {
    guard let state = thread.state else { return thread.nativeState }
    return thread.stateDetail.map { "\(state) (\($0))" } ?? state
  }
}
