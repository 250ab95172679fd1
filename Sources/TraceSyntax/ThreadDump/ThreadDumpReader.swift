/// Reads dumps line by line:
///
/// ```text
/// 2026-11-21 07:09:12
/// Full thread dump OpenJDK 64-Bit Server VM (17.0.15+6 mixed mode, sharing):
///
/// "worker-1" #33 daemon prio=5 os_prio=0 cpu=34.61ms elapsed=21.77s tid=0x00007f693c0c2790 nid=0x67a waiting on condition  [0x00007f6955afb000]
///    java.lang.Thread.State: WAITING (parking)
///         at jdk.internal.misc.Unsafe.park(java.base@17.0.15/Native Method)
///         - parking to wait for  <0x00000000fa080a70> (a java.util.concurrent.locks.ReentrantLock$NonfairSync)
///
///    Locked ownable synchronizers:
///         - <0x00000000fa080a70> (a java.util.concurrent.locks.ReentrantLock$NonfairSync)
///
/// JNI global refs: 12, weak refs: 0
/// ```
///
/// The head of a thread is known by its `nid=`: hexadecimal up to JDK 18, decimal since, where `[1658]` repeats it. Text that names threads
/// without one belongs to none; after `Found one Java-level deadlock:` it is the JVM's own finding.
struct ThreadDumpReader {
  /// What a dump begins with.
  static let head = "Full thread dump"
  /// Longer lines are no dump's.
  private static let longestLine = 64 << 10
  /// Frames kept of a stack: the JVM's own default of MaxJavaStackTraceDepth.
  private static let deepestStack = 1024

  private var dumps: [ThreadDump] = []
  private var current: ThreadDump?
  private var thread: JavaThread?
  /// What a line before `Full thread dump` may have said.
  private var lastTime: Int64?
  private var isInSynchronizers = false
  private var isInDeadlock = false
  /// Far more threads than a JVM can have.
  private static let mostClaims = 1 << 16

  mutating func read(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count <= Self.longestLine else { return }
    var line = Substring(decoding: bytes, as: UTF8.self)
    if line.last == "\r" || line.last == "\r\n" { line.removeLast() }
    if line.hasPrefix(Self.head) { return begin(line) }
    if let time = Self.time(line) {
      lastTime = time
      return
    }
    guard current != nil else { return }
    if isInDeadlock || line.hasPrefix("Found one Java-level deadlock") { return readDeadlock(line) }
    if line.first == "\"" {
      endThread()
      thread = JavaThread(head: line)
      return
    }
    if line.hasPrefix("JNI global ref") {
      endThread()
      current?.isComplete = true
      return
    }
    if thread != nil { readBody(line) }
  }

  mutating func finish() -> [ThreadDump] {
    endDump()
    return dumps
  }

  /// Takes the threads read so far out of their dumps, each with its dump's time.
  mutating func takeThreads() -> [(thread: JavaThread, localTime: Int64?)] {
    var taken: [(thread: JavaThread, localTime: Int64?)] = []
    for dump in dumps + (current.map { [$0] } ?? []) { for thread in dump.threads { taken.append((thread, dump.localTime)) } }
    dumps.removeAll()
    current?.threads.removeAll()
    return taken
  }

  private mutating func begin(_ line: Substring) {
    endDump()
    var fresh = ThreadDump()
    fresh.localTime = lastTime
    lastTime = nil
    var name = line.dropFirst(Self.head.count).drop { $0 == " " }
    if name.last == ":" { name.removeLast() }
    fresh.machine = String(name)
    current = fresh
  }

  private mutating func readDeadlock(_ line: Substring) {
    if line.hasPrefix("Found one Java-level deadlock") {
      endThread()
      isInDeadlock = true
    } else if line.hasPrefix("Java stack information") || line.hasPrefix("Found ") {
      isInDeadlock = false
    } else if line.first == "\"", let end = line.lastIndex(of: "\""), end > line.startIndex {
      guard let count = current?.claims.count, count < Self.mostClaims else { return }
      current?.claims.append(DeadlockClaim(name: line[line.index(after: line.startIndex)..<end]))
    } else if let last = current?.claims.indices.last {
      current?.claims[last].read(line)
    }
  }

