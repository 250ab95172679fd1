import TraceProcesses
import TraceProtocols

/// The directions of DNS connections over TCP that have a message under way. Memory follows these: at most ``most`` readers of at most
/// `Payload.limit` bytes each.
struct DnsStreams {
  struct Direction: Hashable {
    /// Index of the open description.
    var description: Int32
    var isRead: Bool
  }

  static let most = 1024

  private var readers: [Direction: DNSStreamReader] = [:]
  /// Directions that cannot be read any more, until their connections end.
  private var lost: Set<Direction> = []
  /// Directions given up because -s cut a length, and because there were too many.
  private(set) var cut = 0
  private(set) var dropped = 0

  var isEmpty: Bool { readers.isEmpty && lost.isEmpty }

  /// Takes the bytes of one call, and hands out every message that ends in it.
  mutating func read(_ payload: Payload, _ direction: Direction, _ found: (DNSMessage) -> Void) {
    guard !lost.contains(direction) else { return }
    var reader = readers.removeValue(forKey: direction) ?? DNSStreamReader()
    reader.read(payload, found)
    if reader.isLost {
      lost.insert(direction)
      cut += 1
    } else if !reader.isBetweenMessages {
      if readers.count >= Self.most { dropOldest() }
      readers[direction] = reader
    }
  }

  /// What is between messages needs no reader; what is in the middle of one is lost without.
  private mutating func dropOldest() {
    guard let oldest = readers.keys.min(by: { $0.description < $1.description }) else { return }
    readers[oldest] = nil
    lost.insert(oldest)
    dropped += 1
  }

  /// Forgets connections that this batch ended.
  mutating func forgetClosed(_ model: ProcessModel) {
    for life in model.closings {
      let description = model.incarnations[Int(life)].description
      for isRead in [true, false] {
        let direction = Direction(description: description, isRead: isRead)
        readers[direction] = nil
        lost.remove(direction)
      }
    }
  }
}
