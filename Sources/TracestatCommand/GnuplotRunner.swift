import Glibc
import Tracestat

/// Runs gnuplot for the user.
enum GnuplotRunner {
  /// Draws the overview into a .svg or .png file.
  static func draw<Pictures: GnuplotFiles>(_ pictures: Pictures, into path: String) throws {
    let type = try type(of: path)
    var template = Array("\(temporaryDirectory)/tracestat-plot-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw OutputError.failed(path: temporaryDirectory, reason: String(cString: strerror(errno)))
    }
    let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer {
      unlink("\(directory)/\(Pictures.scriptName)")
      unlink("\(directory)/\(Pictures.dataName)")
      rmdir(directory)
    }
    try pictures.write(toDirectory: directory)
    // A name of the user's goes into a gnuplot string: quotes are doubled there.
    let quoted = path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
    let status = try run([
      "gnuplot", "-e", "type='\(type)'; overview='\(quoted)'; data='\(directory)/\(Pictures.dataName)'",
      "\(directory)/\(Pictures.scriptName)",
    ])
    guard status == 0 else { throw OutputError.failed(path: path, reason: "gnuplot ended with status \(status)") }
  }

  /// Whether `draw` can work, asked before an hour of reading.
  static func check(_ path: String) throws {
    _ = try type(of: path)
    let places = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
    guard places.split(separator: ":").contains(where: { access("\($0)/gnuplot", X_OK) == 0 }) else { throw isMissing }
  }

  private static func type(of path: String) throws -> String {
    guard let type = path.split(separator: ".").last.map(String.init), type == "svg" || type == "png" else {
      throw UsageError(description: "--plot draws .svg or .png, by the file's name; \(path) is neither")
    }
    return type
  }

  private static var isMissing: UsageError {
    UsageError(
      description:
        "gnuplot is not installed (Debian: apt-get install gnuplot-nox); --format gnuplot -o DIR writes script and data without it"
    )
  }

  private static var temporaryDirectory: String { getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp" }

  private static func run(_ arguments: [String]) throws -> Int32 {
    var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for argument in argv { free(argument) } }
    var child = pid_t()
    let error = posix_spawnp(&child, arguments[0], nil, nil, &argv, environ)
    if error == ENOENT { throw isMissing }
    guard error == 0 else { throw OutputError.failed(path: arguments[0], reason: String(cString: strerror(error))) }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
  }
}