  private mutating func readBody(_ line: Substring) {
    let text = line.drop { $0 == " " || $0 == "\t" }
    if text.isEmpty {
      return
    } else if text.hasPrefix("at ") {
      guard let count = thread?.frames.count, count < Self.deepestStack else { return }
      isInSynchronizers = false
      thread?.frames.append(String(text.dropFirst(3)))
    } else if text.hasPrefix("- ") {
      readLock(text.dropFirst(2))
    } else if text.hasPrefix("java.lang.Thread.State: ") {
      let state = text.dropFirst("java.lang.Thread.State: ".count)
      thread?.state = String(state.prefix { $0 != " " })
      thread?.stateDetail = Self.parenthesized(state)
    } else if text.hasPrefix("Locked ownable synchronizers") {
      isInSynchronizers = true
    } else if line.first != " ", line.first != "\t" {
      // A line of something else: the thread's text is over.
      endThread()
    }
  }

  private mutating func readLock(_ text: Substring) {
    guard let open = text.firstIndex(of: "<"), let close = text[open...].firstIndex(of: ">") else { return }
    var words = text[..<open]
    while words.last == " " { words.removeLast() }
    let use: JavaLock.Use
    if words.isEmpty {
      guard isInSynchronizers else { return }
      use = .locked
    } else {
      guard let known = JavaLock.Use(rawValue: String(words)) else { return }
      use = known
    }
    guard let thread, thread.locks.count < Self.deepestStack else { return }
    var name = Self.parenthesized(text[close...]) ?? ""
    if name.hasPrefix("a ") { name.removeFirst(2) }
    self.thread?.locks.append(
      JavaLock(
        use: use, address: Self.number(text[text.index(after: open)..<close]), className: name,
        frame: isInSynchronizers || thread.frames.isEmpty ? nil : thread.frames.count - 1))
  }

  private mutating func endThread() {
    if let thread { current?.threads.append(thread) }
    thread = nil
    isInSynchronizers = false
  }

  private mutating func endDump() {
    endThread()
    isInDeadlock = false
    if let current { dumps.append(current) }
    current = nil
  }

  /// What stands between the first `(` and the last `)`.
  private static func parenthesized(_ text: Substring) -> String? {
    guard let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")"), open < close else { return nil }
    return String(text[text.index(after: open)..<close])
  }

  /// `0x5cf` or `1487`.
  static func number(_ text: Substring) -> UInt64? {
    text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text)
  }

  /// `2026-11-21 07:09:12`, alone on its line.
  private static func time(_ line: Substring) -> Int64? {
    guard line.utf8.count == 19, line.first?.isNumber == true else { return nil }
    let numbers = line.split(whereSeparator: { $0 == "-" || $0 == ":" || $0 == " " }).map { Int64($0) ?? -1 }
    guard numbers.count == 6, (1970...2261).contains(numbers[0]), (1...12).contains(numbers[1]), (1...31).contains(numbers[2]),
      (0...23).contains(numbers[3]), (0...59).contains(numbers[4]), (0...60).contains(numbers[5])
    else { return nil }
    let days = CivilDate(year: numbers[0], month: numbers[1], day: numbers[2]).daysSinceEpoch
    return days * 86_400 + numbers[3] * 3600 + numbers[4] * 60 + numbers[5]
  }
}

extension JavaThread {
  /// The line that begins a thread; nil where it has no number of the kernel's.
  init?(head line: Substring) {
    guard let quote = line.lastIndex(of: "\""), quote > line.startIndex else { return nil }
    var name = line[line.index(after: line.startIndex)..<quote]
    var rest = line[line.index(after: quote)...]
    // `"main" #1 [1487] prio=5 ... nid=1487 waiting on condition  [0x00007f69cf1fe000]`
    var javaID: Int?
    var isDaemon = false
    var tid: Int32?
    while tid == nil {
      rest = rest.drop { $0 == " " }
      let word = rest.prefix { $0 != " " }
      guard !word.isEmpty else { return nil }
      rest = rest.dropFirst(word.count)
      if word.hasPrefix("#"), javaID == nil {
        javaID = Int(word.dropFirst())
      } else if word == "daemon" {
        isDaemon = true
      } else if word.hasPrefix("nid=") {
        tid = ThreadDumpReader.number(word.dropFirst(4)).flatMap { Int32(exactly: $0) }
        guard tid != nil else { return nil }
      }
    }
    guard let tid, tid > 0 else { return nil }
    var state = rest.drop { $0 == " " }
    if let bracket = state.lastIndex(of: "["), state[bracket...].hasPrefix("[0x") { state = state[..<bracket] }
    while state.last == " " { state.removeLast() }
    if name.utf8.count > 4096 { name = name.prefix(4096) }
    self.init(
      name: String(name), tid: tid, javaID: javaID, isDaemon: isDaemon, nativeState: String(state))
  }

  init(name: String, tid: Int32, javaID: Int?, isDaemon: Bool, nativeState: String) {
    self.name = name
    self.tid = tid
    self.javaID = javaID
    self.isDaemon = isDaemon
    self.nativeState = nativeState
  }
}
