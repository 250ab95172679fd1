import Glibc

/// Why no input could be read at all; the command ends with status 2.
public struct InputError: Error, CustomStringConvertible, Sendable {
  public let path: String
  public let reason: String

  public init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  /// From the current `errno`, with what to do about it.
  init(path: String, errno code: Int32) {
    let hint =
      switch code {
      case ENOENT: " (check the name; a quoted pattern is not expanded)"
      case EACCES: " (try as the user who ran strace, or sudo)"
      case EMFILE: " (raise `ulimit -n`)"
      default: ""
      }
    self.init(path: path, reason: String(cString: strerror(code)) + hint)
  }

  public var description: String { "\(path): \(reason)" }
}

/// A place where a stream could not be read on: what came before it is whole.
public struct InputDamage: Error, CustomStringConvertible, Sendable {
  /// Whether data were lost (the answer is partial), or only something after the data was ignored.
  public enum Severity: Sendable { case partial, ignored }
  public let path: String
  /// What happened, in the words of the codec.
  public let reason: String
  /// Offset in the file as it is stored.
  public let storedOffset: Int64
  /// Offset in the decompressed log up to which everything was read.
  public let logOffset: Int64
  public let severity: Severity

  package init(path: String, reason: String, storedOffset: Int64, logOffset: Int64, severity: Severity) {
    self.path = path
    self.reason = reason
    self.storedOffset = storedOffset
    self.logOffset = logOffset
    self.severity = severity
  }

  public var description: String {
    storedOffset == logOffset
      ? "\(path): \(reason) at byte \(storedOffset)"
      : "\(path): \(reason) at byte \(storedOffset) (byte \(logOffset) of the log)"
  }
}
