import Glibc

/// What the command knows of the terminal it runs in.
enum Terminal {
  /// Whether standard output is one.
  static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
  static func isTerminal(standardInput: Bool) -> Bool { isatty(STDIN_FILENO) == 1 }
  static var showsProgress: Bool { isatty(STDERR_FILENO) == 1 }
  /// NO_COLOR (no-color.org) and dumb terminals get none.
  static var hasColor: Bool { isTerminal && getenv("NO_COLOR") == nil && getenv("TERM").map { strcmp($0, "dumb") != 0 } ?? false }

  /// Writes to standard error.
  static func complain(_ text: String) {
    var text = text
    text.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  static var width: Int {
    var size = winsize()
    if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
    return getenv("COLUMNS").flatMap { Int(String(cString: $0)) } ?? 100
  }
}
