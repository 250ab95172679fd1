import Glibc
import Tracestat

/// A run of this program as a process of its own: whatever becomes of it, the others go on.
enum ChildRun {
  struct Outcome: Sendable {
    /// 128 and the signal's number where one ended it, as shells have it.
    var status: Int32
    /// What it said on standard error, the first 64 KiB.
    var errors: String
    var seconds: Double
    /// What it wrote, to be read from its beginning; nil where that went to a file.
    var output: Int32?
  }

  private static let mostErrors = 64 << 10

  /// - Parameter output: where its standard output goes; nil for a file without a name.
  static func run(_ arguments: [String], output path: String?) -> Outcome {
    let begin = now
    func failed(_ what: String, _ code: Int32) -> Outcome {
      Outcome(status: 2, errors: "\(what): \(String(cString: strerror(code)))", seconds: now - begin)
    }
    let output = path.map { open($0, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644) } ?? unnamedFile()
    guard output >= 0 else { return failed(path ?? "a temporary file", errno) }
    // Not a pipe: a process begun at the same time on another thread may inherit its end, and hold it open.
    let errors = unnamedFile()
    defer { if errors >= 0 { close(errors) } }
    guard errors >= 0 else {
      let code = errno
      close(output)
      return failed("a temporary file", code)
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // What is read on standard input is named `-`.
    if arguments.last != "-" { posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0) }
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
    var argv: [UnsafeMutablePointer<CChar>?] = (["tracestat"] + arguments).map { strdup($0) } + [nil]
    defer { for argument in argv { free(argument) } }
    var child = pid_t()
    let code = posix_spawn(&child, "/proc/self/exe", &actions, nil, &argv, environ)
    guard code == 0 else {
      close(output)
      return failed("/proc/self/exe", code)
    }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7f
    if path != nil { close(output) }
    return Outcome(
      status: signal != 0 ? 128 + signal : (status >> 8) & 0xff, errors: head(errors), seconds: now - begin,
      output: path == nil ? output : nil)
  }

  private static func head(_ file: Int32) -> String {
    var block = [UInt8](repeating: 0, count: mostErrors)
    let count = pread(file, &block, block.count, 0)
    return String(decoding: block.prefix(max(0, count)), as: UTF8.self)
  }

  private static func unnamedFile() -> Int32 {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(folder)/tracestat-batch-XXXXXX".utf8CString)
    let file = mkstemp(&template)
    guard file >= 0 else { return -1 }
    unlink(template)
    _ = fcntl(file, F_SETFD, FD_CLOEXEC)
    return file
  }

  /// Seconds since some moment.
  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
