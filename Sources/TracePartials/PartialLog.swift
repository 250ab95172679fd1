import TraceAnalyses
import TraceCalls
import TraceInput
import TraceReports
import TraceSyntax

/// A log that a partial covers: what one pass read, be it a file, a `-ff` set or the pieces of a rotated log.
public struct PartialLog: Sendable {
  /// As it was named.
  public let name: String
  /// Files that belong to it besides the first.
  public let moreFiles: Int
  /// Bytes of the log, decompressed.
  public let bytes: Int64
  /// Of its beginning, length and ledger: the same log twice has the same one.
  public let digest: UInt64
  public let clock: TraceClock
  public let ledger: Ledger
  public let damages: [InputDamage]
  /// What is assumed or approximated, for people.
  public let notes: [String]
  /// How the tracers' own tables compare, for people.
  public let tables: [String]
  /// The partial that it was read from, for messages.
  var source = "this run"

  /// - Parameters:
  ///   - name: of its first file.
  ///   - moreFiles: how many more belong to it.
  ///   - bytes: of the log, decompressed.
  ///   - head: its first bytes, 64 KiB where there are as many.
  ///   - clock: of the pass.
  ///   - ledger: of the pass.
  ///   - damages: what could not be read.
  ///   - notes: of the pass and of the analysis.
  ///   - tables: verdicts on the tracers' own tables.
  public init(
    name: String, moreFiles: Int = 0, bytes: Int64, head: [UInt8],
    clock: TraceClock = TraceClock(kind: .none, isFine: false, first: nil, last: 0),
    ledger: Ledger = Ledger(), damages: [InputDamage] = [], notes: [String] = [], tables: [String] = []
  ) {
    var digest = Digest()
    digest.take(head)
    digest.take(UInt64(bitPattern: bytes))
    for entry in ledger.kinds + ledger.reasons { digest.take(UInt64(bitPattern: Int64(entry.lines))) }
    for count in [ledger.calls, ledger.errors, ledger.inFlight] { digest.take(UInt64(bitPattern: Int64(count))) }
    digest.take(UInt64(bitPattern: clock.last))
    self.init(
      name: name, moreFiles: moreFiles, bytes: bytes, digest: digest.value, clock: clock, ledger: ledger, damages: damages,
      notes: notes, tables: tables)
  }

  /// Profiles that were folded as one.
  /// - Parameters:
  ///   - name: of the first.
  ///   - moreFiles: how many more there are.
  ///   - stacks: what was made of them.
  ///   - damages: what could not be read.
  public init(name: String, moreFiles: Int, stacks: FoldedStacks, damages: [InputDamage]) {
    var digest = Digest()
    stacks.forEachStack { path, weight in
      for frame in path { digest.take(Array(stacks.names.text(frame))) }
      digest.take(UInt64(bitPattern: weight))
    }
    self.init(
      name: name, moreFiles: moreFiles, bytes: Int64(stacks.lines), digest: digest.value,
      clock: TraceClock(kind: .none, isFine: false, first: nil, last: 0), ledger: Ledger(), damages: damages, notes: stacks.notes,
      tables: [stacks.verdict])
  }

  init(
    name: String, moreFiles: Int, bytes: Int64, digest: UInt64, clock: TraceClock, ledger: Ledger, damages: [InputDamage],
    notes: [String], tables: [String]
  ) {
    self.name = name
    self.moreFiles = moreFiles
    self.bytes = bytes
    self.digest = digest
    self.clock = clock
    self.ledger = ledger
    self.damages = damages
    self.notes = notes
    self.tables = tables
  }

  /// The order of logs: by first stamp, then name.
  func precedes(_ other: PartialLog) -> Bool {
    let (a, b) = (clock.first ?? .min, other.clock.first ?? .min)
    return (a, name, digest) < (b, other.name, other.digest)
  }

  func isSame(as other: PartialLog) -> Bool { digest == other.digest && bytes == other.bytes }

  /// `strace.log`, `strace.log.1 and 2 more`.
  var title: String { moreFiles > 0 ? "\(name) and \(moreFiles) more" : name }

  /// Names that tell logs apart: with the beginning of the digest where the titles do not.
  static func labels(_ logs: [PartialLog]) -> [String] {
    var counts: [String: Int] = [:]
    for log in logs { counts[log.title, default: 0] += 1 }
    return logs.map { log in
      guard counts[log.title, default: 0] > 1 else { return log.title }
      let digits = String(log.digest, radix: 16)
      return "\(log.title)#\(String(repeating: "0", count: 16 - digits.count) + digits)".prefixOfDigest
    }
  }
}

extension String {
  /// A label with a digest of 16 digits, of which 8 are kept.
  fileprivate var prefixOfDigest: String { String(dropLast(8)) }
}

/// A 64-bit hash to notice equal things by; no secret, no defence against forgery.
struct Digest {
  private(set) var value: UInt64 = 0x9e37_79b9_7f4a_7c15

  /// Vigna's splitmix64, chained.
  mutating func take(_ word: UInt64) {
    var z = (value ^ word) &+ 0x9e37_79b9_7f4a_7c15
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    value = z ^ z >> 31
  }

  mutating func take(_ bytes: [UInt8]) {
    var word: UInt64 = 0
    for (place, byte) in bytes.enumerated() {
      word = word << 8 | UInt64(byte)
      if place % 8 == 7 { take(word) }
    }
    take(word)
    take(UInt64(bytes.count))
  }
}
