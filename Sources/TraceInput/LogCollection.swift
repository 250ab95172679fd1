import Glibc

/// Which logs somebody means who names files, folders and patterns: each path is a log of its own, but for the files of a `-ff` set.
///
/// Files of one folder and name whose suffixes are numbers, `strace.log.1234`, and whose lines bear no pids are the tasks of one
/// `strace -ff`, and so one log, called `strace.log.*`. Of a folder, files count that are logs by what is in them; what is named, counts
/// whatever it is.
public struct LogCollection {
  public struct Log: Sendable {
    /// What reports call it: its path, `-` for standard input.
    public let name: String
    public let paths: [String]
    /// Why there is nothing to read.
    public let failure: String?

    public init(name: String, paths: [String], failure: String? = nil) {
      self.name = name
      self.paths = paths
      self.failure = failure
    }
  }

  /// In the order in which they were named; those of a folder or pattern by the bytes of their names.
  public private(set) var logs: [Log] = []
  /// Files in folders that are no logs.
  public private(set) var passedOver: [String] = []

  private let options: InputOptions
  private let format: TraceFiles.Format
  private let isLog: (UnsafeRawBufferPointer) -> Bool
  private var seen: Set<String> = []
  private static let mostNested = 64

  /// - Parameters:
  ///   - named: files, folders, patterns (`logs/*.xz`, as in `man 7 glob`), `-` for standard input.
  ///   - joinsSets: whether the files of a `-ff` set are one log.
  ///   - options: how files are opened.
  ///   - format: what tells the pids of a set.
  ///   - isLog: whether the first lines of a file are of a log.
  public init(
    _ named: [String], joinsSets: Bool, options: InputOptions, format: TraceFiles.Format,
    isLog: @escaping (UnsafeRawBufferPointer) -> Bool
  ) {
    self.options = options
    self.format = format
    self.isLog = isLog
    for name in named { add(name) }
    if joinsSets { joinSets() }
  }

  private mutating func add(_ name: String) {
    var status = stat()
    if name == "-" {
      append(name)
    } else if stat(name, &status) == 0 {
      if status.st_mode & S_IFMT == S_IFDIR { addFolder(name) } else { append(name) }
    } else if name.utf8.contains(where: { $0 == 0x2a || $0 == 0x3f || $0 == 0x5b }) {
      addPattern(name)
    } else {
      append(name)
    }
  }

  private mutating func append(_ path: String, failure: String? = nil) {
    guard seen.insert(path).inserted else { return }
    logs.append(Log(name: path, paths: [path], failure: failure))
  }

  private mutating func addPattern(_ pattern: String) {
    var found = glob_t()
    defer { globfree(&found) }
    guard glob(pattern, 0, nil, &found) == 0, found.gl_pathc > 0 else {
      return append(pattern, failure: "no file is like this")
    }
    var paths: [String] = []
    for index in 0..<Int(found.gl_pathc) { if let path = found.gl_pathv[index] { paths.append(String(cString: path)) } }
    // Not by the locale's order, which is another one elsewhere.
    for path in paths.sorted(by: Self.isBefore) {
      var status = stat()
      if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { addFolder(path) } else { append(path) }
    }
  }

  private mutating func addFolder(_ folder: String) {
    let before = logs.count
    walk(folder, depth: 0)
    if logs.count == before { append(folder, failure: "no file in this folder is a log") }
  }

  /// Links to files are followed, those to folders are not: they may lead back.
  private mutating func walk(_ folder: String, depth: Int) {
    guard depth < Self.mostNested, let directory = opendir(folder) else {
      return append(folder, failure: depth < Self.mostNested ? String(cString: strerror(errno)) : "folders are nested too deeply")
    }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    closedir(directory)
    let prefix = folder.hasSuffix("/") ? folder : folder + "/"
    for name in names.sorted(by: Self.isBefore) {
      let path = prefix + name
      var status = stat()
      guard lstat(path, &status) == 0 else { continue }
      if status.st_mode & S_IFMT == S_IFDIR {
        walk(path, depth: depth + 1)
      } else if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
        look(path)
      }
    }
  }

  /// A file of a folder: a log, or none. What cannot be opened, or is packed and damaged from its beginning, may be one.
  private mutating func look(_ path: String) {
    guard let file = try? FileSource(path: path), let magic = try? file.peek(Codec.magicLength) else { return append(path) }
    guard let codec = try? Codec(magic: magic, path: path) else { return passedOver.append(path) }
    let files = TraceFiles([path], arrangement: .sequence, options: options)
    let found = (try? files.withHead(path) { isLog($0) }) ?? nil
    if found ?? (codec != .plain) { append(path) } else { passedOver.append(path) }
  }

  private static func isBefore(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }

  // MARK: Sets of -ff

  private mutating func joinSets() {
    var members: [String: [Int]] = [:]
    for (index, log) in logs.enumerated() {
      if let stem = TraceFiles.setName(log.name) { members[stem, default: []].append(index) }
    }
    var joined: [Int: Log] = [:]
    var gone: Set<Int> = []
    for (stem, indices) in members where indices.count > 1 {
      let paths = indices.map { logs[$0].name }
      guard TraceFiles(paths, options: options).isSet(format) else { continue }
      joined[indices[0]] = Log(name: stem + ".*", paths: paths)
      gone.formUnion(indices.dropFirst())
    }
    logs = logs.indices.filter { !gone.contains($0) }.map { joined[$0] ?? logs[$0] }
  }
}
