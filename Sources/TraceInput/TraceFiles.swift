import Glibc

/// Which files make up a log, and how they become one stream.
public struct TraceFiles: Sendable {
  /// How several files relate. Automatic: without pid prefixes and with numeric suffixes they are a `-ff` set.
  public enum Arrangement: String, Sendable, CaseIterable {
    case automatic, ff, sequence
  }

  public let paths: [String]
  public let arrangement: Arrangement
  public var options: InputOptions

  public init(_ paths: [String], arrangement: Arrangement = .automatic, options: InputOptions = InputOptions()) {
    self.paths = paths.isEmpty ? ["-"] : paths
    self.arrangement = arrangement
    self.options = options
  }

  /// What this package asks of the log's format, so that it need not know any.
  public struct Format {
    /// The stamp of a line, on a clock common to all files.
    public var stamp: (UnsafeRawBufferPointer) -> Int64?
    /// Whether the first lines of a file carry a pid of their own; nil where they do not tell.
    public var hasPid: (UnsafeRawBufferPointer) -> Bool?
    /// Whether a line that starts with a blank belongs to the line before it (a stack, a dump) and never bears a pid.
    public var isAddition: (UnsafeRawBufferPointer) -> Bool
    public init(
      stamp: @escaping (UnsafeRawBufferPointer) -> Int64?, hasPid: @escaping (UnsafeRawBufferPointer) -> Bool?,
      isAddition: @escaping (UnsafeRawBufferPointer) -> Bool = { _ in false }
    ) {
      self.stamp = stamp
      self.hasPid = hasPid
      self.isAddition = isAddition
    }
  }

  /// Opens everything as one source.
  public func open(_ format: Format) throws -> (source: any ByteSource, isMerged: Bool) {
    let suffixes = paths.map(Self.pidSuffix)
    var merged = arrangement == .ff
    if arrangement == .automatic, suffixes.allSatisfy({ $0 != nil }) {
      merged = try paths.allSatisfy { try !(head($0, format) ?? true) }
    }
    if merged {
      raiseDescriptorLimit()
      var files: [(path: String, pid: Int32)] = []
      for (path, suffix) in zip(paths, suffixes) {
        guard let suffix else {
          throw InputError(path: path, reason: "has no numeric suffix, which --files ff takes for the pid (strace.log.1234)")
        }
        files.append((path, suffix))
      }
      return (try MergedSource(files, options, format), true)
    }
    if paths.count == 1 { return (try openSource(paths[0], options).source, false) }
    return (try SequenceSource(paths, options), false)
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

  private func head(_ path: String, _ format: Format) throws -> Bool? {
    let reader = LineChunkReader(try openSource(path, options).source)
    let chunk = LineChunk(capacity: 64 << 10)
    guard reader.next(into: chunk) else { return false }
    return format.hasPid(UnsafeRawBufferPointer(start: chunk.bytes, count: chunk.count))
  }

  /// `strace.log.1234`, `strace.log.1234.gz` -> 1234.
  static func pidSuffix(_ path: String) -> Int32? {
    var parts = path.split(separator: "/").last?.split(separator: ".") ?? []
    if let last = parts.last, ["gz", "xz", "zst", "lzma"].contains(String(last)) { parts.removeLast() }
    guard parts.count > 1, let last = parts.last, last.utf8.count <= 8, let pid = Int32(last), pid > 0 else { return nil }
    return pid
  }

  private func raiseDescriptorLimit() {
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard getrlimit(resource, &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(resource, &limit)
  }
}
