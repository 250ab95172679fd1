import Glibc

/// Which files make up a log, and how they become one stream.
public struct TraceFiles: Sendable {
  /// How several files relate.
  public enum Arrangement: String, Sendable, CaseIterable {
    /// Without pid prefixes and with numeric suffixes a `-ff` set; else, where all lines can be put in time, pieces in the order of
    /// their stamps, or logs of the same time side by side; else pieces in argument order.
    case automatic
    /// `strace -ff`: a file for each task, its pid the name's suffix.
    case ff
    /// Logs of the same time from several hosts or straces: merged by stamp, tasks kept apart.
    case hosts
    /// Pieces in argument order.
    case sequence
  }

  public let paths: [String]
  public let arrangement: Arrangement
  public var options: InputOptions
  /// As many logs can be told apart side by side.
  public static let mostHosts = 512

  public init(_ paths: [String], arrangement: Arrangement = .automatic, options: InputOptions = InputOptions()) {
    self.paths = paths.isEmpty ? ["-"] : paths
    self.arrangement = arrangement
    self.options = options
  }

  /// What this package asks of the log's format, so that it need not know any.
  public struct Format {
    /// What a line says to somebody who merges files.
    public struct Line {
      /// On a clock common to all files.
      public var stamp: Int64?
      /// After so many units the clock starts anew (the time of day); 0: never.
      public var cycle: Int64 = 0
      /// Whether a task's number belongs in front of it; stacks, dumps and tables belong to the line before.
      public var isOfTask: Bool
      public init(stamp: Int64?, cycle: Int64 = 0, isOfTask: Bool = true) {
        self.stamp = stamp
        self.cycle = cycle
        self.isOfTask = isOfTask
      }
    }

    public var line: (UnsafeRawBufferPointer) -> Line
    /// The pid that the first lines of a file carry, 0 for none; nil where they do not tell.
    public var pid: (UnsafeRawBufferPointer) -> Int32?
    public init(line: @escaping (UnsafeRawBufferPointer) -> Line, pid: @escaping (UnsafeRawBufferPointer) -> Int32?) {
      self.line = line
      self.pid = pid
    }
  }

  /// The files as one source.
  public struct Opened {
    public let source: any ByteSource
    /// Never `.automatic`.
    public let arrangement: Arrangement
    /// What to call the hosts of merged logs, by their number in `@N ` in front of lines.
    public var hosts: [String] = []
    /// What was decided, for people.
    public var notes: [String] = []

    /// One log, opened already.
    public init(_ source: any ByteSource) { self.init(source: source, arrangement: .sequence) }

    init(source: any ByteSource, arrangement: Arrangement, hosts: [String] = [], notes: [String] = []) {
      self.source = source
      self.arrangement = arrangement
      self.hosts = hosts
      self.notes = notes
    }
  }

  /// The source of the file alone, packed or not, for who looks at its first bytes before deciding.
  public static func source(_ path: String, _ options: InputOptions) throws -> PeekedSource {
    PeekedSource(try openSource(path, options).source)
  }

  /// Opens everything as one source.
  public func open(_ format: Format) throws -> Opened {
    let suffixes = paths.map(Self.pidSuffix)
    if try arrangement == .ff || (arrangement == .automatic && isFFSet(suffixes, format)) {
      return try openSet(suffixes, format)
    }
    guard paths.count > 1 else {
      return Opened(source: try openSource(paths[0], options).source, arrangement: .sequence)
    }
    switch arrangement == .automatic ? order(format) : arrangement == .hosts ? .sideBySide : .asGiven {
    case .asGiven:
      return Opened(source: try SequenceSource(paths, options), arrangement: .sequence)
    case .sorted(let sorted):
      var opened = Opened(source: try SequenceSource(sorted, options), arrangement: .sequence)
      if sorted != paths { opened.notes = ["the files were read in the order of their stamps: \(sorted.joined(separator: " "))"] }
      return opened
    case .sideBySide:
      guard paths.count <= Self.mostHosts else {
        throw InputError(
          path: paths[0], reason: "and \(paths.count - 1) more: at most \(Self.mostHosts) logs are read side by side")
      }
      raiseDescriptorLimit()
      let source = try MergedSource(paths, .hosts(continues: arrangement == .automatic), options, format)
      return Opened(source: source, arrangement: .hosts, hosts: hostNames)
    }
  }

