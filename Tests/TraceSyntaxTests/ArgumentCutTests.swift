import Testing
import TraceSyntax
import TraceTestSupport

/// Arguments of any text answer, whatever it is: nothing traps, and nothing is read outside the text.
@Suite("No argument text can break a reader")
struct ArgumentCutTests {
  /// Asks an argument everything; the sum keeps the answers from being skipped.
  static func ask(_ argument: CallArgument, depth: Int = 0) -> Int {
    var sum = argument.text.utf8.count &+ (argument.name?.utf8.count ?? 0) &+ (argument.comment?.text.utf8.count ?? 0)
    sum &+= Int(truncatingIfNeeded: argument.number ?? 0) &+ Int(truncatingIfNeeded: argument.unsigned ?? 0)
    sum &+= Int(argument.descriptor ?? 0) &+ (argument.decoration?.text.utf8.count ?? 0)
    sum &+= argument.flags.reduce(0) { $0 &+ $1.text.utf8.count } &+ Int(truncatingIfNeeded: argument.flagBits)
    sum &+= argument.contains("O_CLOEXEC", 0x80000) ? 1 : 0
    sum &+= argument.before.text.utf8.count &+ argument.after.text.utf8.count &+ (argument.isAbbreviated ? 1 : 0)
    if let string = argument.string {
      #expect(string.byteCount == string.bytes.count)
      sum &+= string.byteCount &+ (string.isTruncated ? 1 : 0) &+ (string.isAbstract ? 1 : 0)
    }
    sum &+= argument.socketAddress?.name?.utf8.count ?? 0
    sum &+= Int(truncatingIfNeeded: (argument.timespec ?? 0) &+ (argument.timeval ?? 0))
    sum &+= argument.itimerspec == nil ? 0 : 1
    sum &+= argument.ioVectors.count &+ argument.messages.count &+ (argument.messageHeader?.rights.count ?? 0)
    sum &+= (argument.descriptorSet?.count ?? 0) &+ argument.pollDescriptors.count &+ argument.epollEvents.count
    sum &+= (argument.signalSet?.listed.count ?? 0) &+ argument.futexWaiters.count
    sum &+=
      (argument.waitStatus == nil ? 0 : 1) &+ (argument.futexOperation == nil ? 0 : 1) &+ (argument.epollEvent == nil ? 0 : 1)
    if depth < 4 { for element in argument.elements { sum &+= ask(element, depth: depth + 1) } }
    return sum
  }

  static func ask(_ text: some Collection<UInt8>) -> Int {
    let arguments = owned(text)
    return arguments.reduce(arguments.count) { $0 &+ ask($1) } &+ Arguments.auxiliary(ofResult: arguments).count
  }

  static let texts: [[UInt8]] = {
    var shapes = Set<String>()
    var texts: [[UInt8]] = []
    for capture in Capture.all {
      FastParser().forEach((try? capture.bytes()) ?? []) { event, bytes in
        guard event.argumentsEnd - event.argumentsStart < 300 else { return }
        let text = Array(bytes[Int(event.argumentsStart)..<Int(event.argumentsEnd)])
        // One text of each shape: digits, and which letters, do not matter here.
        let shape = String(
          decoding: text.map { $0 >= 48 && $0 <= 57 ? 48 : ($0 | 0x20) >= 97 && ($0 | 0x20) <= 122 ? 97 : $0 }, as: UTF8.self)
        if shapes.insert(shape).inserted { texts.append(text) }
      }
    }
    return texts
  }()

  @Test("cut at every byte") func cuts() {
    #expect(Self.texts.count > 300)
    var sum = 0
    for (index, text) in Self.texts.enumerated() where index % 8 == 0 {
      for end in 0...text.count { sum &+= Self.ask(text[..<end]) }
    }
    #expect(sum != 0)
  }

  @Test("with bytes flipped, doubled and dropped") func flips() {
    var random = SeededRandom(seed: 20_261_121)
    var sum = 0
    for text in Self.texts where !text.isEmpty {
      for _ in 0..<6 {
        var damaged = text
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          let at = Int.random(in: 0..<damaged.count, using: &random)
          switch Int.random(in: 0..<3, using: &random) {
          case 0: damaged[at] = Array(" <>()[]{}\"\\=?.:,-+|~/*@&0x9".utf8).randomElement(using: &random)!
          case 1: damaged.insert(damaged[at], at: at)
          default: if damaged.count > 1 { damaged.remove(at: at) }
          }
        }
        sum &+= Self.ask(damaged)
      }
    }
    #expect(sum != 0)
  }

  @Test("of nothing but one byte, or two in turn") func monotone() {
    let bytes = Array(" <>()[]{}\"\\=?.:,-|~/*@&0xaF".utf8)
    for first in bytes {
      for second in bytes {
        for count in [1, 2, 3, 9] { _ = Self.ask((0..<count).map { $0 % 2 == 0 ? first : second }) }
      }
    }
  }

  @Test("linear time and no deep recursion, on long text that nests or never closes", .timeLimit(.minutes(1)))
  func hostile() {
    for unit in ["[", "{", "1<", "1<a,", "\"", "/* ", "a|", "3,", "{a=", "~[", "=>", "f(", "1<<", "[{", "\\\"", "-", "9", "&&"] {
      let text = Array(repeating: Array(unit.utf8), count: (1 << 16) / unit.utf8.count).joined()
      let arguments = owned(Array(text))
      #expect(arguments.count >= 0)
      _ = Self.ask(arguments[0], depth: 4)
      _ = Arguments.auxiliary(ofResult: arguments).isEmpty
    }
  }
}
