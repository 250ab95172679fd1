import TraceCalls
import TraceSyntax

/// Calls by the path among their arguments, as ``NamePattern`` leaves it.
struct PathTallies {
  /// Bytes of paths as printed that are remembered with their patterns, and of the patterns.
  static let rawBytes = 16 << 20
  static let patternBytes = 16 << 20
  /// Patterns that are told apart: those met first.
  static let limit = 50_000

  struct Tally {
    var calls = 0
    var time: Int64 = 0
    var firstLine = 0
    /// The slices in which it was met, as bits.
    var slices: UInt32 = 0
  }

  private let pathPlaces = SyscallCatalog.shared.pathPlaces
  private let execve = SyscallCatalog.shared.id(of: "execve")
  private let joiner = ArgumentJoiner()
  private var raws = TextIndex(limit: rawBytes)
  /// By raw text: its pattern, or -1 where there was no room.
  private var patternOfRaw: [Int32] = []
  private var patterns = TextIndex(limit: patternBytes)
  private var tallies: [Tally] = []
  /// Calls whose path there was no room for.
  private(set) var missed = 0
  /// The first program that the log shows being run.
  private(set) var program: String?

  /// Counts the path of a call, where it has one.
  @inline(__always)
  mutating func add(_ call: SeenCall, _ event: UnsafePointer<CallEvent>) {
    let id = Int(call.syscall.rawValue)
    if id < pathPlaces.count, let place = pathPlaces[id], event.pointee.phase != .returnedOnly { add(call, event, place) }
  }

  private mutating func add(_ call: SeenCall, _ event: UnsafePointer<CallEvent>, _ place: Int) {
    let text = joiner.arguments(of: event.pointee)[place].unsafeBytes
    // `""` names the descriptor before it (AT_EMPTY_PATH).
    guard text.count > 2, text.first == UInt8(ascii: "\"") else { return }
    let short = UnsafeRawBufferPointer(rebasing: text.prefix(Summary.longestPath))
    if program == nil, call.syscall == execve, event.pointee.succeeded { program = CallArgument(short).string?.description }
    guard let pattern = pattern(short) else {
      missed += 1
      return
    }
    count(call, pattern)
  }

  /// Counts a name that no argument shows.
  mutating func add(name: String, line: Int) {
    guard let pattern = number(NamePattern.ofPath(name)) else { return }
    if tallies[Int(pattern)].firstLine == 0 { tallies[Int(pattern)].firstLine = line }
    tallies[Int(pattern)].slices |= 1
  }

  private mutating func count(_ call: SeenCall, _ pattern: Int32) {
    let index = Int(pattern)
    tallies[index].calls += 1
    if call.duration > 0 { tallies[index].time = Summary.sum(tallies[index].time, call.duration) }
    if tallies[index].firstLine == 0 { tallies[index].firstLine = call.line }
    tallies[index].slices |= 1 << UInt32(call.slice)
  }

  private mutating func pattern(_ raw: UnsafeRawBufferPointer) -> Int32? {
    let known = raws.number(of: raw)
    if let known, Int(known) < patternOfRaw.count { return patternOfRaw[Int(known)] < 0 ? nil : patternOfRaw[Int(known)] }
    let pattern = CallArgument(raw).string.flatMap { number(NamePattern.ofPath($0.description + ($0.isTruncated ? "..." : ""))) }
    if known != nil { patternOfRaw.append(pattern ?? -1) }
    return pattern
  }

  private mutating func number(_ pattern: String) -> Int32? {
    guard patterns.count < Self.limit else { return nil }
    var pattern = pattern
    guard let number = pattern.withUTF8({ patterns.number(of: UnsafeRawBufferPointer($0)) }) else { return nil }
    if Int(number) == tallies.count { tallies.append(Tally()) }
    return number
  }

  mutating func join() {
    for index in tallies.indices { tallies[index].slices = SliceClock.joined(tallies[index].slices) }
  }

  var result: [String: Tally] {
    var result: [String: Tally] = [:]
    for (number, tally) in tallies.enumerated() {
      result[patterns.withText(Int32(number)) { String(decoding: $0, as: UTF8.self) }] = tally
    }
    return result
  }
}