  private func isFFSet(_ suffixes: [Int32?], _ format: Format) throws -> Bool {
    guard suffixes.allSatisfy({ $0 != nil }) else { return false }
    var isTold = false
    for (path, suffix) in zip(paths, suffixes) {
      // A task that did nothing but end leaves a file that does not tell.
      guard let pid = try withHead(path, { format.pid($0) }) else { continue }
      // With --always-show-pid lines repeat the suffix.
      guard pid == 0 || pid == suffix else { return false }
      isTold = true
    }
    return isTold
  }

  /// Whether they are what one `strace -ff` wrote, a file for each task, by their suffixes and their lines.
  func isSet(_ format: Format) -> Bool { (try? isFFSet(paths.map(Self.pidSuffix), format)) ?? false }

  private func openSet(_ suffixes: [Int32?], _ format: Format) throws -> Opened {
    raiseDescriptorLimit()
    var pids: [Int32] = []
    for (path, suffix) in zip(paths, suffixes) {
      guard let suffix else {
        throw InputError(path: path, reason: "has no numeric suffix, which --files ff takes for the pid (strace.log.1234)")
      }
      pids.append(suffix)
    }
    return Opened(source: try MergedSource(paths, .pids(pids), options, format), arrangement: .ff)
  }

  /// Bytes of all files as they are stored, where each has a size.
  public var storedSize: Int64? {
    var sum: Int64 = 0
    for path in paths {
      var status = stat()
      guard path != "-", stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
      sum += Int64(status.st_size)
    }
    return sum
  }

  /// Gives the first lines of a file to `look`; nil for an empty file.
  func withHead<T>(_ path: String, _ look: (UnsafeRawBufferPointer) -> T?) throws -> T? {
    var options = options
    // So little is not worth threads.
    options.decoderThreads = 1
    let reader = LineChunkReader(try openSource(path, options).source)
    let chunk = LineChunk(capacity: 64 << 10)
    guard reader.next(into: chunk) else { return nil }
    return look(UnsafeRawBufferPointer(start: chunk.bytes, count: chunk.count))
  }

  /// `strace.log.1234`, `strace.log.1234.gz` -> 1234.
  static func pidSuffix(_ path: String) -> Int32? {
    let parts = unpacked(path).split(separator: ".")
    guard parts.count > 1, let last = parts.last, last.utf8.count <= 8, let pid = Int32(last), pid > 0 else { return nil }
    return pid
  }

  /// `logs/strace.log.1234.gz` -> `logs/strace.log`; nil for a name without a pid.
  static func setName(_ path: String) -> String? {
    guard let pid = pidSuffix(path) else { return nil }
    let name = unpacked(path)
    let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
    return String(folder) + String(name.dropLast(String(pid).count + 1))
  }

  /// `logs/web1.log.gz` -> `web1.log`; the paths where names do not tell them apart.
  private var hostNames: [String] {
    let names = paths.map { String(Self.unpacked($0)) }
    return Set(names).count == names.count ? names : paths
  }

  /// The name without its folder and the suffix of its packing.
  private static func unpacked(_ path: String) -> Substring {
    let name = path.split(separator: "/").last ?? ""
    for suffix in [".gz", ".xz", ".zst", ".lzma"] where name.hasSuffix(suffix) { return name.dropLast(suffix.count) }
    return name
  }

  private func raiseDescriptorLimit() {
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard getrlimit(resource, &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(resource, &limit)
  }
}
